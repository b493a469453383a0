//! The list of devices: loaded page by page, filtered as the person types, shown in portions.

use crate::app::LoadState;
use crate::domain::{Device, DeviceId, Now};
use std::sync::Arc;

/// How many rows are shown at first, and how many more with each wish.
const PORTION: usize = 100;

/// The person's devices. Cheap to clone: everything long is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceList {
    /// Whether everything is here.
    pub state: LoadState,
    /// What was typed into the filter.
    pub filter: String,
    /// How many rows are shown at most.
    pub limit: usize,
    items: Arc<Vec<Arc<Device>>>,
    matching: Arc<Vec<Arc<Device>>>,
    incoming: Arc<Vec<Arc<Device>>>,
    loaded: Option<Now>,
    is_partial: bool,
    is_incoming_partial: bool,
}

impl Default for DeviceList {
    fn default() -> Self {
        Self {
            state: LoadState::NotAsked,
            filter: String::new(),
            limit: PORTION,
            items: Arc::default(),
            matching: Arc::default(),
            incoming: Arc::default(),
            loaded: None,
            is_partial: false,
            is_incoming_partial: false,
        }
    }
}

impl DeviceList {
    /// How many more rows the next wish for more brings.
    #[must_use]
    pub fn next_portion(&self) -> usize {
        self.matching().len().saturating_sub(self.limit).min(PORTION)
    }

    /// A list that is loaded: for previews and for tests of what shows it.
    #[must_use]
    pub fn complete(devices: Vec<Arc<Device>>, now: Now) -> Self {
        let mut list = Self::default();
        list.take_page(devices, true, now);
        list
    }

    /// The same list, with devices missing that a service which does not answer manages.
    #[must_use]
    pub const fn partial(mut self) -> Self {
        self.is_partial = true;
        self
    }

    /// Every device that is here.
    #[must_use]
    pub fn all(&self) -> &[Arc<Device>] {
        &self.items
    }

    /// The devices the filter matches, in the API's order.
    #[must_use]
    pub fn matching(&self) -> &Arc<Vec<Arc<Device>>> {
        &self.matching
    }

    /// The rows to show: the first of the matching ones.
    pub fn visible(&self) -> impl Iterator<Item = &Arc<Device>> {
        self.matching.iter().take(self.limit)
    }

    /// Whether more devices match than are shown.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.matching.len() > self.limit
    }

    /// A device by its identifier.
    #[must_use]
    pub fn find(&self, id: &DeviceId) -> Option<&Arc<Device>> {
        self.items.iter().find(|device| device.id == *id)
    }

    /// When the list was complete the last time.
    #[must_use]
    pub const fn loaded(&self) -> Option<Now> {
        self.loaded
    }

    /// Whether devices are missing, as far as the last load knows: a service that manages some did not answer.
    #[must_use]
    pub const fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// Whether the person has no device at all. An empty list with a service missing does not say so.
    #[must_use]
    pub fn is_known_empty(&self) -> bool {
        self.state == LoadState::Loaded && self.items.is_empty() && !self.is_partial
    }

    pub(super) fn begin(&mut self) {
        self.state = LoadState::Loading;
        self.incoming = Arc::default();
        self.is_incoming_partial = false;
    }

    /// The page that comes next lacks the devices of a service.
    pub(super) const fn note_partial(&mut self) {
        self.is_incoming_partial = true;
    }

    /// Takes one page. The first load shows what is there already; a later one replaces the list when it is complete. One page
    /// that lacks devices makes the whole list lack them.
    pub(super) fn take_page(&mut self, devices: Vec<Arc<Device>>, is_last: bool, now: Now) {
        Arc::make_mut(&mut self.incoming).extend(devices);
        let is_first_load = self.loaded.is_none();
        if is_last {
            self.items = std::mem::take(&mut self.incoming);
            self.loaded = Some(now);
            self.state = LoadState::Loaded;
        } else if is_first_load {
            self.items = Arc::clone(&self.incoming);
        }
        if is_last || is_first_load {
            self.is_partial = self.is_incoming_partial;
            self.refilter();
        }
    }

    /// Replaces one device by what was read of it just now.
    pub(super) fn replace(&mut self, device: &Arc<Device>) {
        let Some(at) = self.items.iter().position(|known| known.id == device.id) else { return };
        if self.items.get(at) == Some(device) {
            return;
        }
        if let Some(slot) = Arc::make_mut(&mut self.items).get_mut(at) {
            *slot = Arc::clone(device);
        }
        self.refilter();
    }

    /// Takes a device out that does not exist any more.
    pub(super) fn remove(&mut self, id: &DeviceId) {
        if self.find(id).is_some() {
            Arc::make_mut(&mut self.items).retain(|device| device.id != *id);
            self.refilter();
        }
    }

    pub(super) fn set_filter(&mut self, filter: String) {
        self.filter = filter;
        self.limit = PORTION;
        self.refilter();
    }

    pub(super) const fn show_more(&mut self) {
        self.limit = self.limit.saturating_add(PORTION);
    }

    fn refilter(&mut self) {
        let needle = self.filter.to_lowercase();
        self.matching = if needle.trim().is_empty() {
            Arc::clone(&self.items)
        } else {
            Arc::new(self.items.iter().filter(|device| device.matches(&needle)).cloned().collect())
        };
    }
}

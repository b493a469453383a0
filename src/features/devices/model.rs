//! The list of devices: loaded page by page, filtered as the person types, shown in portions.

use crate::core::LoadState;
use crate::domain::{Device, DeviceId, Now, ResetAvailability};
use crate::letters::lower_case;
use portal_contract::{ComplianceState, UtcTime};
use std::sync::Arc;

/// What happens to the list of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person typed into the filter.
    FilterChanged(String),
    /// The person wants more rows.
    MoreChosen,
}

/// What is known of devices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    pub list: DeviceList,
    /// The device whose details are shown.
    pub detail: DeviceDetail,
    pub(super) reads: Reads,
}

/// The device whose details are shown. While it is read again, what is known of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceDetail {
    pub id: Option<DeviceId>,
    /// What is known of it.
    pub device: Option<Arc<Device>>,
    /// How far it is loaded. `Failed(NotFound)`: it is gone.
    pub state: LoadState,
}

/// How many rows are shown at first, and how many more with each wish.
const PAGE_SIZE: usize = 100;

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
            limit: PAGE_SIZE,
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
    pub fn next_page_size(&self) -> usize {
        self.matching().len().saturating_sub(self.limit).min(PAGE_SIZE)
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

    /// The devices the filter matches, in the order of the list.
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

    pub(crate) fn begin(&mut self) {
        self.state = LoadState::Loading;
        self.incoming = Arc::default();
        self.is_incoming_partial = false;
    }

    /// The page that comes next lacks the devices of a service.
    pub(crate) const fn note_partial(&mut self) {
        self.is_incoming_partial = true;
    }

    /// Takes one page. The first load shows what is there already; a later one replaces the list when it is complete. One page
    /// that lacks devices makes the whole list lack them.
    pub(crate) fn take_page(&mut self, devices: Vec<Arc<Device>>, is_last: bool, now: Now) {
        Arc::make_mut(&mut self.incoming).extend(devices);
        let is_first_load = self.loaded.is_none();
        if is_last {
            self.items = in_order(&std::mem::take(&mut self.incoming));
            self.loaded = Some(now);
            self.state = LoadState::Loaded;
        } else if is_first_load {
            self.items = in_order(&self.incoming);
        }
        if is_last || is_first_load {
            self.is_partial = self.is_incoming_partial;
            self.refilter();
        }
    }

    /// Replaces one device by what was read of it just now.
    pub(crate) fn replace(&mut self, device: &Arc<Device>) {
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
    pub(crate) fn remove(&mut self, id: &DeviceId) {
        if self.find(id).is_some() {
            Arc::make_mut(&mut self.items).retain(|device| device.id != *id);
            self.refilter();
        }
    }

    pub(crate) fn set_filter(&mut self, filter: String) {
        self.filter = filter;
        self.limit = PAGE_SIZE;
        self.refilter();
    }

    pub(crate) const fn show_more(&mut self) {
        self.limit = self.limit.saturating_add(PAGE_SIZE);
    }

    fn refilter(&mut self) {
        let needle = lower_case(&self.filter);
        self.matching = if needle.trim().is_empty() {
            Arc::clone(&self.items)
        } else {
            Arc::new(self.items.iter().filter(|device| device.matches(&needle)).cloned().collect())
        };
    }
}

/// A person who comes here is locked out of one: what can be reset first, of that what needs attention, then what was seen
/// last.
fn in_order(devices: &[Arc<Device>]) -> Arc<Vec<Arc<Device>>> {
    let mut devices = devices.to_vec();
    devices.sort_by_key(|device| {
        let is_refused =
            !matches!(device.reset, ResetAvailability::Allowed(_)) && device.open_run().is_none();
        let is_well = device.open_run().is_none()
            && !matches!(device.compliance, ComplianceState::Noncompliant | ComplianceState::InGracePeriod);
        let seen = device.last_sync.map_or(i64::MIN, UtcTime::unix_millis);
        (is_refused, is_well, std::cmp::Reverse(seen))
    });
    Arc::new(devices)
}

/// When what is known of a device was asked for; only of devices that are or were read by themselves, because the list
/// alone comes in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Reads(Arc<Vec<(DeviceId, u32)>>);

impl Reads {
    /// A device is about to be read by itself.
    pub(crate) fn expect(&mut self, device: &DeviceId) {
        if self.place(device).is_none() {
            Arc::make_mut(&mut self.0).push((device.clone(), 0));
        }
    }

    /// Whether nothing newer is known of the device.
    pub(crate) fn is_newest(&self, device: &DeviceId, order: u32) -> bool {
        let known = self.place(device).and_then(|place| self.0.get(place));
        known.is_none_or(|(_, known)| order >= *known)
    }

    /// What was asked for at this place is known now.
    pub(crate) fn take(&mut self, device: &DeviceId, order: u32) {
        if let Some(place) = self.place(device)
            && let Some((_, known)) = Arc::make_mut(&mut self.0).get_mut(place)
        {
            *known = order;
        }
    }

    fn place(&self, device: &DeviceId) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == device)
    }
}

//! The list of devices: loaded page by page, filtered as the person types, shown in portions.

use crate::auth::{null, object, optional_text};
use crate::core::LoadState;
use crate::domain::{Device, DeviceId, Now, Platform, ResetAvailability, Standing};
use crate::letters::lower_case;
use portal_contract::UtcTime;
use portal_contract::json::{quoted, read_text};
use std::sync::Arc;

/// What happens to the list of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person typed into the filter.
    FilterChanged(String),
    /// The person wants more rows.
    MoreChosen,
    /// The person chose which devices are shown, and in which order.
    SelectionChosen(Selection),
    /// The person wants to see all devices again.
    SelectionCleared,
    /// The person wants rows of one line, or the ordinary ones again.
    DensityToggled,
    /// The page goes; how far down it was, in pixels.
    PlaceLeft(i32),
}

/// Which devices are shown, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    pub platform: Option<Platform>,
    pub standing: Option<Standing>,
    pub category: Option<String>,
    pub order: Order,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By how they stand, the worst first; what can be reset before the rest; what was seen last before that.
    #[default]
    Standing,
    LastSeen,
    Name,
}

impl Order {
    /// All of them, in the order in which a record of the tab counts them.
    const ALL: [Self; 3] = [Self::Standing, Self::LastSeen, Self::Name];
}

impl Selection {
    /// Whether it leaves devices out.
    #[must_use]
    pub const fn narrows(&self) -> bool {
        self.platform.is_some() || self.standing.is_some() || self.category.is_some()
    }

    fn has(&self, device: &Device, now: Option<UtcTime>) -> bool {
        self.platform.is_none_or(|platform| device.platform == platform)
            && self.standing.is_none_or(|standing| device.standing(now) == standing)
            && self.category.as_ref().is_none_or(|category| device.category == *category)
    }
}

/// What is known of devices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    pub list: DeviceList,
    /// The device whose details are shown.
    pub detail: DeviceDetail,
    pub(super) reads: Reads,
    /// How far down the list was before a reload, until it is there again; in pixels.
    pub(super) place: i32,
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
/// How many of them a reload brings back at most.
const MOST_KEPT: usize = 10 * PAGE_SIZE;

/// The person's devices. Cheap to clone: everything long is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceList {
    /// Whether everything is here.
    pub state: LoadState,
    /// What was typed into the filter.
    pub filter: String,
    /// What was chosen beside it.
    pub selection: Selection,
    /// How often the choices were taken back: the boxes that show them begin anew.
    pub cleared: u32,
    /// Whether a row is one line.
    pub is_dense: bool,
    /// How many rows are shown at most.
    pub limit: usize,
    /// The server's time when the list was put in order.
    as_of: Option<UtcTime>,
    items: Arc<Vec<Arc<Device>>>,
    matching: Arc<Vec<Arc<Device>>>,
    incoming: Arc<Vec<Arc<Device>>>,
    /// Names that more than one device has, in order.
    shared_names: Arc<Vec<String>>,
    loaded: Option<Now>,
    is_partial: bool,
    is_incoming_partial: bool,
}

impl Default for DeviceList {
    fn default() -> Self {
        Self {
            state: LoadState::NotAsked,
            filter: String::new(),
            selection: Selection::default(),
            cleared: 0,
            is_dense: false,
            as_of: None,
            limit: PAGE_SIZE,
            items: Arc::default(),
            matching: Arc::default(),
            incoming: Arc::default(),
            shared_names: Arc::default(),
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

    /// Whether choosing among the devices is worth its room.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.items.len() >= WORTH_CHOOSING
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
            self.items = in_order(&std::mem::take(&mut self.incoming), self.as_of);
            self.tell_apart();
            self.loaded = Some(now);
            self.state = LoadState::Loaded;
        } else if is_first_load {
            self.items = in_order(&self.incoming, self.as_of);
            self.tell_apart();
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
        let known = self.items.get(at).map(|known| (known.given_name.clone(), known.standing(self.as_of)));
        if let Some(slot) = Arc::make_mut(&mut self.items).get_mut(at) {
            *slot = Arc::clone(device);
        }
        let (name, standing) = known.unzip();
        if standing != Some(device.standing(self.as_of)) {
            self.items = in_order(&self.items, self.as_of);
        }
        if name.as_ref() != Some(&device.given_name) {
            self.tell_apart();
        }
        self.refilter();
    }

    /// A device as it is called on the screen.
    #[must_use]
    pub fn as_shown(&self, device: Arc<Device>) -> Arc<Device> {
        if self.shared_names.binary_search(&device.given_name).is_ok() {
            Arc::new(device.told_apart())
        } else if device.name == device.given_name {
            device
        } else {
            Arc::new(device.as_given())
        }
    }

    /// The names that more than one device has.
    #[must_use]
    pub const fn shared_names(&self) -> &Arc<Vec<String>> {
        &self.shared_names
    }

    /// What a device is called that a record names: what tells it apart is added while it is still called so.
    #[must_use]
    pub fn name_in_record(&self, id: &str, recorded: &str) -> String {
        if self.shared_names.is_empty() {
            return recorded.to_owned();
        }
        let known = self.items.iter().find(|known| known.id.as_str() == id);
        let known = known.filter(|known| known.given_name == recorded);
        known.map_or_else(|| recorded.to_owned(), |known| known.name.clone())
    }

    /// Where two devices have one name, both get what tells them apart.
    fn tell_apart(&mut self) {
        let mut names: Vec<&String> = self.items.iter().map(|device| &device.given_name).collect();
        names.sort_unstable();
        let mut shared: Vec<String> = names
            .iter()
            .zip(names.iter().skip(1))
            .filter(|(name, next)| name == next)
            .map(|(name, _)| (*name).clone())
            .collect();
        shared.dedup();
        if shared.is_empty() && self.shared_names.is_empty() {
            return;
        }
        self.shared_names = Arc::new(shared);
        let items = std::mem::take(&mut self.items);
        self.items = Arc::new(items.iter().map(|device| self.as_shown(Arc::clone(device))).collect());
    }

    /// Takes a device out that does not exist any more.
    pub(crate) fn remove(&mut self, id: &DeviceId) {
        if self.find(id).is_some() {
            Arc::make_mut(&mut self.items).retain(|device| device.id != *id);
            self.tell_apart();
            self.refilter();
        }
    }

    /// The server's time, as well as it is known: who was silent for long, and what failed lately.
    pub(crate) const fn set_time(&mut self, now: Option<UtcTime>) {
        self.as_of = now;
    }

    /// What the tab keeps of the choices. Of the devices it holds nothing but what the person searched for and the category
    /// they chose.
    pub(crate) fn record(&self, sub: &str, place: i32) -> String {
        let Selection { platform, standing, category, order } = &self.selection;
        object(&[
            ("sub", quoted(sub)),
            ("filter", quoted(&self.filter)),
            ("category", optional_text(category.as_deref())),
            ("platform", number_of(&Platform::ALL, *platform)),
            ("standing", number_of(&Standing::ALL, *standing)),
            ("order", number_of(&Order::ALL, Some(*order))),
            ("limit", self.limit.to_string()),
            ("place", place.to_string()),
            ("dense", self.is_dense.to_string()),
        ])
    }

    /// Chooses what such a record of the same person says; how far down they were. What this page did not write says nothing.
    pub(crate) fn restore(&mut self, record: &str, sub: &str) -> i32 {
        let read = read_text(record, |fields| {
            let at = |name: &str| fields.optional_number(name).and_then(|at| usize::try_from(at).ok());
            let selection = Selection {
                platform: numbered(&Platform::ALL, at("platform")),
                standing: numbered(&Standing::ALL, at("standing")),
                category: fields.optional_text("category"),
                order: numbered(&Order::ALL, at("order")).unwrap_or_default(),
            };
            let (limit, place) = (at("limit").unwrap_or(PAGE_SIZE), at("place").unwrap_or(0));
            let (filter, is_dense) = (fields.text_or_empty("filter"), fields.flag("dense"));
            (fields.text("sub"), selection, filter, is_dense, limit, place)
        });
        let Some((_, selection, filter, is_dense, limit, place)) = read.filter(|(of, ..)| of == sub) else {
            return 0;
        };
        self.selection = selection;
        self.filter = filter;
        self.is_dense = is_dense;
        self.limit = limit.clamp(PAGE_SIZE, MOST_KEPT);
        self.refilter();
        i32::try_from(place).unwrap_or(0)
    }

    /// Leaves nothing out any more; the order stays.
    pub(crate) fn clear_selection(&mut self) {
        self.cleared = self.cleared.wrapping_add(1);
        self.select(Selection { order: self.selection.order, ..Selection::default() });
    }

    pub(crate) fn select(&mut self, selection: Selection) {
        self.selection = selection;
        self.limit = PAGE_SIZE;
        self.refilter();
    }

    /// How the devices of the list stand, in its order: the groups that have a heading. None where one group is all there is,
    /// or where another order was chosen.
    #[must_use]
    pub fn group_of(&self, device: &Device) -> Option<Standing> {
        let is_grouped = self.selection.order == Order::Standing && self.selection.standing.is_none();
        let first = self.matching.first()?.standing(self.as_of);
        let last = self.matching.last()?.standing(self.as_of);
        (is_grouped && first != last && self.items.len() >= WORTH_GROUPING)
            .then(|| device.standing(self.as_of))
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
        let is_whole = needle.trim().is_empty() && self.selection == Selection::default();
        if is_whole {
            self.matching = Arc::clone(&self.items);
            return;
        }
        let is_wanted =
            |device: &&Arc<Device>| device.matches(&needle) && self.selection.has(device, self.as_of);
        let mut matching: Vec<_> = self.items.iter().filter(is_wanted).cloned().collect();
        match self.selection.order {
            Order::Standing => {}
            Order::LastSeen => matching.sort_by_key(|device| std::cmp::Reverse(seen(device))),
            Order::Name => matching.sort_by(|one, other| one.name.cmp(&other.name)),
        }
        self.matching = Arc::new(matching);
    }
}

/// From this many devices on, choosing among them is worth its room.
const WORTH_CHOOSING: usize = 12;

/// From this many devices on, groups are worth their headings.
const WORTH_GROUPING: usize = 6;

/// The worst first, an erase to come before all; of those that stand alike, what can be reset, because a person who comes here
/// is locked out of one; then what was seen last.
fn in_order(devices: &[Arc<Device>], now: Option<UtcTime>) -> Arc<Vec<Arc<Device>>> {
    let mut devices = devices.to_vec();
    devices.sort_by_key(|device| {
        let is_refused = !matches!(device.reset, ResetAvailability::Allowed(_));
        (device.standing(now), device.alarm(now), is_refused, std::cmp::Reverse(seen(device)))
    });
    Arc::new(devices)
}

/// What was chosen, by its place among all there is to choose from.
fn number_of<T: PartialEq>(all: &[T], chosen: Option<T>) -> String {
    let at = chosen.and_then(|chosen| all.iter().position(|known| *known == chosen));
    at.map_or_else(null, |at| at.to_string())
}

/// What has this number.
fn numbered<T: Copy>(all: &[T], at: Option<usize>) -> Option<T> {
    all.get(at?).copied()
}

fn seen(device: &Device) -> i64 {
    device.last_sync.map_or(i64::MIN, UtcTime::unix_millis)
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

//! The seam of lazy loading: the screens nobody sees on a first visit (one device, its actions and its history, the
//! notifications, the help) are named here only.
//!
//! With the feature `split` (what `cargo xtask dist` builds) [`entry`] is a split point of `wasm_split_helpers`, the crate behind
//! Leptos' `#[lazy]`: `wasm-split-cli` moves what only it reaches into a second module, which [`load`] fetches.
//! Without it (`trunk serve`, browser tests) everything is in one module and is there at once. See
//! docs/adr/0013-module-in-two-parts.md.

use super::help;
use super::missing::loading;
use crate::components::View;
use crate::domain::{Action, DeviceId, ResultId};
use crate::features::{LazyRules, actions, apps, devices, history, notifications, passcode, shared_computer};
use crate::shell::NotLoaded;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

/// Which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LazyScreen {
    Device(DeviceId),
    Reset(DeviceId),
    /// An action that takes something away for good.
    Loss(DeviceId, Action),
    DeviceHistory(DeviceId),
    Apps(DeviceId),
    UnrecognizedActivity(DeviceId, ResultId),
    History,
    Passcode(DeviceId),
    Notifications,
    Help,
    Accessibility,
    /// No screen but the choices over a long list.
    ListTools,
    /// No screen but a dialog over one.
    IdleWarning,
}

/// Builds one of them.
type Show = fn(LazyScreen) -> View;

/// In one module they are there from the start.
const AT_START: Option<Show> = if cfg!(feature = "split") { None } else { Some(build) };

thread_local! {
    static SHOW: Cell<Option<Show>> = const { Cell::new(AT_START) };
}

/// What the lazily loaded module hands over.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(screens, fallible))]
fn entry() -> Result<(Show, LazyRules), NotLoaded> {
    Ok((build, LazyRules::ALL))
}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Fetches the module, once; after a failure it can be tried again.
///
/// # Errors
/// It could not be fetched, or is not the one that belongs to this page.
pub fn load() -> Pin<Box<dyn Future<Output = Result<LazyRules, NotLoaded>>>> {
    Box::pin(async {
        #[cfg(feature = "split")]
        let (show, rules) = entry().await?;
        #[cfg(not(feature = "split"))]
        let (show, rules) = entry()?;
        SHOW.set(Some(show));
        Ok(rules)
    })
}

/// The screen, or what stands in its place as long as [`load`] has not ended.
pub(super) fn show(screen: LazyScreen) -> View {
    match SHOW.get() {
        Some(show) => show(screen),
        None => loading(),
    }
}

fn build(screen: LazyScreen) -> View {
    match screen {
        LazyScreen::Device(id) => devices::screen::device(id),
        LazyScreen::Reset(id) => actions::screen::reset(id),
        LazyScreen::Loss(id, action) => actions::screen::loss(&id, action),
        LazyScreen::DeviceHistory(id) => history::screen::of_device(id),
        LazyScreen::Apps(id) => apps::screen::apps(&id),
        LazyScreen::UnrecognizedActivity(id, result) => history::screen::unrecognized_activity(&id, &result),
        LazyScreen::History => history::screen::of_person(),
        LazyScreen::Accessibility => help::accessibility(),
        LazyScreen::ListTools => devices::screen::list_tools(),
        LazyScreen::IdleWarning => shared_computer::screen::warning(),
        LazyScreen::Passcode(id) => passcode::screen::passcode(id),
        LazyScreen::Notifications => notifications::screen::notifications(),
        LazyScreen::Help => help::help(),
    }
}

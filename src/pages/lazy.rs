//! The seam of lazy loading: the screens nobody sees on a first visit are in [`super::later`], and only this file names it.
//!
//! With the feature `split` (what `cargo xtask dist` builds) [`entry`] is a split point of `wasm_split_helpers`, the crate behind
//! Leptos' `#[lazy]`: `wasm-split-cli` moves what only it reaches into a second module, which [`load`] fetches.
//! Without it (`trunk serve`, browser tests) everything is in one module and is there at once. See
//! docs/adr/0013-module-in-two-parts.md.

use super::later::LaterScreen;
use super::not_loaded;
use crate::components::Part;
use crate::shell::NotLoaded;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

/// Builds one of the lazily loaded screens.
type Show = fn(LaterScreen) -> Part;

/// In one module they are there from the start.
const AT_START: Option<Show> = if cfg!(feature = "split") { None } else { Some(super::later::show) };

thread_local! {
    static SHOW: Cell<Option<Show>> = const { Cell::new(AT_START) };
}

/// What the lazily loaded module hands over.
#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(screens, fallible))]
fn entry() -> Result<Show, NotLoaded> {
    Ok(super::later::show)
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
pub fn load() -> Pin<Box<dyn Future<Output = Result<(), NotLoaded>>>> {
    Box::pin(async {
        #[cfg(feature = "split")]
        let show = entry().await?;
        #[cfg(not(feature = "split"))]
        let show = entry()?;
        SHOW.set(Some(show));
        Ok(())
    })
}

/// The screen, or what stands in its place as long as [`load`] has not ended.
pub(super) fn show(screen: LaterScreen) -> Part {
    match SHOW.get() {
        Some(show) => show(screen),
        None => not_loaded::loading(),
    }
}

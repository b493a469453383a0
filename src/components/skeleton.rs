//! Placeholders while something loads. They appear only after half a second (by the style sheet, so that no timer has to
//! be kept): a quick answer shows no flicker.

use super::HIDDEN;
use leptos::prelude::*;

/// Rows of the device list before there are any.
pub fn skeleton_rows(count: usize) -> AnyView {
    let rows = (0..count)
        .map(|_| {
            view! {
                <div class="skeleton-row" aria-hidden=HIDDEN>
                    <i></i>
                    <b></b>
                    <s></s>
                </div>
            }
        })
        .collect_view();
    view! { <div class="skeletons late">{rows}</div> }.into_any()
}

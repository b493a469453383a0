//! The one `h1` of a screen. It gets the focus when the screen changes, so that a keyboard goes on from the top and a
//! screen reader reads where the person is (WCAG 2.4.3).
//!
//! A focus that would be lost: when the element that had it is replaced by its successor (the button that showed something
//! by what it showed), the successor takes it, so that a keyboard goes on from there.
//!
//! What is spoken without moving the focus (WCAG 4.1.3): one polite status for the whole page, and an alert for what went
//! wrong. Errors that have their place in a screen are alerts there ([`super::alert`]).
//!
//! The status stands in the page from the beginning, because one that arrives together with its text is often not read;
//! of an alert that very arrival is what is read.

use super::live;
use crate::components::{Element, View, effect, el, group};
use crate::i18n::Text;
use crate::shell::{Selected, use_tr};
use leptos::prelude::{RwSignal, Set, With, document, request_animation_frame, set_timeout};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const HEADING: &str = "page-heading";

thread_local! {
    /// Whether the heading has the focus only because what had it is gone: whatever comes in its place may have it.
    static STANDS_IN: Cell<bool> = const { Cell::new(false) };
}

/// The heading of the screen.
pub fn heading(text: Text) -> View {
    element().words(text).into()
}

/// A heading with something in it that changes, the name of a device for instance.
pub fn heading_live(text: Selected<Text>) -> View {
    element().untranslated().live_text(use_tr().follow(text)).into()
}

fn element() -> Element {
    el("h1").attr("id", HEADING).attr("tabindex", "-1")
}

/// Puts the focus on the heading, once what is being rendered has been. With `only_if_lost` it stays where it is unless
/// the element that had it is gone.
pub fn focus_heading(only_if_lost: bool) {
    request_animation_frame(move || {
        let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        // Behind an open dialog nothing can have it.
        let heading = document().query_selector("dialog[open] h2").ok().flatten();
        let heading = heading.or_else(|| document().get_element_by_id(HEADING));
        let heading = heading.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let (Some(heading), true) = (heading, is_lost || !only_if_lost) {
            STANDS_IN.set(only_if_lost);
            let _focused = heading.focus();
        }
    });
}

/// Gives the element the focus, if nothing has it but the heading that stands in for what is gone.
pub fn take_lost_focus(element: &HtmlElement) {
    let is_lost = document()
        .active_element()
        .is_none_or(|active| active.tag_name() == "BODY" || (active.id() == HEADING && STANDS_IN.get()));
    if is_lost {
        let _focused = element.focus();
    }
}

/// A text to be spoken once. The number tells two equal texts apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Grows with every announcement.
    pub sequence: u32,
    /// The words; `None` before the first.
    pub text: Option<Text>,
    /// Whether it is an error.
    pub is_alert: bool,
}

/// How long a message stays at least: a screen reader that is speaking reads what it finds when it is done.
const STAYS: Duration = Duration::from_secs(1);
/// How many wait at most; older ones are news no more.
const WAITING: usize = 4;

/// What is in the live region, and what waits for its turn.
#[derive(Clone)]
struct Turns {
    shown: RwSignal<Option<Spoken>>,
    waiting: Rc<RefCell<(bool, VecDeque<Spoken>)>>,
}

impl Turns {
    fn take(&self, spoken: Spoken) {
        {
            let mut waiting = self.waiting.borrow_mut();
            if waiting.0 {
                if waiting.1.len() == WAITING {
                    let _too_old = waiting.1.pop_front();
                }
                waiting.1.push_back(spoken);
                return;
            }
            waiting.0 = true;
        }
        self.shown.set(Some(spoken));
        let turns = self.clone();
        set_timeout(
            move || {
                let next = {
                    let mut waiting = turns.waiting.borrow_mut();
                    waiting.0 = false;
                    waiting.1.pop_front()
                };
                if let Some(next) = next {
                    turns.take(next);
                }
            },
            STAYS,
        );
    }
}

/// The live region. Each message stays for a second before the next takes its place. The text moves between two elements,
/// so that the same words twice are two changes and are read twice.
pub fn live_region(spoken: Selected<Spoken>) -> View {
    let tr = use_tr();
    let turns = Turns { shown: RwSignal::new(None), waiting: Rc::default() };
    let shown = turns.shown;
    let in_turn = effect(move || {
        let spoken = spoken.get();
        if spoken.text.is_some() {
            turns.take(spoken);
        }
    });
    let words = move |parity: u32| {
        shown.with(|spoken| match spoken {
            Some(Spoken { sequence, text: Some(text), is_alert: false }) if sequence % 2 == parity => {
                tr.text(text)
            }
            Some(_) | None => String::new(),
        })
    };
    let alert = move || {
        let alert = shown.with(|spoken| spoken.clone().filter(|spoken| spoken.is_alert)?.text);
        alert.map(|text| el("p").class("sr").attr("role", "alert").words(text))
    };
    let status = el("div")
        .class("sr")
        .attr("id", "announcements")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .attr("aria-atomic", "true")
        .child(el("span").live_text(move || words(0)))
        .child(el("span").live_text(move || words(1)));
    group([status.into(), live(alert), in_turn])
}

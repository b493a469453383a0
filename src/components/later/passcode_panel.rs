//! The temporary passcode of a device: hidden until asked for, grouped, copied, hidden again by itself.
//!
//! The value stands in the model only while it is shown, and in the document only here. It is fetched by its own call at
//! "Show passcode", so a page that was merely opened has never had it.

use super::super::{Flow, Icon, Part, Weight, alert, button, contact_ways, el, group, icon, live, message};
use super::{code, concealed_code};
use crate::app::{Announcement, Event, Model, PasscodeView};
use crate::domain::DeviceId;
use crate::i18n::{Text, t};
use crate::shell::{select, use_model};
use crate::view::{self, Tone};
use portal_contract::TemporaryPasscode;

/// The panel for a device that may have a temporary passcode.
pub fn passcode_panel(device: DeviceId) -> Part {
    let wanted = device.clone();
    let state = select(use_model(), move |model| of_device(model, &wanted));
    el("section")
        .class("card passcode")
        .attr("aria-labelledby", "passcode-heading")
        .child(el("h2").attr("id", "passcode-heading").words(t::passcode_heading()))
        .live(move || state.with(|state| panel_body(state, &device)))
        .into()
}

fn of_device(model: &Model, device: &DeviceId) -> PasscodeView {
    let is_ours = model.passcode.device() == Some(device);
    if is_ours { model.passcode.clone() } else { PasscodeView::Hidden }
}

fn panel_body(state: &PasscodeView, device: &DeviceId) -> Part {
    let show = Event::PasscodeShowChosen(device.clone());
    match state {
        PasscodeView::Hidden => group([
            code_box(concealed_code()),
            el("p").words(t::passcode_intro()).into(),
            actions(button(Weight::Primary, t::passcode_show(), show)),
        ]),
        PasscodeView::Loading { .. } => group([
            code_box(concealed_code()),
            el("p").attr("role", "status").words(t::passcode_loading()).into(),
        ]),
        PasscodeView::Shown { passcode, .. } => shown(passcode),
        PasscodeView::NoneThere { .. } => message(Tone::Neutral, None, vec![t::passcode_none_there()], None),
        PasscodeView::NeedsSignIn { .. } => {
            let go = Event::RevealSignInChosen(device.clone());
            message(
                Tone::Info,
                Some(t::passcode_needs_sign_in_heading()),
                vec![t::passcode_needs_sign_in_text()],
                Some(actions(button(Weight::Primary, t::passcode_needs_sign_in_button(), go))),
            )
        }
        PasscodeView::Failed { error, .. } => {
            let mut notice = view::api_problem(error);
            notice.lines.insert(0, t::passcode_failed());
            alert(notice, Some(actions(button(Weight::Plain, t::app_retry(), show))))
        }
    }
}

fn code_box(code: Part) -> Part {
    el("div").class("code-box").child(code).into()
}

fn actions(buttons: Part) -> Part {
    el("p").class("actions").child(buttons).into()
}

fn shown(passcode: &TemporaryPasscode) -> Part {
    let branding = select(use_model(), move |model| model.branding.clone());
    // For the eye; the live region has said it already.
    let latest = |wanted: Announcement| {
        select(use_model(), move |model| model.announcement.latest.as_ref() == Some(&wanted))
    };
    let copied = latest(Announcement::PasscodeCopied);
    let not_copied = latest(Announcement::PasscodeNotCopied);
    let facts: Vec<(Icon, Text)> = vec![
        (Icon::Key, view::characters(passcode.character_set)),
        (Icon::Info, t::passcode_groups_note()),
        (Icon::Clock, t::passcode_valid_until(passcode.expires_date_time)),
        (Icon::Hide, t::passcode_auto_hide_note(view::span(PasscodeView::SHOWN_FOR))),
    ];
    let facts = facts
        .into_iter()
        .map(|(symbol, words)| el("li").child(icon(symbol)).child(el("span").words(words)).into());
    let help = el("div")
        .class("stack tight")
        .child(el("p").words(view::cannot_type(passcode.character_set)))
        .child(contact_ways(branding, Flow::Row));
    group([
        code_box(code(&passcode.passcode, t::passcode_heading())),
        actions(group([
            button(Weight::Primary, t::passcode_copy(), Event::PasscodeCopyChosen),
            button(Weight::Plain, t::passcode_hide(), Event::PasscodeHideChosen),
        ])),
        live(move || copied.get().then(|| el("p").class("reference").words(t::passcode_copied()))),
        live(move || not_copied.get().then(|| el("p").class("reference").words(t::passcode_copy_failed()))),
        el("ul").class("outcome").children(facts).into(),
        el("details").child(el("summary").words(t::passcode_cannot_type_heading())).child(help).into(),
    ])
}

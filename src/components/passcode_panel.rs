//! The temporary passcode of a device: hidden until asked for, grouped, copied, hidden again by itself.
//!
//! The value stands in the model only while it is shown, and in the document only here. It is fetched by its own call at
//! "Show passcode", so a page that was merely opened has never had it.

use super::{Flow, Icon, Weight, alert, button, code, concealed_code, contact_ways, icon, message};
use crate::app::{Event, Model, PasscodeView};
use crate::domain::DeviceId;
use crate::i18n::{Text, t};
use crate::shell::{use_model, use_tr};
use crate::view::{self, Tone};
use leptos::prelude::*;
use portal_contract::TemporaryPasscode;

/// The panel for a device that may have a temporary passcode.
pub fn passcode_panel(device: DeviceId) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let wanted = device.clone();
    let state = Memo::new(move |_| model.with(|model| of_device(model, &wanted)));
    let body = move || state.with(|state| panel_body(state, &device));
    view! {
        <section class="card passcode" aria-labelledby="passcode-heading">
            <h2 id="passcode-heading">{tr.say(t::passcode_heading())}</h2>
            {body}
        </section>
    }
    .into_any()
}

fn of_device(model: &Model, device: &DeviceId) -> PasscodeView {
    let is_ours = model.passcode.device() == Some(device);
    if is_ours { model.passcode.clone() } else { PasscodeView::Hidden }
}

fn panel_body(state: &PasscodeView, device: &DeviceId) -> AnyView {
    let tr = use_tr();
    let show = Event::PasscodeShowChosen(device.clone());
    match state {
        PasscodeView::Hidden => view! {
            <div class="code-box">{concealed_code()}</div>
            <p>{tr.say(t::passcode_intro())}</p>
            <p class="actions">{button(Weight::Primary, t::passcode_show(), show)}</p>
        }
        .into_any(),
        PasscodeView::Loading { .. } => view! {
            <div class="code-box">{concealed_code()}</div>
            <p role="status">{tr.say(t::passcode_loading())}</p>
        }
        .into_any(),
        PasscodeView::Shown { passcode, .. } => shown(passcode),
        PasscodeView::NoneThere { .. } => {
            message(Tone::Neutral, None, vec![t::passcode_none_there()], None)
        }
        PasscodeView::NeedsSignIn { .. } => {
            let go = button(
                Weight::Primary,
                t::passcode_needs_sign_in_button(),
                Event::RevealSignInChosen(device.clone()),
            );
            let rest = view! { <p class="actions">{go}</p> }.into_any();
            message(
                Tone::Info,
                Some(t::passcode_needs_sign_in_heading()),
                vec![t::passcode_needs_sign_in_text()],
                Some(rest),
            )
        }
        PasscodeView::Failed { error, .. } => {
            let mut notice = view::api_problem(error);
            notice.lines.insert(0, t::passcode_failed());
            let again = button(Weight::Plain, t::app_retry(), show);
            let rest = view! { <p class="actions">{again}</p> }.into_any();
            alert(notice, Some(rest))
        }
    }
}

fn shown(passcode: &TemporaryPasscode) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    let kind = view::characters(passcode.character_set);
    let facts: Vec<(Icon, Text)> = vec![
        (Icon::Key, kind),
        (Icon::Info, t::passcode_groups_note()),
        (Icon::Clock, t::passcode_valid_until(passcode.expires_date_time)),
        (Icon::Hide, t::passcode_auto_hide_note(view::span(PasscodeView::SHOWN_FOR))),
    ];
    let facts = facts
        .into_iter()
        .map(|(symbol, words)| view! { <li>{icon(symbol)} <span>{tr.say(words)}</span></li> })
        .collect_view();
    let cannot_type = view::cannot_type(passcode.character_set);
    view! {
        <div class="code-box">{code(&passcode.passcode, t::passcode_heading())}</div>
        <p class="actions">
            {button(Weight::Primary, t::passcode_copy(), Event::PasscodeCopyChosen)}
            {button(Weight::Plain, t::passcode_hide(), Event::PasscodeHideChosen)}
        </p>
        <ul class="outcome">{facts}</ul>
        <details>
            <summary>{tr.say(t::passcode_cannot_type_heading())}</summary>
            <div class="stack tight">
                <p>{tr.say(cannot_type)}</p>
                {contact_ways(branding.into(), Flow::Row)}
            </div>
        </details>
    }
    .into_any()
}

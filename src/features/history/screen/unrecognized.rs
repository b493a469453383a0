//! "This wasn't me": report the reset, reach IT with a reference, end every session.

use crate::app::{Event, Model};
use crate::components::{
    Flow, View, Weight, alert, back_to_device, branding, button, button_row, contact_ways, el, group,
    heading, live, minute_now, named, paragraph, reference, titled,
};
use crate::core::LoadState;
use crate::domain::{DeviceId, ResultId};
use crate::features::history;
use crate::i18n::{Text, t};
use crate::shell::{select, use_model, use_tr};
use crate::words;
use crate::words::Notice;

/// The screen.
pub(crate) fn unrecognized_activity(id: &DeviceId, result: &ResultId) -> View {
    let tr = use_tr();
    let lead = tr.follow(named(id, t::unrecognized_lead));
    group([
        back_to_device(id),
        el("div")
            .class("page-head")
            .child(heading(t::unrecognized_heading()))
            .child(el("p").class("lede").live_text(lead))
            .into(),
        report(),
        contact(result),
        everywhere(),
        paragraph("reference", t::unrecognized_it_was_me()).into(),
    ])
}

/// A selection of this type has names of the lazily loaded part.
#[derive(Clone, PartialEq)]
struct Sent(LoadState);

fn problem(state: &LoadState, heading: Text) -> Option<Notice> {
    crate::components::load_problem(state, heading)
}

fn report() -> View {
    let model = use_model();
    let state = select(model, move |model| Sent(model.features.history.unrecognized.state.clone()));
    let recorded = select(model, |model: &Model| {
        let report = model.features.history.unrecognized.report.as_ref()?;
        Some(t::unrecognized_reported(words::moment(report.reported_date_time, minute_now(model))))
    });
    let body = live(move || match (state.get().0, recorded.get()) {
        (LoadState::Loaded, Some(words)) => el("p").words(words).into(),
        (LoadState::Loading, _) => el("p").attr("role", "status").words(t::unrecognized_reporting()).into(),
        (state, _) => group([
            problem(&state, t::unrecognized_report_failed()).map(|notice| alert(notice, None)).into(),
            button_row(button(
                Weight::Primary,
                t::unrecognized_report_button(),
                Event::History(history::Event::ReportChosen),
            )),
        ]),
    });
    titled("card stack", "report-heading", t::unrecognized_report_heading())
        .child(el("p").words(t::unrecognized_report_text()))
        .child(body)
        .into()
}

/// The reference of the report; before there is one, the reset's own.
fn contact(result: &ResultId) -> View {
    let result = result.as_str().to_owned();
    let known = select(use_model(), move |model| {
        model
            .features
            .history
            .unrecognized
            .report
            .as_ref()
            .map_or_else(|| result.clone(), |report| report.reference.clone())
    });
    titled("card stack tight", "contact-heading", t::unrecognized_contact_heading())
        .child(el("p").words(t::unrecognized_contact_text()))
        .live(move || reference(known.get()))
        .child(contact_ways(branding(), Flow::Row))
        .child(paragraph("reference", t::support_never_tell()))
        .into()
}

fn everywhere() -> View {
    let state =
        select(use_model(), move |model| Sent(model.features.history.unrecognized.revocation.clone()));
    let body = live(move || match state.get().0 {
        LoadState::Loading => el("p").attr("role", "status").words(t::unrecognized_everywhere_busy()).into(),
        state @ (LoadState::NotAsked | LoadState::Loaded | LoadState::Failed(_)) => group([
            problem(&state, t::unrecognized_everywhere_failed()).map(|notice| alert(notice, None)).into(),
            button_row(button(
                Weight::Plain,
                t::unrecognized_everywhere_button(),
                Event::History(history::Event::SignOutEverywhereChosen),
            )),
        ]),
    });
    titled("card stack", "everywhere-heading", t::unrecognized_everywhere_heading())
        .child(el("p").words(t::unrecognized_everywhere_text()))
        .child(body)
        .into()
}

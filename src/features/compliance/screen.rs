//! On the page of a device: whether it gets at what belongs to the organisation, and what to do so that it does.

use super::words::{RuleView, access_view, failing_rules};
use crate::app::Model;
use crate::components::{
    View, el, group, known_device, live, load_failed, load_problem, minute_now, nothing, paragraph,
    skeleton_rows, status_chip, titled, tone_icon,
};
use crate::core::LoadState;
use crate::domain::{Action, Availability, Device, DeviceId};
use crate::i18n::t;
use crate::shell::{select, use_model};
use portal_contract::DeviceCompliance;
use std::sync::Arc;

/// A part of the device's page; nothing where there is nothing to mend.
pub(crate) fn of_device(id: &DeviceId) -> View {
    let model = use_model();
    let (wanted, of_report) = (id.clone(), id.clone());
    let is_told = select(model, move |model| {
        known_device(model, &wanted).is_some_and(|device| access_view(&device, None, None).is_some())
    });
    let id = id.clone();
    let shown = move || {
        if !is_told.get() {
            return nothing();
        }
        let (wanted, of_rules) = (id.clone(), of_report.clone());
        let state = select(use_model(), move |model| {
            let device = known_device(model, &wanted)?;
            access_view(&device, report(model, &wanted).as_deref(), minute_now(model))
        });
        let line = move || {
            state.get().map(|view| {
                group([
                    el("p").child(status_chip(view.tone, tone_icon(view.tone), view.text)).into(),
                    paragraph("reference", view.checked).into(),
                ])
            })
        };
        titled("card stack", "access-heading", t::device_compliance())
            .live(line)
            .child(failing(&of_rules))
            .into()
    };
    live(shown)
}

fn report(model: &Model, id: &DeviceId) -> Option<Arc<DeviceCompliance>> {
    let compliance = &model.features.compliance;
    compliance.report.as_ref().filter(|_| compliance.is_of(id)).map(Arc::clone)
}

fn failing(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let views = select(model, move |model| {
        let device = known_device(model, &wanted)?;
        let report = report(model, &wanted)?;
        Some((failing_rules(&report, device.platform), can_check(&device)))
    });
    let of_device = id.clone();
    let is_loading = select(model, move |model| {
        let compliance = &model.features.compliance;
        compliance.is_of(&of_device) && compliance.report.is_none() && compliance.state == LoadState::Loading
    });
    let wanted = id.clone();
    let problem = select(model, move |model| {
        let compliance = &model.features.compliance;
        let is_ours = compliance.is_of(&wanted);
        is_ours.then(|| load_problem(&compliance.state, t::compliance_error_heading())).flatten()
    });
    let list = move || match views.get() {
        Some((rules, _)) if rules.is_empty() => paragraph("reference", t::compliance_not_named()).into(),
        Some((rules, can_check)) => group([
            el("ul").class("rules").children(rules.into_iter().map(rule)).into(),
            can_check.then(|| paragraph("reference", t::compliance_then_check())).into(),
        ]),
        None if is_loading.get() => skeleton_rows(1),
        None => nothing(),
    };
    group([live(list), load_failed(problem)])
}

fn can_check(device: &Device) -> bool {
    device.availability(Action::SyncDevice) == Availability::Allowed
}

fn rule(view: RuleView) -> View {
    el("li")
        .child(el("strong").words(view.what))
        .child(view.detail.map(|detail| paragraph("reference", detail)))
        .child(el("p").words(view.remedy))
        .into()
}

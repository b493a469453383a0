//! How to reach IT about a device: the same ways as everywhere, but the mail says already which device and which run.

use crate::app::Model;
use crate::components::{Flow, View, branding, contact_ways_with, known_device, paragraph, titled};
use crate::domain::DeviceId;
use crate::features::actions;
use crate::features::actions::words::MailView;
use crate::i18n::t;
use crate::shell::{select, use_model, use_tr};
use crate::words::mail_address;

/// The ways.
pub(crate) fn contact_about(id: &DeviceId) -> View {
    let (model, tr, id) = (use_model(), use_tr(), id.clone());
    let mail = select(model, move |model| Mail(mail_of(model, &id)));
    contact_ways_with(branding(), Flow::Row, move |address| {
        let Mail(mail) = mail.get();
        let Some(MailView { subject, lines }) = mail else { return mail_address(address, "", &[]) };
        let lines: Vec<String> = lines.iter().map(|line| tr.text(line)).collect();
        mail_address(address, &tr.text(&subject), &lines)
    })
}

/// The same as a card, where something did not work out.
pub(crate) fn ask_it_about(id: &DeviceId) -> View {
    titled("card stack tight", "ask-it-heading", t::support_contact())
        .child(contact_about(id))
        .child(paragraph("reference", t::support_never_tell()))
        .into()
}

/// A selection's type, under a name of the lazily loaded part.
#[derive(Clone, PartialEq)]
struct Mail(Option<MailView>);

/// About the run on the screen, else about the device alone.
fn mail_of(model: &Model, id: &DeviceId) -> Option<MailView> {
    let device = known_device(model, id)?;
    let flow = match model.page.route.action() {
        Some(action) if action != crate::domain::Action::ResetPasscode => {
            model.features.actions.flow(id, action)
        }
        Some(_) | None => &model.features.actions.reset,
    };
    let run = flow.run().filter(|_| flow.device() == Some(id)).map(|run| run.id.as_str());
    let latest = device.latest_run().map(|run| run.id.as_str());
    Some(actions::words::mail_about(&device, run.or(latest)))
}

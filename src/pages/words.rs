//! The words of the page as a whole: its title and what is spoken.

use crate::app::Model;
use crate::components::{Spoken, device_name};
use crate::i18n::{Text, t};
use crate::pages::screen::Screen;
use crate::words;

/// The title of the document; the number of unread notifications comes first, because a tab shows only the beginning.
pub(super) fn title(model: &Model) -> Text {
    let screen = title_of_screen(model);
    match model.features.notifications.unread() {
        0 => screen,
        unread => t::title_unread(unread, screen),
    }
}

fn title_of_screen(model: &Model) -> Text {
    let organisation = &model.page.branding.display_name;
    let page = match Screen::of(model) {
        Screen::Loading | Screen::Restoring => t::app_loading(),
        Screen::Leaving => t::sign_in_leaving(),
        Screen::Returning => t::sign_in_returning(),
        Screen::SigningOut => t::session_leaving(),
        Screen::SigningOutForReset => t::signed_out_continuing_heading(),
        Screen::NotSetUp => t::config_heading(),
        Screen::SignInFailed => t::sign_in_problem_heading(),
        Screen::SignIn => t::sign_in_required_heading(),
        Screen::SignedOut
        | Screen::Landing
        | Screen::Devices
        | Screen::NotFound
        | Screen::LazyLoading
        | Screen::LazyFailed
        | Screen::Lazy(_) => {
            let device = model.page.route.device().map(|id| device_name(model, id)).unwrap_or_default();
            return words::title(&model.page.route, &device, &model.features.actions.reset, organisation);
        }
    };
    t::title_page(page, t::app_name())
}

/// The latest announcement in words.
pub(super) fn announced(model: &Model) -> Option<Text> {
    let device = model.features.actions.reset.device().map(|id| device_name(model, id)).unwrap_or_default();
    model.page.announcement.latest.as_ref().map(|latest| words::announcement(latest, &device))
}

/// The latest that is told by the system, in words.
pub(super) fn told(model: &Model) -> Option<Spoken> {
    let latest = model.features.actions.alert.latest.as_ref()?;
    let device = model.features.actions.reset.device().map(|id| device_name(model, id)).unwrap_or_default();
    let text = Some(words::announcement(latest, &device));
    Some(Spoken { sequence: model.features.actions.alert.sequence, text, is_alert: false })
}

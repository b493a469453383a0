//! The bar at the top of every screen: whose portal it is, where one can go, the notification flag, and a menu with the
//! person, the language and the way out.
//!
//! The foot of every screen: how to reach IT, always at the same place (WCAG 3.2.6), whether a machine drafted
//! the language, and the privacy statement.
//!
//! The lines across the page: there is no connection; devices are missing; a language could not be loaded.

use crate::app::{Event, Model};
use crate::components::contact_notes;
use crate::components::{
    Element, Flow, Icon, View, Weight, contact_ways, el, group, icon, live, select_field, status_chip,
};
use crate::domain::Computer;
use crate::features::notifications::screen::flag;
use crate::features::{language, sign_in};
use crate::i18n::{Locale, Text, t};
use crate::route::Route;
use crate::shell::{Selected, select, use_dispatch, use_model, use_tr};
use crate::words::{Tone, web_address};

/// The bar: one row at every width (`style/portal.css`).
pub(super) fn header() -> View {
    let is_signed_in = select(use_model(), move |model| model.page.session.signed_in().is_some());
    let tools = el("div").class("tools").live(move || {
        if is_signed_in.get() {
            group([flag(), account()])
        } else {
            group([help_link(), language_switch().into()])
        }
    });
    let inner = el("div")
        .class("bar-inner")
        .child(brand())
        .live(move || is_signed_in.get().then(navigation))
        .child(tools);
    el("header").class("bar").child(inner).into()
}

fn brand() -> Element {
    let branding = select(use_model(), move |model| model.page.branding.clone());
    let inside = move || {
        branding.with(|branding| {
            let mark = match &branding.logo {
                Some(address) => el("img").class("brand-logo").attr("src", address.clone()).attr("alt", ""),
                None => el("span").class("brand-shield").child(icon(Icon::Shield)),
            };
            let product = el("span").words(t::app_name());
            let organisation = &branding.display_name;
            if organisation.trim().is_empty() {
                return group([mark.into(), product.into()]);
            }
            let organisation = el("span").words(Text::verbatim(organisation));
            group([mark.into(), organisation.into(), product.class("brand-product").into()])
        })
    };
    el("a").class("brand").attr("href", Route::Home.path()).live(inside)
}

fn navigation() -> Element {
    let is_devices = |route: &Route| {
        matches!(route, Route::Devices | Route::Device(_) | Route::Passcode(_)) || route.action().is_some()
    };
    el("nav")
        .class("nav")
        .attr_words("aria-label", t::app_navigation())
        .child(place(Icon::Device, t::devices_heading(), &Route::Devices, is_devices))
        .child(place(Icon::Clock, t::history_page_heading(), &Route::History, |route| {
            matches!(route, Route::History | Route::DeviceHistory(_))
        }))
        .child(place(Icon::Help, t::help_heading(), &Route::Help, |route| *route == Route::Help))
}

/// A link that says whether the person is there.
fn place(symbol: Icon, words: Text, route: &Route, is_there: fn(&Route) -> bool) -> Element {
    let is_here = select(use_model(), move |model| is_there(&model.page.route));
    el("a")
        .attr("href", route.path())
        .attr_live("aria-current", move || is_here.get().then(|| "page".to_owned()))
        .child(icon(symbol))
        .child(label(words))
}

/// The languages, each by its own name. While one is being loaded it is shown as chosen; if that fails, the choice goes
/// back to the language of the page.
fn language_switch() -> Element {
    let dispatch = use_dispatch();
    let chosen = select(use_model(), move |model| {
        (
            model.features.language.wanted.unwrap_or(model.features.language.current.locale()),
            model.features.language.missing,
        )
    });
    let option = |locale: &Locale| {
        let words = el("option").attr("lang", locale.tag()).text(locale.name());
        (locale.tag().to_owned(), words)
    };
    let changed = move |tag: String| {
        if let Some(locale) = Locale::from_tag(&tag) {
            dispatch(Event::Language(language::Event::Chosen(locale)));
        }
    };
    let options = Locale::ALL.iter().map(option).collect();
    let field = select_field(options, move || chosen.get().0.tag().to_owned(), changed);
    let field = field.attr_words("aria-label", t::language_switch_label());
    el("span").class("tool language").child(icon(Icon::Globe)).child(field)
}

const MENU: &str = "account-menu";

/// The person's name, and behind it a menu: who is signed in, on whose screen, the language, the way out.
fn account() -> View {
    let person = select(use_model(), person_name);
    let account = select(use_model(), account_name);
    let tr = use_tr();
    let dispatch = use_dispatch();
    let name = move || tr.text(&person.get().map_or_else(t::session_account, |name| Text::verbatim(&name)));
    let button = el("button")
        .attr("type", "button")
        .class("tool account")
        .attr("popovertarget", MENU)
        .child(icon(Icon::Person))
        .child(el("span").class("tool-label").untranslated().live_text(name));
    let out = el("button")
        .attr("type", "button")
        .class(Weight::Plain.class())
        .on_press(move || dispatch(Event::SignIn(sign_in::Event::SignOutChosen)))
        .child(icon(Icon::Out))
        .words(t::session_sign_out());
    let menu = el("section")
        .attr("id", MENU)
        .class("flyout menu")
        .attr("popover", "auto")
        .attr_words("aria-label", t::session_account())
        .child(el("p").child(el("strong").untranslated().live_text(name)))
        .live(move || account.get().map(|account| el("p").class("reference").words(Text::verbatim(&account))))
        .child(borrowed_mark())
        .child(language_switch())
        .child(out);
    group([button.into(), menu.into()])
}

/// "Shared screen", for as long as the visit on one lasts.
fn borrowed_mark() -> View {
    let is_shared =
        select(use_model(), move |model| model.features.shared_computer.screen == Computer::Shared);
    live(move || is_shared.get().then(|| status_chip(Tone::Warn, Icon::Person, t::shared_computer_mark())))
}

fn help_link() -> View {
    let link = el("a").class("tool").attr("href", Route::Help.path());
    link.child(icon(Icon::Help)).child(label(t::help_heading())).into()
}

fn label(words: Text) -> Element {
    el("span").class("tool-label").words(words)
}

/// The name to show: the display name, else the sign-in name.
fn person_name(model: &Model) -> Option<String> {
    let person = model.page.session.signed_in()?;
    let names = [&person.name, &person.user_name];
    names.into_iter().find(|name| !name.trim().is_empty()).cloned()
}

/// The account beside the name, where it says more than that.
fn account_name(model: &Model) -> Option<String> {
    let person = model.page.session.signed_in()?;
    let is_more = !person.user_name.trim().is_empty() && !person.name.trim().is_empty();
    is_more.then(|| person.user_name.clone())
}

/// The foot.
pub(super) fn footer() -> View {
    let branding = select(use_model(), move |model| model.page.branding.clone());
    let privacy = move || {
        branding
            .with(|branding| web_address(&branding.privacy_url))
            .map(|address| el("a").class("privacy").attr("href", address).words(t::app_privacy()))
    };
    let drafted = select(use_model(), move |model| {
        let locale = model.features.language.current.locale();
        locale.is_machine_drafted().then(|| t::language_switch_machine_drafted(locale.name()))
    });
    let accessibility = Route::Accessibility.path();
    let inner = el("div")
        .class("foot-inner")
        .child(el("h2").words(t::support_contact()))
        .child(contact_ways(branding, Flow::Row))
        .child(contact_notes(branding))
        .live(move || drafted.get().map(|note| el("p").class("foot-notes").words(note)))
        .live(privacy)
        .child(el("a").class("privacy").attr("href", accessibility).words(t::accessibility_heading()));
    el("footer").class("foot").child(inner).into()
}

/// Says that the page is offline, for as long as it is.
///
/// `unsent` counts what was pressed meanwhile and not sent: each time it is said that it was not.
pub(super) fn offline_banner(is_offline: Selected<bool>, unsent: Selected<u32>) -> View {
    live(move || {
        is_offline.get().then(|| {
            let alert = || el("p").attr("role", "alert").child(el("strong").words(t::offline_unsent()));
            let refused = live(move || (unsent.get() > 0).then(alert));
            banner("offline", Icon::Offline, t::offline_banner(), Some(refused))
        })
    })
}

/// Says that devices are missing because a service does not answer, until they are read without a gap.
pub(super) fn service_banner(is_down: Selected<bool>) -> View {
    live(move || {
        is_down.get().then(|| banner("service-down", Icon::Warning, t::devices_service_down(), None))
    })
}

/// Says that the language the person chose could not be loaded, until another is chosen.
pub(super) fn language_banner(missing: Selected<Option<Locale>>) -> View {
    live(move || {
        missing.get().map(|locale| {
            banner("language-missing", Icon::Warning, t::language_switch_missing(locale.name()), None)
        })
    })
}

/// A landmark named by its own words: who moves from landmark to landmark finds it.
fn banner(id: &'static str, sign: Icon, words: Text, more: Option<View>) -> View {
    let words = el("div").child(el("p").attr("id", id).words(words)).child(more);
    let inner = el("div").class("banner-inner").child(icon(sign)).child(words);
    el("section").class("banner").attr("aria-labelledby", id).child(inner).into()
}

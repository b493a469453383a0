//! The bar at the top of every screen: whose portal it is, where one can go, the notification flag, the language, and
//! the way out.

use super::{Element, Icon, Part, el, flag, group, icon, live, status_chip};
use crate::app::{Event, Model};
use crate::domain::WhoseScreen;
use crate::features::{language, sign_in};
use crate::i18n::{Locale, Text, t};
use crate::route::Route;
use crate::shell::{select, use_dispatch, use_model, use_tr};
use crate::view::Tone;

/// The bar.
pub fn header() -> Part {
    let is_signed_in = select(use_model(), move |model| model.page.session.signed_in().is_some());
    let tools = el("div")
        .class("tools")
        .live(move || is_signed_in.get().then(flag))
        .child(language_switch())
        .live(move || if is_signed_in.get() { account() } else { help_link() });
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
        matches!(route, Route::Devices | Route::Device(_) | Route::ResetPasscode(_) | Route::Passcode(_))
    };
    el("nav")
        .class("nav")
        .attr_words("aria-label", t::app_navigation())
        .child(place(t::devices_heading(), &Route::Devices, is_devices))
        .child(place(t::history_page_heading(), &Route::History, |route| {
            matches!(route, Route::History | Route::DeviceHistory(_))
        }))
        .child(place(t::help_heading(), &Route::Help, |route| *route == Route::Help))
}

/// A link that says whether the person is there.
fn place(words: Text, route: &Route, is_there: fn(&Route) -> bool) -> Element {
    let is_here = select(use_model(), move |model| is_there(&model.page.route));
    el("a")
        .attr("href", route.path())
        .attr_live("aria-current", move || is_here.get().then(|| "page".to_owned()))
        .words(words)
}

/// The languages, each by its own name. While one is being loaded it is shown as chosen; if that fails, the choice goes
/// back to the language of the page.
fn language_switch() -> Element {
    let tr = use_tr();
    let dispatch = use_dispatch();
    let chosen = select(use_model(), move |model| {
        (
            model.features.language.wanted.unwrap_or(model.features.language.current.locale()),
            model.features.language.missing,
        )
    });
    let option = move |locale: &Locale| {
        let locale = *locale;
        let name = move || match locale.is_machine_drafted() {
            true => tr.text(&t::language_switch_machine_drafted(locale.name())),
            false => locale.name().to_owned(),
        };
        let is_chosen = move || if chosen.get().0 == locale { "selected".to_owned() } else { String::new() };
        let option = el("option").attr("value", locale.tag()).attr("lang", locale.tag());
        option.live_text(name).prop_live("selected", is_chosen).into()
    };
    let choice = el("select")
        .attr("autocomplete", "off")
        .attr_words("aria-label", t::language_switch_label())
        .on("change", move |event| {
            if let Some(locale) = chosen_value(&event).and_then(|tag| Locale::from_tag(&tag)) {
                dispatch(Event::Language(language::Event::Chosen(locale)));
            }
        })
        .children(Locale::ALL.iter().map(option));
    el("span").class("tool language").child(icon(Icon::Globe)).child(choice)
}

fn chosen_value(event: &web_sys::Event) -> Option<String> {
    js_sys::Reflect::get(&event.target()?.into(), &"value".into()).ok()?.as_string()
}

fn account() -> Part {
    let person = select(use_model(), person_name);
    let dispatch = use_dispatch();
    let who = live(move || person.get().map(|person| el("span").class("who").words(Text::verbatim(&person))));
    let out = el("button")
        .attr("type", "button")
        .class("tool")
        .on_press(move || dispatch(Event::SignIn(sign_in::Event::SignOutChosen)))
        .child(icon(Icon::Out))
        .child(label(t::session_sign_out()));
    group([borrowed_mark(), who, out.into()])
}

/// "Borrowed screen", for as long as the visit on one lasts.
fn borrowed_mark() -> Part {
    let is_borrowed =
        select(use_model(), move |model| model.features.shared_computer.screen == WhoseScreen::Borrowed);
    live(move || is_borrowed.get().then(|| status_chip(Tone::Warn, Icon::Person, t::borrowed_mark())))
}

fn help_link() -> Part {
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

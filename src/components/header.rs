//! The bar at the top of every screen: whose portal it is, where one can go, the notification flag, the language, and
//! the way out.

use super::{Icon, flag, icon};
use crate::app::{Event, Model};
use crate::i18n::{Locale, t};
use crate::route::Route;
use crate::shell::{use_dispatch, use_model, use_tr};
use leptos::prelude::*;

/// The bar.
pub fn header() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let is_signed_in = Memo::new(move |_| model.with(|model| model.session.signed_in().is_some()));
    view! {
        <header class="bar">
            <div class="bar-inner">
                {brand()} {move || is_signed_in.get().then(navigation)}
                <div class="tools">
                    {move || is_signed_in.get().then(flag)} {language_switch()}
                    {move || is_signed_in.get().then(account)}
                    {move || {
                        (!is_signed_in.get())
                            .then(|| {
                                view! {
                                    <a class="tool" href=Route::Help.path()>
                                        {icon(Icon::Help)} <span class="tool-label">{tr.say(t::help_heading())}</span>
                                    </a>
                                }
                            })
                    }}
                </div>
            </div>
        </header>
    }
    .into_any()
}

fn brand() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let organisation = Memo::new(move |_| model.with(|model| model.branding.display_name.clone()));
    let logo = Memo::new(move |_| model.with(|model| model.branding.logo.clone()));
    let mark = move || match logo.get() {
        Some(address) => view! { <img class="brand-logo" src=address alt="" /> }.into_any(),
        None => view! { <span class="brand-shield">{icon(Icon::Shield)}</span> }.into_any(),
    };
    let name = move || {
        let organisation = organisation.get();
        let product = tr.text(&t::app_name());
        if organisation.trim().is_empty() {
            view! { <span>{product}</span> }.into_any()
        } else {
            view! {
                <span>{organisation}</span>
                <span class="brand-product">{product}</span>
            }
            .into_any()
        }
    };
    view! { <a class="brand" href=Route::Home.path()>{mark} {name}</a> }.into_any()
}

fn navigation() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let route = Memo::new(move |_| model.with(|model| model.route.clone()));
    let devices = move || {
        let is_here = matches!(route.get(), Route::Devices | Route::Device(_) | Route::ResetPasscode(_));
        is_here.then_some("page")
    };
    let help = move || (route.get() == Route::Help).then_some("page");
    view! {
        <nav class="nav" aria-label=tr.say(t::app_navigation())>
            <a href=Route::Devices.path() aria-current=devices>
                {tr.say(t::devices_heading())}
            </a>
            <a href=Route::Help.path() aria-current=help>
                {tr.say(t::help_heading())}
            </a>
        </nav>
    }
    .into_any()
}

/// Shows the language one can change to, in that language's own words.
fn language_switch() -> AnyView {
    let tr = use_tr();
    let dispatch = use_dispatch();
    let other = move || match tr.locale() {
        Locale::En => Locale::Ja,
        Locale::Ja => Locale::En,
    };
    view! {
        <button
            type="button"
            class="tool labelled"
            lang=move || other().tag()
            on:click=move |_| dispatch(Event::LocaleChosen(other()))
        >
            {icon(Icon::Globe)}
            <span class="tool-label">{move || other().name()}</span>
        </button>
    }
    .into_any()
}

fn account() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let dispatch = use_dispatch();
    let person = Memo::new(move |_| model.with(person_name));
    let who = move || {
        person.get().map(|person| view! { <span class="who">{person}</span> })
    };
    view! {
        {who}
        <button type="button" class="tool" on:click=move |_| dispatch(Event::SignOutChosen)>
            {icon(Icon::Out)}
            <span class="tool-label">{tr.say(t::session_sign_out())}</span>
        </button>
    }
    .into_any()
}

/// The name to show: the display name, else the sign-in name.
fn person_name(model: &Model) -> Option<String> {
    let person = model.session.signed_in()?;
    let names = [&person.name, &person.user_name];
    names.into_iter().find(|name| !name.trim().is_empty()).cloned()
}

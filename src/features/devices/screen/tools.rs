//! The choices over a long list of devices: platform, how they stand, category, the order, and rows of one line. They come
//! with the later part of the page; the list is there before them.

use crate::app::Event;
use crate::components::{View, Weight, choice, el, group};
use crate::domain::{Platform, Standing};
use crate::features::devices;
use crate::features::devices::{Order, Selection};
use crate::i18n::{Text, t};
use crate::shell::{select, use_dispatch, use_model};
use crate::words;
use leptos::prelude::WithUntracked;

/// The choices. What there is to choose from is what the list has when they appear.
pub(crate) fn list_tools() -> View {
    let model = use_model();
    let (platforms, categories, chosen) = model.with_untracked(|model| {
        let list = &model.features.devices.list;
        let has = |platform: &Platform| list.all().iter().any(|device| device.platform == *platform);
        let platforms: Vec<Platform> = Platform::ALL.into_iter().filter(has).collect();
        let mut categories: Vec<String> = list.all().iter().map(|device| device.category.clone()).collect();
        categories.sort_unstable();
        categories.dedup();
        categories.retain(|category| !category.is_empty());
        (platforms, categories, list.selection.clone())
    });
    let all = |words: Text| std::iter::once((String::new(), words));
    let number = |place: usize| place.saturating_add(1).to_string();
    let by_platform =
        platforms.iter().enumerate().map(|(at, platform)| (number(at), words::platform_name(*platform)));
    let by_standing = Standing::ALL
        .into_iter()
        .enumerate()
        .map(|(at, standing)| (number(at), devices::words::standing(standing)));
    let by_category =
        categories.iter().enumerate().map(|(at, category)| (number(at), Text::verbatim(category)));
    let place = |at: Option<usize>| at.map(number).unwrap_or_default();
    let platform = place(platforms.iter().position(|known| chosen.platform == Some(*known)));
    let standing = place(Standing::ALL.iter().position(|known| chosen.standing == Some(*known)));
    let category = place(categories.iter().position(|known| chosen.category.as_ref() == Some(known)));
    let order = match chosen.order {
        Order::Standing => String::new(),
        Order::LastSeen => number(0),
        Order::Name => number(1),
    };
    let orders = [(number(0), t::list_last_seen()), (number(1), t::list_name())];
    let (platforms_known, categories_known) = (platforms.clone(), categories.clone());
    let has_categories = !categories.is_empty();
    el("div")
        .class("list-choices")
        .child(choice(
            "list-platform",
            t::device_platform(),
            all(t::list_all()).chain(by_platform).collect(),
            &platform,
            change(move |selection, at| {
                selection.platform = at.and_then(|at| platforms_known.get(at).copied());
            }),
        ))
        .child(choice(
            "list-standing",
            t::list_standing(),
            all(t::list_all()).chain(by_standing).collect(),
            &standing,
            change(|selection, at| selection.standing = at.and_then(|at| Standing::ALL.get(at).copied())),
        ))
        .child(has_categories.then(|| {
            choice(
                "list-category",
                t::device_category(),
                all(t::list_all()).chain(by_category).collect(),
                &category,
                change(move |selection, at| {
                    selection.category = at.and_then(|at| categories_known.get(at).cloned());
                }),
            )
        }))
        .child(choice(
            "list-order",
            t::list_order(),
            all(t::list_worst_first()).chain(orders).collect(),
            &order,
            change(|selection, at| {
                selection.order = match at {
                    Some(0) => Order::LastSeen,
                    Some(_) => Order::Name,
                    None => Order::Standing,
                };
            }),
        ))
        .child(density())
        .into()
}

/// What a choice makes of the selection; it gets the place of what was chosen, from 0, or `None` for all.
fn change(apply: impl Fn(&mut Selection, Option<usize>) + 'static) -> impl Fn(String) + 'static {
    let model = use_model();
    let dispatch = use_dispatch();
    move |value| {
        let mut selection = model.with_untracked(|model| model.features.devices.list.selection.clone());
        let at = value.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        apply(&mut selection, at);
        dispatch(Event::Devices(devices::Event::SelectionChosen(selection)));
    }
}

fn density() -> View {
    let is_dense = select(use_model(), move |model| model.features.devices.list.is_dense);
    let dispatch = use_dispatch();
    let button = el("button")
        .attr("type", "button")
        .class(Weight::Plain.class())
        .attr_live("aria-pressed", move || Some(is_dense.get().to_string()))
        .on_press(move || dispatch(Event::Devices(devices::Event::DensityToggled)))
        .words(t::list_dense());
    group([button.into()])
}

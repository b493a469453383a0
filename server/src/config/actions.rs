//! `[[actions.off]]`: which actions the organisation switched off; `actions.on`: which of those that are off by themselves it
//! switched on; whether a reset right after the first sign-in needs no second one.

use super::reader::{ConfigError, Section};
use crate::domain::action::ActionKind;
use crate::domain::freshness::MaxAge;
use crate::domain::policy::PlatformFamily;
use crate::domain::switches::SwitchedOff;
use portal_contract::{ActionName, ManagedDeviceOwnerType};
use toml::{Table, Value};

const LIST: &str = "actions.off";
/// What is off unless it is switched on: it opens more than the device.
const OFF_BY_ITSELF: [ActionKind; 1] = [ActionKind::ShowLocalAdministratorPassword];

/// The key of a reset without a second sign-in, as the section calls it.
const SKIP: &str = "skip_second_sign_in_within_seconds";

/// The same, as a mistake about it is named.
pub(super) const SKIP_KEY: &str = "actions.skip_second_sign_in_within_seconds";

/// What the organisation chose about actions.
#[derive(Debug, Default)]
pub(super) struct ActionSettings {
    /// What is off in the end.
    pub(super) switched_off: Vec<SwitchedOff>,
    /// How old the first sign-in may be for a reset without a second one; `None`: it is always asked for.
    pub(super) skip_second_sign_in: Option<MaxAge>,
}

/// Reads the section.
pub(super) fn read(whole: &mut Table, mistakes: &mut Vec<ConfigError>) -> ActionSettings {
    let everywhere = |action| SwitchedOff { action, platform: None, owner: None };
    let Some(section) = whole.remove("actions") else {
        let switched_off = OFF_BY_ITSELF.map(everywhere).into();
        return ActionSettings { switched_off, skip_second_sign_in: None };
    };
    let Value::Table(table) = section else {
        mistakes.push(ConfigError::new(
            "actions",
            "must be a section: write its lists as [[actions.off]]".to_owned(),
        ));
        return ActionSettings::default();
    };
    let mut section = Section::of(table, "actions".to_owned(), mistakes);
    let items = match section.value("off") {
        None => Vec::new(),
        Some(Value::Array(items)) if items.iter().all(Value::is_table) => items,
        Some(_) => {
            section.wrong("off", "must be a list of sections in the file: write each as [[actions.off]]");
            Vec::new()
        }
    };
    let on = switched_on(&mut section);
    let skip_second_sign_in = skip(&mut section);
    section.finish();
    let off = OFF_BY_ITSELF.into_iter().filter(|kind| !on.contains(kind)).map(everywhere);
    let tables =
        items.into_iter().filter_map(|item| if let Value::Table(table) = item { Some(table) } else { None });
    let switches = tables.enumerate().filter_map(|(place, table)| switch(table, place, mistakes));
    ActionSettings { switched_off: switches.chain(off).collect(), skip_second_sign_in }
}

/// Zero is off, like leaving it out.
fn skip(section: &mut Section<'_>) -> Option<MaxAge> {
    let seconds = section.number(SKIP, 0, 0..=*MaxAge::SKIP_SECONDS.end());
    let chosen = MaxAge::without_second_sign_in(seconds);
    if chosen.is_none() && seconds != 0 {
        section.wrong(
            SKIP,
            "must be 0 (off) or from 60 to 120: fewer are over before anybody has found their device",
        );
    }
    chosen
}

fn switched_on(section: &mut Section<'_>) -> Vec<ActionKind> {
    let mut on = Vec::new();
    for name in section.list("on", &[]) {
        let kind = ActionKind::named(ActionName::from_wire(&name));
        match kind.filter(|kind| OFF_BY_ITSELF.contains(kind)) {
            Some(kind) => on.push(kind),
            None => {
                let known = OFF_BY_ITSELF.map(|kind| kind.name().as_str()).join(", ");
                section.wrong("on", &format!("must be a list out of what is off by itself: {known}"));
            }
        }
    }
    on
}

fn switch(table: Table, place: usize, mistakes: &mut Vec<ConfigError>) -> Option<SwitchedOff> {
    let mut section = Section::of(table, format!("{LIST}[{}]", place + 1), mistakes);
    let names = ActionKind::ALL.map(|kind| kind.name().as_str()).join(", ");
    let action = section.required("action", &format!("one of {names}"));
    let kind = ActionKind::named(ActionName::from_wire(&action));
    if kind.is_none() && !action.is_empty() {
        section.wrong("action", &format!("must be one of {names}"));
    }
    let platform = section.text("platform").and_then(|name| {
        let family = PlatformFamily::named(&name);
        if family.is_none() {
            let known = PlatformFamily::ALL.map(PlatformFamily::as_str).join(", ");
            section.wrong("platform", &format!("must be one of {known}, or left out for all"));
        }
        family
    });
    let owner = section.text("owner").and_then(|name| match name.as_str() {
        "company" => Some(ManagedDeviceOwnerType::Company),
        "personal" => Some(ManagedDeviceOwnerType::Personal),
        _ => {
            section.wrong("owner", "must be \"company\" or \"personal\", or left out for both");
            None
        }
    });
    section.finish();
    Some(SwitchedOff { action: kind?, platform, owner })
}

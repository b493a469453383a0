//! `[[actions.off]]`: which actions the organisation switched off.

use super::reader::{Mistake, Section};
use crate::domain::action::ActionKind;
use crate::domain::policy::PlatformFamily;
use crate::domain::switches::SwitchedOff;
use portal_contract::{ActionName, ManagedDeviceOwnerType};
use toml::{Table, Value};

const LIST: &str = "actions.off";

/// Reads the list; empty where there is none.
pub(super) fn read(whole: &mut Table, mistakes: &mut Vec<Mistake>) -> Vec<SwitchedOff> {
    let Some(section) = whole.remove("actions") else { return Vec::new() };
    let Value::Table(table) = section else {
        mistakes.push(Mistake::new(
            "actions",
            "must be a section: write its lists as [[actions.off]]".to_owned(),
        ));
        return Vec::new();
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
    section.finish();
    let tables =
        items.into_iter().filter_map(|item| if let Value::Table(table) = item { Some(table) } else { None });
    tables.enumerate().filter_map(|(place, table)| switch(table, place, mistakes)).collect()
}

fn switch(table: Table, place: usize, mistakes: &mut Vec<Mistake>) -> Option<SwitchedOff> {
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

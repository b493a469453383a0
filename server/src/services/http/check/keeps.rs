//! The rules about what a management service keeps beside its devices: categories, compliance, applications, keys.

use super::super::calls::segment;
use super::super::wire::{CapabilitiesWire, CommandState};
use super::super::words;
use super::commands::{begun_by, command, follow, issued, refused, with};
use super::devices::Device;
use super::talk::{Said, Talk};
use super::{Lines, Plan, Rule};
use portal_contract::ActionName;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How long a command of these is good for, in seconds.
const LIFETIME: i64 = 600;

/// The organisation's categories.
pub(super) async fn categories(talk: &Talk, offer: &CapabilitiesWire, lines: &mut Lines) {
    if !offer.actions.contains(&ActionName::SetCategory) {
        let why = "`actions` does not have `setCategory`";
        return lines.skip(&[Rule::CategoriesCanBeRead, Rule::UnknownCategoryIsRefused], why);
    }
    let outcome = talk.get("/categories").await.and_then(|said| {
        let read = said.value(200).and_then(words::categories);
        let (known, unreadable) =
            read.ok_or_else(|| said.instead_of("200 with `categories`, each with `id` and `displayName`"))?;
        let ids: BTreeSet<&str> = known.iter().map(|one| one.id.as_str()).collect();
        if unreadable > 0 {
            Err(format!("{unreadable} of them have no `id` or no `displayName` that the portal can show"))
        } else if ids.is_empty() {
            Err("there is none: leave `setCategory` out of `actions`".to_owned())
        } else if ids.len() < known.len() {
            Err("two of them have the same `id`".to_owned())
        } else {
            Ok(())
        }
    });
    lines.judge(Rule::CategoriesCanBeRead, outcome);
}

/// What is told about one device, to its own person only.
pub(super) async fn of_device(
    talk: &Talk,
    offer: &CapabilitiesWire,
    person: &str,
    device: &Device,
    lines: &mut Lines,
) {
    let (Some(own), Some(id)) = (segment(person), segment(&device.id)) else { return };
    let places = [
        (
            Rule::ComplianceCanBeRead,
            offer.compliance,
            "compliance",
            complaint_of_compliance as fn(&Said) -> _,
        ),
        (Rule::AppsCanBeRead, offer.apps, "apps", complaint_of_apps),
    ];
    for (rule, is_offered, name, complaint) in places {
        if !is_offered {
            lines.skip(&[rule], &format!("`{name}` is not true among the capabilities"));
            continue;
        }
        let outcome = async {
            let said = talk.get(&format!("/people/{own}/devices/{id}/{name}")).await?;
            complaint(&said).map_or(Ok(()), Err)?;
            let strangers = format!("/people/{}/devices/{id}/{name}", talk.fresh_id());
            talk.get(&strangers).await?.must_be_not_found()
        };
        lines.judge(rule, outcome.await);
    }
}

/// The entries that an answer has under this name.
fn entries(said: &Said, name: &str) -> Vec<Value> {
    let body = said.value(200).unwrap_or_default();
    body.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn complaint_of_compliance(said: &Said) -> Option<String> {
    match said.value(200).and_then(words::compliance) {
        None => Some(said.instead_of("200 with `failingRules`")),
        Some(_) => {
            let is_nameless = |rule: &Value| {
                let alone = words::compliance(json!({ "failingRules": [rule] }));
                alone.is_none_or(|report| report.failing.is_empty())
            };
            let is_wrong = entries(said, "failingRules").iter().any(is_nameless);
            is_wrong.then(|| "a rule has neither `code` nor `title` that the portal can show".to_owned())
        }
    }
}

fn complaint_of_apps(said: &Said) -> Option<String> {
    match said.value(200).and_then(words::apps) {
        None => Some(said.instead_of("200 with `apps`")),
        Some(apps) if apps.len() < entries(said, "apps").len() => Some(
            "an application has no `id`, no `displayName` or a `state` of no word of the document".to_owned(),
        ),
        Some(_) => None,
    }
}

/// A category that nobody has is not chosen.
pub(super) async fn unknown_category(
    talk: &Talk,
    offer: &CapabilitiesWire,
    person: &str,
    device: &Device,
    lines: &mut Lines,
) {
    if !offer.actions.contains(&ActionName::SetCategory) {
        return;
    }
    let command = command(talk, ActionName::SetCategory, person, &device.id, LIFETIME);
    let command = with(command, &[("categoryId", json!(talk.fresh_id()))]);
    let said = talk.put(&talk.fresh_id(), &command).await;
    lines.judge(Rule::UnknownCategoryIsRefused, said.and_then(|said| refused(&said)));
}

/// A key is told where secrets are told, as often as it is asked for, and nowhere else. Nothing happens to the device; the key is read
/// by whoever checks, so it takes the flag.
pub(super) async fn key(
    talk: &Talk,
    offer: &CapabilitiesWire,
    plan: &Plan,
    person: &str,
    device: &Device,
    lines: &mut Lines,
) {
    let wanted = [ActionName::ShowRecoveryKey, ActionName::ShowLocalAdministratorPassword];
    let Some(action) = wanted.into_iter().find(|action| offer.actions.contains(action)) else {
        let why = "`actions` has neither `showRecoveryKey` nor `showLocalAdministratorPassword`";
        return lines.skip(&[Rule::KeyIsToldAsASecret], why);
    };
    if !plan.really_reset {
        return lines.skip(&[Rule::KeyIsToldAsASecret], "takes --really-reset: a key of the device is read");
    }
    let id = talk.fresh_id();
    let said = talk.put(&id, &command(talk, action, person, &device.id, LIFETIME)).await;
    let begun = match said.and_then(|said| begun_by(&said, &id)) {
        Ok(begun) => begun,
        Err(why) => return lines.judge(Rule::KeyIsToldAsASecret, Err(why)),
    };
    match follow(talk, plan, offer, &id, begun).await.ended {
        Some(CommandState::Done) => {
            lines.judge(Rule::KeyIsToldAsASecret, issued(talk, &id).await);
            // It is known by now what must not stand in there.
            let again = talk.get(&format!("/commands/{id}")).await.map(drop);
            if let Err(why) = again {
                lines.judge(Rule::KeyIsToldAsASecret, Err(why));
            }
        }
        // A device may have none.
        Some(_) => {
            lines.skip(&[Rule::KeyIsToldAsASecret], "this device has no key: name another with --device");
        }
        None => lines.skip(&[Rule::KeyIsToldAsASecret], "its command was not over in time"),
    }
}

//! Asks a tenant how it is, one thing after the other, for `check --online`: the credential, each permission, the clock, one
//! harmless read, and what follows for each action.

use super::calls::{
    ACT, APPS, Graph, GraphError, LOCAL_PASSWORDS, READ_WRITE, RECOVERY_KEYS, permission_for,
};
use super::settings::{Credential, GraphSettings};
use crate::domain::action::ActionKind;
use crate::domain::finding::Finding;
use crate::ports::{Clock, Randomness};
use std::sync::Arc;

/// Reads at most one device's identifier.
pub(super) const HARMLESS_READ: &str = "/v1.0/deviceManagement/managedDevices?$top=1&$select=id";

const READ: &str = "DeviceManagementManagedDevices.Read.All";
/// How far the clocks may be apart, in milliseconds: an assertion is good for five minutes.
const CLOCK_TOLERANCE_MILLIS: u64 = 60_000;

/// Looks at a tenant. It sends no command and changes nothing.
///
/// # Errors
/// [`GraphError`] when there can be no client for it.
pub async fn check(
    settings: &GraphSettings,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
) -> Result<Vec<Finding>, GraphError> {
    let graph = Graph::new(settings, Arc::clone(&clock), randomness)?;
    let mut lines = Vec::new();
    let token = match graph.token().await {
        Ok(token) => token,
        Err(fault) => {
            let code = fault.code.map(|code| format!(" ({code})")).unwrap_or_default();
            let correlation =
                fault.correlation.map(|id| format!(", correlation id {id}")).unwrap_or_default();
            let step = format!("{}{code}{correlation}: {}", fault.why, of_credential(&settings.credential));
            lines.push(Finding::wrong("credential".to_owned(), &step));
            return Ok(lines);
        }
    };
    lines.push(Finding::right("credential".to_owned()));
    let has = |name: &str| token.permissions.as_ref().map(|known| known.iter().any(|one| one == name));
    let grant = |name: &str| {
        format!("add the application permission {name} to the registration and grant admin consent")
    };
    match &token.permissions {
        None => lines.push(Finding::note(
            "permissions".to_owned(),
            "the token does not say what it permits: look at the registration",
        )),
        Some(_) => {
            let reads = has(READ) == Some(true) || has(READ_WRITE) == Some(true);
            lines.push(Finding::of(reads, format!("permission {READ}"), &grant(READ)));
            if settings.hide_blocked_actions || settings.branding {
                lines.push(Finding::of(has(APPS) == Some(true), format!("permission {APPS}"), &grant(APPS)));
            }
            for name in [ACT, READ_WRITE, RECOVERY_KEYS, LOCAL_PASSWORDS] {
                let needs_it = |kind: ActionKind| permission_for(kind) == name && settings.features.has(kind);
                let is_needed = super::actions().any(needs_it);
                let is_there = has(name) == Some(true);
                if is_needed {
                    lines.push(Finding::of(is_there, format!("permission {name}"), &grant(name)));
                } else if is_there {
                    let step = match name {
                        ACT | READ_WRITE => {
                            "it lets its holder wipe devices, and no action in features needs it: take it away"
                        }
                        _ => {
                            "it lets its holder read keys of every PC, and no action in features needs it: take it away"
                        }
                    };
                    lines.push(Finding::wrong(format!("permission {name}"), step));
                }
            }
        }
    }
    let url = graph.address(HARMLESS_READ).map_err(|_| GraphError("no address".to_owned()))?;
    let answer = graph.get(url).await;
    let now = clock.now();
    let date = answer.as_ref().ok().and_then(|answer| answer.date);
    if let Some(date) = date {
        let apart = date.unix_millis().abs_diff(now.unix_millis());
        let step = format!("it is {} s from Microsoft's: synchronise it (NTP)", apart / 1000);
        lines.push(Finding::of(apart <= CLOCK_TOLERANCE_MILLIS, "clock".to_owned(), &step));
    }
    let can_read = match answer {
        Ok(answer) if answer.status == 200 => {
            lines.push(Finding::right("reading devices".to_owned()));
            true
        }
        Ok(answer) => {
            let step = match answer.status {
                401 | 403 => format!("Graph refuses it ({}): {}", answer.status, grant(READ)),
                status => format!("Graph answered {status}: try again later"),
            };
            lines.push(Finding::wrong("reading devices".to_owned(), &step));
            false
        }
        Err(_) => {
            let step = format!("no answer from {}: look at name, network and proxy", settings.graph_url);
            lines.push(Finding::wrong("reading devices".to_owned(), &step));
            false
        }
    };
    // While what IT hid cannot be read, nothing that cannot be undone is offered.
    let cannot_know_hidden = settings.hide_blocked_actions && has(APPS) == Some(false);
    for kind in super::actions() {
        let name = kind.name().as_str();
        if !settings.features.has(kind) {
            let change = format!("not offered; to offer it, write \"{name}\" into features");
            lines.push(Finding::note(format!("action {name}"), &change));
            continue;
        }
        let is_hidden = cannot_know_hidden && matches!(kind, ActionKind::Retire | ActionKind::Wipe);
        let is_offered = can_read && !is_hidden && graph.permitted(settings.features).has(kind);
        lines.push(Finding::of(is_offered, format!("action {name}"), "not offered: see above"));
    }
    Ok(lines)
}

const fn of_credential(credential: &Credential) -> &'static str {
    match credential {
        Credential::Certificate(_) => {
            "look whether this certificate is registered at the application and has not expired, and at tenant_id and client_id"
        }
        Credential::Secret(_) => {
            "look whether the client secret has expired or is another application's, and at tenant_id and client_id"
        }
        Credential::FederatedTokenFile(_) => {
            "look at the file, and whether issuer, subject and audience of the federated credential are those of its token"
        }
        Credential::ManagedIdentity(_) => {
            "look whether this machine has that managed identity, and whether this server may reach 169.254.169.254"
        }
    }
}

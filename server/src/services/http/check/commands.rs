//! The rules about commands: one is tried from its beginning to its end.

use super::super::wire::{CapabilitiesWire, CommandState, CommandWire, PasscodeFrom, PasscodeWire};
use super::devices::Device;
use super::talk::{Said, Talk};
use super::{Lines, Plan, Rule, Verdict};
use crate::domain::ids::ResultId;
use portal_contract::{ActionName, SecretText, UtcTime};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// How long a command that is tried is good for, in seconds.
const LIFETIME: i64 = 3600;
/// The rules that take a command to see.
const OF_A_COMMAND: &[Rule] = &[
    Rule::ExpiredIsRefused,
    Rule::SameTwiceIsOne,
    Rule::TwoAtOnceAreOne,
    Rule::ArrivedIsNeverNotFound,
    Rule::StatesGoForward,
    Rule::EndedIsRemembered,
];

/// How a command is followed.
struct Pace {
    patience: Duration,
    between: Duration,
}

impl Pace {
    fn of(plan: &Plan, offer: &CapabilitiesWire) -> Self {
        let usual = Duration::from_secs(offer.poll_seconds.unwrap_or(5).clamp(1, 60).unsigned_abs());
        Self { patience: plan.patience, between: plan.between.unwrap_or(usual) }
    }
}

/// How far a command is.
fn rank(state: CommandState) -> u8 {
    match state {
        CommandState::Pending => 0,
        CommandState::Active => 1,
        CommandState::Done | CommandState::Failed | CommandState::NotSupported | CommandState::Canceled => 2,
        CommandState::Other => 3,
    }
}

/// The state of a command that was begun by this answer; else why it is none.
pub(super) fn begun_by(said: &Said, id: &str) -> Result<CommandState, String> {
    state_of(said, id, 201).ok_or_else(|| said.instead_of("201 with the command"))
}

/// A command's state out of an answer.
fn state_of(said: &Said, id: &str, status: u16) -> Option<CommandState> {
    let wire: CommandWire = said.read(status)?;
    (wire.id == id && wire.state != CommandState::Other).then_some(wire.state)
}

/// Where a command is; else why that is not known.
pub(super) async fn state(talk: &Talk, id: &str) -> Result<CommandState, String> {
    ResultId::parse(id).ok_or("no command of a check has such a name")?;
    let said = talk.get(&format!("/commands/{id}")).await?;
    state_of(&said, id, 200).ok_or_else(|| said.instead_of("200 with the command"))
}

fn moment(talk: &Talk, seconds: i64) -> String {
    UtcTime::from_unix_seconds(talk.clock.now().unix_seconds().saturating_add(seconds)).to_rfc3339()
}

/// A command for a device, good for so many seconds.
pub(super) fn command(talk: &Talk, action: ActionName, person: &str, device: &str, seconds: i64) -> Value {
    json!({ "action": action, "personId": person, "deviceId": device, "expiresDateTime": moment(talk, seconds) })
}

/// The same command with something more, or something else.
pub(super) fn with(mut command: Value, more: &[(&str, Value)]) -> Value {
    if let Some(fields) = command.as_object_mut() {
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    command
}

/// The same command with another end.
fn expiring(command: &Value, moment: String) -> Value {
    with(command.clone(), &[("expiresDateTime", Value::String(moment))])
}

fn temporary_passcode() -> Value {
    json!({ "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" })
}

/// A passcode that is like no other text.
fn passcode(talk: &Talk) -> String {
    let passcode = talk.fresh_id().replace("check-", "").replace('-', "");
    talk.must_not_be_told(&passcode);
    passcode
}

/// Nothing can happen to a device that is not there.
pub(super) async fn unknown_device(talk: &Talk, person: &str, lines: &mut Lines) {
    let command = command(talk, ActionName::ResetPasscode, person, &talk.fresh_id(), LIFETIME);
    let command = with(command, &[("outcome", temporary_passcode()), ("passcode", json!(passcode(talk)))]);
    let said = talk.put(&talk.fresh_id(), &command).await;
    lines.judge(Rule::UnknownDeviceIsRefused, said.and_then(|said| refused(&said)));
}

pub(super) fn refused(said: &Said) -> Result<(), String> {
    let is_right = said.status == 422 && said.code().is_some();
    if is_right { Ok(()) } else { Err(said.instead_of("422 with a `code`")) }
}

/// The command that is tried; `None` where nothing may be.
fn trial(talk: &Talk, offer: &CapabilitiesWire, plan: &Plan, person: &str, device: &Device) -> Option<Value> {
    let lifetime = device.expires_after_seconds.unwrap_or(LIFETIME).clamp(60, LIFETIME);
    let of = |action| command(talk, action, person, &device.id, lifetime);
    if plan.really_reset && offer.actions.contains(&ActionName::ResetPasscode) {
        let outcome = match offer.passcode_from {
            PasscodeFrom::Portal | PasscodeFrom::Service => temporary_passcode(),
            PasscodeFrom::None | PasscodeFrom::Other => json!({ "kind": "passcodeRemoved" }),
        };
        let mut more = vec![("outcome", outcome)];
        if offer.passcode_from == PasscodeFrom::Portal {
            more.push(("passcode", json!(passcode(talk))));
        }
        Some(with(of(ActionName::ResetPasscode), &more))
    } else if offer.actions.contains(&ActionName::SyncDevice) {
        Some(of(ActionName::SyncDevice))
    } else {
        None
    }
}

/// Tries a command on a device.
pub(super) async fn check(
    talk: &Talk,
    offer: &CapabilitiesWire,
    plan: &Plan,
    person: &str,
    device: &Device,
    lines: &mut Lines,
) {
    let has_issued = plan.really_reset && offer.passcode_from == PasscodeFrom::Service;
    if !has_issued {
        let why = "takes --really-reset and `passcodeFrom: \"service\"`";
        lines.skip(&[Rule::PasscodeIsRepeatable], why);
    }
    let Some(command) = trial(talk, offer, plan, person, device) else {
        let why =
            "it cannot be asked to check in (`syncDevice`): takes --really-reset, which resets the passcode";
        return lines.skip(OF_A_COMMAND, why);
    };
    let over = expiring(&command, moment(talk, -60));
    let said = talk.put(&talk.fresh_id(), &over).await;
    lines.judge(Rule::ExpiredIsRefused, said.and_then(|said| refused(&said)));

    let id = talk.fresh_id();
    let both = tokio::join!(talk.put(&id, &command), talk.put(&id, &command));
    let begun = match begun(&id, both) {
        Ok(begun) => begun,
        Err(why) => return lines.judge(Rule::TwoAtOnceAreOne, Err(why)),
    };
    lines.judge(Rule::TwoAtOnceAreOne, Ok(()));
    if plan.remembered.is_none() {
        let why = format!("restart the connector and check again with --remembered {id}");
        lines.skip(&[Rule::RememberedAfterRestart], &why);
    }
    lines.judge(Rule::SameTwiceIsOne, same_twice(talk, &id, &command).await);
    let followed = follow(talk, plan, offer, &id, begun).await;
    lines.judge(Rule::ArrivedIsNeverNotFound, followed.is_known);
    lines.add(Rule::StatesGoForward, followed.forward);
    let Some(end) = followed.ended else { return };
    lines.judge(Rule::EndedIsRemembered, ended(talk, offer, &id, &command, end).await);
    if has_issued && end == CommandState::Done {
        lines.judge(Rule::PasscodeIsRepeatable, issued(talk, &id).await);
    }
}

/// The command as two simultaneous calls left it; they have to have begun one command.
fn begun(
    id: &str,
    (one, other): (Result<Said, String>, Result<Said, String>),
) -> Result<CommandState, String> {
    let (one, other) = (one?, other?);
    let (new, again) = if one.status == 201 { (one, other) } else { (other, one) };
    let begun =
        state_of(&new, id, 201).ok_or_else(|| new.instead_of("201 with the command to one of them"))?;
    let known = state_of(&again, id, 200);
    let known = known.ok_or_else(|| again.instead_of("200 with the command to the other of them"))?;
    Ok(if rank(known) > rank(begun) { known } else { begun })
}

async fn same_twice(talk: &Talk, id: &str, command: &Value) -> Result<(), String> {
    let again = talk.put(id, command).await?;
    state_of(&again, id, 200).ok_or_else(|| again.instead_of("200 with the command there is"))?;
    let other = expiring(command, moment(talk, LIFETIME + 61));
    let conflict = talk.put(id, &other).await?;
    if conflict.status == 409 { Ok(()) } else { Err(conflict.instead_of("409, for it has another body")) }
}

/// What was seen of a command until its end.
pub(super) struct Followed {
    is_known: Result<(), String>,
    forward: Verdict,
    pub(super) ended: Option<CommandState>,
}

/// Asks about a command until it is over, and twice more.
pub(super) async fn follow(
    talk: &Talk,
    plan: &Plan,
    offer: &CapabilitiesWire,
    id: &str,
    begun: CommandState,
) -> Followed {
    let pace = Pace::of(plan, offer);
    let unfinished = Verdict::Skipped(format!(
        "it was not over in {} s: try again with the device at hand",
        pace.patience.as_secs()
    ));
    let mut followed = Followed { is_known: Ok(()), forward: unfinished, ended: None };
    let (path, until) = (format!("/commands/{id}"), Instant::now() + pace.patience);
    let (mut stage, mut seen_over) = (begun, 0);
    while Instant::now() < until && seen_over < 3 {
        tokio::time::sleep(pace.between).await;
        let said = match talk.get(&path).await {
            Ok(said) => said,
            Err(why) => {
                followed.is_known = Err(why);
                return followed;
            }
        };
        if said.status == 404 {
            followed.is_known = Err(said
                .instead_of("200 with the command, or 503 with {\"code\":\"cannotTell\"} if nobody knows"));
            continue;
        }
        if said.status == 503 {
            continue;
        }
        let Some(now) = state_of(&said, id, 200) else {
            followed.forward = Verdict::Wrong(said.instead_of("200 with the command"));
            return followed;
        };
        let is_final = rank(stage) == 2;
        if rank(now) < rank(stage) || (is_final && now != stage) {
            followed.forward = Verdict::Wrong(format!("after {stage:?} it said {now:?}"));
            return followed;
        }
        stage = now;
        seen_over += u8::from(rank(now) == 2);
    }
    if seen_over > 0 {
        followed.forward = Verdict::Ok;
        followed.ended = Some(stage);
    }
    followed
}

/// What is over stays what it was, and is not done again.
async fn ended(
    talk: &Talk,
    offer: &CapabilitiesWire,
    id: &str,
    command: &Value,
    end: CommandState,
) -> Result<(), String> {
    let again = talk.put(id, command).await?;
    let mut told = vec![(state_of(&again, id, 200), again)];
    if offer.cancel {
        let canceled = talk.cancel(id).await?;
        told.push((state_of(&canceled, id, 200), canceled));
    }
    for (state, said) in told {
        if state != Some(end) {
            return Err(said.instead_of("200 with the command as it ended"));
        }
    }
    Ok(())
}

/// A passcode that the service made.
pub(super) async fn issued(talk: &Talk, id: &str) -> Result<(), String> {
    let path = format!("/commands/{id}/passcode");
    let mut first: Option<SecretText> = None;
    for _ in 0..2 {
        let said = talk.get(&path).await?;
        let wire: Option<PasscodeWire> = said.read(200);
        let passcode = wire.ok_or_else(|| said.instead_of("200 with `passcode`"))?.passcode;
        if !said.is_stored_nowhere {
            return Err("it came without `Cache-Control: no-store`".to_owned());
        }
        talk.must_not_be_told(passcode.reveal());
        match &first {
            None => first = Some(passcode),
            Some(first) if *first == passcode => {}
            Some(_) => return Err("the second time another passcode came".to_owned()),
        }
    }
    Ok(())
}

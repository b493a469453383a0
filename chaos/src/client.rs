//! One person in front of a bad network: resets, locks, checks, renames, repeats with the same key, cancels, looks, cuts connections, gives up.

use crate::observed::{Observed, Told};
use crate::services::Services;
use fastrand::Rng;
use portal_testkit::Provider;
use portal_testkit::client::{Cut, Outcome, Request, cut, exchange};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What all clients share.
pub(crate) struct Around {
    pub(crate) address: SocketAddr,
    pub(crate) provider: Provider,
    pub(crate) observed: Observed,
    pub(crate) services: Services,
}

pub(crate) struct Client {
    around: Arc<Around>,
    number: u32,
    devices: Vec<String>,
    /// How many of the devices that may be taken away for good are gone, or left to their fate.
    given_up: u32,
    person: String,
    rng: Rng,
    keys: u32,
    told: Vec<Told>,
}

impl Client {
    pub(crate) fn new(around: Arc<Around>, number: u32, seed: u64) -> Self {
        Self {
            person: around.services.person(number),
            devices: around.services.devices(number),
            around,
            number,
            given_up: 0,
            rng: Rng::with_seed(seed),
            keys: 0,
            told: Vec::new(),
        }
    }

    /// Acts until told to stop; a reset under way is brought to an answer first.
    pub(crate) async fn run(mut self, stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.rng.u8(..100) {
                0..55 => self.act().await,
                55..70 => self.repeat_an_earlier_one().await,
                70..82 => self.cancel_the_newest().await,
                82..92 => self.reveal().await,
                _ => self.look().await,
            }
            tokio::time::sleep(Duration::from_millis(self.rng.u64(5..60))).await;
        }
    }

    /// Now and then the one that is about to go, so that a retire and an erase meet what is under way.
    fn any_device(&mut self) -> String {
        let expendable = self.around.services.expendable(self.number, self.given_up);
        match expendable.filter(|_| self.rng.u8(..100) < 15) {
            Some(expendable) => expendable,
            None => self.rng.choice(&self.devices).cloned().unwrap_or_default(),
        }
    }

    async fn send(&self, request: Request) -> Outcome {
        let request = request.token(&self.around.provider.kept_token(&self.person));
        let outcome = exchange(self.around.address, &request).await;
        self.around.observed.count(|traffic| match &outcome {
            Outcome::Answered(answer) => {
                traffic.requests += 1;
                *traffic.statuses.entry(answer.status.as_u16()).or_default() += 1;
            }
            Outcome::Lost => {
                traffic.requests += 1;
                traffic.unanswered += 1;
            }
            Outcome::NotConnected => {}
        });
        outcome
    }

    async fn act(&mut self) {
        let mut device = self.any_device();
        let action = match self.rng.u8(..100) {
            0..45 => "resetPasscode",
            45..59 => "remoteLock",
            59..71 => "syncDevice",
            71..81 => "retire",
            81..91 => "wipe",
            91..95 => "rebootNow",
            _ => "rename",
        };
        let takes_away = matches!(action, "retire" | "wipe");
        if takes_away && let Some(expendable) = self.around.services.expendable(self.number, self.given_up) {
            device = expendable;
        }
        self.keys += 1;
        let key = format!("{}-{}", self.number, self.keys);
        if self.rng.u8(..100) < 25 {
            let how = match self.rng.u8(..3) {
                0 => Cut::HalfWay,
                1 => Cut::Sent,
                _ => Cut::Later(self.rng.u64(0..8)),
            };
            let request = asking(action, &device, &key).token(&self.around.provider.kept_token(&self.person));
            if cut(self.around.address, &request, how).await {
                self.around.observed.count(|traffic| {
                    traffic.requests += 1;
                    traffic.cut += 1;
                });
            }
            // Some never come back: what they asked for must be accounted for all the same.
            if self.rng.u8(..4) == 0 {
                return;
            }
        }
        let is_there = self.until_answered(action, &device, &key).await;
        // Some meet a second command that takes them away; to wait for each would be to try few.
        if takes_away && (!is_there || self.rng.bool()) {
            self.given_up += 1;
        }
    }

    /// Repeats with the same key until there is an answer that settles it. False if there is no such device (any more).
    async fn until_answered(&mut self, action: &'static str, device: &str, key: &str) -> bool {
        loop {
            if let Outcome::Answered(answer) = self.send(asking(action, device, key)).await {
                match answer.status.as_u16() {
                    202 => {
                        self.was_told(action, device, key, &answer.json());
                        return true;
                    }
                    429 | 500..=599 => {}
                    // Refused: this key has no run.
                    status => return status != 404,
                }
            }
            tokio::time::sleep(Duration::from_millis(self.rng.u64(10..80))).await;
        }
    }

    fn was_told(&mut self, action: &'static str, device: &str, key: &str, body: &Value) {
        let id = text(body, "id");
        self.around.observed.ended(&id, &text(body, "actionState"), &text(body, "errorCode"));
        let (person, device, key) = (self.person.clone(), device.to_owned(), key.to_owned());
        let told = Told { person, action, device, key, id };
        self.around.observed.accepted(told.clone());
        self.told.push(told);
    }

    async fn repeat_an_earlier_one(&mut self) {
        if let Some(earlier) = self.rng.choice(&self.told) {
            repeat(&self.around, earlier).await;
        }
    }

    async fn cancel_the_newest(&self) {
        let Some(newest) = self.told.last() else { return };
        let path = format!("{}/deviceActionResults/{}/cancel", device_path(&newest.device), newest.id);
        self.send(Request::post(path)).await;
    }

    async fn reveal(&mut self) {
        let path = format!("{}/temporaryPasscode", device_path(&self.any_device()));
        if let Outcome::Answered(answer) = self.send(Request::get(path)).await
            && answer.status.as_u16() == 200
        {
            let body = answer.json();
            self.around.observed.revealed(text(&body, "resultId"), text(&body, "passcode"));
        }
    }

    async fn look(&self) {
        self.send(Request::get("/api/v1.0/me/managedDevices")).await;
    }
}

/// Sends an earlier reset once more, as a client does whose answer was lost.
pub(crate) async fn repeat(around: &Around, earlier: &Told) {
    let request = asking(earlier.action, &earlier.device, &earlier.key);
    let request = request.token(&around.provider.kept_token(&earlier.person));
    match exchange(around.address, &request).await {
        Outcome::Answered(answer) => {
            let status = answer.status.as_u16();
            around.observed.count(|traffic| {
                traffic.requests += 1;
                *traffic.statuses.entry(status).or_default() += 1;
                traffic.replays += u64::from(status == 202);
            });
            match status {
                202 => {
                    let (body, id) = (answer.json(), text(&answer.json(), "id"));
                    around.observed.ended(&id, &text(&body, "actionState"), &text(&body, "errorCode"));
                    around.observed.accepted(Told { id, ..earlier.clone() });
                }
                429 | 500..=599 => {}
                // Any other answer to a key that was accepted is another answer than before.
                _ => around.observed.accepted(Told { id: format!("status {status}"), ..earlier.clone() }),
            }
        }
        Outcome::Lost => around.observed.count(|traffic| {
            traffic.requests += 1;
            traffic.unanswered += 1;
        }),
        Outcome::NotConnected => {}
    }
}

/// The passcode that a person is shown for a device, if there is one.
pub(crate) async fn shown(around: &Around, person: &str, device: &str) -> Option<String> {
    let request = Request::get(format!("{}/temporaryPasscode", device_path(device)));
    match exchange(around.address, &request.token(&around.provider.kept_token(person))).await {
        Outcome::Answered(answer) if answer.status.as_u16() == 200 => Some(text(&answer.json(), "passcode")),
        Outcome::Answered(_) | Outcome::Lost | Outcome::NotConnected => None,
    }
}

fn device_path(device: &str) -> String {
    format!("/api/v1.0/me/managedDevices/{device}")
}

fn asking(action: &str, device: &str, key: &str) -> Request {
    let path = match action {
        "resetPasscode" => format!("{}/resetPasscode", device_path(device)),
        _ => format!("{}/actions/{action}", device_path(device)),
    };
    let request = Request::post(path).key(key);
    if action == "rename" { request.body(format!("{{\"name\":\"{key}\"}}")) } else { request }
}

fn text(body: &Value, field: &str) -> String {
    body.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

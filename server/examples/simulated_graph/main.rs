//! Microsoft Graph on this machine as a program: the simulation of the server's tests (`tests/suite/support/graph.rs`) with devices
//! that work by themselves, for the end-to-end tests, for the chaos and for other people's programs. Never part of the server.
//!
//! `simulated_graph --listen 127.0.0.1:8095 [--crowd N] [--expendable N] [--person ID]... [--any-token] [--step-millis 200]
//! [--delay-millis 0] [--faults PERCENT] [--seed N]`
//!
//! `GET /simulation` says what it was asked and what it did; `PUT /simulation` with `{"isDown": true}` lets it answer nothing but 503.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "test code: it should stop at once and say where, reads the clock and talks on standard output"
)]

#[path = "../../tests/suite/support/clock.rs"]
#[allow(dead_code, unused_imports, reason = "what the tests need of it")]
mod clock;
#[path = "../../tests/suite/support/graph.rs"]
#[allow(dead_code, reason = "what the tests need of it")]
mod graph;
#[path = "../../tests/suite/support/graph_schemas.rs"]
#[allow(dead_code, reason = "what the tests need of it")]
mod graph_schemas;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use clock::TestClock;
use graph::{GraphFault, PASSCODE, PIN, SimulatedGraph, android, error_body, iphone};
use portal_testkit::Clock;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often devices look at what they have.
const TICK: Duration = Duration::from_millis(20);

/// What happened to commands on the way.
#[derive(Default)]
struct Counts {
    commands: AtomicU64,
    faults: AtomicU64,
    /// The portal was gone before it was carried out, or after that and before the answer.
    cut_before: AtomicU64,
    cut_after: AtomicU64,
    /// The device and the action of each that came when the device was gone.
    too_late: Mutex<Vec<(String, String)>>,
}

#[derive(Clone)]
struct World {
    graph: SimulatedGraph,
    is_down: Arc<AtomicBool>,
    counts: Arc<Counts>,
    delay_millis: u64,
    fault_percent: u64,
    random: Arc<Mutex<u64>>,
}

impl World {
    /// A number below `end`, out of a sequence that the seed fixes (an LCG of Knuth's; nothing hangs on its quality).
    fn random(&self, end: u64) -> u64 {
        let mut state = self.random.lock().unwrap();
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % end.max(1)
    }

    async fn delay(&self) {
        if self.delay_millis > 0 {
            tokio::time::sleep(Duration::from_millis(self.random(self.delay_millis))).await;
        }
    }

    /// What goes wrong with a command, if anything does.
    fn fault(&self) -> Option<GraphFault> {
        if self.random(100) >= self.fault_percent {
            return None;
        }
        Some(match self.random(6) {
            0 => GraphFault::error(429, "TooManyRequests"),
            1 => GraphFault::error(503, "ServiceUnavailable"),
            2 => GraphFault::but_done(503, "ServiceUnavailable"),
            3 => GraphFault::Cut { is_done: true },
            4 => GraphFault::Cut { is_done: false },
            _ => GraphFault::but_done(500, "InternalServerError"),
        })
    }
}

/// Notices that whoever asked is gone: the answer is dropped before it is finished.
struct OnTheWay {
    counts: Arc<Counts>,
    was_carried_out: bool,
    was_answered: bool,
}

impl Drop for OnTheWay {
    fn drop(&mut self) {
        match (self.was_answered, self.was_carried_out) {
            (true, _) => return,
            (false, true) => &self.counts.cut_after,
            (false, false) => &self.counts.cut_before,
        }
        .fetch_add(1, Ordering::SeqCst);
    }
}

async fn answer(State(world): State<World>, request: Request) -> Response {
    if request.uri().path() == "/simulation" {
        return simulation(&world, request).await;
    }
    if world.is_down.load(Ordering::SeqCst) {
        let body = Body::from(error_body("ServiceUnavailable", ""));
        return Response::builder()
            .status(503)
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
    }
    let is_token = request.uri().path().ends_with("/token");
    if is_token || !matches!(*request.method(), Method::POST | Method::PUT) {
        return graph::answer(State(world.graph), request).await;
    }
    world.counts.commands.fetch_add(1, Ordering::SeqCst);
    let mut way = OnTheWay { counts: Arc::clone(&world.counts), was_carried_out: false, was_answered: false };
    world.delay().await;
    if let Some(fault) = world.fault() {
        world.counts.faults.fetch_add(1, Ordering::SeqCst);
        world.graph.fails("POST", fault);
    }
    let path = request.uri().path().to_owned();
    let answer = graph::answer(State(world.graph.clone()), request).await;
    if let (404, [.., device, action]) = (answer.status().as_u16(), &*path.split('/').collect::<Vec<_>>()) {
        world.counts.too_late.lock().unwrap().push(((*device).to_owned(), (*action).to_owned()));
    }
    way.was_carried_out = true;
    world.delay().await;
    way.was_answered = true;
    answer
}

/// What a test wants to know and to change.
async fn simulation(world: &World, request: Request) -> Response {
    if request.method() == Method::PUT {
        let body = axum::body::to_bytes(request.into_body(), 1 << 16).await.unwrap();
        let wanted: Value = serde_json::from_slice(&body).unwrap();
        world.is_down.store(wanted["isDown"] == true, Ordering::SeqCst);
        if let Some(devices) = wanted["devices"].as_array() {
            world.graph.memory().devices.extend(devices.iter().cloned());
        }
    }
    let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
    let ids: Vec<String> = {
        let memory = world.graph.memory();
        memory.devices.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let in_force: BTreeMap<String, Option<String>> =
        ids.into_iter().map(|id| (id.clone(), world.graph.passcode_in_force(&id))).collect();
    let memory = world.graph.memory();
    let executed: Vec<Value> =
        memory.executed.iter().map(|one| json!({ "device": one.device, "action": one.action })).collect();
    let too_late = world.counts.too_late.lock().unwrap().clone();
    let too_late: Vec<Value> =
        too_late.iter().map(|(device, action)| json!({ "device": device, "action": action })).collect();
    let body = json!({
        "executed": executed, "tooLate": too_late, "results": memory.results, "inForce": in_force, "mistakes": memory.mistakes,
        "commands": count(&world.counts.commands), "faults": count(&world.counts.faults),
        "cutBefore": count(&world.counts.cut_before), "cutAfter": count(&world.counts.cut_after),
        "calls": memory.calls.len(), "tokens": memory.token_requests.len(),
        "isValidated": graph_schemas::schemas().is_some(),
    });
    Json(body).into_response()
}

/// How long each result and each state of a device has been as it is: when it was first seen so, in milliseconds.
type Seen = BTreeMap<(String, String), i64>;

/// Devices go on with what they have, a step each time: pending, active, done. One with "refuses" in its name fails.
fn tick(graph: &SimulatedGraph, seen: &mut Seen, step: i64) {
    let (now, now_text) = (graph.clock.millis(), graph.now_text(0));
    let mut memory = graph.memory();
    let memory = &mut *memory;
    let mut is_due = |what: &str, state: &str| {
        let since = *seen.entry((what.to_owned(), state.to_owned())).or_insert(now);
        now - since >= step
    };
    let mut gone = Vec::new();
    for device in &mut memory.devices {
        let id = device["id"].as_str().unwrap().to_owned();
        let state = device["managementState"].as_str().unwrap_or_default().to_owned();
        match state.as_str() {
            "retirePending" | "wipePending" if is_due(&id, &state) => {
                device["managementState"] = json!(state.replace("Pending", "Issued"));
            }
            "retireIssued" | "wipeIssued" if is_due(&id, &state) => gone.push(id),
            _ => {}
        }
    }
    memory.devices.retain(|one| !gone.iter().any(|id| one["id"] == **id));
    for (id, results) in &mut memory.results {
        let Some(device) = memory.devices.iter_mut().find(|one| one["id"] == **id) else { continue };
        let refuses = device["deviceName"].as_str().is_some_and(|name| name.contains("refuses"));
        let (is_android, is_mac) =
            (device["operatingSystem"] == "Android", device["operatingSystem"] == "macOS");
        for result in results {
            let began = result["startDateTime"].as_str().unwrap().to_owned();
            let state = result["actionState"].as_str().unwrap().to_owned();
            let next = match state.as_str() {
                "pending" => "active",
                "active" if refuses => "failed",
                "active" => "done",
                _ => continue,
            };
            if !is_due(&began, &state) {
                continue;
            }
            result["actionState"] = json!(next);
            result["lastUpdatedDateTime"] = json!(now_text);
            if next == "done" {
                device["lastSyncDateTime"] = json!(now_text);
                if is_android && result["actionName"] == "resetPasscode" {
                    memory.issued += 1;
                    result["passcode"] = json!(format!("{PASSCODE}{}", memory.issued));
                }
                if is_mac && result["actionName"] == "remoteLock" {
                    memory.issued += 1;
                    result["unlockPin"] = json!(format!("{PIN}{}", memory.issued));
                }
            }
        }
    }
}

/// The identifier of a person of the crowd.
fn person_of_the_crowd(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// The six devices of a person: two phones of each kind that do what they are told, one that refuses, one to be taken away; and
/// more of the last kind.
fn devices_of(number: u32, person: &str, expendable: u32) -> Vec<Value> {
    let device = |place: u32, name: &str, make: fn(&str, &str) -> Value| {
        let mut device = make(&format!("{place:08}-0000-4000-8000-{number:012}"), person);
        device["deviceName"] = json!(name);
        device["serialNumber"] = json!(format!("SN{number:04}{place}"));
        device
    };
    let mut all = vec![
        device(1, "Android 1", android),
        device(2, "iPhone 2", iphone),
        device(3, "Android 3 refuses", android),
        device(4, "Android 4", android),
        device(5, "iPhone 5", iphone),
        device(6, "Android 6", android),
    ];
    for place in 7..7 + expendable {
        let (name, make): (_, fn(&str, &str) -> Value) =
            if place % 2 == 0 { ("Android", android) } else { ("iPhone", iphone) };
        let mut one = device(place, &format!("{name} {place}"), make);
        // Not the organisation's automatic enrolment, which only IT ends.
        one["deviceEnrollmentType"] = json!("userEnrollment");
        all.push(one);
    }
    all
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let all = |name: &'static str| {
        let at = arguments.iter().enumerate().filter(move |(_, one)| *one == name);
        at.filter_map(|(at, _)| arguments.get(at + 1)).cloned()
    };
    let given = |name| all(name).next();
    let number = |name, usual: u64| given(name).map_or(usual, |text: String| text.parse().expect("a number"));
    let listen = given("--listen").unwrap_or_else(|| "127.0.0.1:8095".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let graph = SimulatedGraph::at(url.clone(), Arc::new(TestClock(Clock::of_the_machine())));
    {
        let mut memory = graph.memory();
        memory.takes_any_token = arguments.iter().any(|one| one == "--any-token");
        memory.devices.clear();
        let expendable = u32::try_from(number("--expendable", 0)).expect("not so many");
        for number in 1..=u32::try_from(number("--crowd", 0)).expect("not so many") {
            memory.devices.extend(devices_of(number, &person_of_the_crowd(number), expendable));
        }
        for (place, person) in (9001..).zip(all("--person")) {
            memory.devices.extend(devices_of(place, &person, expendable));
        }
    }
    let step = i64::try_from(number("--step-millis", 200)).expect("not so long");
    let world = World {
        graph: graph.clone(),
        is_down: Arc::default(),
        counts: Arc::default(),
        delay_millis: number("--delay-millis", 0),
        fault_percent: number("--faults", 0),
        random: Arc::new(Mutex::new(number("--seed", RandomState::new().hash_one(0)))),
    };
    tokio::spawn(async move {
        let mut seen = Seen::new();
        loop {
            tokio::time::sleep(TICK).await;
            tick(&graph, &mut seen, step);
        }
    });
    println!("{url}");
    axum::serve(listener, Router::new().fallback(answer).with_state(world)).await.unwrap();
}

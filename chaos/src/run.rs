//! A whole run: start, load, kill again and again, let everything settle, prove.

use crate::client::{Around, Client, repeat, shown};
use crate::databases;
use crate::error::ChaosError;
use crate::observed::{Observed, Told};
use crate::proof::{Received, Records, Verdict, verdict};
use crate::report::Report;
use crate::server::{Setup, killed, stopped};
use crate::services::{Kind, Services, TENANT};
use crate::tenant::{self, Tenant};
use fastrand::Rng;
use portal_testkit::process::Running;
use portal_testkit::{Clock, Provider, Signer};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long everything may take to end after the last kill: the slowest command expires after 90 s at the usual pace.
const SETTLED_WITHIN: Duration = Duration::from_secs(300);
/// One start in this many is killed before it is ready.
const EARLY_KILLS: u8 = 8;
/// How many keys are repeated at the same time at the end.
const REPEATED_AT_ONCE: usize = 16;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program.
    pub server: PathBuf,
    /// Where its files go; must exist.
    pub folder: PathBuf,
    /// How often it is killed.
    pub kills: u32,
    /// Makes clients and kills repeatable.
    pub seed: u64,
    /// People at the same time.
    pub people: u32,
    /// How much faster than real the fleet is.
    pub fleet_speed: f64,
    /// What stands behind the server.
    pub services: Kind,
    /// The program of that, where it is one of its own.
    pub service: PathBuf,
}

/// How often the server was killed and how it came back.
#[derive(Default)]
struct Kills {
    early: u32,
    restarts: Vec<Duration>,
}

/// Runs it. `say` is told a line now and then.
///
/// # Errors
/// [`ChaosError`] when there is no verdict.
pub async fn run(options: &Options, say: impl Fn(&str)) -> Result<Report, ChaosError> {
    let (signer, clock) = (Signer::random("chaos"), Clock::of_the_machine());
    let provider = match options.services {
        Kind::Graph => Provider::of_tenant(signer, clock, TENANT).await,
        Kind::Fleet | Kind::Connector => Provider::with(signer, clock).await,
    };
    let provider = provider.map_err(|error| ChaosError::Io("the run's provider cannot listen", error))?;
    let services = Services::start(options).await?;
    let setup = Setup::new(&options.server, &options.folder, &provider, &services)?;
    let around = Around { address: setup.address, provider, observed: Observed::default(), services };
    let around = Arc::new(around);
    let began = Instant::now();
    let mut running = setup.start()?;
    setup.ready(&mut running, began).await?;
    let (stop, is_over) = watch::channel(false);
    let mut clients = JoinSet::new();
    for number in 1..=options.people {
        let seed = options.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(u64::from(number));
        clients.spawn(Client::new(Arc::clone(&around), number, seed).run(is_over.clone()));
    }
    let mut kills = Kills::default();
    let last = kill_and_restart(options, &setup, running, &mut kills, &say).await?;
    // Whoever listens has ended already otherwise.
    let _ = stop.send(true);
    while let Some(ended) = clients.join_next().await {
        ended.map_err(|_| ChaosError::Interrupted)?;
    }
    let load = began.elapsed();
    say("no more kills; waiting until every reset has ended");
    let settling = Instant::now();
    while databases::open_commands(&setup.database()).await? > 0 && settling.elapsed() < SETTLED_WITHIN {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let settled = settling.elapsed();
    repeat_everything(&around).await?;
    let mut tenant = Tenant::default();
    if options.services == Kind::Graph {
        tenant = tenant_of(&around).await?;
    }
    stopped(last).await?;
    let told = around.observed.everything();
    let traffic = told.traffic.clone();
    let mut records = databases::records(&setup.database(), told).await?;
    let verdict = match options.services {
        Kind::Fleet => {
            databases::of_the_fleet(&setup.fleet_database(), &mut records).await?;
            verdict(&records)
        }
        Kind::Connector => of_the_connector(&around.services, &mut records).await?,
        Kind::Graph => {
            records.corruption.extend(databases::corruption_of(&setup.graph_database()).await?);
            tenant::verdict(&records, &tenant)
        }
    };
    Ok(Report {
        seed: options.seed,
        people: options.people,
        kills: options.kills,
        killed_while_starting: kills.early,
        restarts: kills.restarts,
        traffic,
        verdict,
        at_graph: (options.services == Kind::Graph).then_some(tenant.commands),
        lasted: (load, settled),
    })
}

fn no_answer() -> ChaosError {
    ChaosError::Io("the service does not answer", std::io::Error::other("it has ended"))
}

/// What the sample connector handed to devices, and what became of it there.
async fn of_the_connector(services: &Services, records: &mut Records) -> Result<Verdict, ChaosError> {
    for id in services.handed_over()? {
        *records.handed_over.entry(id).or_default() += 1;
    }
    for (id, device) in services.commands()? {
        let (status, body) = services.ask(&format!("/v1/commands/{id}")).await.ok_or_else(no_answer)?;
        let word = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let ending = match (status, word("state"), word("errorCode")) {
            (200, state @ ("done" | "canceled"), _) => Some(state.to_owned()),
            (200, "failed", code) => Some(format!("failed:{code}")),
            // Under way, or it cannot tell.
            _ => None,
        };
        records.received.insert(id, Received { device, ending });
    }
    Ok(verdict(records))
}

/// What the simulated Graph carried out, and what people are shown of it at the end.
async fn tenant_of(around: &Around) -> Result<Tenant, ChaosError> {
    let (_, said) = around.services.ask("/simulation").await.ok_or_else(no_answer)?;
    let mut tenant = Tenant::default();
    let text =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |name: &str| said.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for one in list("executed") {
        *tenant.executed.entry((text(&one, "device"), text(&one, "action"))).or_default() += 1;
    }
    for one in list("tooLate") {
        *tenant.too_late.entry((text(&one, "device"), text(&one, "action"))).or_default() += 1;
    }
    for (device, results) in said.get("results").and_then(Value::as_object).into_iter().flatten() {
        for result in results.as_array().into_iter().flatten() {
            let counts = match text(result, "actionState").as_str() {
                "done" => &mut tenant.done,
                "failed" => &mut tenant.failed,
                _ => continue,
            };
            *counts.entry((device.clone(), text(result, "actionName"))).or_default() += 1;
        }
    }
    for (device, passcode) in said.get("inForce").and_then(Value::as_object).into_iter().flatten() {
        tenant.in_force.extend(passcode.as_str().map(|one| (device.clone(), one.to_owned())));
    }
    tenant.mistakes = list("mistakes").iter().filter_map(|one| one.as_str().map(ToOwned::to_owned)).collect();
    tenant.commands = ["commands", "faults", "cutBefore", "cutAfter"]
        .map(|name| said.get(name).and_then(Value::as_u64).unwrap_or_default());
    let asked: BTreeSet<(String, String)> =
        around.observed.everything().told.into_iter().map(|told| (told.person, told.device)).collect();
    for (person, device) in asked {
        if let Some(passcode) = shown(around, &person, &device).await {
            tenant.shown.insert(device, passcode);
        }
    }
    Ok(tenant)
}

async fn kill_and_restart(
    options: &Options,
    setup: &Setup,
    mut running: Running,
    kills: &mut Kills,
    say: &impl Fn(&str),
) -> Result<Running, ChaosError> {
    let mut rng = Rng::with_seed(options.seed);
    let mut is_ready = true;
    for number in 1..=options.kills {
        let lives_for = if is_ready { rng.u64(20..1200) } else { rng.u64(0..120) };
        tokio::time::sleep(Duration::from_millis(lives_for)).await;
        killed(running)?;
        let started = Instant::now();
        running = setup.start()?;
        is_ready = number == options.kills || rng.u8(..EARLY_KILLS) > 0;
        if is_ready {
            kills.restarts.push(setup.ready(&mut running, started).await?);
        } else {
            kills.early += 1;
        }
        if number % 10 == 0 {
            say(&format!("{number} kills"));
        }
    }
    Ok(running)
}

/// Every key that was ever accepted, once more: the answer must be the one given before all those kills.
async fn repeat_everything(around: &Arc<Around>) -> Result<(), ChaosError> {
    let all: BTreeSet<Told> = around.observed.everything().told.into_iter().collect();
    let mut waiting = all.into_iter();
    let mut repeating = JoinSet::new();
    loop {
        while repeating.len() < REPEATED_AT_ONCE
            && let Some(told) = waiting.next()
        {
            let around = Arc::clone(around);
            repeating.spawn(async move { repeat(&around, &told).await });
        }
        match repeating.join_next().await {
            Some(ended) => ended.map_err(|_| ChaosError::Interrupted)?,
            None => return Ok(()),
        }
    }
}

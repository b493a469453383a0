//! A whole run: start, load, kill again and again, let everything settle, prove.

use crate::client::{Around, Client, repeat};
use crate::databases;
use crate::error::ChaosError;
use crate::observed::{Observed, Told};
use crate::proof::verdict;
use crate::report::Report;
use crate::server::{Setup, killed, stopped};
use fastrand::Rng;
use portal_testkit::process::Running;
use portal_testkit::{Clock, Provider, Signer};
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
    let provider = Provider::with(Signer::random("chaos"), Clock::of_the_machine())
        .await
        .map_err(|error| ChaosError::Io("the run's provider cannot listen", error))?;
    let setup = Setup::new(&options.server, &options.folder, &provider, options.people, options.fleet_speed)?;
    let around = Arc::new(Around { address: setup.address, provider, observed: Observed::default() });
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
    stopped(last).await?;
    let told = around.observed.everything();
    let traffic = told.traffic.clone();
    let records = databases::records(&setup.database(), &setup.fleet_database(), told).await?;
    Ok(Report {
        seed: options.seed,
        people: options.people,
        kills: options.kills,
        killed_while_starting: kills.early,
        restarts: kills.restarts,
        traffic,
        verdict: verdict(&records),
        lasted: (load, settled),
    })
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

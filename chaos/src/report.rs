//! What a run prints.

use crate::observed::Traffic;
use crate::proof::{Broken, Verdict};
use std::time::Duration;

/// At most this many broken promises are printed one by one.
const SHOWN: usize = 20;

/// A finished run.
#[derive(Debug, Clone)]
pub struct Report {
    /// With this seed it can be repeated, as far as the machine's own timing allows.
    pub seed: u64,
    /// People at the same time.
    pub people: u32,
    /// How often the server was killed.
    pub kills: u32,
    /// Of those: before it was ready.
    pub killed_while_starting: u32,
    /// From the start of the process to the first "ready", after a kill.
    pub restarts: Vec<Duration>,
    /// What went over the wire.
    pub traffic: Traffic,
    /// Over Graph: commands that arrived there, those with a fault, those whose sender was dead before they were carried out, and
    /// after that before the answer.
    pub at_graph: Option<[u64; 4]>,
    /// The proof.
    pub verdict: Verdict,
    /// How long clients acted, and how long it took until everything had ended.
    pub lasted: (Duration, Duration),
}

impl Report {
    /// Whether every promise was kept.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.verdict.broken.is_empty()
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { traffic, verdict, .. } = self;
        let statuses: Vec<String> =
            traffic.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        let mut restarts = self.restarts.clone();
        restarts.sort_unstable();
        let millis = |one: Option<&Duration>| one.map_or(0, Duration::as_millis);
        let honest: u64 = verdict.honest_otherwise.values().sum();
        writeln!(formatter, "seed               {}", self.seed)?;
        writeln!(formatter, "people             {}", self.people)?;
        writeln!(
            formatter,
            "kills              {} ({} while starting)",
            self.kills, self.killed_while_starting
        )?;
        writeln!(
            formatter,
            "requests           {} ({}; cut by the client: {}, never answered: {})",
            traffic.requests,
            statuses.join(", "),
            traffic.cut,
            traffic.unanswered
        )?;
        writeln!(
            formatter,
            "accepted           {} told to a client, {} more whose answer was lost",
            verdict.accepted, verdict.unheard
        )?;
        for (action, (all, done)) in &verdict.by_action {
            writeln!(formatter, "  {all:>6}           {action}, {done} of them done")?;
        }
        if let Some([commands, faults, before, after]) = self.at_graph {
            writeln!(
                formatter,
                "commands at Graph  {commands} ({faults} with a fault; killed before it was carried out: {before}, between that and the answer: {after})"
            )?;
        }
        writeln!(formatter, "reached once       {}", verdict.reached_once)?;
        writeln!(formatter, "honest otherwise   {honest}")?;
        for (name, count) in &verdict.honest_otherwise {
            writeln!(formatter, "  {count:>6}           {name}")?;
        }
        writeln!(formatter, "same key again     {} answered with the same result", traffic.replays)?;
        writeln!(formatter, "lost               {}", verdict.lost())?;
        writeln!(formatter, "doubled            {}", verdict.doubled())?;
        writeln!(
            formatter,
            "misreported etc.   {}",
            verdict.broken.len() - verdict.lost() - verdict.doubled()
        )?;
        writeln!(
            formatter,
            "restart, ms        {} median, {} longest",
            millis(restarts.get(restarts.len() / 2)),
            millis(restarts.last())
        )?;
        write!(
            formatter,
            "lasted             {} s under load, {} s until everything had ended",
            self.lasted.0.as_secs(),
            self.lasted.1.as_secs()
        )?;
        for broken in verdict.broken.iter().take(SHOWN) {
            write!(formatter, "\n  BROKEN {}", sentence(broken))?;
        }
        Ok(())
    }
}

fn sentence(broken: &Broken) -> String {
    match broken {
        Broken::Lost(id, what) => format!("lost: {id}: {what}"),
        Broken::Doubled(id, what) => format!("doubled: {id}: {what}"),
        Broken::Misreported(id, what) => format!("misreported: {id}: {what}"),
        Broken::Unaccounted(id, what) => format!("unaccounted: {id}: {what}"),
        Broken::Corrupt(what) => format!("corrupt: {what}"),
    }
}

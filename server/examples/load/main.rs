//! `cargo xtask load`: the real server under attack, while honest people go on using it.
//!
//! Each attack runs for some seconds from this machine: from one address (one attacker) or from 250 (a botnet in small;
//! loopback has many addresses). Meanwhile two people read their devices, each time over a new connection, one from an
//! address of their own and one from the attacker's. Printed: connections, the server's memory, and how long the two had to
//! wait. Figures to look at, not a test: the exit code says only whether everybody was served.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a measuring program should stop at once and say where, and talks on standard output"
)]

mod attacks;
mod honest;
mod target;

use attacks::{Attack, Flood};
use clap::Parser;
use clap::builder::RangedU64ValueParser;
use honest::{Honest, Waits};
use portal_testkit::Provider;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use target::Target;

/// Attacks the server with thousands of connections, slow and large requests and forged tokens, while people use it.
#[derive(Parser)]
#[command(name = "load")]
struct Options {
    /// The server's program.
    #[arg(long)]
    server: PathBuf,
    /// How many connections.
    #[arg(long, default_value_t = 10_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    connections: usize,
    /// How long each attack lasts, in seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    seconds: u64,
}

/// One line of the result.
struct Line {
    name: String,
    flood: attacks::Seen,
    held: usize,
    before: u64,
    peak: u64,
    after: u64,
    elsewhere: Waits,
    beside: Waits,
}

const MEGABYTE: f64 = 1024.0 * 1024.0;

#[expect(clippy::cast_precision_loss, reason = "megabytes for people")]
fn megabytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / MEGABYTE)
}

impl Line {
    fn print(&self) {
        println!(
            "{:<34} {:>8} {:>7} {:>7}   {:>4} {:>5} {:>5}   {:>24}   {:>24}",
            self.name,
            self.flood.opened,
            self.flood.open_at_once,
            self.held,
            megabytes(self.before),
            megabytes(self.peak),
            megabytes(self.after),
            self.elsewhere.to_string(),
            self.beside.to_string(),
        );
    }
}

fn head() {
    println!(
        "{:<34} {:>8} {:>7} {:>7}   {:>16}   {:>24}   {:>24}",
        "attack", "opened", "open", "held by", "memory (MB)", "person elsewhere", "person at that address"
    );
    println!(
        "{:<34} {:>8} {:>7} {:>7}   {:>4} {:>5} {:>5}   {:>24}   {:>24}",
        "",
        "",
        "at once",
        "server",
        "then",
        "peak",
        "after",
        "p50/p99/max ms (failed)",
        "p50/p99/max ms (failed)"
    );
}

/// Runs one attack against a server of its own, so that no attack inherits the memory of another.
async fn run(options: &Options, room: Option<usize>, name: &str, flood: Flood) -> Line {
    let provider = Provider::in_real_time().await;
    let target = Target::start(&options.server, &provider, room).await;
    let elsewhere = Honest::start(&target, &provider.token("p-ben", 5), "127.0.0.2");
    let beside = Honest::start(&target, &provider.token("p-aiko", 5), attacks::ATTACKER);
    elsewhere.warm().await;
    beside.warm().await;
    let before = target.memory();
    let tokens = attacks::Tokens { good: provider.token("p-dem", 5), forged: target.forged(&provider) };
    let attack = Attack::start(flood, target.address(), options.connections, &Arc::new(tokens));
    let (mut peak, mut held) = (before, 0);
    for _ in 0..options.seconds * 10 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        peak = peak.max(target.memory());
        held = held.max(target.connections());
    }
    let seen = attack.stop().await;
    let (elsewhere, beside) = (elsewhere.stop().await, beside.stop().await);
    // Longer than the server waits for a header.
    tokio::time::sleep(Duration::from_secs(12)).await;
    let line = Line {
        name: name.to_owned(),
        flood: seen,
        held,
        before,
        peak,
        after: target.memory(),
        elsewhere,
        beside,
    };
    drop(target);
    line
}

#[tokio::main]
async fn main() -> ExitCode {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = Options::parse();
    let files = portal_server::system::raise_file_limit();
    println!(
        "{} connections wanted; this process may have {} files open, the server as many\n",
        options.connections,
        files.map_or("unknown".to_owned(), |files| files.to_string())
    );
    head();
    let all = Some(options.connections + 1000);
    let plan = [
        (None, "nobody attacks", Flood::None),
        (None, "silent, from one address", Flood::Silent { addresses: 1 }),
        (None, "silent, from 250 addresses", Flood::Silent { addresses: 250 }),
        (None, "slow headers, from one address", Flood::SlowHeaders { addresses: 1 }),
        (None, "slow headers, from 250 addresses", Flood::SlowHeaders { addresses: 250 }),
        (all, "the same, with room for all", Flood::SlowHeaders { addresses: 250 }),
        (None, "slow bodies", Flood::SlowBodies { addresses: 250 }),
        (None, "bodies of 10 MB", Flood::LargeBodies),
        (None, "header floods", Flood::LargeHeaders),
        (None, "answers that nobody reads", Flood::UnreadAnswers),
        (None, "forged tokens", Flood::ForgedTokens),
    ];
    let mut everybody_was_served = true;
    for (room, name, flood) in plan {
        let line = run(&options, room, name, flood).await;
        everybody_was_served &= line.elsewhere.failed == 0;
        line.print();
    }
    println!(
        "\nmemory: resident set of the server's process; a failed request is one without a complete answer in 10 s"
    );
    if everybody_was_served {
        ExitCode::SUCCESS
    } else {
        println!("somebody at an address of their own was not served");
        ExitCode::FAILURE
    }
}

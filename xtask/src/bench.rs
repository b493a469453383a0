//! `cargo xtask bench`: what a person waits for and what the server bears, measured on this machine in one run.
//!
//! Numbers for people to compare, never a test: a busy machine makes them worse without anything being wrong.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fs_err as fs;
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::dist;
use crate::error::{Error, Result};
use crate::http;
use crate::progress;
use crate::provision::{Chromium, Node};
use crate::run::Portal;
use crate::server::{self, Sample};
use crate::sizes;
use crate::workspace::{self, Workspace};

/// The enrolment manager with 5,000 devices.
const USER: &str = "depot@example.test";
/// The account with 500 devices that can be reset.
const RESETTER: &str = "bench@example.test";
/// Ports beside the usual ones, so that a running portal does not disturb.
const PORT: u16 = 18_080;
/// How many reads are sent, over how many connections.
const READS: usize = 4_000;
const CONNECTIONS: usize = 64;
/// How many resets are sent at most, each to a device of its own.
const RESETS: usize = 500;
/// The list that is read, and what the resets are below.
const DEVICES: &str = "/api/v1.0/me/managedDevices";
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures and prints.
pub(crate) fn bench(workspace: &Workspace) -> Result<()> {
    http::require_free(PORT, "page and API")?;
    http::require_free(PORT + 1, "sample provider")?;
    let node = Node::get(workspace)?;
    let chromium = Chromium::get()?;
    let options = dist::Options::standard(workspace);
    dist::build(workspace, &options)?;
    let binary = server::build_release(workspace)?;
    let dir = workspace.target.join("xtask").join("bench");
    workspace::remove_dir(&dir)?;
    let page = page_with_plain_one(&options.out, &dir)?;
    let sample = Sample {
        mode: server::Mode::Token,
        port: PORT,
        provider_port: PORT + 1,
        data: &dir,
        page: &page,
        fleet_speed: 1.0,
        limits: Some(1_000_000),
    };
    let mut portal = Portal::start(workspace, &node, &binary, &sample)?;
    progress::line("\nbytes of a first visit");
    for line in sizes::table(&sizes::of_page(&options.out)?) {
        progress::line(&format!("  {line}"));
    }
    let idle = memory(portal.server_id());
    progress::note("measuring the page in the browser");
    let measured = node
        .program("the browser measurement")
        .arg(workspace.e2e().join("bench.mjs"))
        .args([
            &sample.page_origin(),
            USER,
            "sample",
            &format!("{}/plain.html", sample.page_origin()),
            RESETTER,
        ])
        .env("CHROMIUM", &chromium.browser)
        .dir(&workspace.e2e())
        .limit(Duration::from_secs(300))
        .run_ok()?;
    let browser: serde_json::Value = serde_json::from_str(&measured.stdout)
        .map_err(|error| Error::Build(format!("the browser measurement said something else: {error}")))?;
    print_browser(&browser);
    portal.still_running()?;
    let token =
        |name: &str| browser.get(name).and_then(|token| token.as_str()).unwrap_or_default().to_string();
    print_server(&token("token"), &token("resetToken"), portal.server_id(), idle.as_deref())
}

/// A copy of the page with a plain static one beside it, served by the same program in the same way.
fn page_with_plain_one(dist: &Path, dir: &Path) -> Result<std::path::PathBuf> {
    let page = dir.join("page");
    workspace::copy_all(dist, &page)?;
    let rows: String = (1..=100).map(|number| format!("<li>Device {number}</li>\n")).collect();
    fs::write(
        page.join("plain.html"),
        format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Plain</title><h1>Devices</h1><ul>\n{rows}</ul></html>\n"
        ),
    )?;
    Ok(page)
}

fn print_browser(measured: &serde_json::Value) {
    let number = |path: &str| measured.pointer(path).and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
    progress::line("\nin the browser, empty cache, median of five, milliseconds");
    progress::line(&format!("  {:<34} {:>12} {:>12}", "", "first paint", "usable"));
    for (name, key) in [
        ("plain static page, same server", "plain"),
        ("/help, no sign-in", "shell"),
        ("/devices with 5,000, signed in", "list"),
    ] {
        progress::line(&format!(
            "  {name:<34} {:>12.0} {:>12.0}",
            number(&format!("/{key}/paint")),
            number(&format!("/{key}/ready"))
        ));
    }
    progress::line("\none key in the search box at 5,000 devices, milliseconds");
    progress::line(&format!(
        "  script {:.1}, to the painted frame {:.1}, worst of {} {:.1}",
        number("/keys/script"),
        number("/keys/frame"),
        number("/keys/count"),
        number("/keys/worst")
    ));
}

fn print_server(token: &str, reset_token: &str, id: u32, idle: Option<&str>) -> Result<()> {
    progress::line("\nserver (release build), the load comes from this machine too");
    let bearer = format!("Bearer {token}");
    let read =
        |connection: &Agent, _| connection.get(address(DEVICES)).header("Authorization", &bearer).call();
    let (took, mut times) = load(READS, CONNECTIONS, read)?;
    times.retain(|(status, _)| *status == 200);
    progress::line(&format!(
        "  GET /me/managedDevices, {CONNECTIONS} connections: {} of {READS} answered 200, {:.0} a second, p50 {:.1} ms, p99 {:.1} ms",
        times.len(),
        rate(times.len(), took),
        percentile(&times, 50),
        percentile(&times, 99)
    ));
    let bearer = format!("Bearer {reset_token}");
    let devices = device_ids(&bearer)?;
    let reset = |connection: &Agent, index| {
        let device = devices.get(index).map_or("", String::as_str);
        connection
            .post(address(&format!("{DEVICES}/{device}/resetPasscode")))
            .header("Authorization", &bearer)
            .header("Idempotency-Key", format!("00000000-0000-4000-8000-{index:012x}"))
            .send_empty()
    };
    let (took, mut times) = load(devices.len().min(RESETS), 16, reset)?;
    let sent = times.len();
    // Accepted means durable: command, sealed passcode, key and audit entry are in one committed transaction before the
    // answer, and the queue already works on the earlier ones meanwhile.
    times.retain(|(status, _)| *status == 202);
    progress::line(&format!(
        "  POST resetPasscode, one per device, 16 connections: {} of {sent} accepted, {:.0} a second, p50 {:.1} ms, p99 {:.1} ms",
        times.len(),
        rate(times.len(), took),
        percentile(&times, 50),
        percentile(&times, 99)
    ));
    progress::line(&format!(
        "  memory: {} at start, {} after this",
        idle.unwrap_or("unknown"),
        memory(id).as_deref().unwrap_or("unknown")
    ));
    Ok(())
}

/// Resident memory and its peak, from the kernel's own account.
fn memory(id: u32) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    Some(format!("{} MB (peak {} MB)", of("VmRSS:")? / 1000, of("VmHWM:")? / 1000))
}

/// Where a path of the API is.
fn address(path: &str) -> String {
    format!("http://127.0.0.1:{PORT}{path}")
}

/// A status and how long its answer took.
type Answer = (u16, Duration);

/// Sends `count` requests over `connections`, each waiting for its whole answer before the next.
fn load(
    count: usize,
    connections: usize,
    ask: impl Fn(&Agent, usize) -> std::result::Result<Response<Body>, ureq::Error> + Sync,
) -> Result<(Duration, Vec<Answer>)> {
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let work = || {
        let mut answers = Vec::new();
        let connection = http::client(PATIENCE);
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count || crate::interrupt::asked_to_end() {
                return Ok(answers);
            }
            let begun = Instant::now();
            let mut answer = ask(&connection, index)?;
            answer.body_mut().read_to_vec()?;
            answers.push((answer.status().as_u16(), begun.elapsed()));
        }
    };
    let results: Vec<std::result::Result<Vec<Answer>, ureq::Error>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..connections).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    let took = started.elapsed();
    let mut all = Vec::new();
    for result in results {
        all.extend(result?);
    }
    Ok((took, all))
}

/// The ids of enough devices, through the API's own pages.
fn device_ids(bearer: &str) -> Result<Vec<String>> {
    let connection = http::client(PATIENCE);
    let mut ids = Vec::new();
    let mut path = DEVICES.to_string();
    while ids.len() < RESETS {
        let request = connection.get(address(&path)).header("Authorization", bearer);
        let mut answer = request.call()?;
        let body = answer.body_mut().read_to_vec()?;
        let page: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        if answer.status() != 200 {
            return Err(Error::Build(format!("the device list answered {}: {page}", answer.status())));
        }
        let devices = page.get("value").and_then(|value| value.as_array()).cloned().unwrap_or_default();
        ids.extend(devices.iter().filter_map(|device| device.get("id")?.as_str().map(str::to_string)));
        let Some(next) = page.get("@odata.nextLink").and_then(|next| next.as_str()) else { break };
        path = next.find("/api/").and_then(|at| next.get(at..)).unwrap_or(next).to_string();
    }
    Ok(ids)
}

/// How many a second; exact enough for a printed number.
fn rate(count: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64().max(1e-9)
}

/// The time in milliseconds that `percent` of the answers kept.
fn percentile(answers: &[Answer], percent: usize) -> f64 {
    let mut times: Vec<Duration> = answers.iter().map(|(_, time)| *time).collect();
    times.sort();
    let index = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let answers: Vec<Answer> =
            (1..=100).rev().map(|number| (200, Duration::from_millis(number))).collect();
        assert!((percentile(&answers, 99) - 99.0).abs() < 1e-9);
        assert!((percentile(&answers, 50) - 50.0).abs() < 1e-9);
        assert!(percentile(&[], 99).is_nan());
    }
}

//! A short chaos run with a fixed seed (security.md, server, rows 3 and 4); the long one is `cargo xtask chaos`.

use portal_chaos::{Kind, Options, run};
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_under_load_keeps_every_promise_it_made() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        server: PathBuf::from(env!("CARGO_BIN_EXE_portal-server")),
        folder: folder.path().to_path_buf(),
        kills: 5,
        seed: 4,
        people: 12,
        fleet_speed: 80.0,
        services: Kind::Fleet,
        service: PathBuf::new(),
    };
    let report = run(&options, |_| {}).await.unwrap();
    assert!(
        report.is_clean(),
        "{report}\n{}",
        std::fs::read_to_string(folder.path().join("server.log")).unwrap()
    );
    assert!(
        report.verdict.accepted >= 20 && report.verdict.reached_once >= 10,
        "the run did hardly anything:\n{report}"
    );
    assert!(report.traffic.replays >= report.verdict.accepted, "every key was repeated:\n{report}");
    assert!(report.traffic.cut > 0, "{report}");
}

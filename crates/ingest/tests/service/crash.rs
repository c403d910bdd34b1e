//! A worker that dies at any step: what was answered is there, and nothing is half there.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use ingest::intake::{IngestWorker, Intake, Pushed, PushedLog};
use ingest::{Directory, ReceiptClock};
use stream::Exit;
use stream::memory::{Cluster, Member};
use testkit::crash::{CrashPlan, CrashingLog};
use testkit::embedded::Embedded;
use tokio::sync::oneshot::error::TryRecvError;

use crate::fixture::{GROUP, dead_letters, mentions, worker};

fn line(id: &str) -> String {
    format!(r#"{{"source":"crm","native_id":"{id}","published_at":"2026-11-02T02:05:00Z","text":"a"}}"#)
}

fn pushed(id: &str) -> Pushed {
    Pushed { key: id.to_owned().into(), value: line(id).into(), headers: Vec::new(), received_at: testkit::build::AT }
}

/// A worker that dies as planned.
fn mortal(cluster: &Cluster, plan: &CrashPlan, intake: &Arc<Intake>) -> IngestWorker<CrashingLog> {
    let member = cluster.join(GROUP, "worker", PushedLog::<Member>::SUBSCRIBES);
    worker(cluster, CrashingLog::new(member, plan), ReceiptClock::Wall, intake)
}

/// How often each mention is there.
fn counts(cluster: &Cluster) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mention in mentions(cluster) {
        *counts.entry(mention.native_id).or_default() += 1;
    }
    counts
}

/// Pushes three batches of two until each is answered, dying as planned. Returns how often it died.
fn push_all(cluster: &Cluster, plan: &CrashPlan) -> usize {
    let (mut died, mut next) = (0, 0);
    let intake = Intake::new(1 << 20);
    let mut worker = mortal(cluster, plan, &intake);
    while next < 3 {
        let ids = [format!("{next}a"), format!("{next}b")];
        let mut answer = intake.push(intake.room(0).unwrap(), ids.iter().map(|id| pushed(id)).collect());
        let answered = loop {
            let lives = worker.step(Duration::ZERO).map_err(|exit| assert_eq!(exit, crashed())).is_ok();
            match answer.try_recv() {
                Ok(()) => break true,
                Err(TryRecvError::Closed) => break false,
                Err(TryRecvError::Empty) => {}
            }
            if !lives {
                died += 1;
                assert!(died < 10, "it died ten times");
                drop(worker);
                cluster.expel("worker");
                worker = mortal(cluster, plan, &intake);
            }
        };
        if answered {
            let counts = counts(cluster);
            assert!(ids.iter().all(|id| counts.contains_key(id)), "answered and not there: {counts:?}");
            next += 1;
        }
    }
    died
}

fn crashed() -> Exit {
    Exit::Fatal("crashed as planned".into())
}

#[test]
fn a_crash_at_any_step_loses_nothing_that_was_answered_and_leaves_no_half_batch() {
    let quiet = CrashPlan::default();
    push_all(&Embedded::new().cluster, &quiet);
    let steps = quiet.passed();
    assert!(steps > 40, "{steps} steps");
    let mut deaths = 0;
    for step in 0..steps {
        let (cluster, plan) = (Embedded::new().cluster, CrashPlan::default());
        plan.crash_after(step);
        deaths += push_all(&cluster, &plan);
        let counts = counts(&cluster);
        assert_eq!(counts.len(), 6, "step {step}: {counts:?}");
        for batch in 0..3 {
            let (a, b) = (counts[&format!("{batch}a")], counts[&format!("{batch}b")]);
            // A commit whose answer was lost with the process is sent again: enrich drops the repeat.
            assert!(a == b && a <= 2, "step {step}: {counts:?}");
        }
        assert_eq!(dead_letters(&cluster), Vec::new());
    }
    assert!(deaths >= steps - 8, "{deaths} deaths in {steps} lives: the plan did not strike");
}

#[test]
fn a_crash_at_any_step_reads_each_line_of_a_file_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..4).map(|number| line(&number.to_string()) + "\n").collect();
    fs::write(folder.path().join("a.ndjson"), text).unwrap();
    fs::write(folder.path().join("b.ndjson"), format!("{}\nnot JSON\n{}", line("x"), line("y"))).unwrap();
    let life = |cluster: &Cluster, plan: &CrashPlan| {
        let intake = Intake::new(1 << 20);
        for died in 0..10 {
            let mut worker = mortal(cluster, plan, &intake).watching(Directory::watch(folder.path()).unwrap());
            let mut idle = 0;
            let end = loop {
                match worker.step(Duration::ZERO) {
                    Ok(0) if worker.worker_mut().partitions().next().is_some() => idle += 1,
                    Ok(_) => idle = 0,
                    Err(exit) => break Err(exit),
                }
                if idle > 2 {
                    break Ok(());
                }
            };
            drop(worker);
            match end {
                Ok(()) => return died,
                Err(exit) => assert_eq!(exit, crashed()),
            }
            cluster.expel("worker");
        }
        panic!("it died ten times");
    };
    let quiet = CrashPlan::default();
    life(&Embedded::new().cluster, &quiet);
    let mut deaths = 0;
    for step in 0..quiet.passed() {
        let (cluster, plan) = (Embedded::new().cluster, CrashPlan::default());
        plan.crash_after(step);
        deaths += life(&cluster, &plan);
        let expected = ["0", "1", "2", "3", "x", "y"].map(|id| (id.to_owned(), 1));
        assert_eq!(counts(&cluster), BTreeMap::from(expected), "step {step}");
        let letters = dead_letters(&cluster);
        let keys: Vec<_> = letters.iter().map(|letter| letter.key.as_deref()).collect();
        assert_eq!(keys, [Some(b"b.ndjson:2".as_slice())], "step {step}");
        // A later life finds nothing more.
        life(&cluster, &CrashPlan::default());
        assert_eq!(counts(&cluster).values().sum::<usize>(), 6);
    }
    assert!(deaths > 20, "{deaths} deaths");
}

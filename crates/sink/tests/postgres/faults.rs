//! A database that goes away, comes back, or stands still.

use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{MentionKind, Partition, Topic};
use sink::PostgresStore;
use stream::memory::Cluster;
use stream::metrics::Metrics;
use stream::store::{Pass, Store};
use testkit::build;
use testkit::crash::{CrashPlan, CrashingLog};

use crate::crashing::{drain, observed, worker};
use crate::database::Database;
use crate::input::{self, GROUP, append, classified, revision};

fn fill(cluster: &Cluster, from: usize, to: usize) {
    for i in from..to {
        let name = i.to_string();
        append(cluster, Topic::MentionsClassified, &name, classified(revision(&name, 0, MentionKind::Create, "lost")));
    }
}

#[test]
fn while_the_database_is_away_the_group_is_served_and_a_metric_shows_it() {
    let (database, cluster, plan) = (Database::own(), input::cluster(), CrashPlan::default());
    let metrics = Arc::new(Metrics::new(&build::book_version()).unwrap());
    let log = CrashingLog::new(cluster.join(GROUP, "worker", PostgresStore::INPUTS), &plan);
    let mut worker = observed(&cluster, log, database.store(), metrics.clone());
    fill(&cluster, 0, 20);
    drain(&mut worker).unwrap();
    database.server.crash();
    fill(&cluster, 20, 60);
    let shows = |line: &str| metrics.text().unwrap().lines().any(|shown| shown == line);
    let open = r#"firebreak_circuit_breaker_open{dependency="postgres",role="sink.postgres",stage="sink"}"#;
    let began = Instant::now();
    let (mut held, mut polled) = (0, 0);
    while held < 60 {
        let before = plan.passed();
        if let Pass::Held(pause) = worker.step().unwrap() {
            held += 1;
            polled += usize::from(plan.passed() > before);
            std::thread::sleep(pause.min(Duration::from_millis(10)));
        }
        assert!(began.elapsed() < Duration::from_secs(30), "held {held} times only");
    }
    assert!(polled > 30, "of 60 passes without the database only {polled} polled the log");
    assert!(shows(&format!("{open} 1")), "{}", metrics.text().unwrap());
    database.server.start_again();
    drain(&mut worker).unwrap();
    assert!(shows(&format!("{open} 0")), "{}", metrics.text().unwrap());
    let retries = r#"firebreak_retries_total{dependency="postgres",error_type="connection""#;
    assert!(metrics.text().unwrap().lines().any(|line| line.starts_with(retries)));
    assert_eq!(database.visitor().number("SELECT count(*) FROM mentions"), 60);
}

#[test]
fn a_database_that_is_away_at_the_start_is_waited_for() {
    let (database, cluster) = (Database::own(), input::cluster());
    database.server.crash();
    fill(&cluster, 0, 10);
    let mut worker = worker(&cluster, "worker", database.store());
    let mut held = 0;
    while held < 3 {
        held += usize::from(matches!(worker.step().unwrap(), Pass::Held(_)));
    }
    assert!(!worker.ready() && worker.partitions().count() == 0, "nothing is taken over without its offsets");
    database.server.start_again();
    drain(&mut worker).unwrap();
    assert!(worker.ready());
    assert_eq!(database.visitor().number("SELECT count(*) FROM mentions"), 10);
}

#[test]
fn a_database_that_crashes_under_load_loses_and_doubles_nothing() {
    let (database, cluster) = (Database::own(), input::cluster());
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().watch_moves();
    let mut worker = worker(&cluster, "worker", database.store());
    for round in 0..6 {
        fill(&cluster, round * 50, round * 50 + 50);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                database.server.crash();
                database.server.start_again();
            });
            for i in 0..20 {
                fill(&cluster, 1_000 + round * 100 + i, 1_001 + round * 100 + i);
                worker.step().unwrap();
            }
        });
    }
    drain(&mut worker).unwrap();
    let visitor = database.visitor();
    assert_eq!(visitor.check_moves(), 420);
    assert_eq!(visitor.number("SELECT count(*) FROM mentions"), 420);
}

#[test]
fn a_database_that_stands_still_is_left_after_the_deadline_and_what_it_did_counts_once() {
    let (database, cluster) = (Database::own(), input::cluster());
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().watch_moves();
    let mut worker = worker(&cluster, "worker", database.store_within(Duration::from_millis(500)));
    fill(&cluster, 0, 10);
    drain(&mut worker).unwrap();
    fill(&cluster, 10, 30);
    database.server.pause();
    let began = Instant::now();
    let pass = worker.step().unwrap();
    let took = began.elapsed();
    database.server.go_on();
    assert!(matches!(pass, Pass::Held(_)), "{pass:?}");
    assert!(took < Duration::from_secs(5), "the worker was blocked for {took:?}");
    drain(&mut worker).unwrap();
    let visitor = database.visitor();
    assert_eq!(visitor.check_moves(), 30);
    assert_eq!(visitor.number("SELECT count(*) FROM mentions"), 30);
}

#[test]
fn a_writer_that_fell_silent_in_a_transaction_does_not_keep_its_successor_waiting_for_ever() {
    let (database, cluster) = (Database::shared(), input::cluster());
    database.store().next_offsets(Partition(0)).unwrap();
    let silent = database.visitor();
    silent.execute("SET idle_in_transaction_session_timeout TO 500; BEGIN; UPDATE kafka_offset SET next = 7");
    fill(&cluster, 0, 10);
    drain(&mut worker(&cluster, "worker", database.store_within(Duration::from_millis(300)))).unwrap();
    assert_eq!(database.visitor().number("SELECT count(*) FROM mentions"), 10);
}

//! What befalls Kafka, PostgreSQL and a stage while mentions come: nothing is lost or doubled, and nobody has to do anything; and
//! what ends a stage with the name of what it lacks.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use events::{Role, Topic};
use firebreak::demo::proof::{Topics, rows};
use testkit::kafka::{Broker, Deed};
use testkit::postgres::Postgres;

use crate::installation::{Installation, run};
use crate::process::{Process, until};
use crate::sender::{Sender, crisis};

/// Longer than any timeout of a session, a transaction or a message here.
const AWAY: Duration = Duration::from_secs(60);
const SCHEMA: &str = "faults";

#[test]
fn kafka_and_postgresql_that_are_away_for_a_minute_under_load_cost_nothing_but_time() {
    let (broker, database) = (Broker::start(), Postgres::start());
    let (installation, sender) = (Installation::at(&broker, "input"), Sender::new());
    let mut stages: Vec<Process> = ["ingest", "enrich", "classify", "sink"]
        .into_iter()
        .map(|stage| {
            let command = installation.service(stage, &["--max-batch-records", "20", "--connect-timeout", "2s"]);
            installation.launch(stage, command, |command| match stage {
                "ingest" => sender.receive(command),
                "sink" => {
                    command.env("FIREBREAK_POSTGRES_URL", database.url()).env("FIREBREAK_POSTGRES_SCHEMA", SCHEMA);
                }
                _ => {}
            })
        })
        .collect();
    stages.iter_mut().for_each(Process::ready);

    let (lines, sender) = (crisis(0.2), &sender);
    let (part, parts) = mpsc::channel();
    thread::scope(|scope| {
        let sent = scope.spawn(move || parts.iter().for_each(|part| sender.send(part)));
        // A part for each who is away, sent when it is: it has something to take however fast the machine is.
        let [at_first, without_kafka, without_postgres] = thirds(&lines);
        let stored = || rows(database.url(), SCHEMA).map_or(0, |rows| rows.len());
        part.send(at_first).unwrap();
        until("mentions are stored", || (stored() > 0).then_some(()));
        broker.suffer(Deed::Pause);
        part.send(without_kafka).unwrap();
        thread::sleep(AWAY);
        let before = stored();
        broker.suffer(Deed::Continue);
        until("it goes on", || (stored() > before).then_some(()));
        database.crash();
        part.send(without_postgres).unwrap();
        until("the sink says that it is away", || {
            (stages[3].metric("firebreak_circuit_breaker_open", "\"postgres\"") == 1.0).then_some(())
        });
        thread::sleep(AWAY);
        database.start_again();
        drop(part);
        sent.join().unwrap();
    });

    until("everything is stored", || {
        // What was open when Kafka went away is decided after its own timeout.
        let topics = Topics::read(&installation.settings).ok()?;
        let stored = rows(database.url(), SCHEMA).unwrap_or_default();
        let exact = topics.classified().is_exact() && topics.stored(&stored).is_exact();
        (exact && topics.accepted.len() > lines.len() / 2).then_some(())
    });
    for process in &mut stages {
        assert!(process.runs(), "{}", process.log());
        process.signal("-TERM");
        assert_eq!(process.end().code(), Some(0), "{}", process.log());
    }
}

fn thirds(lines: &[Vec<u8>]) -> [&[Vec<u8>]; 3] {
    let (first, rest) = lines.split_at(lines.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    [first, second, third]
}

#[test]
fn a_stage_stopped_over_its_session_finds_itself_replaced_when_it_goes_on_and_doubles_nothing() {
    let (installation, sender) = (Installation::new("input"), Sender::new());
    let lines = crisis(0.3);
    let expected = run(&lines, installation.folder.path());
    let mut ingest = installation.launch("ingest", installation.service("ingest", &[]), |it| sender.receive(it));
    let mut classify = installation.start("classify", &[]);
    let enrich = |name| {
        // Small transactions: one may be open when the process is stopped.
        let command = installation.service("enrich", &["--instance", name, "--max-batch-records", "20"]);
        installation.launch(name, command, |_| {})
    };
    let mut stopped = enrich("stopped");
    [&mut ingest, &mut classify, &mut stopped].into_iter().for_each(Process::ready);
    let revoked = |process: &Process| process.metric("firebreak_rebalances_total", "\"revoke\"");
    let mut heir = thread::scope(|scope| {
        let sent = scope.spawn(|| sender.send(&lines));
        until("it works", || (installation.written(Topic::Turns(Role::Enrich)) > 0).then_some(()));
        stopped.signal("-STOP");
        let heir = enrich("heir");
        until("another does its work", || (heir.metric("firebreak_records_read_total", "") > 0.0).then_some(()));
        stopped.signal("-CONT");
        until("it hears that its partitions went", || (revoked(&stopped) > 0.0).then_some(()));
        sent.join().unwrap();
        heir
    });
    let all: usize = expected.values().sum();
    until("everything is classified", || (installation.classified().values().sum::<usize>() >= all).then_some(()));
    for process in [&mut stopped, &mut heir, &mut ingest, &mut classify] {
        assert!(process.runs(), "{}", process.log());
        process.signal("-TERM");
        assert_eq!(process.end().code(), Some(0), "{}", process.log());
    }
    assert_eq!(installation.classified(), expected);
}

#[test]
fn a_stage_that_may_not_read_its_input_ends_and_names_topic_and_right() {
    let installation = Installation::new("wall");
    Broker::shared().deny_reading(&installation.settings.topic(Topic::MentionsEnriched));
    let mut classify = installation.start("classify", &[]);
    assert_eq!(classify.end().code(), Some(1), "{}", classify.log());
    let log = classify.log();
    let told = log.lines().last().unwrap_or_default();
    assert!(told.contains("mentions.enriched") && told.contains("READ"), "{log}");
}

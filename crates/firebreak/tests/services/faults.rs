//! What befalls Kafka and PostgreSQL while mentions come: nothing is lost or doubled, and nobody has to do anything.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use firebreak::demo::proof::{Topics, rows};
use testkit::kafka::{Broker, Deed};
use testkit::postgres::Postgres;

use crate::installation::Installation;
use crate::process::{Process, until};
use crate::sender::{Sender, crisis};

/// Longer than any timeout of a session, a transaction or a message here.
const AWAY: Duration = Duration::from_secs(60);
const SCHEMA: &str = "faults";

#[test]
fn kafka_that_dies_and_postgresql_that_is_away_under_load_cost_nothing_but_time() {
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
        broker.suffer(Deed::Kill);
        part.send(without_kafka).unwrap();
        thread::sleep(AWAY);
        let before = stored();
        broker.suffer(Deed::Run);
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
        let topics = Topics::read(&installation.settings).unwrap();
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

//! What befalls Kafka and PostgreSQL while mentions come: nothing is lost or doubled, and nobody has to do anything.

use std::thread;
use std::time::Duration;

use firebreak::demo::proof::{Topics, rows};
use testkit::kafka::{Broker, Deed};
use testkit::postgres::Postgres;

use crate::installation::Installation;
use crate::process::{Process, until};
use crate::sender::{Sender, crisis};

/// Longer than the session of a member here, so that groups give everybody up.
const AWAY: Duration = Duration::from_secs(4);
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

    let lines = crisis(0.2);
    thread::scope(|scope| {
        let sent = scope.spawn(|| sender.send(&lines));
        let stored = || rows(database.url(), SCHEMA).map_or(0, |rows| rows.len());
        until("mentions are stored", || (stored() > 0).then_some(()));
        broker.suffer(Deed::Kill);
        thread::sleep(AWAY);
        broker.suffer(Deed::Run);
        let before = stored();
        until("it goes on", || (stored() > before).then_some(()));
        database.crash();
        until("the sink says that it is away", || {
            (stages[3].metric("firebreak_circuit_breaker_open", "\"postgres\"") == 1.0).then_some(())
        });
        thread::sleep(AWAY);
        database.start_again();
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

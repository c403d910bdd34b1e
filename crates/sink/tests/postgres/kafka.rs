//! The same worker over Apache Kafka: a database that is away for longer than a group keeps a silent member.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use events::{MentionKind, Partition, PartitionCount, Role, Topic};
use sink::PostgresStore;
use stream::kafka::{Admin, Declared, KafkaLog, KafkaSettings, Sender};
use stream::store::{Pass, Store, StoreWorker};
use stream::{Observer, Outgoing};
use testkit::build::AT;
use testkit::kafka::{Broker, Kafka};

use crate::crashing::{backoff, settings};
use crate::database::Database;
use crate::input::{GROUP, classified, revision};

const FOUR: PartitionCount = PartitionCount::new(4).unwrap();
/// Longer than a member may be silent.
const AWAY: Duration = Duration::from_secs(12);

/// Counts what the group takes away, and when the database was away.
#[derive(Debug, Default)]
struct Heard {
    revoked: AtomicUsize,
    held: Mutex<Vec<bool>>,
}

impl Observer for Heard {
    fn revoked(&self, _: Role, partitions: &[Partition]) {
        self.revoked.fetch_add(partitions.len(), Ordering::SeqCst);
    }

    fn held_up(&self, _: Role, _: &'static str, held: bool) {
        self.held.lock().unwrap().push(held);
    }
}

fn cluster() -> KafkaSettings {
    let mut settings = Kafka::settings_for(Broker::shared());
    settings.patience.poll_interval = Duration::from_secs(9);
    assert_eq!(settings.problems(), Vec::<String>::new());
    let declared: Vec<Declared> =
        PostgresStore::INPUTS.iter().map(|topic| Declared::new(*topic, FOUR, 1).keeping_all()).collect();
    assert_eq!(Admin::new(&settings).unwrap().apply(&declared).unwrap(), []);
    settings
}

fn say(sender: &Sender, ids: std::ops::Range<usize>) {
    let record = |id: usize| {
        let name = id.to_string();
        Outgoing {
            topic: Topic::MentionsClassified,
            partition: FOUR.partition(name.as_bytes()),
            timestamp: AT,
            value: Some(classified(revision(&name, 0, MentionKind::Create, "lost"))),
            key: Some(name.into()),
            headers: Vec::new(),
        }
    };
    sender.send(&ids.map(record).collect::<Vec<_>>()).unwrap();
}

#[test]
fn a_database_that_is_away_for_longer_than_a_silent_member_is_kept_costs_no_row_and_no_partition() {
    let (database, kafka, heard) = (Database::own(), cluster(), Arc::new(Heard::default()));
    let sender = Sender::new(&kafka).unwrap();
    database.store().next_offsets(Partition(0)).unwrap();
    database.visitor().watch_moves();
    let log = KafkaLog::join(&kafka, GROUP, "sink.postgres.a.0", PostgresStore::INPUTS).unwrap();
    let mut worker = StoreWorker::new(log, database.store(), settings(FOUR), backoff(), heard.clone());
    say(&sender, 0..100);
    let mut stored = 0;
    let mut until = |what: &str, done: &mut dyn FnMut(usize, &Heard) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !done(stored, &heard) {
            assert!(Instant::now() < deadline, "{what}: not after a minute");
            match worker.step().unwrap() {
                Pass::Stored(records) => stored += records,
                Pass::Held(pause) => std::thread::sleep(pause.min(Duration::from_millis(100))),
                Pass::Idle => {}
            }
        }
    };
    until("the first are stored", &mut |stored, _| stored >= 100);
    database.server.crash();
    let (gone, mut said) = (Instant::now(), 100);
    until("the time is over", &mut |_, _| {
        if said < 500 {
            say(&sender, said..said + 20);
            said += 20;
        }
        gone.elapsed() > AWAY
    });
    assert!(heard.held.lock().unwrap().contains(&true), "it was away and nobody said so");
    database.server.start_again();
    say(&sender, 500..600);
    let visitor = database.visitor();
    until("all are stored", &mut |_, _| visitor.number("SELECT count(*) FROM mentions") == 600);
    assert_eq!(visitor.check_moves(), 600);
    assert_eq!(heard.revoked.load(Ordering::SeqCst), 0, "the group took partitions away");
    assert_eq!(heard.held.lock().unwrap().last(), Some(&false));
}

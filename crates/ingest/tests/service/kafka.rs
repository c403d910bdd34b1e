//! The same over Apache Kafka: what is pushed is committed with offsets that no topic holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{PartitionCount, Role, Topic};
use ingest::intake::{IngestWorker, Intake, Pushed, PushedLog};
use ingest::{Ingest, ReceiptClock};
use stream::kafka::{Admin, Declared, KafkaLog, KafkaSettings, TopicReader};
use stream::{Exit, Silent, WorkerSettings};
use testkit::build;
use testkit::kafka::{Broker, Deed, Kafka};

use crate::fixture::{GROUP, book};

const TOPICS: [Topic; 5] = [
    Topic::MentionsRaw,
    Topic::MentionsRawExpress,
    Topic::DeadLetters,
    Topic::State(Role::Ingest),
    Topic::Turns(Role::Ingest),
];
const FOUR: PartitionCount = PartitionCount::new(4).expect("four is positive");

fn cluster(broker: &Broker) -> KafkaSettings {
    let mut settings = Kafka::settings_for(broker);
    settings.batching.wait = Duration::ZERO;
    let declared = TOPICS.map(|topic| Declared::new(topic, FOUR, 1));
    assert_eq!(Admin::new(&settings).unwrap().apply(&declared).unwrap(), []);
    settings
}

fn worker(settings: &KafkaSettings, id: &str, intake: &Arc<Intake>) -> IngestWorker<KafkaLog> {
    let log = KafkaLog::join(settings, GROUP, id, PushedLog::<KafkaLog>::SUBSCRIBES).unwrap();
    let stage = Arc::new(Ingest::new(book()).by(ReceiptClock::Wall));
    let settings = WorkerSettings::new(FOUR, build::book_version());
    IngestWorker::new(log, stage, settings, Arc::new(Silent), Arc::clone(intake))
}

fn push(intake: &Arc<Intake>, ids: std::ops::Range<usize>) -> tokio::sync::oneshot::Receiver<()> {
    let record = |id: usize| Pushed {
        key: id.to_string().into(),
        value: format!(r#"{{"source":"crm","native_id":"{id}","published_at":"2026-11-02T02:05:00Z","text":"a"}}"#)
            .into(),
        headers: Vec::new(),
        received_at: build::AT,
    };
    intake.push(intake.room(0).unwrap(), ids.map(record).collect())
}

/// Passes until an answer is there: whether it was committed.
fn answer(worker: &mut IngestWorker<KafkaLog>, mut answer: tokio::sync::oneshot::Receiver<()>) -> bool {
    let deadline = Instant::now() + Duration::from_secs(40);
    loop {
        match worker.step(Duration::from_millis(20)) {
            Ok(_) | Err(Exit::Retry(_) | Exit::Fenced(_)) => {}
            Err(exit) => panic!("{exit}"),
        }
        match answer.try_recv() {
            Ok(()) => return true,
            Err(tokio::sync::oneshot::error::TryRecvError::Closed) => return false,
            Err(_) => assert!(Instant::now() < deadline, "no answer"),
        }
    }
}

/// Pushes until it is committed; returns how often it was told to push again.
fn push_until(worker: &mut IngestWorker<KafkaLog>, intake: &Arc<Intake>, ids: std::ops::Range<usize>) -> usize {
    (0..20).find(|_| answer(worker, push(intake, ids.clone()))).expect("committed at last")
}

/// How often each key is in `mentions.raw`.
fn counts(settings: &KafkaSettings) -> BTreeMap<Vec<u8>, usize> {
    let mut reader = TopicReader::new(settings, "reader");
    let mut counts = BTreeMap::new();
    for partition in FOUR.all() {
        reader
            .read(Topic::MentionsRaw, partition, &mut |raw| {
                *counts.entry(raw.key.unwrap_or_default().to_vec()).or_default() += 1;
                Ok(())
            })
            .unwrap();
    }
    counts
}

#[test]
fn what_is_answered_is_there_once_after_a_restart_and_after_another_took_over() {
    let settings = cluster(Broker::shared());
    let intake = Intake::new(1 << 20);
    let mut first = worker(&settings, "ingest.a.0", &intake);
    assert_eq!(push_until(&mut first, &intake, 0..10), 0);
    assert_eq!(push_until(&mut first, &intake, 10..20), 0);
    drop(first);
    let mut second = worker(&settings, "ingest.a.0", &intake);
    assert_eq!(push_until(&mut second, &intake, 20..30), 0);
    let home = second.worker_mut().partitions().next().unwrap();
    let position = second.worker_mut().position(home).unwrap().clone();
    assert_eq!((position.next, position.turn), (vec![(Topic::Input, events::Offset(30))], 3));
    // A process with the same name replaces it, and only the new one is answered.
    let mut third = worker(&settings, "ingest.a.0", &intake);
    let deadline = Instant::now() + Duration::from_secs(30);
    let replaced = loop {
        drop(push(&intake, 30..40));
        match second.step(Duration::ZERO) {
            Err(exit @ Exit::Replaced(_)) => break exit,
            other => assert!(Instant::now() < deadline, "{other:?}"),
        }
    };
    assert!(replaced.to_string().contains("--instance"), "{replaced}");
    drop(second);
    push_until(&mut third, &intake, 30..40);
    let counts = counts(&settings);
    assert_eq!(counts.len(), 40);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
}

#[test]
fn while_the_broker_stands_still_senders_are_told_to_come_again_and_nothing_is_doubled_by_ourselves() {
    let broker = Broker::start();
    let mut settings = cluster(&broker);
    settings.patience.transaction = Duration::from_secs(3);
    settings.patience.request = Duration::from_secs(1);
    let intake = Intake::new(1 << 20);
    let mut worker = worker(&settings, "ingest.a.0", &intake);
    assert_eq!(push_until(&mut worker, &intake, 0..5), 0);
    broker.suffer(Deed::Pause);
    assert!(!answer(&mut worker, push(&intake, 5..10)), "nobody can commit now");
    broker.suffer(Deed::Continue);
    let again = push_until(&mut worker, &intake, 5..10);
    let counts = counts(&settings);
    assert_eq!(counts.len(), 10);
    // Each answer that was no success may have been a commit all the same: one record more for each.
    assert!(counts.values().all(|count| (1..=again + 2).contains(count)), "{counts:?}");
}

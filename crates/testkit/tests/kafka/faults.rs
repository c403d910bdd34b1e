//! What befalls a worker over Kafka, and that nothing is lost or doubled for it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use events::{Partition, Role, Topic};
use stream::kafka::{KafkaLog, KafkaSettings};
use stream::{Exit, Log, Outgoing, Polled, Stage, Txn, Worker};
use testkit::contract::Harness;
use testkit::kafka::{Broker, Deed, Kafka};
use testkit::toy::{self, Count};
use testkit::{build, drive};

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;
const P: Partition = Partition(0);

fn worker(harness: &Kafka, id: &str) -> Worker<KafkaLog, Count> {
    drive::worker(harness, harness.join(Role::Enrich.name(), id, Count::INPUTS), Count::default())
}

/// A record that no compression makes smaller.
fn dense(harness: &Kafka, bytes: usize) -> Outgoing {
    let noise = |i: usize| (events::murmur2(&i.to_le_bytes()) >> 7) as u8;
    let value: Vec<u8> = (0..bytes).map(noise).collect();
    toy::bytes(TO, P, &harness.key_in(P), &value, build::AT)
}

fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not after 30 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_broker_that_is_away_at_the_start_is_asked_to_try_again_until_it_comes_back() {
    let broker = Broker::start();
    let mut settings = Kafka::settings_for(&broker);
    let harness = Kafka::with(settings.clone());
    broker.suffer(Deed::Stop);
    settings.patience.connect = Duration::from_millis(500);
    let refused = KafkaLog::join(&settings, "group", "worker", &[FROM]).map(drop);
    assert!(matches!(&refused, Err(Exit::Retry(why)) if why.contains(broker.address())), "{refused:?}");
    broker.suffer(Deed::Run);
    let mut worker = worker(&harness, "worker");
    harness.say(FROM, "a", "x");
    eventually("the note is passed on", || {
        drive::drain(&mut worker, None, 1).unwrap();
        harness.texts(TO) == ["x#1"]
    });
}

#[test]
fn a_broker_that_is_killed_and_comes_back_costs_no_note_and_doubles_none() {
    let broker = Broker::start();
    let harness = Kafka::with(Kafka::settings_for(&broker));
    let mut worker = worker(&harness, "worker");
    let mut expected = Vec::new();
    let mut say = |range: std::ops::Range<usize>| {
        for i in range {
            harness.say(FROM, "a", &i.to_string());
            expected.push(format!("{i}#{}", i + 1));
        }
    };
    say(0..10);
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    say(10..20);
    // Decided, and the broker is gone before the commit: it is a while until that is given up.
    let prepared = drive::prepare(&mut worker, None, harness.patience());
    broker.suffer(Deed::Kill);
    let failed = worker.commit(prepared);
    assert!(matches!(failed, Err(Exit::Retry(_) | Exit::Fenced(_))), "{failed:?}");
    for _ in 0..3 {
        // Nothing to read, but no reason to end either.
        let step = worker.step(None);
        assert!(matches!(step, Ok(0) | Err(Exit::Retry(_) | Exit::Fenced(_))), "{step:?}");
    }
    broker.suffer(Deed::Run);
    say(20..30);
    eventually("all notes are passed on", || {
        drive::drain(&mut worker, None, 1).unwrap();
        harness.texts(TO).len() >= expected.len()
    });
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    assert_eq!(harness.texts(TO), expected);
}

#[test]
fn a_commit_whose_outcome_is_unknown_is_asked_for_and_not_assumed() {
    let broker = Broker::start();
    let mut settings = Kafka::settings_for(&broker);
    settings.patience.transaction = Duration::from_secs(3);
    settings.patience.request = Duration::from_secs(1);
    let harness = Kafka::with(settings);
    let mut worker = worker(&harness, "worker");
    harness.say(FROM, "a", "x");
    let prepared = drive::prepare(&mut worker, None, 10 * harness.patience());
    broker.suffer(Deed::Pause);
    let failed = worker.commit(prepared);
    assert!(matches!(failed, Err(Exit::Retry(_) | Exit::Fenced(_))), "{failed:?}");
    broker.suffer(Deed::Continue);
    harness.say(FROM, "a", "y");
    eventually("both notes are passed on", || {
        drive::drain(&mut worker, None, 1).unwrap();
        harness.texts(TO).len() >= 2
    });
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    assert_eq!(harness.texts(TO), ["x#1", "y#2"]);
}

#[test]
fn a_member_that_did_not_poll_in_time_commits_nothing() {
    let mut settings = Kafka::settings();
    settings.patience.session = Duration::from_secs(2);
    settings.patience.poll_interval = Duration::from_secs(3);
    let harness = Kafka::with(settings);
    harness.say(FROM, &harness.key_in(P), "a");
    let mut idle = harness.join("group", "idle", &[FROM]);
    drive::own(&mut idle, harness.patience());
    let read = drive::read_all(&mut idle, harness.patience());
    let position = drive::next_turn(&mut idle, P, &read);
    let mut txn = idle.begin().unwrap();
    txn.send(harness.note(TO, "a", "of the idle one")).unwrap();
    // It leaves by itself, so another one gets its partitions.
    let mut heir = harness.join("group", "heir", &[FROM]);
    drive::own(&mut heir, 10 * harness.patience());
    let refused = txn.commit(&[position]);
    assert!(matches!(refused, Err(Exit::Fenced(_))), "{refused:?}");
    assert!(harness.read(TO).is_empty());
    assert_eq!(heir.committed(P).unwrap().turn, 0);
}

const ZOMBIE: &str = "FIREBREAK_TEST_ZOMBIE";

/// A process that is stopped over its session: it is this test binary, told by its environment which namespace to use.
#[test]
fn a_process_stopped_over_its_session_commits_nothing() {
    if let Ok(namespace) = std::env::var(ZOMBIE) {
        return be_a_zombie(namespace);
    }
    let harness = Kafka::with(Kafka::settings());
    harness.say(FROM, &harness.key_in(P), "a");
    let mut zombie = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "faults::a_process_stopped_over_its_session_commits_nothing", "--nocapture"])
        .env(ZOMBIE, &harness.settings.namespace)
        .env("KAFKA_BOOTSTRAP", &harness.settings.bootstrap)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(zombie.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut hear = |word: &str| said.find(|line| line.contains(word)).unwrap_or_else(|| panic!("no `{word}`"));
    hear("holds an open transaction");
    signal("-STOP", zombie.id());
    // Its session runs out, and another one does its work.
    let mut heir = harness.join("group", "heir", &[FROM]);
    drive::own(&mut heir, 20 * harness.patience());
    let read = drive::read_all(&mut heir, harness.patience());
    let position = drive::next_turn(&mut heir, P, &read);
    let mut txn = heir.begin().unwrap();
    txn.send(harness.note(TO, "a", "of the heir")).unwrap();
    txn.commit(&[position]).unwrap();
    signal("-CONT", zombie.id());
    writeln!(zombie.stdin.take().unwrap(), "commit").unwrap();
    let refused = hear("refused");
    assert!(refused.contains("Fenced") || refused.contains("Retry"), "{refused}");
    assert!(zombie.wait().unwrap().success());
    harness.time_out_transactions();
    assert_eq!(harness.texts(TO), ["of the heir"]);
    assert_eq!(heir.committed(P).unwrap().turn, 1);
}

fn be_a_zombie(namespace: String) {
    let mut settings: KafkaSettings = Kafka::settings();
    settings.namespace = namespace;
    settings.patience.session = Duration::from_secs(2);
    settings.patience.transaction = Duration::from_secs(20);
    let mut log = KafkaLog::join(&settings, "group", "zombie", &[FROM]).unwrap();
    drive::own(&mut log, 25);
    let read = drive::read_all(&mut log, 25);
    let position = drive::next_turn(&mut log, P, &read);
    let mut txn = log.begin().unwrap();
    txn.send(toy::bytes(TO, P, "k", b"of the zombie", build::AT)).unwrap();
    println!("holds an open transaction");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    println!("refused: {:?}", txn.commit(&[position]).unwrap_err());
}

fn signal(signal: &str, process: u32) {
    assert!(Command::new("kill").args([signal, &process.to_string()]).status().unwrap().success());
}

#[test]
fn a_transaction_that_is_open_for_too_long_shows_nothing_and_its_worker_goes_on() {
    let mut settings = Kafka::settings();
    settings.patience.transaction = Duration::from_secs(2);
    settings.patience.request = Duration::from_secs(1);
    let harness = Kafka::with(settings);
    let key = harness.key_in(P);
    let mut log = harness.join("group", "worker", &[FROM]);
    drive::own(&mut log, harness.patience());
    let position = drive::next_turn(&mut log, P, &[]);
    let mut txn = log.begin().unwrap();
    txn.send(harness.note(TO, &key, "too late")).unwrap();
    harness.sent(TO, 1);
    harness.time_out_transactions();
    let failed = txn.commit(std::slice::from_ref(&position));
    assert!(matches!(failed, Err(Exit::Retry(_))), "{failed:?}");
    // It asks what is committed before it goes on.
    assert!(matches!(log.poll(), Ok(Polled::Revoked(_))));
    drive::own(&mut log, harness.patience());
    let position = drive::next_turn(&mut log, P, &[]);
    let mut txn = log.begin().unwrap();
    txn.send(harness.note(TO, &key, "in time")).unwrap();
    txn.commit(&[position]).unwrap();
    assert_eq!(harness.texts(TO), ["in time"]);
}

#[test]
fn a_record_that_the_topic_does_not_take_ends_the_worker_and_is_named() {
    let harness = Kafka::new();
    harness.set(TO, "max.message.bytes", "20000");
    let mut log = harness.join("group", "worker", &[FROM]);
    drive::own(&mut log, harness.patience());
    let mut txn = log.begin().unwrap();
    txn.send(harness.note(TO, &harness.key_in(P), "small")).unwrap();
    txn.send(dense(&harness, 100_000)).unwrap();
    let failed = txn.commit(&[]);
    let named = |why: &str| why.contains("mentions.enriched") && why.contains("max.message.bytes");
    assert!(matches!(&failed, Err(Exit::Fatal(why)) if named(why)), "{failed:?}");
    assert!(harness.read(TO).is_empty(), "the rest of its transaction is not visible either");
}

#[test]
fn a_record_that_no_topic_takes_is_refused_at_once() {
    let harness = Kafka::new();
    let mut log = harness.join("group", "worker", &[FROM]);
    let mut txn = log.begin().unwrap();
    let refused = txn.send(dense(&harness, 3 << 20));
    assert!(matches!(&refused, Err(Exit::Fatal(why)) if why.contains("3145728 bytes")), "{refused:?}");
}

#[test]
fn the_older_of_two_processes_with_one_id_ends_and_names_the_setting() {
    let harness = Kafka::new();
    harness.say(FROM, "a", "x");
    let mut older = worker(&harness, "worker");
    let prepared = drive::prepare(&mut older, None, 10 * harness.patience());
    let mut newer = worker(&harness, "worker");
    let ended = older.commit(prepared);
    let names = |why: &str| why.contains("--instance") && why.contains("FIREBREAK_INSTANCE");
    assert!(matches!(&ended, Err(Exit::Replaced(why)) if names(why)), "{ended:?}");
    assert!(matches!(older.step(None), Err(Exit::Replaced(_))), "it must not go on");
    drop(older);
    drive::drain(&mut newer, None, harness.patience()).unwrap();
    assert_eq!(harness.texts(TO), ["x#1"]);
}

#[test]
fn a_topic_that_may_not_be_read_is_named_with_the_right_that_is_missing() {
    let harness = Kafka::new();
    harness.deny_reading(FROM);
    let mut log = harness.join("group", "worker", &[FROM]);
    let mut told = None;
    eventually("the denial is told", || {
        match log.poll() {
            Err(exit) => told = Some(exit),
            Ok(Polled::Assigned(partitions)) => {
                for partition in partitions {
                    match log.committed(partition).and_then(|position| log.seek(partition, &position)) {
                        Ok(()) => {}
                        Err(exit) => told = Some(exit),
                    }
                }
            }
            Ok(_) => {}
        }
        told.is_some()
    });
    let named = |why: &str| why.contains("mentions.raw") && why.contains("READ");
    assert!(matches!(&told, Some(Exit::Fatal(why)) if named(why)), "{told:?}");
}

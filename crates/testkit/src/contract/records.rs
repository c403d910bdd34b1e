//! What becomes of each record: poison, retry, lanes, the count of verdicts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use events::{Codec, DeadLetter, Partition, Role, Topic};
use stream::{Exit, Log, Polled, RecordingObserver, RejectReason, Stage};

use super::Harness;
use crate::toy::{self, Count, UNWANTED};
use crate::{build, drive};

const FROM: Topic = Topic::MentionsRaw;
const EXPRESS: Topic = Topic::MentionsRawExpress;
const TO: Topic = Topic::MentionsEnriched;
const P: Partition = Partition(0);

/// See the name.
pub fn a_poison_record_becomes_a_dead_letter_and_the_rest_goes_on<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    let log = harness.join(Role::Enrich.name(), "worker", Count::INPUTS);
    let mut worker = drive::worker(harness, log, Count::default());
    harness.say(FROM, &key, "before");
    harness.append(toy::bytes(FROM, P, &key, b"\xff no record \x00", build::AT));
    harness.say(FROM, &key, "refuse");
    harness.say(FROM, &key, "after");
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    assert_eq!(harness.texts(TO), ["before#1", "after#2"]);
    let letter = |raw: &stream::Raw| Codec::default().decode::<DeadLetter>(raw.value.as_deref().unwrap()).unwrap();
    let letters: Vec<DeadLetter> = harness.read(Topic::DeadLetters).iter().map(letter).collect();
    assert_eq!(letters.iter().map(|letter| letter.reason.as_str()).collect::<Vec<_>>(), ["decode", "invalid"]);
    let poison = letters.first().unwrap();
    assert_eq!(poison.value.as_deref(), Some(b"\xff no record \x00".as_slice()));
    assert_eq!((poison.topic.as_str(), poison.stage.as_str(), poison.offset.0), ("mentions.raw", "enrich", 1));
    // It is done with: a worker that starts again does not meet it.
    drop(worker);
    let log = harness.join(Role::Enrich.name(), "worker", Count::INPUTS);
    drive::drain(&mut drive::worker(harness, log, Count::default()), None, harness.patience()).unwrap();
    assert_eq!(harness.read(Topic::DeadLetters).len(), 2);
}

/// See the name.
pub fn a_batch_that_fails_is_tried_again_and_counts_once<H: Harness>(harness: &H) {
    let faults = Arc::new(AtomicU32::new(0));
    let heard = Arc::new(RecordingObserver::default());
    let log = harness.join(Role::Enrich.name(), "worker", Count::INPUTS);
    let mut worker = drive::observed(harness, log, Count::failing(&faults), heard.clone());
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    faults.store(2, Ordering::SeqCst);
    harness.say(FROM, "a", "x");
    harness.say(FROM, "a", "y");
    let mut failed = 0;
    while faults.load(Ordering::SeqCst) > 0 {
        match worker.step(None) {
            Err(Exit::Retry(_)) => failed += 1,
            other => assert!(matches!(other, Ok(0)), "{other:?}"),
        }
    }
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    assert_eq!(failed, 2);
    assert_eq!(harness.texts(TO), ["x#1", "y#2"], "a failed batch left changes behind");
    assert_eq!(heard.of(Role::Enrich).counts.total_read(), 2, "aborted batches do not count");
}

/// See the name.
pub fn express_records_are_read_before_those_of_the_main_lane<H: Harness>(harness: &H) {
    let keys: Vec<String> = harness.partitions().all().map(|partition| harness.key_in(partition)).collect();
    let mut log = harness.join("group", "worker", Count::INPUTS);
    drive::own(&mut log, harness.patience());
    assert!(drive::read_all(&mut log, harness.patience()).is_empty());
    for key in &keys {
        (0..50).for_each(|i| harness.say(FROM, key, &format!("main {i}")));
        (0..5).for_each(|i| harness.say(EXPRESS, key, &format!("express {i}")));
    }
    harness.settle();
    let mut first_poll = Vec::new();
    while first_poll.is_empty() {
        if let Polled::Records(records) = log.poll().unwrap() {
            first_poll = records.iter().map(|raw| raw.topic).collect();
        }
    }
    assert!(first_poll.is_sorted_by_key(|topic| !topic.express()), "{first_poll:?}");
    let express = first_poll.iter().filter(|topic| topic.express()).count();
    assert_eq!(express, 5 * keys.len());
}

/// See the name.
pub fn every_record_read_has_one_verdict<H: Harness>(harness: &H) {
    let heard = Arc::new(RecordingObserver::default());
    let log = harness.join(Role::Enrich.name(), "worker", Count::INPUTS);
    let mut worker = drive::observed(harness, log, Count::default(), heard.clone());
    for i in 0..30 {
        let text = ["keep", "drop", "refuse", "panic", "keep"].get(i % 5).unwrap();
        harness.say(if i % 2 == 0 { FROM } else { EXPRESS }, &format!("k{}", i % 7), text);
    }
    harness.append(toy::bytes(FROM, P, "k", b"poison", build::AT));
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    let counts = heard.of(Role::Enrich).counts;
    assert!(counts.balanced(), "{counts:?}");
    assert_eq!((counts.total_read(), counts.forwarded), (31, 12));
    assert_eq!(counts.dropped.get(&UNWANTED), Some(&6));
    let rejected = |reason| counts.rejected.get(&reason).copied();
    assert_eq!(rejected(RejectReason::Invalid), Some(6));
    assert_eq!(rejected(RejectReason::Panic), Some(6));
    assert_eq!(rejected(RejectReason::Decode), Some(1));
}

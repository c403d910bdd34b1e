//! Copies of one text by many accounts are called coordinated, and what people say in a crisis is not: by ingest and enrich over
//! any number of partitions, each of which knows its share alone.

use std::sync::Arc;

use bytes::Bytes;
use enrich::Enrich;
use events::{Codec, EnrichedMention, EventTime, Partition, PartitionCount, Topic};
use ingest::Ingest;
use scenario::{Options, generate};
use serde_json::Value;
use stream::memory::{Cluster, ClusterConfig, Member};
use stream::{Outgoing, Silent, Stage, Tick, Worker, WorkerSettings};

use crate::books::example_book;

/// Part of the text that is copied in `troll-burst`, folded.
const COPIED: &str = "falling apart and they hide it";

/// What enrich says of the mentions of a scenario, over so many partitions.
fn enriched(options: &Options, partitions: i32) -> Vec<EnrichedMention> {
    let mut lines = Vec::new();
    let truth = generate(options, &mut |line| lines.push(line.to_vec())).unwrap();
    let book = example_book(truth.book.strip_prefix("books/").unwrap());
    let partitions = PartitionCount::new(partitions).unwrap();
    let cluster = Cluster::new(ClusterConfig { partitions, ..ClusterConfig::default() });
    let mut tap = cluster.tap(&[Topic::MentionsEnriched]);
    let settings = WorkerSettings { dead_letter_limit: None, ..WorkerSettings::new(partitions, book.version.clone()) };
    let mut ingest = worker(&cluster, &settings, Ingest::new(Arc::clone(&book)));
    let mut enrich = worker(&cluster, &settings, Enrich::new(book).unwrap());
    let (mut now, codec, mut found) = (options.start, Codec::default(), Vec::new());
    for (number, batch) in lines.chunks(500).enumerate() {
        for (at, line) in batch.iter().enumerate() {
            now = published_at(line).map_or(now, |at| at.max(now));
            cluster.append(input(format!("{number}:{at}"), now, line)).unwrap();
        }
        drain(&mut ingest, now);
        drain(&mut enrich, now);
        let records = tap.read().into_iter().filter_map(|raw| raw.value);
        found.extend(records.map(|value| codec.decode::<EnrichedMention>(&value).unwrap()));
    }
    found
}

fn worker<S: Stage>(cluster: &Cluster, settings: &WorkerSettings, stage: S) -> Worker<Member, S> {
    let member = cluster.join(S::ROLE.name(), S::ROLE.name(), S::INPUTS);
    let mut worker = Worker::new(member, Arc::new(stage), settings.clone(), Arc::new(Silent));
    for _ in 0..3 {
        worker.step(None).unwrap();
    }
    assert!(worker.is_assigned() && worker.restored());
    worker
}

fn drain<S: Stage>(worker: &mut Worker<Member, S>, now: EventTime) {
    while worker.step(Some(Tick::confirmed(now))).unwrap() > 0 {}
}

fn input(key: String, timestamp: EventTime, line: &[u8]) -> Outgoing {
    let (key, value) = (Some(Bytes::from(key)), Some(Bytes::copy_from_slice(line)));
    Outgoing { topic: Topic::Input, partition: Partition(0), timestamp, key, value, headers: Vec::new() }
}

fn published_at(line: &[u8]) -> Option<EventTime> {
    let line: Value = serde_json::from_slice(line).ok()?;
    EventTime::parse(line.get("published_at")?.as_str()?).ok()
}

/// Who is more likely together than not.
fn called(mention: &EnrichedMention) -> bool {
    mention.enrichment.coordination.is_some_and(|found| found.likelihood >= 0.5)
}

fn is_copy(mention: &EnrichedMention) -> bool {
    mention.mention.text.to_lowercase().replace("  ", " ").contains(COPIED)
}

#[test]
fn most_of_five_hundred_copies_are_called_coordinated_over_8_and_over_24_partitions_and_nothing_beside_them() {
    for (partitions, least) in [(8, 450), (24, 360)] {
        let options = Options { seed: 3, hours: 9.0, ..Options::of("troll-burst").unwrap() };
        let mentions = enriched(&options, partitions);
        let (copies, others): (Vec<_>, Vec<_>) = mentions.iter().partition(|mention| is_copy(mention));
        let found = copies.iter().filter(|mention| called(mention)).count();
        println!("{partitions} partitions: {found} of {} copies, among {} others", copies.len(), others.len());
        assert!(found >= least, "{partitions} partitions: {found} of {} copies", copies.len());
        assert!(!others.iter().any(|mention| called(mention)));
    }
}

#[test]
fn what_people_say_in_a_crisis_is_not_called_coordinated() {
    // They are written by a grammar, so the same words come far more often than from people.
    for (scenario, hours) in [
        ("missing-plane", 6.0),
        ("campaign-backfire", 24.0),
        ("price-rise", 24.0),
        ("hotel-checkout", 24.0),
        ("staff-leak", 24.0),
        ("bomb-threat", 12.0),
    ] {
        for partitions in [8, 24] {
            let mentions = enriched(&Options { seed: 5, hours, ..Options::of(scenario).unwrap() }, partitions);
            let asked = mentions.iter().filter_map(|mention| mention.enrichment.coordination);
            let (count, most) = asked.fold((0, 0.0f64), |(count, most), found| (count + 1, most.max(found.likelihood)));
            println!("{scenario}, {partitions} partitions: {count} of {} asked about, at most {most}", mentions.len());
            let called = mentions.iter().find(|mention| called(mention));
            assert!(called.is_none(), "{scenario}, {partitions} partitions: {called:?}");
        }
    }
}

//! What the store reads: records of its topics in an embedded log.

use std::collections::BTreeMap;

use bytes::Bytes;
use events::{
    Case, CaseState, Codec, DeadLetter, Incident, IncidentMode, IncidentState, Intent, Mention, MentionKind,
    Notification, Offset, Partition, Payload, Persons, Topic,
};
use sink::PostgresStore;
use stream::memory::Cluster;
use stream::store::Store;
use stream::{Outgoing, Raw};
use testkit::build::{self, AT};
use testkit::embedded::Embedded;

pub(crate) const GROUP: &str = "firebreak.sink.postgres";

pub(crate) fn cluster() -> Cluster {
    Embedded::new().cluster
}

/// One revision of mention `name`.
pub(crate) fn revision(name: &str, revision: i64, kind: MentionKind, text: &str) -> Mention {
    Mention { revision, kind, ..build::mention(name, "jo", text) }
}

/// The bytes of a mention on `mentions.classified`.
pub(crate) fn classified(mention: Mention) -> Bytes {
    let classified = build::classified(build::enriched(mention, "skyline"), Intent::Complaint, Some("lost_bag"));
    encode(classified.into())
}

pub(crate) fn incident(id: &str, revision: i64) -> Bytes {
    let incident = Incident {
        incident_id: id.into(),
        revision,
        brand: "skyline".into(),
        kind: "spike".into(),
        theme: None,
        state: IncidentState::Open,
        mode: IncidentMode::Normal,
        severity: revision,
        onset_at: AT,
        opened_at: Some(AT),
        updated_at: AT,
        resolved_at: None,
        expected: 3.5,
        observed: 40,
        window_minutes: 10,
        score: 12.0,
        peak_at: AT,
        mentions: 40,
        people: 38,
        persons: Persons::default(),
        drivers: Vec::new(),
        samples: Vec::new(),
        called: Vec::new(),
        unconfirmed: false,
        steps: Vec::new(),
        step_count: 0,
        book_version: build::book_version(),
    };
    encode(incident.into())
}

pub(crate) fn case(id: &str, revision: i64) -> Bytes {
    let case = Case {
        case_id: id.into(),
        revision,
        brand: "skyline".into(),
        person: "x:jo".into(),
        matter: "lost_bag".into(),
        theme: Some("lost_bag".into()),
        state: CaseState::New,
        queue: "bags".into(),
        route_reason: "theme lost_bag".into(),
        intent: Intent::Complaint,
        severity: 30,
        clocks: Vec::new(),
        mentions: Vec::new(),
        mention_count: 1,
        threads: Vec::new(),
        opened_at: AT,
        updated_at: AT,
        steps: Vec::new(),
        step_count: 0,
        book_version: build::book_version(),
    };
    encode(case.into())
}

pub(crate) fn notification(id: &str) -> Bytes {
    let notification = Notification { due_at: Some(AT), calls: vec!["k1".into()], ..build::notification(id) };
    encode(notification.into())
}

pub(crate) fn dead_letter(offset: i64) -> Bytes {
    encode(letter(offset).into())
}

/// The mark that it was sent again at `at`.
pub(crate) fn mark(offset: i64, at: events::EventTime) -> Bytes {
    encode(letter(offset).mark(at, "0.1.0").into())
}

fn letter(offset: i64) -> DeadLetter {
    DeadLetter {
        topic: "input".into(),
        partition: Partition(1),
        offset: Offset(offset),
        stage: "ingest".into(),
        reason: "decode".into(),
        detail: "not JSON\0".into(),
        at: AT,
        key: Some(b"f:1".to_vec()),
        value: Some(vec![0, 255, 1]),
        value_length: 3,
        value_sha256: None,
        headers: Vec::new(),
        build: "0.1.0".into(),
    }
}

fn encode(payload: Payload) -> Bytes {
    payload.encode(&Codec::default()).unwrap().into()
}

/// Appends a record to the partition of its key.
pub(crate) fn append(cluster: &Cluster, topic: Topic, key: &str, value: Bytes) {
    let partition = cluster.partitions().partition(key.as_bytes());
    let (key, value) = (Some(Bytes::from(key.to_owned())), Some(value));
    cluster.append(Outgoing { topic, partition, timestamp: AT, key, value, headers: Vec::new() }).unwrap();
}

/// The record as it lies at `offset` of partition 0.
pub(crate) fn raw(topic: Topic, offset: i64, value: Bytes) -> Raw {
    let (partition, offset, value) = (Partition(0), Offset(offset), Some(value));
    Raw { topic, partition, offset, timestamp: AT, key: None, value, headers: Vec::new() }
}

/// The row that a record becomes.
pub(crate) fn row(topic: Topic, offset: i64, value: Bytes) -> <PostgresStore as Store>::Row {
    PostgresStore::row(&raw(topic, offset, value), &Codec::default()).unwrap()
}

/// How many records of a topic can be read.
pub(crate) fn read(cluster: &Cluster, topic: Topic) -> usize {
    cluster.tap(&[topic]).read().len()
}

/// Where the topics of the store end, behind the last record of each partition, added up.
pub(crate) fn end(cluster: &Cluster) -> i64 {
    let mut ends = BTreeMap::new();
    for raw in cluster.tap(PostgresStore::INPUTS).read() {
        ends.insert((raw.topic, raw.partition), raw.offset.0 + 1);
    }
    ends.into_values().sum()
}

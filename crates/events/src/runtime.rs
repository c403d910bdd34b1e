//! Records that the runtime keeps about itself: dead letters, seen ids, turns, progress, positions.

use serde::{Deserialize, Serialize};

use crate::{BookVersion, EventTime, MentionId, Offset, Partition, Person};

/// A record that will never succeed, with all that is needed to look at it and to send it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The topic it was read from.
    pub topic: String,
    /// The partition it was read from.
    pub partition: Partition,
    /// The offset it was read at.
    pub offset: Offset,
    /// The role that refused it, such as `ingest` or `escalate.care`.
    pub stage: String,
    /// Why, from a closed list: `decode`, `schema_unknown`, `invalid`, `oversize`, `transform`, `refused`, `timeout`, `panic`;
    /// or `retried`, which makes it the mark of one that was sent again.
    pub reason: String,
    /// More about it, at most 1,000 characters.
    #[serde(default)]
    pub detail: String,
    /// The record's timestamp; of a mark, when it was sent again.
    pub at: EventTime,
    /// The original key; null when it had none.
    #[serde(default, with = "crate::codec::optional_bytes")]
    pub key: Option<Vec<u8>>,
    /// The original bytes: all of them up to 1 MiB, else the first 64 KiB; null for a tombstone.
    #[serde(default, with = "crate::codec::optional_bytes")]
    pub value: Option<Vec<u8>>,
    /// Length in bytes of the original value.
    #[serde(default)]
    pub value_length: i64,
    /// SHA-256 of the original value in hex; null when `value` is whole.
    #[serde(default)]
    pub value_sha256: Option<String>,
    /// The original headers.
    #[serde(default)]
    pub headers: Vec<RecordHeader>,
    /// Version of the program that refused it.
    #[serde(default)]
    pub build: String,
}

/// Where a rejected record came from, and who rejected it. A rejection that is told twice has one origin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetterOrigin {
    /// The topic it was read from.
    pub topic: String,
    /// The partition it was read from.
    pub partition: Partition,
    /// The offset it was read at.
    pub offset: Offset,
    /// The role that refused it.
    pub stage: String,
}

impl DeadLetter {
    /// The reason of a mark.
    pub const RETRIED: &'static str = "retried";

    /// Where the record came from.
    pub fn origin(&self) -> LetterOrigin {
        let (topic, stage) = (self.topic.clone(), self.stage.clone());
        LetterOrigin { topic, partition: self.partition, offset: self.offset, stage }
    }

    /// Whether this says that a record was sent again, and rejects none.
    pub fn is_mark(&self) -> bool {
        self.reason == Self::RETRIED
    }

    /// The mark that this record was sent again at `at` by version `build` of the program.
    pub fn mark(&self, at: EventTime, build: &str) -> Self {
        Self {
            reason: Self::RETRIED.to_owned(),
            detail: String::new(),
            at,
            value: None,
            value_length: 0,
            value_sha256: None,
            headers: Vec::new(),
            build: build.to_owned(),
            ..self.clone()
        }
    }
}

/// A header of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordHeader {
    /// Its name.
    pub name: String,
    /// Its bytes.
    #[serde(with = "crate::codec::bytes")]
    pub value: Vec<u8>,
}

/// New mention ids of one transaction of enrich.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// The ids, in the order in which they were read.
    pub entries: Vec<SeenEntry>,
}

/// One (id, revision) that passed once-only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEntry {
    /// Which mention.
    pub id: MentionId,
    /// Which revision.
    pub revision: i64,
    /// True when this revision deleted it.
    #[serde(default)]
    pub deleted: bool,
    /// The person that the mention leaves with.
    pub person: Person,
    /// Event time, which the horizon is counted in.
    pub at: EventTime,
    /// The words that others may say too; null for what does not count towards coordination.
    #[serde(default)]
    pub said: Option<SaidWords>,
}

/// Words that others may say too, and who said them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidWords {
    /// Their hash, as in [`Enrichment::copied_text`](crate::Enrichment::copied_text).
    pub copied_text: i64,
    /// Followers of the author; null when the source does not tell.
    #[serde(default)]
    pub followers: Option<i64>,
}

/// What one turn read and knew: enough to repeat its decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Which partition.
    pub partition: Partition,
    /// Number of the turn in that partition, from 1.
    pub turn: i64,
    /// What was read.
    pub read: Vec<OffsetRange>,
    /// The tick that fired timers; null when the turn had none.
    #[serde(default)]
    pub tick: Option<EventTime>,
    /// Timers fired.
    #[serde(default)]
    pub fired: i64,
    /// The book that decided.
    pub book_version: BookVersion,
    /// Versions of the reference tables seen.
    #[serde(default)]
    pub references: Vec<ReferenceVersion>,
}

/// A stretch of one topic's partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetRange {
    /// Which topic.
    pub topic: String,
    /// First offset read.
    pub first: Offset,
    /// The next offset to read.
    pub next: Offset,
}

/// A version of a reference table: the number of records applied to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceVersion {
    /// Which table.
    pub topic: String,
    /// Records applied.
    pub version: i64,
}

/// Up to when a role has handled its input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The role's name.
    pub role: String,
    /// `main` or `express`.
    pub lane: String,
    /// Which partition.
    pub partition: Partition,
    /// Acceptance time up to which all input is handled.
    pub handled_to: EventTime,
}

/// Where a partition's state stands: what must equal the committed offsets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Version of the state's format; another one is refused.
    pub format: i64,
    /// Number of the turn that wrote it.
    pub turn: i64,
    /// The next offset of each input topic, sorted by topic.
    pub next: Vec<NextOffset>,
    /// Stream time: the last tick; null before the first.
    #[serde(default)]
    pub stream_time: Option<EventTime>,
    /// Size and checksum of each table, sorted by name.
    pub tables: Vec<TableCheck>,
}

/// The next offset to read of one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextOffset {
    /// Which topic.
    pub topic: String,
    /// The next offset.
    pub next: Offset,
}

/// Size and order-free checksum of a table, so that a lost record is found at restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableCheck {
    /// Which table.
    pub table: String,
    /// Number of keys.
    pub keys: i64,
    /// Wrapping sum of the xxh3 of each key with its value.
    pub checksum: i64,
}

//! The contract of a stage: a batch of one partition in, one verdict per record out.
//!
//! A stage cannot lose a record: [`Decided`] is only made from a [`Batch`]. It has no clock, socket, file or
//! environment; time and book come in through [`Context`], state through its [`State`].

use std::collections::BTreeMap;

use events::{BookVersion, Codec, DecodeError, EventTime, Offset, Partition, PartitionCount, Payload, Role, Topic};

use crate::state::{DueTimer, State};

/// A decoded record of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<T> {
    /// Where it was read.
    pub topic: Topic,
    /// At which offset.
    pub offset: Offset,
    /// The record's timestamp.
    pub timestamp: EventTime,
    /// The record's key, empty without one.
    pub key: String,
    /// What it says.
    pub value: T,
}

/// What a stage reads: one type for all its input topics.
pub trait Input: Sized + Send {
    /// Reads a record of `topic`; `value` is `None` for a tombstone.
    ///
    /// # Errors
    /// The record can never be read: the runtime rejects it.
    fn decode(raw: &crate::Raw, codec: &Codec) -> Result<Self, DecodeError>;
}

/// The records that one turn reads of one partition, express lane first.
#[derive(Debug)]
pub struct Batch<T> {
    partition: Partition,
    records: Vec<Record<T>>,
}

impl<T> Batch<T> {
    /// A batch of `partition`.
    pub fn new(partition: Partition, records: Vec<Record<T>>) -> Self {
        Self { partition, records }
    }

    /// The partition that was read.
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// The records, in the order in which verdicts are due.
    pub fn records(&self) -> &[Record<T>] {
        &self.records
    }

    /// Decides each record by itself.
    ///
    /// # Errors
    /// The first fault of `decide`, which is about the whole batch.
    pub fn each(self, mut decide: impl FnMut(Record<T>) -> Result<Verdict, Fault>) -> Result<Decided, Fault> {
        let verdicts = self.records.into_iter().map(&mut decide).collect::<Result<_, _>>()?;
        Ok(Decided { verdicts, outputs: Vec::new(), labels: Labels::new() })
    }

    /// Decides the records together: as many verdicts as records, in their order.
    ///
    /// # Errors
    /// The fault of `decide`; [`Fault::Broken`] when the number of verdicts is wrong.
    pub fn together(
        self,
        decide: impl FnOnce(Vec<Record<T>>) -> Result<Vec<Verdict>, Fault>,
    ) -> Result<Decided, Fault> {
        let count = self.records.len();
        let verdicts = decide(self.records)?;
        if verdicts.len() != count {
            return Err(Fault::Broken(format!("{} verdicts for {count} records", verdicts.len())));
        }
        Ok(Decided { verdicts, outputs: Vec::new(), labels: Labels::new() })
    }
}

/// One verdict per record of a batch, and what the batch as a whole puts out.
#[derive(Debug)]
pub struct Decided {
    verdicts: Vec<Verdict>,
    outputs: Vec<Output>,
    labels: Labels,
}

/// How often a head gave a label, by both: from closed lists of the stage, for its metrics.
pub type Labels = BTreeMap<(&'static str, &'static str), u64>;

impl Decided {
    /// Adds outputs of the batch as a whole, such as tallies, after those of its records.
    #[must_use]
    pub fn and(mut self, outputs: impl IntoIterator<Item = Output>) -> Self {
        self.outputs.extend(outputs);
        self
    }

    /// Says how often each head gave each label in this batch.
    #[must_use]
    pub fn labelled(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }

    /// How often each head gave each label; none are left.
    pub fn take_labels(&mut self) -> Labels {
        std::mem::take(&mut self.labels)
    }

    /// The verdicts, and the outputs of the batch as a whole.
    pub fn into_parts(self) -> (Vec<Verdict>, Vec<Output>) {
        (self.verdicts, self.outputs)
    }
}

/// A stage's decision about one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It goes on, as these outputs; none when it only changed the state.
    Forward(Vec<Output>),
    /// Not wanted, and not an error.
    Drop(DropReason),
    /// Will never succeed: its original bytes go to `dead-letters`.
    Reject {
        /// Why, from the closed list.
        reason: RejectReason,
        /// More about it; never the text of a mention.
        detail: String,
    },
}

/// Why a stage drops a record: a constant of that stage, listed in [`Stage::DROPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DropReason(pub &'static str);

/// Why a record can never succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// The bytes cannot be read.
    Decode,
    /// The writer's schema is not known.
    SchemaUnknown,
    /// Readable, but breaks a rule.
    Invalid,
    /// Too large.
    Oversize,
    /// The stage cannot work on it.
    Transform,
    /// A policy refuses it.
    Refused,
    /// Its destination did not answer in time, too often.
    Timeout,
    /// The stage panicked over it.
    Panic,
}

impl RejectReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Decode,
        Self::SchemaUnknown,
        Self::Invalid,
        Self::Oversize,
        Self::Transform,
        Self::Refused,
        Self::Timeout,
        Self::Panic,
    ];

    /// The name, as metrics and dead letters carry it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::SchemaUnknown => "schema_unknown",
            Self::Invalid => "invalid",
            Self::Oversize => "oversize",
            Self::Transform => "transform",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Panic => "panic",
        }
    }
}

/// A record to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Where to.
    pub topic: Topic,
    /// The record's key.
    pub key: String,
    /// What decides the partition.
    pub route: Route,
    /// The record's timestamp: event time.
    pub timestamp: EventTime,
    /// What it says.
    pub payload: Payload,
}

/// What decides the partition of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The hash of its key.
    Key,
    /// The hash of another text, such as the brand of an incident.
    By(String),
    /// The partition that was read.
    Same,
}

/// The batch as a whole could not be decided: nothing may be committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The same batch again after a pause.
    #[error("the batch cannot be decided now: {0}")]
    Transient(String),
    /// A bug or a broken invariant: the process stops.
    #[error("an invariant is broken: {0}")]
    Broken(String),
}

/// What a stage may know besides its batch and its state.
#[derive(Debug, Clone)]
pub struct Context {
    /// The partition's stream time: the tick of this turn, or the last one before; [`EventTime::EPOCH`] before the first.
    pub stream_time: EventTime,
    /// Whether time passed without upstream's progress: timers fired now are `unconfirmed`.
    pub unconfirmed: bool,
    /// Version of the book that the stage was built from.
    pub book_version: BookVersion,
    /// How many partitions every topic has.
    pub partitions: PartitionCount,
}

/// A stage: one batch of one partition to one verdict per record.
pub trait Stage: Send + Sync {
    /// What it reads.
    type In: Input;
    /// What it keeps per partition; [`NoState`](crate::NoState) when nothing.
    type State: State;
    /// Its role.
    const ROLE: Role;
    /// The topics that it reads, express lanes first.
    const INPUTS: &'static [Topic];
    /// The reasons for which it drops records.
    const DROPS: &'static [DropReason];

    /// Decides a batch. Changes to `state` are an overlay that lasts only if the transaction commits.
    ///
    /// # Errors
    /// A fault of the whole batch.
    fn process(&self, batch: Batch<Self::In>, state: &mut Self::State, cx: &Context) -> Result<Decided, Fault>;

    /// A timer is due. Called after the batch, in order of (deadline, key); the timer is already taken off the state.
    /// Events are stamped with the timer's deadline.
    ///
    /// # Errors
    /// A fault of the whole turn.
    fn fire(&self, timer: &DueTimer, state: &mut Self::State, cx: &Context) -> Result<Vec<Output>, Fault> {
        let (_, _, _) = (timer, state, cx);
        Ok(Vec::new())
    }
}

/// Header of an input record that was cut: the length in bytes that it had.
pub const OVERSIZE_LENGTH: &str = "oversize-length";

/// Header of an input record that was cut: SHA-256 in hex of all its bytes.
pub const OVERSIZE_SHA256: &str = "oversize-sha256";

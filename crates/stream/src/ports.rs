//! The ports of a log: what a worker needs of Kafka, and no more.
//!
//! One worker is one member of a consumer group with one transactional producer. A [`Txn`] borrows its [`Log`], so a
//! second open transaction does not compile; commit consumes it, and dropping it aborts.

use std::borrow::Cow;

use bytes::Bytes;
use events::{EventTime, Offset, Partition, Topic};

/// A header of a record: its name, mostly a constant, and its bytes.
pub type Header = (Cow<'static, str>, Bytes);

/// A record as it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// Which topic.
    pub topic: Topic,
    /// Which partition.
    pub partition: Partition,
    /// At which offset.
    pub offset: Offset,
    /// Its timestamp.
    pub timestamp: EventTime,
    /// Its key, if any.
    pub key: Option<Bytes>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// Its headers, at most one on the hot path.
    pub headers: Vec<Header>,
}

/// A record to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Where to.
    pub topic: Topic,
    /// Which partition: computed by us, the same in every log.
    pub partition: Partition,
    /// Its timestamp.
    pub timestamp: EventTime,
    /// Its key, if any.
    pub key: Option<Bytes>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// Its headers.
    pub headers: Vec<Header>,
}

/// What one poll brought. Ownership changes are values, never callbacks into a stage.
#[derive(Debug)]
pub enum Polled {
    /// Committed records, express topics first, in offset order within a topic's partition.
    Records(Vec<Raw>),
    /// These partition numbers are ours now, for every input topic. Nothing is read of them before [`Log::seek`].
    Assigned(Vec<Partition>),
    /// These are no longer ours.
    Revoked(Vec<Partition>),
    /// Nothing to read now.
    Idle,
}

/// Where a partition stands: the next offset of each input topic (sorted by topic), and the number of the last turn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// Next offset to read, per input topic.
    pub next: Vec<(Topic, Offset)>,
    /// Number of the last committed turn; 0 before the first.
    pub turn: i64,
}

impl Position {
    /// The next offset of an input topic.
    ///
    /// # Errors
    /// The position is of a role with other inputs.
    pub fn next_of(&self, topic: Topic) -> Result<Offset, Exit> {
        let next = self.next.iter().find(|(of, _)| *of == topic).map(|(_, next)| *next);
        next.ok_or_else(|| Exit::Fatal(format!("the position says nothing of `{topic}`")))
    }
}

/// Why a log could not do as asked, by what the caller must do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Exit {
    /// It cannot be done now, and an open transaction is aborted: throw the overlay away, go back to the committed positions,
    /// try again.
    #[error("not possible now: {0}")]
    Retry(String),
    /// Another member owns the partition, the group moved on, or what became of a commit is not known: throw the overlay
    /// away, and poll until assigned again.
    #[error("fenced: {0}")]
    Fenced(String),
    /// Another process uses the same transactional id: end this one, naming the setting.
    #[error("replaced: {0}")]
    Replaced(String),
    /// State and committed offsets differ: refuse to run, and say what to do.
    #[error("refused: {0}")]
    Refused(String),
    /// Nothing can be done here: end the process.
    #[error("{0}")]
    Fatal(String),
}

/// One worker's connection to a log.
pub trait Log: Send {
    /// An open transaction.
    type Txn<'a>: Txn
    where
        Self: 'a;

    /// Serves the group and reads what is there, without waiting longer than the log's own short limit.
    ///
    /// # Errors
    /// See [`Exit`].
    fn poll(&mut self) -> Result<Polled, Exit>;

    /// Begins a transaction.
    ///
    /// # Errors
    /// See [`Exit`].
    fn begin(&mut self) -> Result<Self::Txn<'_>, Exit>;

    /// The committed position of a partition; a topic without a commit stands at its start offset, resolved now.
    ///
    /// # Errors
    /// See [`Exit`].
    fn committed(&mut self, partition: Partition) -> Result<Position, Exit>;

    /// Reads on from `position`: after an assignment, a restore, an abort.
    ///
    /// # Errors
    /// See [`Exit`].
    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit>;

    /// Hands out nothing more of a partition of ours until the next [`Log::seek`]. What waits there stays in the log.
    ///
    /// # Errors
    /// See [`Exit`].
    fn hold(&mut self, partition: Partition) -> Result<(), Exit>;

    /// Reads one partition of a table's topic, committed records only, up to the high watermark asked for now, waiting for
    /// transactions that are open below it.
    ///
    /// # Errors
    /// See [`Exit`]; `each` may refuse a record.
    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit>;

    /// The high watermarks of these partitions, asked for now: the offset after the last record of each, committed or not. One
    /// question, however many they are.
    ///
    /// # Errors
    /// See [`Exit`].
    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit>;

    /// How far polling has come in an input partition of ours: below it every committed record was handed out. It passes
    /// markers and aborted records, which a position (last record + 1) does not, so it reaches the high watermark.
    ///
    /// # Errors
    /// See [`Exit`].
    fn reached(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit>;
}

/// An open transaction. Dropped without commit it is aborted.
pub trait Txn {
    /// Appends a record, invisible until the commit.
    ///
    /// # Errors
    /// See [`Exit`].
    fn send(&mut self, record: Outgoing) -> Result<(), Exit>;

    /// Appends records in their order, as [`Txn::send`] does.
    ///
    /// # Errors
    /// See [`Exit`].
    fn send_all(&mut self, records: Vec<Outgoing>) -> Result<(), Exit> {
        records.into_iter().try_for_each(|record| self.send(record))
    }

    /// Commits the records with the positions of every partition touched, moved or not.
    ///
    /// # Errors
    /// See [`Exit`]; after [`Exit::Retry`] nothing of the transaction is visible. After [`Exit::Fenced`] what was committed is
    /// told by [`Log::committed`], once the partition is assigned again.
    fn commit(self, positions: &[(Partition, Position)]) -> Result<(), Exit>;
}

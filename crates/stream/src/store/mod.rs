//! Stores that keep their own offsets: what leaves the log for a database or for files.
//!
//! A [`Store`] writes rows and moves its offsets in one step of its own. So its offsets, and not the group's, say where to
//! go on; the group's follow for lag tools only. [`StoreWorker`] is the loop: one member of a group, one store.

mod lag;
mod worker;
mod writing;

use events::{Codec, DecodeError, Offset, Partition, Role, Topic};

pub use worker::{Pass, StoreWorker};

use crate::dead_letter::decode_reason;
use crate::{Raw, RejectReason};

/// A store with its own offsets.
pub trait Store: Send {
    /// What a record becomes.
    type Row: Send;
    /// Its role: one consumer group.
    const ROLE: Role;
    /// The topics that it reads, express lanes first.
    const INPUTS: &'static [Topic];
    /// What metrics call the system behind it.
    const DEPENDENCY: &'static str;

    /// What a record becomes; pure.
    ///
    /// # Errors
    /// The record can never be stored.
    fn row(raw: &Raw, codec: &Codec) -> Result<Self::Row, Unstorable>;

    /// Where to go on with a partition, for each input; [`Offset`] 0 where nothing is stored yet.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn next_offsets(&mut self, partition: Partition) -> Result<Vec<(Topic, Offset)>, StoreError>;

    /// Stores rows and moves the offsets, all or nothing. Blocks no longer than the store's own deadline, which must be
    /// well below the time after which a group expels a member that does not poll.
    ///
    /// # Errors
    /// See [`StoreError`]. After [`StoreError::Away`] it may be stored all the same: the offsets tell.
    fn write(&mut self, rows: &[&Self::Row], moves: &[Move]) -> Result<Written, StoreError>;

    /// Nothing came: a chance to finish what is only due by the clock.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn idle(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// A partition is given up, or the process ends: finishes what was begun for it.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn release(&mut self, partition: Partition) -> Result<(), StoreError> {
        let _nothing_is_open = partition;
        Ok(())
    }
}

/// How far a write moves the offset of one topic's partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Which topic.
    pub topic: Topic,
    /// Which partition.
    pub partition: Partition,
    /// Where the store stood when its offsets were read or last moved: if it stands elsewhere, another writer was here.
    pub from: Offset,
    /// The next offset to read.
    pub to: Offset,
}

/// What became of the rows of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows that were not there.
    pub inserted: u64,
    /// Rows that replaced an older one.
    pub updated: u64,
    /// Rows that change nothing: a newer one is there.
    pub unchanged: u64,
}

/// Why a record can never be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unstorable {
    /// From the closed list.
    pub reason: RejectReason,
    /// More about it; never the text of a mention.
    pub detail: String,
}

impl From<DecodeError> for Unstorable {
    fn from(error: DecodeError) -> Self {
        Self { reason: decode_reason(&error), detail: error.to_string() }
    }
}

/// Why a store could not do as asked, by what the caller must do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or cannot work now: the same again after a pause, from where its offsets then stand.
    #[error("the store is away: {detail}")]
    Away {
        /// A word for metrics, from a closed list.
        kind: &'static str,
        /// What it said.
        detail: String,
    },
    /// Its offsets are not where they were: another writer has the partition, or had it. Read them again.
    #[error("another writer moved the offsets of the store")]
    Lost,
    /// It will never take one of these rows.
    #[error("the store refuses a row: {0}")]
    Refused(String),
    /// Nothing can be done here: end the process.
    #[error("{0}")]
    Broken(String),
}

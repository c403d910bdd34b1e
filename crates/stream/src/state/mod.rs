//! State of a partition: tables with an overlay per turn, rebuilt from topics written in the same transaction.
//!
//! A change lies in the overlay until the transaction is committed; then it is merged, else thrown away. Iteration is in
//! key order, never in that of a hash map.

mod table;
mod timers;

pub use table::{Table, TableValue};
pub use timers::{DueTimer, Timers};

use bytes::Bytes;
use events::{Codec, EventTime, Span, Topic};

/// One record of a table's changelog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The record's key in the topic.
    pub key: Bytes,
    /// The new value; `None` removes the key.
    pub value: Option<Bytes>,
    /// The record's timestamp; `None` takes that of the turn.
    pub timestamp: Option<EventTime>,
}

/// A table that lies in a topic.
pub trait StoredTable: Send {
    /// The table's name, unique within its state. In `state.<role>` it prefixes the keys: `<name>/<key>`.
    fn name(&self) -> &'static str;
    /// Where it lies, partitioned like the input.
    fn topic(&self) -> Topic;
    /// Writes and reads by this codec from now on, which knows schemas and ids as the worker's does. For a table that is empty.
    fn use_codec(&mut self, codec: &Codec);
    /// The overlay as records, in key order.
    ///
    /// # Errors
    /// A value cannot be written.
    fn changes(&self) -> Result<Vec<Change>, StateError>;
    /// The overlay becomes part of the table: the transaction is committed.
    fn merge(&mut self);
    /// The overlay is thrown away: the transaction is aborted.
    fn discard(&mut self);
    /// Takes over one record of the topic at restore.
    ///
    /// # Errors
    /// The record cannot be read.
    fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError>;
    /// Number of keys and order-free checksum, overlay included.
    fn check(&self) -> (i64, i64);
}

/// What a stage keeps for one partition.
pub trait State: Default + Send {
    /// Version of the state's format: another one found at restore is refused.
    const FORMAT: i64;
    /// Its tables, always the same ones in the same order.
    fn tables(&self) -> Vec<&dyn StoredTable>;
    /// Its tables, to change them.
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable>;
    /// Its timers, which are also among its tables.
    fn timers(&mut self) -> Option<&mut Timers> {
        None
    }
    /// How far back it knows what it has seen, where it forgets; in event time.
    fn horizon(&self) -> Option<Span> {
        None
    }
    /// Whether so much is kept that nothing more may be read before some of it is done: what is too much waits in the log, not
    /// in memory. `was` says whether it was full before, so that reading goes on only when there is room for a while.
    fn is_full(&self, was: bool) -> bool {
        let _ = was;
        false
    }
}

/// The state of a stage that keeps nothing.
#[derive(Debug, Default)]
pub struct NoState;

impl State for NoState {
    const FORMAT: i64 = 1;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        Vec::new()
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        Vec::new()
    }
}

/// A record of a table cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table `{table}`: {detail}")]
pub struct StateError {
    /// Which table.
    pub table: &'static str,
    /// What is wrong.
    pub detail: String,
}

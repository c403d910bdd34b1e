//! What is not delivered yet, and when to look at it again.

use events::{Codec, EventTime, Offset, Partition, Role, Topic};
use serde::{Deserialize, Serialize};
use stream::{Raw, State, StoredTable, Table, TableValue, Timers};

/// Notifications of a partition that wait for the receiver, each some kilobytes, before no more are read.
const MOST_PENDING: usize = 1_000;
/// Fewer than that, and more are read.
const ROOM_AGAIN: usize = MOST_PENDING / 2;

/// A notification on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Its id, under which every try is made.
    pub(super) id: String,
    /// What is sent.
    pub(super) body: Vec<u8>,
    /// Tries that failed.
    pub(super) tries: u32,
    /// Its record, for a dead letter.
    pub(super) partition: Partition,
    pub(super) offset: Offset,
    pub(super) timestamp: EventTime,
    pub(super) key: String,
    pub(super) value: Vec<u8>,
}

impl Pending {
    /// The record that it was read from.
    pub(super) fn raw(&self) -> Raw {
        Raw {
            topic: Topic::Notifications,
            partition: self.partition,
            offset: self.offset,
            timestamp: self.timestamp,
            key: Some(self.key.clone().into()),
            value: Some(self.value.clone().into()),
            headers: Vec::new(),
        }
    }
}

impl TableValue for Pending {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        postcard::to_allocvec(self).map_err(|error| error.to_string())
    }

    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        postcard::from_bytes(bytes).map_err(|error| error.to_string())
    }
}

/// What the notifier keeps of a partition.
#[derive(Debug)]
pub struct NotifyState {
    /// By offset.
    pub(super) pending: Table<Pending>,
    pub(super) timers: Timers,
}

impl Default for NotifyState {
    fn default() -> Self {
        Self { pending: Table::new("pending", Topic::State(Role::SinkNotify)), timers: Timers::new(Role::SinkNotify) }
    }
}

impl State for NotifyState {
    const FORMAT: i64 = 1;

    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.pending, &self.timers]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.pending, &mut self.timers]
    }

    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
    }

    fn is_full(&self, was: bool) -> bool {
        let kept = usize::try_from(self.pending.check().0).unwrap_or_default();
        kept >= if was { ROOM_AGAIN } else { MOST_PENDING }
    }
}

impl NotifyState {
    /// How many notifications are not delivered yet.
    pub fn pending(&self) -> usize {
        self.pending.iter().count()
    }
}

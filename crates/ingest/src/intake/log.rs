//! A log of which the input is pushed: topic `input` with records that are given to it.
//!
//! It is a member of a group all the same: who owns a partition of `state.ingest` owns its state, and whoever lost it cannot
//! commit. The offset committed for `state.ingest` counts what was pushed into the partition and is never read from; so
//! positions and turns, restore and fencing are those of every other role.

use std::collections::BTreeMap;

use events::{Offset, Partition, Role, Topic};
use stream::{Exit, Log, Outgoing, Polled, Position, Raw, Txn};

use super::Pushed;

/// The topic that a member of the group subscribes to; nothing is read from it.
const OWNED: Topic = Topic::State(Role::Ingest);

/// A log with pushed records as its input.
pub struct PushedLog<L> {
    inner: L,
    /// Offset of the next record that is pushed into each partition of ours.
    next: BTreeMap<Partition, i64>,
    waiting: Vec<Raw>,
}

impl<L: Log> PushedLog<L> {
    /// What `inner` must be joined with: a group of its own, and these inputs.
    pub const SUBSCRIBES: &'static [Topic] = &[OWNED];

    /// Pushes into a log that has joined with [`Self::SUBSCRIBES`].
    pub const fn new(inner: L) -> Self {
        Self { inner, next: BTreeMap::new(), waiting: Vec::new() }
    }

    /// The next poll brings these records, as records of `partition`, which must be ours.
    pub(super) fn push(&mut self, partition: Partition, records: Vec<Pushed>) {
        let next = self.next.entry(partition).or_default();
        for record in records {
            self.waiting.push(Raw {
                topic: Topic::Input,
                partition,
                offset: Offset(*next),
                timestamp: record.received_at,
                key: Some(record.key),
                value: Some(record.value),
                headers: record.headers,
            });
            *next += 1;
        }
    }
}

impl<L> PushedLog<L> {
    /// What waits for the next poll is not handed out any more.
    pub(super) fn forget(&mut self) {
        self.waiting.clear();
    }
}

impl<L: Log> Log for PushedLog<L> {
    type Txn<'a>
        = PushedTxn<L::Txn<'a>>
    where
        Self: 'a;

    fn poll(&mut self) -> Result<Polled, Exit> {
        if !self.waiting.is_empty() {
            return Ok(Polled::Records(std::mem::take(&mut self.waiting)));
        }
        let polled = self.inner.poll()?;
        if let Polled::Revoked(partitions) = &polled {
            self.next.retain(|partition, _| !partitions.contains(partition));
        }
        Ok(polled)
    }

    fn begin(&mut self) -> Result<Self::Txn<'_>, Exit> {
        Ok(PushedTxn(self.inner.begin()?))
    }

    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        self.inner.committed(partition).map(|position| renamed(&position, OWNED, Topic::Input))
    }

    /// The next record gets the position's offset. The inner log is not moved, so it reads nothing.
    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit> {
        self.next.insert(partition, position.next_of(Topic::Input)?.0);
        Ok(())
    }

    /// What is pushed waits for nobody: whoever pushes is told when there is no room.
    fn hold(&mut self, _: Partition) -> Result<(), Exit> {
        Ok(())
    }

    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        self.inner.read_table(topic, partition, each)
    }

    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        places.iter().map(|(topic, partition)| self.reached(*topic, *partition)).collect()
    }

    /// All that was pushed is handed out by the next poll.
    fn reached(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        let next = self.next.get(&partition).filter(|_| topic == Topic::Input);
        let unread = || Exit::Fenced(format!("`{topic}`, partition {}, is not read here", partition.0));
        next.map(|next| Offset(*next)).ok_or_else(unread)
    }
}

/// A transaction of a [`PushedLog`].
pub struct PushedTxn<T>(T);

impl<T: Txn> Txn for PushedTxn<T> {
    fn send(&mut self, record: Outgoing) -> Result<(), Exit> {
        self.0.send(record)
    }

    fn commit(self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        let owned: Vec<_> = positions
            .iter()
            .map(|(partition, position)| (*partition, renamed(position, Topic::Input, OWNED)))
            .collect();
        self.0.commit(&owned)
    }
}

fn renamed(position: &Position, from: Topic, to: Topic) -> Position {
    let next = position.next.iter().map(|(topic, next)| (if *topic == from { to } else { *topic }, *next));
    Position { next: next.collect(), turn: position.turn }
}

//! A log that hands out what one turn read, and keeps what the turn writes.

use events::{Offset, Partition, Topic};
use stream::{Exit, Log, Outgoing, Polled, Position, Raw, Txn};

/// One partition, read as the turns say.
#[derive(Debug)]
pub(super) struct ReplayLog {
    partition: Partition,
    inputs: Vec<Topic>,
    polls: Vec<Polled>,
    written: Vec<Outgoing>,
}

impl ReplayLog {
    /// A partition that was never read.
    pub(super) fn new(partition: Partition, inputs: &[Topic]) -> Self {
        let mut inputs = inputs.to_vec();
        inputs.sort();
        Self { partition, inputs, polls: vec![Polled::Assigned(vec![partition])], written: Vec::new() }
    }

    /// What the next poll brings.
    pub(super) fn give(&mut self, records: Vec<Raw>) {
        self.polls.push(if records.is_empty() { Polled::Idle } else { Polled::Records(records) });
    }

    /// What was written since it was asked for last.
    pub(super) fn take(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.written)
    }
}

impl Log for ReplayLog {
    type Txn<'a> = ReplayTxn<'a>;

    fn poll(&mut self) -> Result<Polled, Exit> {
        Ok(self.polls.pop().unwrap_or(Polled::Idle))
    }

    fn begin(&mut self) -> Result<ReplayTxn<'_>, Exit> {
        Ok(ReplayTxn { written: &mut self.written })
    }

    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        debug_assert_eq!(partition, self.partition);
        Ok(Position { next: self.inputs.iter().map(|topic| (*topic, Offset(0))).collect(), turn: 0 })
    }

    fn seek(&mut self, _: Partition, _: &Position) -> Result<(), Exit> {
        Ok(())
    }

    fn hold(&mut self, _: Partition) -> Result<(), Exit> {
        // What was read was read, full or not.
        Ok(())
    }

    fn read_table(&mut self, _: Topic, _: Partition, _: &mut dyn FnMut(Raw) -> Result<(), Exit>) -> Result<(), Exit> {
        // A replay begins before the first turn.
        Ok(())
    }

    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        Ok(places.iter().map(|_| Offset(0)).collect())
    }

    fn reached(&mut self, _: Topic, _: Partition) -> Result<Offset, Exit> {
        Ok(Offset(0))
    }
}

/// A transaction that always commits.
#[derive(Debug)]
pub(super) struct ReplayTxn<'a> {
    written: &'a mut Vec<Outgoing>,
}

impl Txn for ReplayTxn<'_> {
    fn send(&mut self, record: Outgoing) -> Result<(), Exit> {
        self.written.push(record);
        Ok(())
    }

    fn commit(self, _: &[(Partition, Position)]) -> Result<(), Exit> {
        Ok(())
    }
}

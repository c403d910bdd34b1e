//! Transactions: open, fenced, committed or aborted; markers; and the member's handle on its open one.

use std::collections::BTreeSet;

use events::{Partition, Topic};

use super::broker::{Broker, Open, Place, Shared, lock};
use super::group::{Group, MemberKey};
use crate::{Defect, Exit, Outgoing, Position, Txn};

/// Who writes: a transactional id at an epoch, as a member of a group at a generation.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) producer: usize,
    pub(super) epoch: i64,
    pub(super) group: usize,
    pub(super) key: MemberKey,
    pub(super) generation: i64,
}

/// An open transaction of a [`Member`](super::Member). Dropped without commit it is aborted.
#[derive(Debug)]
pub struct MemberTxn<'a> {
    pub(super) shared: &'a Shared,
    pub(super) identity: &'a Identity,
    pub(super) number: u64,
}

impl MemberTxn<'_> {
    /// Leaves the transaction open, as a process that dies here does. It holds its readers back until a member comes with
    /// the same transactional id, or until [`Cluster::time_out_transactions`](super::Cluster::time_out_transactions).
    pub fn abandon(self) {
        std::mem::forget(self);
    }

    /// The first half of a commit: the positions become part of the transaction. Until it is decided, nobody is told where
    /// these partitions stand.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn send_offsets(&mut self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        lock(self.shared).send_offsets(self.number, self.identity, positions)
    }

    /// The second half: commits what was sent. As in Kafka the group is not asked again.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn end(self) -> Result<(), Exit> {
        // On an error `self` is dropped after this, which aborts.
        lock(self.shared).end(self.number, self.identity)
    }
}

impl Txn for MemberTxn<'_> {
    fn send(&mut self, record: Outgoing) -> Result<(), Exit> {
        let mut broker = lock(self.shared);
        broker.check_epoch(self.identity)?;
        broker.send(self.number, record)
    }

    /// Takes the lock once for all.
    fn send_all(&mut self, records: Vec<Outgoing>) -> Result<(), Exit> {
        let mut broker = lock(self.shared);
        broker.check_epoch(self.identity)?;
        records.into_iter().try_for_each(|record| broker.send(self.number, record))
    }

    fn commit(self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        let mut broker = lock(self.shared);
        broker.send_offsets(self.number, self.identity, positions)?;
        // On an error `self` is dropped after this, which aborts.
        broker.end(self.number, self.identity)
    }
}

impl Drop for MemberTxn<'_> {
    fn drop(&mut self) {
        lock(self.shared).abort(self.number);
    }
}

impl Broker {
    /// Registers the newest member of a transactional id: earlier ones are fenced, what they left open is aborted.
    pub(super) fn initialise_producer(&mut self, transactional_id: &str) -> (usize, i64) {
        let known = self.producers.iter().position(|producer| producer.transactional_id == transactional_id);
        let producer = known.unwrap_or_else(|| {
            let transactional_id = transactional_id.to_owned();
            self.producers.push(super::broker::Producer { transactional_id, epoch: 0, member: None });
            self.producers.len() - 1
        });
        self.producers[producer].epoch += 1;
        if !self.config.planted.is(Defect::ForgetFencing) {
            self.abort_all(|open| open.producer == producer);
        }
        (producer, self.producers[producer].epoch)
    }

    pub(super) fn begin(&mut self, identity: &Identity) -> Result<u64, Exit> {
        self.check_epoch(identity)?;
        // A producer has one open transaction; one that was abandoned and followed by another never commits.
        self.abort_all(|open| open.producer == identity.producer && open.epoch == identity.epoch);
        let number = self.number();
        let Identity { producer, epoch, group, .. } = *identity;
        let open = Open { producer, epoch, group, touched: Vec::new(), positions: Vec::new() };
        self.transactions.insert(number, open);
        Ok(number)
    }

    fn send(&mut self, number: u64, record: Outgoing) -> Result<(), Exit> {
        let at = self.place(record.topic, record.partition)?;
        let Some(open) = self.transactions.get_mut(&number) else {
            return Err(timed_out());
        };
        if self.topics[at.topic].partitions[at.partition].append(record, Some(number)) {
            open.touched.push(at);
        }
        Ok(())
    }

    fn send_offsets(
        &mut self,
        number: u64,
        identity: &Identity,
        positions: &[(Partition, Position)],
    ) -> Result<(), Exit> {
        for (partition, position) in positions {
            for (topic, _) in &position.next {
                self.place(*topic, *partition)?;
            }
        }
        if self.config.planted.is(Defect::OffsetsApart) {
            self.check_generation(identity, positions)?;
            self.store(identity.group, positions);
        }
        self.check_epoch(identity)?;
        self.check_generation(identity, positions)?;
        let open = self.transactions.get_mut(&number).ok_or_else(timed_out)?;
        open.positions = positions.to_vec();
        Ok(())
    }

    fn end(&mut self, number: u64, identity: &Identity) -> Result<(), Exit> {
        self.check_epoch(identity)?;
        let Some(open) = self.transactions.remove(&number) else {
            return Err(timed_out());
        };
        self.store(identity.group, &open.positions);
        if self.hold_markers {
            self.held.extend(open.touched.into_iter().map(|at| (number, at)));
        } else {
            self.write_markers(number, open.touched, true);
        }
        for (partition, position) in &open.positions {
            for (topic, _) in &position.next {
                let read = self.place(*topic, *partition)?;
                self.settle(read);
            }
        }
        Ok(())
    }

    /// Whether a transaction is open that moves the offsets of this partition.
    pub(super) fn is_moving(&self, group: usize, partition: Partition) -> bool {
        let moves = |open: &Open| open.group == group && open.positions.iter().any(|(moved, _)| *moved == partition);
        self.transactions.values().any(moves)
    }

    /// Aborts a transaction, if it is still open.
    pub(super) fn abort(&mut self, number: u64) {
        if let Some(open) = self.transactions.remove(&number) {
            let keep = self.config.planted.is(Defect::ShowAborted);
            self.write_markers(number, open.touched, keep);
        }
    }

    fn abort_all(&mut self, which: impl Fn(&Open) -> bool) {
        let numbers: Vec<u64> =
            self.transactions.iter().filter(|(_, open)| which(open)).map(|(number, _)| *number).collect();
        for number in numbers {
            self.abort(number);
        }
    }

    /// Aborts what members that are gone or expelled have left open.
    pub(super) fn time_out_transactions(&mut self) -> usize {
        let before = self.transactions.len();
        let alive: BTreeSet<usize> = (0..self.producers.len()).filter(|index| self.is_alive(*index)).collect();
        self.abort_all(|open| !alive.contains(&open.producer));
        before - self.transactions.len()
    }

    fn is_alive(&self, producer: usize) -> bool {
        let member = self.producers[producer].member.as_ref();
        member.is_some_and(|(group, key)| self.groups[*group].contains(key))
    }

    fn write_markers(&mut self, number: u64, touched: Vec<Place>, keep: bool) {
        for at in touched {
            self.partition_mut(at).close(number, keep);
            self.settle(at);
        }
    }

    /// Writes the held markers of one partition; returns how many.
    pub(super) fn release_markers(&mut self, topic: Topic, partition: Partition) -> Result<usize, Exit> {
        let place = self.place(topic, partition)?;
        let held = std::mem::take(&mut self.held);
        let (released, kept): (Vec<_>, Vec<_>) = held.into_iter().partition(|(_, at)| *at == place);
        self.held = kept;
        let count = released.len();
        for (number, at) in released {
            self.write_markers(number, vec![at], true);
        }
        Ok(count)
    }

    fn store(&mut self, group: usize, positions: &[(Partition, Position)]) {
        for (partition, position) in positions {
            // `commit` has looked the partitions up, so they are no negative numbers.
            self.groups[group].commit(partition.0 as usize, position);
        }
    }

    pub(super) fn check_epoch(&self, identity: &Identity) -> Result<(), Exit> {
        let producer = &self.producers[identity.producer];
        if producer.epoch == identity.epoch || self.config.planted.is(Defect::ForgetFencing) {
            return Ok(());
        }
        Err(Exit::Replaced(format!("transactional id `{}` is used by a newer member", producer.transactional_id)))
    }

    /// As in Kafka the check belongs to the offsets: a transaction that sends none is not checked.
    fn check_generation(&self, identity: &Identity, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        let planted = self.config.planted;
        if positions.is_empty() || planted.is(Defect::ForgetFencing) || planted.is(Defect::ReadUncommitted) {
            return Ok(());
        }
        let group: &Group = &self.groups[identity.group];
        if !group.contains(&identity.key) {
            return Err(Exit::Fenced(format!("`{}` is no member of group `{}` any more", identity.key.0, group.name)));
        }
        if group.generation != identity.generation {
            let (current, own) = (group.generation, identity.generation);
            return Err(Exit::Fenced(format!(
                "group `{}` is at generation {current}, the member at {own}",
                group.name
            )));
        }
        Ok(())
    }
}

fn timed_out() -> Exit {
    Exit::Retry("the transaction was open for too long".into())
}

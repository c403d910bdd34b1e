//! A member of a group with its transactional producer: the embedded log's [`Log`].

use std::collections::BTreeSet;
use std::sync::Arc;

use events::{Offset, Partition, Topic};

use super::broker::{Broker, Place, Shared, lock};
use super::transaction::{Identity, MemberTxn};
use super::{Cluster, Retention};
use crate::{Defect, Exit, Log, Polled, Position, Raw};

/// Records that `read_table` copies at a time.
const TABLE_CHUNK: usize = 1_000;

/// One worker's connection to an embedded log. Dropped, it leaves its group.
#[derive(Debug)]
pub struct Member {
    shared: Shared,
    identity: Identity,
    /// Input topics with their index, in the order in which they are read: express lanes first.
    inputs: Vec<(Topic, usize)>,
    owned: Vec<Owned>,
}

/// A partition number that is ours.
#[derive(Debug)]
struct Owned {
    partition: Partition,
    /// The next offset of each input; `None` before the seek, when nothing is read.
    cursors: Option<Vec<i64>>,
    /// Nothing is read until the next seek.
    held: bool,
}

impl Member {
    pub(super) fn join(cluster: &Cluster, group: &str, transactional_id: &str, inputs: &[Topic]) -> Self {
        let shared = cluster.shared.clone();
        let mut broker = lock(&shared);
        let (producer, epoch) = broker.initialise_producer(transactional_id);
        let group = broker.group(group);
        let mut inputs: Vec<(Topic, usize)> = inputs.iter().map(|topic| (*topic, broker.topic(*topic))).collect();
        inputs.sort_by_key(|(topic, _)| !topic.express());
        for (_, topic) in &inputs {
            broker.topics[*topic].groups.insert(group);
        }
        let key = (transactional_id.to_owned(), broker.number());
        broker.producers[producer].member = Some((group, key.clone()));
        broker.groups[group].join(key.clone(), subscription(&inputs));
        drop(broker);
        // Generation 0 is no generation: the first poll brings the assignment.
        Self { shared, identity: Identity { producer, epoch, group, key, generation: 0 }, inputs, owned: Vec::new() }
    }

    /// Ends without leaving the group, as a process that is killed: it is a member until [`Cluster::expel`].
    pub fn kill(mut self) {
        self.inputs.clear();
        let mut broker = lock(&self.shared);
        broker.forget_member(&self.identity);
        drop(broker);
        // An empty key is no member's, so dropping the rest leaves nothing.
        self.identity.key = (String::new(), 0);
    }

    /// Serves the group: what a rebalance took, then what it gave.
    fn rebalance(&mut self, broker: &mut Broker) -> Option<Polled> {
        let group = &broker.groups[self.identity.group];
        if group.generation == self.identity.generation {
            return None;
        }
        if !self.owned.is_empty() {
            let revoked = std::mem::take(&mut self.owned);
            return Some(Polled::Revoked(revoked.into_iter().map(|owned| owned.partition).collect()));
        }
        if !group.contains(&self.identity.key) {
            // Expelled, and back again: as a member that is as new as any.
            broker.groups[self.identity.group].join(self.identity.key.clone(), subscription(&self.inputs));
        }
        let group = &broker.groups[self.identity.group];
        let partitions = group.assignment(&self.identity.key, broker.config.partitions);
        self.identity.generation = group.generation;
        self.owned =
            partitions.iter().map(|partition| Owned { partition: *partition, cursors: None, held: false }).collect();
        Some(Polled::Assigned(partitions))
    }

    fn read(&mut self, broker: &Broker) -> Vec<Raw> {
        let limit = broker.config.poll_records;
        let mut records = Vec::new();
        for (input, (topic, index)) in self.inputs.iter().enumerate() {
            for owned in self.owned.iter_mut().filter(|owned| !owned.held) {
                let Some(cursor) = owned.cursors.as_mut().and_then(|cursors| cursors.get_mut(input)) else {
                    continue;
                };
                let partition = owned.partition;
                let log = &broker.topics[*index].partitions[partition.0 as usize];
                let uncommitted = broker.config.planted.is(Defect::ReadUncommitted);
                let end = if uncommitted { log.high_watermark() } else { log.visible() };
                if *cursor < end && records.len() < limit {
                    let room = limit - records.len();
                    log.read_below(end, cursor, room, |entry| records.push(entry.raw(*topic, partition)));
                }
            }
        }
        records
    }

    /// The planted defect of one who commits what was polled. The turns are not his.
    fn commit_polled(&self, broker: &mut Broker) {
        let group = &mut broker.groups[self.identity.group];
        for (partition, cursors) in
            self.owned.iter().filter_map(|owned| Some((owned.partition, owned.cursors.as_ref()?)))
        {
            let next = self.inputs.iter().zip(cursors).map(|((topic, _), cursor)| (*topic, Offset(*cursor)));
            let turn = group.turn(partition.0 as usize);
            group.commit(partition.0 as usize, &Position { next: next.collect(), turn });
        }
    }
}

impl Log for Member {
    type Txn<'a> = MemberTxn<'a>;

    fn poll(&mut self) -> Result<Polled, Exit> {
        let shared = Arc::clone(&self.shared);
        let mut broker = lock(&shared);
        if let Some(polled) = self.rebalance(&mut broker) {
            return Ok(polled);
        }
        let records = self.read(&broker);
        if broker.config.planted.is(Defect::AutoCommit) {
            self.commit_polled(&mut broker);
        }
        Ok(if records.is_empty() { Polled::Idle } else { Polled::Records(records) })
    }

    fn begin(&mut self) -> Result<MemberTxn<'_>, Exit> {
        let number = lock(&self.shared).begin(&self.identity)?;
        Ok(MemberTxn { shared: &self.shared, identity: &self.identity, number })
    }

    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        let mut broker = lock(&self.shared);
        let waits = !broker.config.planted.is(Defect::ReadUncommitted);
        if waits && broker.is_moving(self.identity.group, partition) {
            return Err(Exit::Retry(format!("a transaction is open that moves partition {}", partition.0)));
        }
        let mut next = Vec::with_capacity(self.inputs.len());
        for (topic, _) in &self.inputs {
            let at = broker.place(*topic, partition)?;
            let committed = broker.groups[self.identity.group].next(*topic, at.partition);
            next.push((*topic, Offset(committed.unwrap_or_else(|| broker.partition(at).start()))));
        }
        next.sort();
        Ok(Position { next, turn: broker.groups[self.identity.group].turn(partition.0 as usize) })
    }

    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit> {
        let Some(owned) = self.owned.iter_mut().find(|owned| owned.partition == partition) else {
            return Err(Exit::Fenced(format!("partition {} is not assigned", partition.0)));
        };
        let cursors = self.inputs.iter().map(|(topic, _)| position.next_of(*topic).map(|next| next.0));
        owned.cursors = Some(cursors.collect::<Result<_, _>>()?);
        owned.held = false;
        Ok(())
    }

    fn hold(&mut self, partition: Partition) -> Result<(), Exit> {
        let Some(owned) = self.owned.iter_mut().find(|owned| owned.partition == partition) else {
            return Err(Exit::Fenced(format!("partition {} is not assigned", partition.0)));
        };
        owned.held = true;
        Ok(())
    }

    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        let (at, mut cursor, end) = table_range(&mut lock(&self.shared), topic, partition)?;
        while cursor < end {
            let mut records = Vec::new();
            lock(&self.shared).partition(at).read(&mut cursor, TABLE_CHUNK, |entry| {
                records.push(entry.raw(topic, partition));
            });
            if records.is_empty() {
                break;
            }
            for record in records.into_iter().filter(|record| record.offset.0 < end) {
                each(record)?;
            }
        }
        Ok(())
    }

    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        let mut broker = lock(&self.shared);
        let mut high = |&(topic, partition): &(Topic, Partition)| {
            let at = broker.place(topic, partition)?;
            Ok(Offset(broker.partition(at).high_watermark()))
        };
        places.iter().map(&mut high).collect()
    }

    fn reached(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        let input = self.inputs.iter().position(|(of, _)| *of == topic);
        let cursors =
            self.owned.iter().find(|owned| owned.partition == partition).and_then(|owned| owned.cursors.as_ref());
        let cursor = input.zip(cursors).and_then(|(input, cursors)| cursors.get(input));
        let unread = || Exit::Fenced(format!("`{topic}`, partition {}, is not read here", partition.0));
        cursor.map(|cursor| Offset(*cursor)).ok_or_else(unread)
    }
}

/// Where a table starts and the high watermark now. Waiting for an open transaction could not help within one thread, so
/// the caller is told to try again.
fn table_range(broker: &mut Broker, topic: Topic, partition: Partition) -> Result<(Place, i64, i64), Exit> {
    let at = broker.place(topic, partition)?;
    let log = broker.partition(at);
    if broker.config.planted.is(Defect::RestoreToStable) {
        return Ok((at, log.start(), log.stable()));
    }
    if let Some(transaction) = log.oldest_open() {
        let id =
            broker.transactions.get(&transaction).map(|open| broker.producers[open.producer].transactional_id.as_str());
        let whose = id.map_or_else(|| "whose marker is held".to_owned(), |id| format!("of `{id}`"));
        return Err(Exit::Retry(format!(
            "transaction {transaction} {whose} is open in `{topic}`, partition {}",
            partition.0
        )));
    }
    if broker.config.retention == Retention::ForgetRead && log.start() > 0 {
        return Err(Exit::Fatal(format!("`{topic}` cannot be restored: this log forgets what was read")));
    }
    Ok((at, log.start(), log.high_watermark()))
}

fn subscription(inputs: &[(Topic, usize)]) -> BTreeSet<Topic> {
    inputs.iter().map(|(topic, _)| *topic).collect()
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut broker = lock(&self.shared);
        broker.forget_member(&self.identity);
        broker.groups[self.identity.group].leave(&self.identity.key);
    }
}

//! The shared state of an embedded log: topics, groups, producers, open transactions, taps.
//!
//! Everything here happens under one lock. Public handles ([`Cluster`](super::Cluster), [`Member`](super::Member),
//! [`Tap`](super::Tap)) hold indices into it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use events::{Cleanup, Partition, Topic};

use super::group::{Group, MemberKey};
use super::partition::PartitionLog;
use super::transaction::Identity;
use super::{ClusterConfig, Retention};
use crate::{Exit, Outgoing, Position};

pub(super) type Shared = Arc<Mutex<Broker>>;

/// Takes the lock. A panic of another thread leaves no half-done change that matters more than going on.
pub(super) fn lock(shared: &Shared) -> MutexGuard<'_, Broker> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A partition of a topic, by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) topic: usize,
    pub(super) partition: usize,
}

#[derive(Debug)]
pub(super) struct TopicLog {
    pub(super) topic: Topic,
    pub(super) partitions: Vec<PartitionLog>,
    /// Groups that read it, by index.
    pub(super) groups: BTreeSet<usize>,
    /// Taps on it, by number.
    pub(super) taps: BTreeSet<u64>,
}

/// A transactional id.
#[derive(Debug)]
pub(super) struct Producer {
    pub(super) transactional_id: String,
    /// Goes up with every member that comes with this id: only the newest may write.
    pub(super) epoch: i64,
    /// The newest member, while it is alive.
    pub(super) member: Option<(usize, MemberKey)>,
}

/// An open transaction.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) producer: usize,
    pub(super) epoch: i64,
    pub(super) group: usize,
    /// Where it has written.
    pub(super) touched: Vec<Place>,
    /// Where the group's partitions stand when it is committed.
    pub(super) positions: Vec<(Partition, Position)>,
}

#[derive(Debug)]
pub(super) struct Broker {
    pub(super) config: ClusterConfig,
    pub(super) topics: Vec<TopicLog>,
    by_topic: BTreeMap<Topic, usize>,
    pub(super) groups: Vec<Group>,
    pub(super) producers: Vec<Producer>,
    pub(super) transactions: BTreeMap<u64, Open>,
    pub(super) hold_markers: bool,
    /// Markers of committed transactions that are not written yet.
    pub(super) held: Vec<(u64, Place)>,
    /// By tap and topic: the next offset of each partition.
    pub(super) taps: BTreeMap<u64, BTreeMap<usize, Vec<i64>>>,
    numbers: u64,
}

impl Broker {
    pub(super) fn new(config: ClusterConfig) -> Self {
        Self {
            config,
            topics: Vec::new(),
            by_topic: BTreeMap::new(),
            groups: Vec::new(),
            producers: Vec::new(),
            transactions: BTreeMap::new(),
            hold_markers: false,
            held: Vec::new(),
            taps: BTreeMap::new(),
            numbers: 0,
        }
    }

    /// A number that was never given out before.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// The index of a topic, which is created on demand.
    pub(super) fn topic(&mut self, topic: Topic) -> usize {
        if let Some(index) = self.by_topic.get(&topic) {
            return *index;
        }
        let partitions = self.config.partitions.all().map(|_| PartitionLog::default()).collect();
        self.topics.push(TopicLog { topic, partitions, groups: BTreeSet::new(), taps: BTreeSet::new() });
        self.by_topic.insert(topic, self.topics.len() - 1);
        self.topics.len() - 1
    }

    /// Where a record of `topic` and `partition` lies.
    pub(super) fn place(&mut self, topic: Topic, partition: Partition) -> Result<Place, Exit> {
        let index = usize::try_from(partition.0).ok().filter(|_| partition.0 < self.config.partitions.get());
        let count = self.config.partitions.get();
        let unknown =
            || Exit::Fatal(format!("`{topic}` has {count} partitions, so there is no partition {}", partition.0));
        Ok(Place { topic: self.topic(topic), partition: index.ok_or_else(unknown)? })
    }

    /// The index of a group, which is created on demand.
    pub(super) fn group(&mut self, name: &str) -> usize {
        self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            self.groups.push(Group::new(name, self.config.partitions));
            self.groups.len() - 1
        })
    }

    /// The member is gone: if it was the newest of its transactional id, nobody commits what it has left open.
    pub(super) fn forget_member(&mut self, identity: &Identity) {
        let producer = &mut self.producers[identity.producer];
        if producer.epoch == identity.epoch {
            producer.member = None;
        }
    }

    pub(super) fn partition(&self, at: Place) -> &PartitionLog {
        &self.topics[at.topic].partitions[at.partition]
    }

    pub(super) fn partition_mut(&mut self, at: Place) -> &mut PartitionLog {
        &mut self.topics[at.topic].partitions[at.partition]
    }

    /// Appends without a transaction: visible at once, unless one is open below.
    pub(super) fn append(&mut self, record: Outgoing) -> Result<i64, Exit> {
        let at = self.place(record.topic, record.partition)?;
        let offset = self.partition(at).high_watermark();
        self.partition_mut(at).append(record, None);
        self.settle(at);
        Ok(offset)
    }

    /// The lowest offset that a group or a tap of this partition still has to read.
    fn low(&self, at: Place) -> i64 {
        let topic = &self.topics[at.topic];
        let start = topic.partitions[at.partition].start();
        let groups =
            topic.groups.iter().map(|group| self.groups[*group].next(topic.topic, at.partition).unwrap_or(start));
        let next_of = |tap: &u64| self.taps.get(tap)?.get(&at.topic)?.get(at.partition).copied();
        let taps = topic.taps.iter().map(|tap| next_of(tap).unwrap_or(start));
        groups.chain(taps).min().unwrap_or(i64::MAX)
    }

    /// Forgets or compacts a partition after it was written or read, as the retention says.
    pub(super) fn settle(&mut self, at: Place) {
        match self.config.retention {
            Retention::ForgetRead if self.partition(at).len() > 0 => {
                let low = self.low(at);
                self.partition_mut(at).forget(low);
            }
            Retention::ForgetRead => {}
            Retention::KeepAll => {
                let compacts = self.topics[at.topic].topic.cleanup() == Cleanup::Compact;
                if compacts && self.partition(at).due_for_compaction() {
                    let low = self.low(at);
                    self.partition_mut(at).compact(low, low);
                }
            }
        }
    }

    /// Compacts a topic now, as far as its open transactions allow.
    pub(super) fn compact(&mut self, topic: Topic) {
        if topic.cleanup() != Cleanup::Compact {
            return;
        }
        let topic = self.topic(topic);
        for partition in 0..self.topics[topic].partitions.len() {
            let at = Place { topic, partition };
            let low = self.low(at);
            self.partition_mut(at).compact(i64::MAX, low);
        }
    }
}

//! The handle of an embedded log.

use std::sync::{Arc, Mutex};

use events::{Offset, Partition, PartitionCount, Topic};

use super::broker::{Broker, Shared, lock};
use super::{ClusterConfig, Member, Tap};
use crate::{Exit, Outgoing};

/// An embedded log. Clones share it.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub(super) shared: Shared,
}

/// How far some topics were committed when these were taken: by topic, the last stable offset of each partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks(Vec<(usize, Vec<i64>)>);

impl Cluster {
    /// An empty log.
    pub fn new(config: ClusterConfig) -> Self {
        Self { shared: Arc::new(Mutex::new(Broker::new(config))) }
    }

    /// How many partitions every topic has.
    pub fn partitions(&self) -> PartitionCount {
        lock(&self.shared).config.partitions
    }

    /// Joins a group as a new member. An earlier member with the same transactional id is fenced, and what it has left open
    /// is aborted; it stays in its group until it leaves or is expelled, as in Kafka.
    pub fn join(&self, group: &str, transactional_id: &str, inputs: &[Topic]) -> Member {
        Member::join(self, group, transactional_id, inputs)
    }

    /// Lets the session of a member run out: it is a zombie until it polls again. Of several members with this id the
    /// oldest goes; returns whether there was one.
    pub fn expel(&self, transactional_id: &str) -> bool {
        let mut broker = lock(&self.shared);
        broker.groups.iter_mut().any(|group| group.member_of(transactional_id).is_some_and(|key| group.leave(&key)))
    }

    /// Lets the transaction timeout pass: what dead and expelled members have left open is aborted. Returns how many.
    pub fn time_out_transactions(&self) -> usize {
        lock(&self.shared).time_out_transactions()
    }

    /// Appends a record without a transaction and returns its offset.
    ///
    /// # Errors
    /// There is no such partition.
    pub fn append(&self, record: Outgoing) -> Result<Offset, Exit> {
        lock(&self.shared).append(record).map(Offset)
    }

    /// A reader of all partitions of `topics` that belongs to no group.
    pub fn tap(&self, topics: &[Topic]) -> Tap {
        Tap::new(self, topics)
    }

    /// Whether commits from now on leave their markers unwritten: such a transaction is committed, offsets included, but each
    /// partition shows it only after [`Cluster::release_markers`]. Kafka does that for a moment with every commit.
    pub fn hold_markers(&self, hold: bool) {
        lock(&self.shared).hold_markers = hold;
    }

    /// Writes the held markers of one partition; returns how many.
    ///
    /// # Errors
    /// There is no such partition.
    pub fn release_markers(&self, topic: Topic, partition: Partition) -> Result<usize, Exit> {
        lock(&self.shared).release_markers(topic, partition)
    }

    /// How far `topics` are committed now.
    pub fn marks(&self, topics: &[Topic]) -> Marks {
        let mut broker = lock(&self.shared);
        let mut stable = |topic: &Topic| {
            let index = broker.topic(*topic);
            let partitions = broker.topics[index].partitions.iter();
            (index, partitions.map(super::partition::PartitionLog::stable).collect())
        };
        Marks(topics.iter().map(&mut stable).collect())
    }

    /// Shows readers what was committed when `marks` were taken, and holds back what came later until the next call: a
    /// writer may then be ahead of its readers without their seeing a part of what it does.
    pub fn show(&self, marks: &Marks) {
        let mut broker = lock(&self.shared);
        for (topic, marks) in &marks.0 {
            let partitions = broker.topics[*topic].partitions.iter_mut();
            partitions.zip(marks).for_each(|(partition, mark)| partition.show(*mark));
        }
    }

    /// Compacts a compact topic now, as far as open transactions allow. Other topics stay as they are.
    pub fn compact(&self, topic: Topic) {
        lock(&self.shared).compact(topic);
    }

    /// How many records the log holds.
    pub fn len(&self) -> usize {
        let broker = lock(&self.shared);
        broker.topics.iter().flat_map(|topic| &topic.partitions).map(super::partition::PartitionLog::len).sum()
    }

    /// Whether the log holds no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

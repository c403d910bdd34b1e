//! A consumer group: its members, its generation, range assignment, and committed offsets.

use std::collections::{BTreeMap, BTreeSet};

use events::{Offset, Partition, PartitionCount, Topic};

use crate::Position;

/// A member's place in its group: by transactional id first, so that assignment does not depend on who came first.
pub(super) type MemberKey = (String, u64);

/// One consumer group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    /// Goes up with every join, leave and expulsion.
    pub(super) generation: i64,
    /// Members with the topics that each subscribes to.
    members: BTreeMap<MemberKey, BTreeSet<Topic>>,
    /// By partition: the committed next offsets, and the number of the last turn.
    committed: Vec<(BTreeMap<Topic, i64>, i64)>,
}

impl Group {
    pub(super) fn new(name: &str, partitions: PartitionCount) -> Self {
        let committed = partitions.all().map(|_| (BTreeMap::new(), 0)).collect();
        Self { name: name.to_owned(), generation: 0, members: BTreeMap::new(), committed }
    }

    pub(super) fn join(&mut self, key: MemberKey, inputs: BTreeSet<Topic>) {
        self.members.insert(key, inputs);
        self.generation += 1;
    }

    /// Takes a member out; false when it was not in.
    pub(super) fn leave(&mut self, key: &MemberKey) -> bool {
        let was_in = self.members.remove(key).is_some();
        if was_in {
            self.generation += 1;
        }
        was_in
    }

    pub(super) fn contains(&self, key: &MemberKey) -> bool {
        self.members.contains_key(key)
    }

    /// The oldest member that joined under this transactional id.
    pub(super) fn member_of(&self, transactional_id: &str) -> Option<MemberKey> {
        self.members.keys().find(|(id, _)| id == transactional_id).cloned()
    }

    /// The partitions of one member by Kafka's range rule. Members that subscribe differently would not own the same
    /// partitions of every topic, so then nobody owns any.
    pub(super) fn assignment(&self, key: &MemberKey, partitions: PartitionCount) -> Vec<Partition> {
        let Some(index) = self.members.keys().position(|member| member == key) else {
            return Vec::new();
        };
        let mut subscriptions = self.members.values();
        let first = subscriptions.next();
        if subscriptions.any(|other| Some(other) != first) {
            return Vec::new();
        }
        let count = partitions.get() as usize;
        let (share, rest) = (count / self.members.len(), count % self.members.len());
        let from = index * share + index.min(rest);
        let to = from + share + usize::from(index < rest);
        partitions.all().skip(from).take(to - from).collect()
    }

    /// The committed next offset of one topic's partition.
    pub(super) fn next(&self, topic: Topic, partition: usize) -> Option<i64> {
        self.committed.get(partition)?.0.get(&topic).copied()
    }

    /// Number of the last committed turn of a partition.
    pub(super) fn turn(&self, partition: usize) -> i64 {
        self.committed.get(partition).map_or(0, |(_, turn)| *turn)
    }

    pub(super) fn commit(&mut self, partition: usize, position: &Position) {
        let Some((next, turn)) = self.committed.get_mut(partition) else {
            return;
        };
        for (topic, Offset(offset)) in &position.next {
            next.insert(*topic, *offset);
        }
        *turn = position.turn;
    }
}

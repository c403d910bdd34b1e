//! What the group gives and takes. librdkafka tells it while the worker's thread polls; here it becomes a value.
//!
//! What is taken is given back at once, so that the group goes on: no work is in flight while a worker polls. What is given is
//! taken by the log after the poll ([`take`]).

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use events::Partition;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};

/// What the group decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// These partitions of each topic, by its name in the cluster.
    Assigned(BTreeMap<String, BTreeSet<i32>>),
    /// Everything is taken.
    Revoked,
    /// It could not be followed.
    Failed(String),
}

/// A consumer's context that notes what the group decides.
#[derive(Debug, Default)]
pub(super) struct Membership {
    changes: Mutex<VecDeque<Change>>,
    /// The consumer leaves its group: it takes nothing any more.
    leaving: AtomicBool,
    /// What librdkafka said of the last error: the error itself does not name the topic.
    reason: Mutex<String>,
}

impl Membership {
    /// What the group decided first and was not asked for yet.
    pub(super) fn next(&self) -> Option<Change> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// From now on everything given is refused: nobody will take it.
    pub(super) fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// What librdkafka said of the last error.
    pub(super) fn reason(&self) -> String {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, change: Change) {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).push_back(change);
    }
}

impl ClientContext for Membership {
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(%error, reason, "kafka client");
        reason.clone_into(&mut self.reason.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl ConsumerContext for Membership {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, what: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let given = what == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
        if given && !self.leaving.load(Ordering::Relaxed) {
            let mut topics: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
            for place in partitions.elements() {
                topics.entry(place.topic().to_owned()).or_default().insert(place.partition());
            }
            return self.note(Change::Assigned(topics));
        }
        match consumer.unassign() {
            Ok(()) => self.note(Change::Revoked),
            Err(error) => self.note(Change::Failed(error.to_string())),
        }
    }
}

/// Takes what is given, paused: nothing is read before the worker says from where. It is paused first, for a single fetch would
/// leave its errors behind, and librdkafka tells each only once. Each partition must have been forwarded before.
pub(super) fn take(consumer: &BaseConsumer<Membership>, assigned: &BTreeMap<String, BTreeSet<i32>>) -> KafkaResult<()> {
    let mut places = TopicPartitionList::new();
    for (topic, partitions) in assigned {
        for partition in partitions {
            // With an offset librdkafka does not ask for the committed ones itself.
            places.add_partition_offset(topic, *partition, Offset::Offset(0))?;
        }
    }
    if places.count() > 0 {
        consumer.pause(&places)?;
    }
    consumer.assign(&places)
}

/// The partition numbers that are ours: those of every topic, if they are the same for all of `topics`.
pub(super) fn common(assigned: &BTreeMap<String, BTreeSet<i32>>, topics: &[String]) -> Option<Vec<Partition>> {
    let none = BTreeSet::new();
    let mut each = topics.iter().map(|topic| assigned.get(topic).unwrap_or(&none));
    let first = each.next()?;
    each.all(|other| other == first).then(|| first.iter().copied().map(Partition).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_partitions_that_are_the_same_for_every_topic_are_ours() {
        let topics = ["a".to_owned(), "b".to_owned()];
        let both = BTreeMap::from([("a".to_owned(), BTreeSet::from([0, 1])), ("b".to_owned(), BTreeSet::from([0, 1]))]);
        assert_eq!(common(&both, &topics), Some(vec![Partition(0), Partition(1)]));
        let uneven = BTreeMap::from([("a".to_owned(), BTreeSet::from([0, 1])), ("b".to_owned(), BTreeSet::from([0]))]);
        assert_eq!(common(&uneven, &topics), None);
        let one = BTreeMap::from([("a".to_owned(), BTreeSet::from([0]))]);
        assert_eq!(common(&one, &topics), None);
        assert_eq!(common(&BTreeMap::new(), &topics), Some(Vec::new()));
    }
}

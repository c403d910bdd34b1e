//! A plain reader of whole topics, without a group.

use events::{Partition, Topic};

use super::Cluster;
use super::broker::{Broker, Place, Shared, lock};
use crate::{Exit, Raw, TableReader};

/// Reads all partitions of some topics, committed records only, from the start offset on.
#[derive(Debug)]
pub struct Tap {
    shared: Shared,
    number: u64,
    topics: Vec<usize>,
}

impl Tap {
    pub(super) fn new(cluster: &Cluster, topics: &[Topic]) -> Self {
        let shared = cluster.shared.clone();
        let mut broker = lock(&shared);
        let number = broker.number();
        let topics: Vec<usize> = topics.iter().map(|topic| broker.topic(*topic)).collect();
        for index in &topics {
            let topic = &mut broker.topics[*index];
            topic.taps.insert(number);
            let starts = topic.partitions.iter().map(super::partition::PartitionLog::start).collect();
            broker.taps.entry(number).or_default().insert(*index, starts);
        }
        drop(broker);
        Self { shared, number, topics }
    }

    /// What became visible since the last call, in order of topic (as given), partition, offset. Never waits.
    pub fn read(&mut self) -> Vec<Raw> {
        let mut broker = lock(&self.shared);
        let mut cursors = broker.taps.remove(&self.number).unwrap_or_default();
        let mut records = Vec::new();
        let mut moved = Vec::new();
        for topic in &self.topics {
            let Some(cursors) = cursors.get_mut(topic) else {
                continue;
            };
            for (partition, cursor) in cursors.iter_mut().enumerate() {
                let place = Place { topic: *topic, partition };
                if read_partition(&broker, place, cursor, &mut records) {
                    moved.push(place);
                }
            }
        }
        broker.taps.insert(self.number, cursors);
        for place in moved {
            broker.settle(place);
        }
        records
    }
}

fn read_partition(broker: &Broker, place: Place, cursor: &mut i64, records: &mut Vec<Raw>) -> bool {
    let topic = broker.topics[place.topic].topic;
    let partition = Partition(place.partition as i32);
    broker.partition(place).read(cursor, usize::MAX, |entry| records.push(entry.raw(topic, partition))) > 0
}

impl TableReader for Tap {
    fn read(&mut self) -> Result<Vec<Raw>, Exit> {
        Ok(Self::read(self))
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let mut broker = lock(&self.shared);
        broker.taps.remove(&self.number);
        for index in &self.topics {
            broker.topics[*index].taps.remove(&self.number);
        }
    }
}

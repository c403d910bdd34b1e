//! A reference table's reader: all partitions of one topic, for as long as it lives.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use events::{Partition, Topic};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError;

use super::reader::{Reader, STEP, make, partitions, raw};
use super::{KafkaSettings, config, error};
use crate::{Exit, Raw, TableReader};

/// Reads all of a topic's partitions, committed records only, for as long as it lives: a reference table's reader.
pub struct KafkaTap {
    topic: Topic,
    /// In whose name it reads.
    group: String,
    consumer: Reader,
    /// Partitions whose end was not met yet.
    behind: BTreeSet<Partition>,
    wait: Duration,
}

impl KafkaTap {
    /// Reads `topic` from its start on. `group` is one that the user may read; it is not joined.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn new(settings: &KafkaSettings, group: &str, topic: Topic) -> Result<Self, Exit> {
        let name = settings.topic(topic);
        let consumer = make(config::reader(settings, &settings.name(group), "firebreak.tap"))?;
        let behind: BTreeSet<Partition> = partitions(&consumer, settings, topic)?.into_iter().collect();
        let mut places = TopicPartitionList::new();
        for partition in &behind {
            places
                .add_partition_offset(&name, partition.0, rdkafka::Offset::Beginning)
                .map_err(|error| error::exit(&error, &format!("topic `{topic}` cannot be read")))?;
        }
        consumer.assign(&places).map_err(|error| error::exit(&error, &format!("topic `{topic}` cannot be read")))?;
        let group = settings.name(group);
        Ok(Self { topic, group, consumer, behind, wait: settings.patience.request })
    }
}

impl TableReader for KafkaTap {
    /// The first call reads until it has met the end of every partition; later ones take what is there.
    fn read(&mut self) -> Result<Vec<Raw>, Exit> {
        let mut records = Vec::new();
        let mut last = Instant::now();
        loop {
            let first = !self.behind.is_empty();
            match self.consumer.poll(if first { STEP } else { Duration::ZERO }) {
                Some(Ok(message)) => {
                    records.push(raw(self.topic, &message));
                    last = Instant::now();
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(self.behind.remove(&Partition(partition))),
                Some(Err(error)) => {
                    if let Some(exit) = error::lasting_for(
                        &self.group,
                        error::code(&error),
                        &format!("topic `{}` cannot be read", self.topic),
                    ) {
                        return Err(exit);
                    }
                }
                None if !first => return Ok(records),
                None if last.elapsed() > self.wait => {
                    return Err(Exit::Retry(format!("topic `{}` cannot be read: no broker answers", self.topic)));
                }
                None => {}
            }
        }
    }
}

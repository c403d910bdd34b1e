//! What Kafka alone costs: records go from topics to topics as they are, with the settings, queues and transactions of a worker.
//! The benchmark holds the stages against it.
//!
//! Nothing is decoded, decided or kept, and nobody joins a group: partitions are assigned, and the broker takes the offsets of one
//! who is no member as they come. Headers stay behind; no record on a stage's way has one.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{Partition, Topic};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::producer::BaseRecord;

use super::membership::Membership;
use super::producer::{Failure, TxnProducer};
use super::queue::DataQueue;
use super::{Batching, KafkaSettings, TopicReader, config, error};
use crate::Exit;

/// A copy under way.
pub struct RawCopy {
    settings: KafkaSettings,
    consumer: Arc<BaseConsumer<Membership>>,
    queue: DataQueue,
    producer: TxnProducer,
    ways: Vec<Way>,
    bytes: u64,
}

/// From one topic to the other, and how far.
struct Way {
    from: CString,
    to: String,
    next: BTreeMap<Partition, i64>,
}

impl RawCopy {
    /// Begins to copy `topics` of the installation `from` to the same topics and partitions of `to`, on the same cluster. `name` is
    /// that of its group and its transactional id.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn begin(from: &KafkaSettings, to: &KafkaSettings, name: &str, topics: &[Topic]) -> Result<Self, Exit> {
        let failed = |error: KafkaError| Exit::Fatal(format!("the copy `{name}` cannot be made: {error}"));
        let producer = TxnProducer::new(from, name, from.patience.connect)?;
        let config = config::member(from, name, name);
        let consumer = Arc::new(config.create_with_context(Membership::default()).map_err(failed)?);
        let without_memory = || Exit::Fatal("librdkafka has no memory for a queue".to_owned());
        let queue = DataQueue::new(&consumer).ok_or_else(without_memory)?;
        let (mut reader, mut places) = (TopicReader::new(from, name), TopicPartitionList::new());
        let mut ways = Vec::with_capacity(topics.len());
        for topic in topics {
            let named = from.topic(*topic);
            let way = CString::new(named.as_str()).map_err(|error| Exit::Fatal(error.to_string()))?;
            for partition in reader.partitions(*topic)? {
                queue.forward(&way, partition);
                places.add_partition_offset(&named, partition.0, rdkafka::Offset::Beginning).map_err(failed)?;
            }
            ways.push(Way { from: way, to: to.topic(*topic), next: BTreeMap::new() });
        }
        consumer.assign(&places).map_err(failed)?;
        Ok(Self { settings: from.clone(), consumer, queue, producer, ways, bytes: 0 })
    }

    /// Copies what makes a batch in one transaction; returns how many records. None is there when it is 0.
    ///
    /// # Errors
    /// See [`Exit`]; the copy is then of no more use.
    pub fn step(&mut self) -> Result<usize, Exit> {
        let Batching { records, bytes, age, idle, wait } = self.settings.batching;
        let (mut count, mut size, mut begun) = (0, 0, None::<Instant>);
        loop {
            if let Some(Err(error)) = self.consumer.poll(Duration::ZERO) {
                return Err(error::exit(&error, "the copy cannot read"));
            }
            let taken = self.queue.fetch(begun.map_or(wait, |_| idle));
            let mut none = true;
            for message in taken.messages() {
                if let Some(code) = message.error() {
                    return Err(Exit::Fatal(format!("the copy cannot read: {code}")));
                }
                let name = message.topic();
                let Some(way) = self.ways.iter_mut().find(|way| way.from.as_c_str() == name) else { continue };
                none = false;
                let begun = match begun {
                    Some(begun) => begun,
                    None => {
                        let now = Instant::now();
                        self.producer
                            .begin()
                            .map_err(|failure| failed(&self.producer, failure, now, &self.settings))?;
                        *begun.insert(now)
                    }
                };
                let mut record = BaseRecord::to(&way.to)
                    .partition(message.partition().0)
                    .timestamp(message.timestamp().millis().max(1));
                (record.key, record.payload) = (message.key(), message.value());
                let put = self.producer.put(record, begun);
                put.map_err(|failure| failed(&self.producer, failure, begun, &self.settings))?;
                way.next.insert(message.partition(), message.offset().0 + 1);
                count += 1;
                size += message.size();
            }
            drop(taken);
            let Some(begun) = begun else { return Ok(0) };
            if none || count >= records || size >= bytes || begun.elapsed() >= age {
                self.commit(begun)?;
                self.bytes += size as u64;
                return Ok(count);
            }
        }
    }

    /// Bytes of keys and values that were copied.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn commit(&mut self, begun: Instant) -> Result<(), Exit> {
        let unfit = |error: KafkaError| Exit::Fatal(format!("an offset of the copy cannot be committed: {error}"));
        let mut offsets = TopicPartitionList::new();
        for way in &mut self.ways {
            let name = way.from.to_string_lossy();
            for (partition, next) in std::mem::take(&mut way.next) {
                offsets.add_partition_offset(&name, partition.0, rdkafka::Offset::Offset(next)).map_err(unfit)?;
            }
        }
        let group = self.consumer.group_metadata();
        let group = group.ok_or_else(|| Exit::Fatal("the copy's consumer names no group".to_owned()))?;
        let committed = self.producer.commit(Some((offsets, group)), begun);
        committed.map_err(|failure| failed(&self.producer, failure, begun, &self.settings))
    }
}

fn failed(producer: &TxnProducer, failure: Failure, begun: Instant, settings: &KafkaSettings) -> Exit {
    match failure {
        Failure::Abort(cause) => producer.exit(cause),
        Failure::Useless(useless) => useless.exit(producer.transactional_id(), begun.elapsed(), settings),
    }
}

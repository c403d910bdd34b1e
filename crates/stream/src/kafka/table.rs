//! Reading topics outside the group: a partition of a table to its end, whole topics, and where a partition ends.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use events::{EventTime, Offset, Partition, Topic};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers};
use rdkafka::{Message, TopicPartitionList};

use super::{KafkaSettings, config, error};
use crate::{Exit, Raw, TableReader};

/// Between two questions whether a transaction is decided.
const PAUSE: Duration = Duration::from_millis(20);
/// One wait for records.
const STEP: Duration = Duration::from_millis(100);

/// Two consumers that belong to no group, made when they are first needed: one reads what is committed, and one, which does
/// not care for that, knows where partitions end.
pub(super) struct Tables {
    settings: KafkaSettings,
    group: String,
    client: String,
    reader: Option<BaseConsumer>,
    marks: Option<BaseConsumer>,
}

impl Tables {
    pub(super) fn new(settings: &KafkaSettings, group: &str, client: &str) -> Self {
        let (settings, group, client) = (settings.clone(), group.to_owned(), client.to_owned());
        Self { settings, group, client, reader: None, marks: None }
    }

    /// Reads one partition to the high watermark of now, waiting for transactions that are open below it.
    pub(super) fn read(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        let name = self.settings.topic(topic);
        let (low, high) = self.ends(&name, partition)?;
        if low >= high {
            return Ok(());
        }
        self.wait_for_decisions(topic, &name, partition, high)?;
        let what = || format!("topic `{topic}`, partition {} cannot be read", partition.0);
        let wait = self.settings.patience.open_transaction + self.settings.patience.request;
        let reader = self.reader()?;
        let mut place = TopicPartitionList::new();
        place
            .add_partition_offset(&name, partition.0, rdkafka::Offset::Offset(low))
            .and_then(|()| reader.assign(&place))
            .map_err(|error| error::exit(&error, &what()))?;
        let read = read_to(reader, (topic, partition), high, wait, each);
        // What was fetched beyond the end must not come with the next table.
        let left = reader.unassign().map_err(|error| error::exit(&error, &what()));
        read.and(left)
    }

    /// Waits until no transaction is open below `high`: the last stable offset is there.
    fn wait_for_decisions(&mut self, topic: Topic, name: &str, partition: Partition, high: i64) -> Result<(), Exit> {
        let deadline = Instant::now() + self.settings.patience.open_transaction;
        let wait = self.settings.patience.request;
        let what = || format!("the end of topic `{topic}`, partition {} is not told", partition.0);
        let reader = self.reader()?;
        loop {
            // To a client that reads what is committed, this is the high watermark.
            let (_, stable) = reader.fetch_watermarks(name, partition.0, wait).map_err(|error| error::exit(&error, &what()))?;
            if stable >= high {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(Exit::Retry(format!(
                    "a transaction is open in topic `{topic}`, partition {}: it holds back what lies from offset {stable} to \
                     {high}",
                    partition.0
                )));
            }
            std::thread::sleep(PAUSE);
        }
    }

    pub(super) fn high_watermark(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        let name = self.settings.topic(topic);
        self.ends(&name, partition).map(|(_, high)| Offset(high))
    }

    fn ends(&mut self, name: &str, partition: Partition) -> Result<(i64, i64), Exit> {
        let wait = self.settings.patience.request;
        let what = || format!("where topic `{name}`, partition {} ends is not told", partition.0);
        self.marks()?.fetch_watermarks(name, partition.0, wait).map_err(|error| error::exit(&error, &what()))
    }

    fn reader(&mut self) -> Result<&BaseConsumer, Exit> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => make(config::reader(&self.settings, &self.group, &self.client))?,
        };
        Ok(self.reader.insert(reader))
    }

    fn marks(&mut self) -> Result<&BaseConsumer, Exit> {
        let marks = match self.marks.take() {
            Some(marks) => marks,
            None => make(config::marks(&self.settings, &self.client))?,
        };
        Ok(self.marks.insert(marks))
    }

    /// Group metadata of one who is no member.
    #[cfg(feature = "planted-defects")]
    pub(super) fn stranger(&mut self) -> Result<Option<rdkafka::consumer::ConsumerGroupMetadata>, Exit> {
        Ok(self.reader()?.group_metadata())
    }
}

fn make(config: rdkafka::ClientConfig) -> Result<BaseConsumer, Exit> {
    config.create().map_err(|error: KafkaError| Exit::Fatal(format!("a consumer cannot be made: {error}")))
}

/// Hands out the records of an assigned partition below `high`, all of which are decided. Gives up after `wait` without one.
fn read_to(
    reader: &BaseConsumer,
    (topic, partition): (Topic, Partition),
    high: i64,
    wait: Duration,
    each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
) -> Result<(), Exit> {
    let what = || format!("topic `{topic}`, partition {} cannot be read", partition.0);
    let mut last = Instant::now();
    while last.elapsed() < wait {
        match reader.poll(STEP) {
            Some(Ok(message)) if message.partition() == partition.0 => {
                last = Instant::now();
                let next = message.offset() + 1;
                if next <= high {
                    each(raw(topic, &message))?;
                }
                if next >= high {
                    return Ok(());
                }
            }
            Some(Err(KafkaError::PartitionEOF(of))) if of == partition.0 => return Ok(()),
            Some(Err(error)) => {
                if let Some(exit) = error::lasting(error::code(&error), &what()) {
                    return Err(exit);
                }
            }
            Some(Ok(_)) | None => {}
        }
    }
    Err(Exit::Retry(format!("{}: no broker answers", what())))
}

fn raw(topic: Topic, message: &BorrowedMessage<'_>) -> Raw {
    let header = |header: rdkafka::message::Header<'_, &[u8]>| {
        (header.key.to_owned(), Bytes::copy_from_slice(header.value.unwrap_or_default()))
    };
    Raw {
        topic,
        partition: Partition(message.partition()),
        offset: Offset(message.offset()),
        timestamp: EventTime::from_millis(message.timestamp().to_millis().unwrap_or(0)),
        key: message.key().map(Bytes::copy_from_slice),
        value: message.payload().map(Bytes::copy_from_slice),
        headers: message.headers().map(|headers| headers.iter().map(header).collect()).unwrap_or_default(),
    }
}

/// Reads all of a topic's partitions, committed records only, for as long as it lives: a reference table's reader.
pub struct KafkaTap {
    topic: Topic,
    consumer: BaseConsumer,
    /// Partitions whose end was not met yet.
    behind: BTreeSet<i32>,
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
        let behind: BTreeSet<i32> = partitions(&consumer, &name, settings.patience.connect)?.collect();
        let mut places = TopicPartitionList::new();
        for partition in &behind {
            places
                .add_partition_offset(&name, *partition, rdkafka::Offset::Beginning)
                .map_err(|error| error::exit(&error, &format!("topic `{topic}` cannot be read")))?;
        }
        consumer.assign(&places).map_err(|error| error::exit(&error, &format!("topic `{topic}` cannot be read")))?;
        Ok(Self { topic, consumer, behind, wait: settings.patience.request })
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
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(self.behind.remove(&partition)),
                Some(Err(error)) => {
                    if let Some(exit) = error::lasting(error::code(&error), &format!("topic `{}` cannot be read", self.topic)) {
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

/// The partition numbers of a topic.
fn partitions(consumer: &BaseConsumer, name: &str, wait: Duration) -> Result<impl Iterator<Item = i32> + use<>, Exit> {
    let what = || format!("topic `{name}` is not described");
    let metadata = consumer.fetch_metadata(Some(name), wait).map_err(|error| error::exit(&error, &what()))?;
    let topic = metadata.topics().iter().find(|topic| topic.name() == name && topic.error().is_none());
    let count = topic.map_or(0, |topic| topic.partitions().len());
    if count == 0 {
        return Err(Exit::Fatal(format!("{}: there is no such topic; see `firebreak topics check`", what())));
    }
    Ok(0..i32::try_from(count).unwrap_or(i32::MAX))
}

/// Reads a whole topic once, partition after partition, to the high watermarks of now, waiting for open transactions below
/// them. `group` is one that the user may read; it is not joined.
///
/// # Errors
/// See [`Exit`]; `each` may end it.
pub fn read_topic(
    settings: &KafkaSettings,
    group: &str,
    topic: Topic,
    each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
) -> Result<(), Exit> {
    let mut tables = Tables::new(settings, &settings.name(group), "firebreak.reader");
    let partitions = partitions(tables.marks()?, &settings.topic(topic), settings.patience.connect)?;
    partitions.into_iter().try_for_each(|partition| tables.read(topic, Partition(partition), each))
}

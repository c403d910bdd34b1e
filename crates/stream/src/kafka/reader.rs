//! Reading topics outside a group: a partition of a table to its end, whole topics, and where a partition ends.

use std::time::{Duration, Instant};

use bytes::Bytes;
use events::{EventTime, Offset, Partition, Topic};
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{BorrowedMessage, Headers};
use rdkafka::{Message, TopicPartitionList};

use super::{KafkaSettings, access, config, error};
use crate::{Defect, Exit, Raw};

/// Between two questions whether a transaction is decided.
const PAUSE: Duration = Duration::from_millis(20);
/// One question where a partition ends.
const ASK: Duration = Duration::from_secs(1);
/// One wait for records.
pub(super) const STEP: Duration = Duration::from_millis(100);

/// A consumer that reads outside a group.
pub(super) type Reader = BaseConsumer<Quiet>;

/// A consumer's context that takes the end of a partition for what it is.
pub(super) struct Quiet;

impl ClientContext for Quiet {
    fn error(&self, error: KafkaError, reason: &str) {
        if !matches!(error, KafkaError::PartitionEOF(_)) && error::code(&error) != Code::PartitionEOF {
            tracing::warn!(%error, reason, "kafka client");
        }
    }
}

impl ConsumerContext for Quiet {}

/// A reader of topics that is a member of no group. Two consumers, made when they are first needed: one reads what is committed,
/// and one, which does not care for that, knows where partitions end.
pub struct TopicReader {
    settings: KafkaSettings,
    group: String,
    client: String,
    reader: Option<Reader>,
    marks: Option<Reader>,
}

impl TopicReader {
    /// A reader that has not connected yet. `group` is one that the user may read; it is not joined.
    pub fn new(settings: &KafkaSettings, group: &str) -> Self {
        Self::of_client(settings, &settings.name(group), "firebreak.reader")
    }

    /// The same for a group whose name is that in the cluster.
    pub(super) fn of_client(settings: &KafkaSettings, group: &str, client: &str) -> Self {
        let (settings, group, client) = (settings.clone(), group.to_owned(), client.to_owned());
        Self { settings, group, client, reader: None, marks: None }
    }

    /// The partitions of a topic.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn partitions(&mut self, topic: Topic) -> Result<Vec<Partition>, Exit> {
        let settings = self.settings.clone();
        partitions(self.marks()?, &settings, topic)
    }

    /// Reads one partition to the high watermark of now, committed records only, waiting for transactions that are open
    /// below it.
    ///
    /// # Errors
    /// [`Exit::Retry`] when such a transaction outlasts the settings' patience; others as they come. `each` may end it.
    pub fn read(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        let high = self.high_watermark(topic, partition)?;
        let deadline = Instant::now() + self.settings.patience.open_transaction;
        loop {
            let stable = self.stable(topic, partition)?;
            if self.settings.planted.is(Defect::RestoreToStable) {
                return self.read_to(topic, partition, stable, each);
            }
            if stable >= high {
                return self.read_to(topic, partition, high, each);
            }
            if Instant::now() >= deadline {
                return Err(Exit::Retry(format!(
                    "a transaction is open in topic `{topic}`, partition {}: it holds back what lies from offset {} to {}",
                    partition.0, stable.0, high.0
                )));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Reads a whole topic, partition after partition, as [`TopicReader::read`] does.
    ///
    /// # Errors
    /// As there.
    pub fn read_all(&mut self, topic: Topic, each: &mut dyn FnMut(Raw) -> Result<(), Exit>) -> Result<(), Exit> {
        self.partitions(topic)?.into_iter().try_for_each(|partition| self.read(topic, partition, each))
    }

    /// Reads one partition from its start to `end`, below which every transaction must be decided.
    ///
    /// # Errors
    /// See [`Exit`]; `each` may end it.
    pub fn read_to(
        &mut self,
        topic: Topic,
        partition: Partition,
        end: Offset,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        let (name, patience, group) = (self.settings.topic(topic), self.settings.patience, self.group.clone());
        let (low, _) = ends(self.marks()?, &name, partition, patience.request)?;
        if low >= end.0 {
            return Ok(());
        }
        let what = || format!("topic `{topic}`, partition {} cannot be read", partition.0);
        let reader = self.reader()?;
        let mut place = TopicPartitionList::new();
        place
            .add_partition_offset(&name, partition.0, rdkafka::Offset::Offset(low))
            .and_then(|()| reader.assign(&place))
            .map_err(|error| error::exit(&error, &what()))?;
        let read = poll_to((reader, &group), (topic, partition), end, patience.connect, each);
        // What was fetched beyond the end must not come with the next partition.
        let left = reader.unassign().map_err(|error| error::exit(&error, &what()));
        read.and(left)
    }

    /// The offset after the last record of a partition, committed or not.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn high_watermark(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        let (name, wait) = (self.settings.topic(topic), self.settings.patience.request);
        ends(self.marks()?, &name, partition, wait).map(|(_, high)| Offset(high))
    }

    /// The same for many partitions at once: one request to each broker that leads some of them.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let wait = self.settings.patience.request;
        let named: Vec<(String, Partition)> =
            places.iter().map(|(topic, partition)| (self.settings.topic(*topic), *partition)).collect();
        let mut asked = TopicPartitionList::new();
        let refused = |error: KafkaError| error::exit(&error, "where partitions end is not told");
        for (name, partition) in &named {
            // As a time, the end stands for the latest offset.
            asked.add_partition_offset(name, partition.0, rdkafka::Offset::End).map_err(refused)?;
        }
        let told = self.marks()?.offsets_for_times(asked, wait).map_err(refused)?;
        let high = |(name, partition): &(String, Partition)| {
            let what = || format!("where topic `{name}`, partition {} ends is not told", partition.0);
            let place = told.find_partition(name, partition.0).ok_or_else(|| Exit::Retry(what()))?;
            place.error().map_err(|error| error::exit(&error, &what()))?;
            match place.offset() {
                rdkafka::Offset::Offset(high) => Ok(Offset(high)),
                _ => Err(Exit::Retry(what())),
            }
        };
        named.iter().map(high).collect()
    }

    /// The last stable offset of a partition: below it every transaction is decided.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn stable(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        let (name, wait) = (self.settings.topic(topic), self.settings.patience.request);
        // A client that reads what is committed is told this one as the high watermark.
        ends(self.reader()?, &name, partition, wait).map(|(_, stable)| Offset(stable))
    }

    fn reader(&mut self) -> Result<&Reader, Exit> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => make(config::reader(&self.settings, &self.group, &self.client))?,
        };
        Ok(self.reader.insert(reader))
    }

    fn marks(&mut self) -> Result<&Reader, Exit> {
        let marks = match self.marks.take() {
            Some(marks) => marks,
            None => make(config::marks(&self.settings, &self.client))?,
        };
        Ok(self.marks.insert(marks))
    }

    /// Group metadata of one who is no member: for planted defects alone.
    pub(super) fn metadata(&mut self) -> Result<Option<rdkafka::consumer::ConsumerGroupMetadata>, Exit> {
        Ok(self.reader()?.group_metadata())
    }
}

pub(super) fn make(config: rdkafka::ClientConfig) -> Result<Reader, Exit> {
    config
        .create_with_context(Quiet)
        .map_err(|error: KafkaError| Exit::Fatal(format!("a consumer cannot be made: {error}")))
}

/// Hands out the records of an assigned partition below `end`. Gives up after `wait` without one.
fn poll_to(
    (reader, group): (&Reader, &str),
    (topic, partition): (Topic, Partition),
    Offset(end): Offset,
    wait: Duration,
    each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
) -> Result<(), Exit> {
    let what = || format!("topic `{topic}`, partition {} cannot be read", partition.0);
    let mut last = Instant::now();
    while last.elapsed() < wait {
        match reader.poll(STEP) {
            Some(Ok(message)) if message.partition() == partition.0 => {
                let next = message.offset() + 1;
                if next <= end {
                    each(raw(topic, &message))?;
                }
                // What was done with it is not the broker's time.
                last = Instant::now();
                if next >= end {
                    return Ok(());
                }
            }
            Some(Err(KafkaError::PartitionEOF(of))) if of == partition.0 => return Ok(()),
            Some(Err(error)) => {
                if let Some(exit) = error::lasting_for(group, error::code(&error), &what()) {
                    return Err(exit);
                }
            }
            Some(Ok(_)) | None => {}
        }
    }
    Err(Exit::Retry(format!("{}: no broker answers", what())))
}

pub(super) fn raw(topic: Topic, message: &BorrowedMessage<'_>) -> Raw {
    let header = |header: rdkafka::message::Header<'_, &[u8]>| {
        (header.key.to_owned().into(), Bytes::copy_from_slice(header.value.unwrap_or_default()))
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

/// The partition numbers of a topic.
pub(super) fn partitions(consumer: &Reader, settings: &KafkaSettings, topic: Topic) -> Result<Vec<Partition>, Exit> {
    let name = settings.topic(topic);
    let what = || format!("topic `{name}` is not described");
    let metadata = access::metadata(consumer.client(), settings, Some(&name), &what())?;
    let topic = metadata.topics().iter().find(|topic| topic.name() == name);
    if let Some(refused) = topic.and_then(|topic| topic.error()) {
        return Err(error::exit(&KafkaError::MetadataFetch(refused.into()), &what()));
    }
    let count = topic.map_or(0, |topic| topic.partitions().len());
    if count == 0 {
        return Err(Exit::Fatal(format!("{}: there is no such topic; see `firebreak topics check`", what())));
    }
    Ok((0..i32::try_from(count).unwrap_or(i32::MAX)).map(Partition).collect())
}

/// Start and high watermark of a partition, or what this consumer is told as such. A partition whose leader is being moved, or
/// is new, is asked for again until `wait` is over.
pub(super) fn ends<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    name: &str,
    partition: Partition,
    wait: Duration,
) -> Result<(i64, i64), Exit> {
    let deadline = Instant::now() + wait;
    loop {
        let error = match consumer.fetch_watermarks(name, partition.0, wait.min(ASK)) {
            Ok(ends) => return Ok(ends),
            Err(error) => error,
        };
        if !error::is_passing(error::code(&error)) || Instant::now() >= deadline {
            let what = format!("where topic `{name}`, partition {} starts and ends is not told", partition.0);
            return Err(error::exit(&error, &what));
        }
        std::thread::sleep(PAUSE);
        // The call believes the client's cache for minutes, also that there is no leader: this brings it up to date.
        if let Err(error) = consumer.fetch_metadata(Some(name), wait.min(ASK)) {
            tracing::debug!(%error, topic = name, "metadata is not told");
        }
    }
}

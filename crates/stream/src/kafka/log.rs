//! One worker's connection to Kafka: a member of a group with its transactional producer.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use events::{Offset, Partition, Topic};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};

use super::lanes::Lanes;
use super::membership::Membership;
use super::offsets;
use super::producer::TxnProducer;
use super::queue::Named;
use super::reader::TopicReader;
use super::transaction::KafkaTxn;
use super::{KafkaSettings, config, error};
use crate::{Defect, Exit, Log, Polled, Position, Raw};

/// One worker's connection to Kafka. It must be used and dropped on the worker's own thread, never on one that serves sockets:
/// its calls wait, and dropping it leaves the group.
pub struct KafkaLog {
    pub(super) settings: KafkaSettings,
    /// The group's name in the cluster.
    pub(super) group: String,
    /// The transactional id in the cluster.
    transactional_id: String,
    /// Input topics in the order in which they are read: express lanes first.
    pub(super) inputs: Vec<Named>,
    /// Names of topics that were written to.
    names: BTreeMap<Topic, String>,
    pub(super) consumer: Arc<BaseConsumer<Membership>>,
    pub(super) lanes: Lanes,
    pub(super) owned: BTreeMap<Partition, Owned>,
    /// Changes of ownership that the worker has not heard of.
    pub(super) announced: VecDeque<Polled>,
    pub(super) tables: TopicReader,
    /// `None` after one that is of no more use.
    pub(super) producer: Option<TxnProducer>,
    /// Another process has this transactional id.
    pub(super) replaced: Option<Exit>,
}

/// A partition number that is ours.
#[derive(Debug, Default)]
pub(super) struct Owned {
    /// The next offset of each input, in the order of the inputs; empty before the first seek, when nothing is read.
    pub(super) next: Vec<i64>,
    /// Whether librdkafka has not gone to `next` yet: what comes before it has is old.
    pub(super) seeking: bool,
    /// Whether librdkafka reads nothing: so from the assignment to the first seek, and while it is held.
    pub(super) paused: bool,
    /// Whether what comes nevertheless is left: it is read again behind the next seek.
    pub(super) held: bool,
}

impl KafkaLog {
    /// Joins `group` under `transactional_id` to read `inputs`. An earlier member with this id is fenced, and what it left open
    /// is aborted.
    ///
    /// # Errors
    /// [`Exit::Retry`] when the cluster does not answer within the settings' patience: try again. [`Exit::Fatal`] when it
    /// refuses, with the remedy.
    pub fn join(settings: &KafkaSettings, group: &str, transactional_id: &str, inputs: &[Topic]) -> Result<Self, Exit> {
        let group = settings.name(group);
        let transactional_id = identity(settings, transactional_id);
        let producer = TxnProducer::new(settings, &transactional_id, settings.patience.connect)?;
        let failed = |what: &str| Exit::Fatal(format!("the consumer of group `{group}` cannot be made: {what}"));
        let config = config::member(settings, &group, &transactional_id);
        let consumer: BaseConsumer<Membership> =
            config.create_with_context(Membership::default()).map_err(|error| failed(&error.to_string()))?;
        let consumer = Arc::new(consumer);
        let lanes = Lanes::new(&consumer).ok_or_else(|| failed("librdkafka has no memory for a queue"))?;
        let mut inputs: Vec<Topic> = inputs.to_vec();
        inputs.sort_by_key(|topic| !topic.express());
        let names: Vec<String> = inputs.iter().map(|topic| settings.topic(*topic)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        consumer.subscribe(&names).map_err(|error| failed(&error.to_string()))?;
        let named = |topic: &Topic| {
            let name = CString::new(settings.topic(*topic)).map_err(|error| failed(&error.to_string()))?;
            Ok(Named { name, topic: *topic })
        };
        let inputs = inputs.iter().map(named).collect::<Result<_, Exit>>()?;
        let tables = TopicReader::of_client(settings, &group, &transactional_id);
        Ok(Self {
            settings: settings.clone(),
            group,
            transactional_id,
            inputs,
            names: BTreeMap::new(),
            consumer,
            lanes,
            owned: BTreeMap::new(),
            announced: VecDeque::new(),
            tables,
            producer: Some(producer),
            replaced: None,
        })
    }

    /// The name of a topic in the cluster.
    pub(super) fn name(&mut self, topic: Topic) -> &str {
        let settings = &self.settings;
        self.names.entry(topic).or_insert_with(|| settings.topic(topic))
    }

    pub(super) fn transactional_id(&self) -> &str {
        &self.transactional_id
    }

    /// The producer; a new one when the last was thrown away.
    pub(super) fn producer(&mut self) -> Result<&TxnProducer, Exit> {
        let producer = match self.producer.take() {
            Some(producer) => producer,
            None => TxnProducer::new(&self.settings, &self.transactional_id, self.settings.patience.request)?,
        };
        Ok(self.producer.insert(producer))
    }

    /// What the worker remembers may be wrong: gives its partitions out again, so that it asks what is committed.
    pub(super) fn give_out_again(&mut self) {
        let ours: Vec<Partition> = self.owned.keys().copied().collect();
        if !ours.is_empty() {
            self.owned.values_mut().for_each(|owned| owned.next.clear());
            self.announced.push_back(Polled::Revoked(ours.clone()));
            self.announced.push_back(Polled::Assigned(ours));
        }
    }

    fn input(&self, topic: Topic) -> Option<usize> {
        self.inputs.iter().position(|input| input.topic == topic)
    }
}

/// The transactional id in the cluster. A log that forgets fencing takes another one each time.
fn identity(settings: &KafkaSettings, transactional_id: &str) -> String {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let id = settings.name(transactional_id);
    if settings.planted.is(Defect::ForgetFencing) {
        return format!("{id}.{}", TAKEN.fetch_add(1, Ordering::Relaxed));
    }
    id
}

impl Log for KafkaLog {
    type Txn<'a> = KafkaTxn<'a>;

    fn poll(&mut self) -> Result<Polled, Exit> {
        if let Some(replaced) = &self.replaced {
            return Err(replaced.clone());
        }
        self.gather()
    }

    fn begin(&mut self) -> Result<KafkaTxn<'_>, Exit> {
        KafkaTxn::begin(self)
    }

    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        offsets::committed(&self.consumer, &self.inputs, partition, self.settings.patience.request)
    }

    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit> {
        let next = self.inputs.iter().map(|input| position.next_of(input.topic).map(|next| next.0));
        let next = next.collect::<Result<Vec<i64>, Exit>>()?;
        let Some(owned) = self.owned.get_mut(&partition) else {
            return Err(Exit::Fenced(format!("partition {} is not assigned", partition.0)));
        };
        // librdkafka goes there with the next poll, all partitions at once.
        owned.next = next;
        owned.seeking = true;
        owned.held = false;
        Ok(())
    }

    fn hold(&mut self, partition: Partition) -> Result<(), Exit> {
        let names: Vec<String> = self.inputs.iter().map(|input| self.settings.topic(input.topic)).collect();
        let Some(owned) = self.owned.get_mut(&partition) else {
            return Err(Exit::Fenced(format!("partition {} is not assigned", partition.0)));
        };
        if !owned.paused {
            let mut places = TopicPartitionList::new();
            for name in &names {
                places.add_partition(name, partition.0);
            }
            let failed = |error| error::exit(&error, &format!("partition {} cannot be held", partition.0));
            self.consumer.pause(&places).map_err(failed)?;
        }
        *owned = Owned { next: std::mem::take(&mut owned.next), seeking: false, paused: true, held: true };
        Ok(())
    }

    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        self.tables.read(topic, partition, each)
    }

    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        self.tables.high_watermarks(places)
    }

    fn reached(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        let unread = || Exit::Fenced(format!("`{topic}`, partition {}, is not read here", partition.0));
        let input = self.input(topic).ok_or_else(unread)?;
        let owned = self.owned.get(&partition).ok_or_else(unread)?;
        let next = *owned.next.get(input).ok_or_else(unread)?;
        if owned.seeking || owned.held {
            return Ok(Offset(next));
        }
        let name = self.name(topic).to_owned();
        let passed = self.consumer.position().map_err(|error| error::exit(&error, "the consumer's position"))?;
        let passed = passed.find_partition(&name, partition.0).and_then(|place| match place.offset() {
            rdkafka::Offset::Offset(offset) => Some(offset),
            _ => None,
        });
        Ok(Offset(passed.map_or(next, |passed| passed.max(next))))
    }
}

impl Drop for KafkaLog {
    fn drop(&mut self) {
        // What the group may still give would else wait to be taken, and the group for this member.
        self.consumer.context().leave();
    }
}

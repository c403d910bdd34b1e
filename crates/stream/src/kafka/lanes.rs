//! Gathering a batch: the group served first, express records before others, whichever limit comes first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{Offset, Partition, Topic};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::log::{KafkaLog, Owned};
use super::membership::{Change, Membership, common, take};
use super::queue::{DataQueue, Named, Unreadable};
use super::{Batching, access, error};
use crate::{Exit, Polled, Raw};

/// How long the group and the express lane may wait for the main lane.
const SLICE: Duration = Duration::from_millis(5);

/// The two queues of a worker.
pub(super) struct Lanes {
    express: DataQueue,
    main: DataQueue,
}

impl Lanes {
    pub(super) fn new(consumer: &Arc<BaseConsumer<Membership>>) -> Option<Self> {
        Some(Self { express: DataQueue::new(consumer)?, main: DataQueue::new(consumer)? })
    }

    fn forward(&self, input: &Named, partition: Partition) {
        let lane = if input.topic.express() { &self.express } else { &self.main };
        lane.forward(&input.name, partition);
    }
}

/// A batch in the making.
#[derive(Default)]
struct Batch {
    express: Vec<Raw>,
    main: Vec<Raw>,
    bytes: usize,
    /// When the first records came, and when the last.
    times: Option<(Instant, Instant)>,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.times.is_none()
    }

    /// Notes that records and bytes were added.
    fn grew(&mut self, bytes: usize) {
        let now = Instant::now();
        self.bytes += bytes;
        self.times = Some((self.times.map_or(now, |(first, _)| first), now));
    }

    fn ready(&self, limits: &Batching) -> bool {
        let old = |(first, last): (Instant, Instant)| first.elapsed() >= limits.age || last.elapsed() >= limits.idle;
        let full = self.express.len() + self.main.len() >= limits.records || self.bytes >= limits.bytes;
        full || self.times.is_some_and(old)
    }

    fn into_records(mut self) -> Vec<Raw> {
        self.express.append(&mut self.main);
        self.express
    }
}

impl KafkaLog {
    /// Serves the group and gathers a batch. A change of ownership ends it: what was gathered is of partitions that went or
    /// were given out again, and is read anew by their owner.
    pub(super) fn gather(&mut self) -> Result<Polled, Exit> {
        let limits = self.settings.batching;
        let begun = Instant::now();
        let mut batch = Batch::default();
        loop {
            self.serve()?;
            if let Some(change) = self.announced.pop_front() {
                return Ok(change);
            }
            self.go_to_seeked()?;
            let wait = if batch.is_empty() { limits.wait } else { limits.idle }.min(SLICE);
            self.take(&mut batch, wait)?;
            if batch.ready(&limits) {
                return Ok(Polled::Records(batch.into_records()));
            }
            if batch.is_empty() && begun.elapsed() >= limits.wait {
                return Ok(Polled::Idle);
            }
        }
    }

    /// Serves the group's own queue: changes of ownership and errors, never records.
    fn serve(&mut self) -> Result<(), Exit> {
        let polled = self.consumer.poll(Duration::ZERO).map(|polled| polled.map(drop));
        if let Some(producer) = &self.producer {
            producer.poll();
        }
        while let Some(change) = self.consumer.context().next() {
            match change {
                Change::Revoked => {
                    let gone = std::mem::take(&mut self.owned).into_keys().collect();
                    // What was to be given out again is gone as well.
                    self.announced.clear();
                    self.announced.push_back(Polled::Revoked(gone));
                }
                Change::Assigned(topics) => {
                    let partitions = self.assigned(&topics)?;
                    self.announced.push_back(Polled::Assigned(partitions));
                }
                Change::Failed(why) => {
                    return Err(Exit::Fatal(format!(
                        "the assignment of group `{}` cannot be followed: {why}",
                        self.group
                    )));
                }
            }
        }
        match polled {
            Some(Ok(())) => Err(Exit::Fatal("a record came by the group's own queue; this is a bug".to_owned())),
            Some(Err(error)) => self.trouble(&error),
            None => Ok(()),
        }
    }

    fn assigned(&mut self, topics: &BTreeMap<String, BTreeSet<i32>>) -> Result<Vec<Partition>, Exit> {
        let names: Vec<String> = self.inputs.iter().map(|input| self.settings.topic(input.topic)).collect();
        for (input, name) in self.inputs.iter().zip(&names) {
            let partitions = topics.get(name).into_iter().flatten();
            partitions.for_each(|partition| self.lanes.forward(input, Partition(*partition)));
        }
        let failed = |error: KafkaError| {
            Exit::Fatal(format!("the assignment of group `{}` cannot be taken: {error}", self.group))
        };
        take(&self.consumer, topics).map_err(failed)?;
        let Some(partitions) = common(topics, &names) else {
            tracing::warn!(
                group = self.group,
                ?topics,
                "reads nothing: the assignment differs from topic to topic; all members must read the same topics, and these \
                 must have the same number of partitions"
            );
            return Ok(Vec::new());
        };
        let paused = || Owned { paused: true, ..Owned::default() };
        self.owned = partitions.iter().map(|partition| (*partition, paused())).collect();
        Ok(partitions)
    }

    /// Lets librdkafka go to where partitions were seeked. One that it cannot move yet is tried again with the next pass.
    fn go_to_seeked(&mut self) -> Result<(), Exit> {
        if !self.owned.values().any(|owned| owned.seeking) {
            return Ok(());
        }
        let failed = |error: KafkaError| Exit::Retry(format!("a position cannot be taken: {error}"));
        let names: Vec<String> = self.inputs.iter().map(|input| self.settings.topic(input.topic)).collect();
        let (mut places, mut resumed) = (TopicPartitionList::new(), TopicPartitionList::new());
        for (partition, owned) in self.owned.iter_mut().filter(|(_, owned)| owned.seeking) {
            // Resuming what is not paused would throw away what was fetched.
            let paused = std::mem::take(&mut owned.paused);
            for (name, next) in names.iter().zip(&owned.next) {
                places.add_partition_offset(name, partition.0, place(*next)).map_err(failed)?;
                if paused {
                    resumed.add_partition(name, partition.0);
                }
            }
        }
        // Resumed before they move: only a move wakes the thread that fetches, which else sleeps for up to a second.
        if resumed.count() > 0 {
            self.consumer.resume(&resumed).map_err(failed)?;
        }
        let moved = self.consumer.seek_partitions(places, self.settings.patience.request).map_err(failed)?;
        for (partition, owned) in self.owned.iter_mut().filter(|(_, owned)| owned.seeking) {
            let arrived =
                |name: &String| moved.find_partition(name, partition.0).is_some_and(|place| place.error().is_ok());
            owned.seeking = !names.iter().all(arrived);
        }
        Ok(())
    }

    /// Takes what the queues hold, the express lane first; waits for the main lane.
    fn take(&mut self, batch: &mut Batch, wait: Duration) -> Result<(), Exit> {
        let Self { inputs, owned, lanes, .. } = self;
        let mut wanted = |topic: Topic, partition: Partition, Offset(offset): Offset| {
            let Some(owned) = owned.get_mut(&partition).filter(|owned| !owned.seeking && !owned.held) else {
                return false;
            };
            let input = inputs.iter().position(|input| input.topic == topic);
            let Some(next) = input.and_then(|input| owned.next.get_mut(input)) else { return false };
            // Below it lies only what was fetched before a seek.
            let new = offset >= *next;
            *next = (*next).max(offset + 1);
            new
        };
        let (mut unreadable, mut grown) = (None, Vec::new());
        for (lane, records, wait) in
            [(&mut lanes.express, &mut batch.express, Duration::ZERO), (&mut lanes.main, &mut batch.main, wait)]
        {
            let before = records.len();
            unreadable = lane.take(wait, inputs, &mut wanted, records).1.or(unreadable);
            let new = records.get(before..).unwrap_or_default();
            let size = |raw: &Raw| [&raw.key, &raw.value].into_iter().flatten().map(bytes::Bytes::len).sum::<usize>();
            if !new.is_empty() {
                grown.push(new.iter().map(size).sum());
            }
        }
        grown.into_iter().for_each(|bytes| batch.grew(bytes));
        unreadable.map_or(Ok(()), |unreadable| self.unreadable(&unreadable))
    }

    fn unreadable(&self, Unreadable { name, partition, code }: &Unreadable) -> Result<(), Exit> {
        let what = format!("topic `{name}`, partition {partition} cannot be read");
        match error::lasting(*code, &what) {
            Some(exit) => Err(exit),
            None => {
                tracing::warn!(%code, what);
                Ok(())
            }
        }
    }

    /// An error of the consumer as a whole: librdkafka goes on by itself, unless no try can help.
    fn trouble(&self, error: &KafkaError) -> Result<(), Exit> {
        let reason = self.consumer.context().reason();
        if error::code(error) == Code::Authentication && access::passes(&reason) {
            return Ok(());
        }
        let what = format!("group `{}` cannot read its topics: {reason}", self.group);
        if let Some(exit) = error::lasting(error::code(error), &what) {
            return Err(exit);
        }
        match error {
            KafkaError::MessageConsumptionFatal(code) => Err(Exit::Fatal(format!("{what}: {code}"))),
            // It is logged where it is heard of. One that polled too late and left its group is taken in again.
            _ => Ok(()),
        }
    }
}

/// Where to read from. Offset 0 is said as the start: librdkafka sees no move in going from 0, where it was assigned, to 0.
fn place(next: i64) -> rdkafka::Offset {
    if next == 0 { rdkafka::Offset::Beginning } else { rdkafka::Offset::Offset(next) }
}

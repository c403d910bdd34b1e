//! A log whose input is a source outside Kafka, and whose transactions are Kafka's: the entrance.
//!
//! A part of the source is a partition of topic `input`. Its state and its position lie in `state.<role>` under the part's
//! name, written in the transaction that carries what the part said; so files are resumed where the last committed
//! transaction ended, on any host. There is no group: one process reads a part, and the transactional id fences an older one
//! of the same name. What was handed out is kept until it is committed, and handed out again after an abort.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use events::{Codec, EventTime, NextOffset, Offset, Partition, PartitionCount, Role, Topic};

use super::producer::{Failure, TxnProducer, Useless};
use super::{KafkaSettings, TopicReader};
use crate::progress::{self, SOURCES};
use crate::service::{Clock, wall_clock};
use crate::source::{Source, SourceRead};
use crate::worker::POSITION_KEY;
use crate::{Exit, Log, Outgoing, Polled, Position, Raw, Txn};

/// A receipt that is older is not committed but stamped anew, so that what is read to its end at some moment is handled up to
/// [`progress::SOURCE_DELAY`] before it.
const FRESH: Duration = Duration::from_secs(2);

/// A source with Kafka's transactions.
pub struct SourceLog<S: Source> {
    settings: KafkaSettings,
    transactional_id: String,
    role: Role,
    partitions: PartitionCount,
    clock: Clock,
    codec: Codec,
    source: S,
    parts: Vec<Part>,
    tables: TopicReader,
    /// `None` after one that is of no more use.
    producer: Option<TxnProducer>,
    replaced: Option<Exit>,
    announced: VecDeque<Polled>,
    /// Handed out and not committed.
    handed: Vec<Raw>,
    /// To be handed out again.
    again: Vec<Raw>,
    /// When the oldest of what is handed out was stamped.
    stamped: Instant,
    ended: bool,
    /// The highest time committed.
    highest: EventTime,
}

/// A part of a source.
struct Part {
    name: String,
    resumed: bool,
}

impl<S: Source> SourceLog<S> {
    /// Reads `source` under `transactional_id` for `role`. An earlier process with this id is fenced, and what it left open is
    /// aborted.
    ///
    /// # Errors
    /// As [`super::KafkaLog::join`].
    pub fn join(
        settings: &KafkaSettings,
        transactional_id: &str,
        role: Role,
        (partitions, clock, codec): (PartitionCount, Clock, Codec),
        source: S,
    ) -> Result<Self, Exit> {
        let transactional_id = settings.name(transactional_id);
        let producer = TxnProducer::new(settings, &transactional_id, settings.patience.connect)?;
        let parts: Vec<Part> = source.parts().into_iter().map(|name| Part { name, resumed: false }).collect();
        let all = (0..).map(Partition).take(parts.len()).collect();
        Ok(Self {
            settings: settings.clone(),
            tables: TopicReader::of_client(settings, &transactional_id, &transactional_id),
            transactional_id,
            role,
            partitions,
            clock,
            codec,
            source,
            parts,
            producer: Some(producer),
            replaced: None,
            announced: VecDeque::from([Polled::Assigned(all)]),
            handed: Vec::new(),
            again: Vec::new(),
            stamped: Instant::now(),
            ended: false,
            highest: EventTime::EPOCH,
        })
    }

    fn part(&self, partition: Partition) -> Result<(usize, &Part), Exit> {
        let place = usize::try_from(partition.0).ok();
        let part = place.and_then(|place| Some((place, self.parts.get(place)?)));
        part.ok_or_else(|| Exit::Fatal(format!("the source has no part {}", partition.0)))
    }

    /// Where in Kafka lies what is kept of a part.
    fn home(&self, part: &Part) -> Partition {
        self.partitions.partition(part.name.as_bytes())
    }

    fn producer(&mut self) -> Result<&TxnProducer, Exit> {
        let producer = match self.producer.take() {
            Some(producer) => producer,
            None => TxnProducer::new(&self.settings, &self.transactional_id, self.settings.patience.request)?,
        };
        Ok(self.producer.insert(producer))
    }

    /// Stamps what is handed out with the wall's clock, unless the input's times stand.
    fn hand_out(&mut self, mut records: Vec<Raw>) -> Polled {
        if self.clock == Clock::Wall {
            let now = wall_clock();
            records.iter_mut().for_each(|record| record.timestamp = now);
        }
        self.stamped = Instant::now();
        self.handed.extend(records.iter().cloned());
        Polled::Records(records)
    }

    fn failed(&mut self, failure: Failure, begun: Instant) -> Exit {
        let cause = match failure {
            Failure::Abort(cause) => cause,
            Failure::Useless(useless) => return self.useless(useless, begun),
        };
        let Some(producer) = &self.producer else { return Exit::Retry("the producer is gone".to_owned()) };
        match producer.abort() {
            Ok(()) => producer.exit(cause),
            Err(useless) => self.useless(useless, begun),
        }
    }

    fn useless(&mut self, useless: Useless, begun: Instant) -> Exit {
        self.producer = None;
        let exit = useless.exit(&self.transactional_id, begun.elapsed(), &self.settings);
        if matches!(exit, Exit::Replaced(_)) {
            self.replaced = Some(exit.clone());
        } else {
            let all: Vec<Partition> = (0..).map(Partition).take(self.parts.len()).collect();
            self.announced.extend([Polled::Revoked(all.clone()), Polled::Assigned(all)]);
        }
        exit
    }

    /// The highest time of what these positions pass.
    fn passed(&self, positions: &[(Partition, Position)]) -> EventTime {
        let passes = |record: &&Raw| {
            let position = positions.iter().find(|(partition, _)| *partition == record.partition);
            position.is_some_and(|(_, position)| record.offset < next(position))
        };
        self.handed.iter().filter(passes).map(|record| record.timestamp).max().unwrap_or_default().max(self.highest)
    }
}

fn next(position: &Position) -> Offset {
    position.next.first().map_or(Offset(0), |(_, next)| *next)
}

impl<S: Source> Log for SourceLog<S> {
    type Txn<'a>
        = SourceTxn<'a, S>
    where
        S: 'a;

    fn poll(&mut self) -> Result<Polled, Exit> {
        if let Some(replaced) = &self.replaced {
            return Err(replaced.clone());
        }
        if let Some(producer) = &self.producer {
            producer.poll();
        }
        if let Some(change) = self.announced.pop_front() {
            return Ok(change);
        }
        if !self.again.is_empty() {
            let again = std::mem::take(&mut self.again);
            return Ok(self.hand_out(again));
        }
        let limits = self.settings.batching;
        match self.source.read(limits.records, limits.bytes)? {
            SourceRead::Records(records) => Ok(self.hand_out(records)),
            SourceRead::Nothing => Ok(Polled::Idle),
            SourceRead::Ended => {
                self.ended = true;
                Ok(Polled::Idle)
            }
        }
    }

    fn begin(&mut self) -> Result<SourceTxn<'_, S>, Exit> {
        if let Some(replaced) = &self.replaced {
            return Err(replaced.clone());
        }
        let begun = Instant::now();
        match self.producer()?.begin() {
            Ok(()) => Ok(SourceTxn { log: self, begun, open: true }),
            Err(failure) => Err(self.failed(failure, begun)),
        }
    }

    /// The position lies with the state of the part: there is no group to ask.
    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        let mut found = None;
        self.read_table(Topic::State(self.role), partition, &mut |raw| {
            if raw.key.as_deref() == Some(POSITION_KEY.as_bytes()) {
                found = raw.value;
            }
            Ok(())
        })?;
        let Some(bytes) = found else {
            return Ok(Position { next: vec![(Topic::Input, Offset(0))], turn: 0 });
        };
        let told: events::Position = self.codec.decode(&bytes).map_err(|error| {
            Exit::Refused(format!("where part {} of the source stands cannot be read: {error}", partition.0))
        })?;
        let next = told.next.iter().map(|NextOffset { next, .. }| (Topic::Input, *next)).collect();
        Ok(Position { next, turn: told.turn })
    }

    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit> {
        let (place, _) = self.part(partition)?;
        if let Some(part) = self.parts.get_mut(place).filter(|part| !part.resumed) {
            part.resumed = true;
            return self.source.resume(place, next(position));
        }
        let (of_part, others) =
            std::mem::take(&mut self.handed).into_iter().partition(|raw| raw.partition == partition);
        self.handed = others;
        self.again.extend(of_part.into_iter().filter(|raw: &Raw| raw.offset >= next(position)));
        Ok(())
    }

    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        let (_, part) = self.part(partition)?;
        let (home, prefix) = (self.home(part), format!("{}/", part.name));
        self.tables.read(topic, home, &mut |raw| {
            let Some(key) = raw.key.as_deref().and_then(|key| key.strip_prefix(prefix.as_bytes())) else {
                return Ok(());
            };
            let key = Some(Bytes::copy_from_slice(key));
            each(Raw { key, partition, ..raw })
        })
    }

    fn high_watermarks(&mut self, _: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        Err(Exit::Fatal("where a source ends is not known".to_owned()))
    }

    fn reached(&mut self, _: Topic, partition: Partition) -> Result<Offset, Exit> {
        let handed = self.handed.iter().filter(|raw| raw.partition == partition);
        Ok(handed.map(|raw| Offset(raw.offset.0 + 1)).max().unwrap_or_default())
    }

    fn ended(&self) -> bool {
        self.ended && self.handed.is_empty() && self.again.is_empty()
    }
}

/// An open transaction of a [`SourceLog`]. Dropped without commit it is aborted.
pub struct SourceTxn<'a, S: Source> {
    log: &'a mut SourceLog<S>,
    begun: Instant,
    open: bool,
}

impl<S: Source> SourceTxn<'_, S> {
    fn give_up(&mut self, failure: Failure) -> Exit {
        self.open = false;
        self.log.failed(failure, self.begun)
    }

    fn put(&mut self, record: Outgoing) -> Result<(), Exit> {
        let name = self.log.settings.topic(record.topic);
        let begun = self.begun;
        match self.log.producer()?.send(&name, record, begun) {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.give_up(failure)),
        }
    }
}

impl<S: Source> Txn for SourceTxn<'_, S> {
    fn send(&mut self, mut record: Outgoing) -> Result<(), Exit> {
        // What is written to the partition that was read: here that is a part, which lies where its name says.
        if matches!(record.topic, Topic::State(_) | Topic::Turns(_) | Topic::DeadLetters) {
            let (_, part) = self.log.part(record.partition)?;
            let name = part.name.clone();
            record.partition = self.log.home(part);
            if matches!(record.topic, Topic::State(_)) {
                let key = record.key.as_deref().unwrap_or_default();
                record.key = Some([name.as_bytes(), b"/", key].concat().into());
            }
        }
        self.put(record)
    }

    fn commit(mut self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        if self.log.clock == Clock::Wall && !self.log.handed.is_empty() && self.log.stamped.elapsed() > FRESH {
            return Err(Exit::Retry("what came is stamped anew: deciding it took too long".to_owned()));
        }
        let highest = self.log.passed(positions);
        if self.log.clock == Clock::Input {
            let (role, lane, partition) = SOURCES;
            let codec = self.log.codec.clone();
            self.put(progress::record(role, lane, partition, highest, &codec)?)?;
        }
        let begun = self.begun;
        if let Err(failure) = self.log.producer()?.commit(None, begun) {
            return Err(self.give_up(failure));
        }
        self.open = false;
        self.log.highest = highest;
        let stands: BTreeMap<Partition, Offset> =
            positions.iter().map(|(partition, position)| (*partition, next(position))).collect();
        self.log.handed.retain(|raw| stands.get(&raw.partition).is_none_or(|next| raw.offset >= *next));
        for (partition, next) in stands {
            let (place, _) = self.log.part(partition)?;
            self.log.source.committed(place, next);
        }
        Ok(())
    }
}

impl<S: Source> Drop for SourceTxn<'_, S> {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let Some(producer) = &self.log.producer else { return };
        if let Err(useless) = producer.abort() {
            let exit = self.log.useless(useless, self.begun);
            tracing::warn!(%exit, "a transaction could not be aborted");
        }
    }
}

//! What a turn becomes: the records that its transaction appends, and what it did.

use bytes::Bytes;
use events::{EventTime, Offset, OffsetRange, Partition, Payload, Role, Topic, Turn};

use super::assignment::{POSITION_KEY, next_offsets, table_checks};
use super::{Counts, Task, Tick, WorkerSettings};
use crate::dead_letter::dead_letter;
use crate::{Exit, Outgoing, Output, Position, Raw, RejectReason, Route, State, Verdict};

/// A decided turn that waits for its commit.
#[derive(Debug)]
pub struct Prepared {
    /// Which partition.
    pub partition: Partition,
    /// Where the partition stands after the commit.
    pub(super) position: Position,
    /// What the transaction appends.
    pub(super) outgoing: Vec<Outgoing>,
    /// What the turn did.
    pub(super) counts: Counts,
    pub(super) stream_time: EventTime,
}

impl Prepared {
    /// Whether the turn rejects a record.
    pub fn rejects(&self) -> bool {
        self.counts.total_rejected() > 0
    }
}

/// Collects what a turn sends and counts.
pub(super) struct TurnBuilder<'a> {
    role: Role,
    partition: Partition,
    settings: &'a WorkerSettings,
    position: Position,
    first: Vec<(Topic, Offset)>,
    outgoing: Vec<Outgoing>,
    pub(super) counts: Counts,
    latest: EventTime,
    stream_time: EventTime,
}

impl<'a> TurnBuilder<'a> {
    pub(super) fn new<T>(
        role: Role,
        partition: Partition,
        task: &Task<T>,
        settings: &'a WorkerSettings,
        stream_time: EventTime,
    ) -> Self {
        let mut position = task.position.clone();
        position.turn += 1;
        Self {
            role,
            partition,
            settings,
            position,
            first: Vec::new(),
            outgoing: Vec::new(),
            counts: Counts::default(),
            latest: EventTime::EPOCH,
            stream_time,
        }
    }

    pub(super) fn judged(&mut self, raw: Raw, verdict: Verdict) -> Result<(), Exit> {
        *self.counts.read.entry(raw.topic).or_default() += 1;
        self.counts.bytes_read += raw.value.as_ref().map_or(0, |value| value.len() as u64);
        self.latest = self.latest.max(raw.timestamp);
        if !self.first.iter().any(|(topic, _)| *topic == raw.topic) {
            self.first.push((raw.topic, raw.offset));
        }
        let after = Offset(raw.offset.0 + 1);
        match self.position.next.iter_mut().find(|(topic, _)| *topic == raw.topic) {
            Some((_, next)) => *next = after,
            None => {
                return Err(Exit::Fatal(format!("topic `{}` is no input of role `{}`", raw.topic, self.role)));
            }
        }
        match verdict {
            Verdict::Forward(outputs) => {
                self.counts.forwarded += 1;
                for output in outputs {
                    self.output(output)?;
                }
            }
            Verdict::Drop(reason) => *self.counts.dropped.entry(reason).or_default() += 1,
            Verdict::Reject { reason, detail } => {
                *self.counts.rejected.entry(reason).or_default() += 1;
                self.dead_letter(raw, reason, &detail)?;
            }
        }
        Ok(())
    }

    pub(super) fn output(&mut self, output: Output) -> Result<(), Exit> {
        let partition = match &output.route {
            Route::Key => self.settings.partitions.partition(output.key.as_bytes()),
            Route::By(key) => self.settings.partitions.partition(key.as_bytes()),
            Route::Same => self.partition,
        };
        self.send(output.topic, partition, Some(Bytes::from(output.key)), output.timestamp, &output.payload)
    }

    fn send(
        &mut self,
        topic: Topic,
        partition: Partition,
        key: Option<Bytes>,
        timestamp: EventTime,
        payload: &Payload,
    ) -> Result<(), Exit> {
        let value = payload.encode(&self.settings.codec).map_err(|error| Exit::Fatal(error.to_string()))?;
        self.append(Outgoing { topic, partition, timestamp, key, value: Some(value.into()), headers: Vec::new() });
        Ok(())
    }

    fn append(&mut self, record: Outgoing) {
        *self.counts.produced.entry(record.topic).or_default() += 1;
        self.counts.bytes_produced += record.value.as_ref().map_or(0, |value| value.len() as u64);
        self.outgoing.push(record);
    }

    fn dead_letter(&mut self, raw: Raw, reason: RejectReason, detail: &str) -> Result<(), Exit> {
        let letter = dead_letter(self.role, &raw, reason, detail);
        self.send(Topic::DeadLetters, self.partition, raw.key, raw.timestamp, &letter.into())
    }

    /// Adds the changes of the state, its position and the turn itself.
    pub(super) fn finish<T: State>(mut self, state: &T, tick: Option<Tick>) -> Result<Prepared, Exit> {
        let timestamp = if self.latest == EventTime::EPOCH { self.stream_time } else { self.latest };
        let tables = state.tables();
        for table in &tables {
            let own = matches!(table.topic(), Topic::State(_));
            for change in table.changes().map_err(|error| Exit::Fatal(error.to_string()))? {
                let key = match own {
                    true => [table.name().as_bytes(), b"/", &change.key].concat().into(),
                    false => change.key,
                };
                self.append(Outgoing {
                    topic: table.topic(),
                    partition: self.partition,
                    timestamp: change.timestamp.unwrap_or(timestamp),
                    key: Some(key),
                    value: change.value,
                    headers: Vec::new(),
                });
            }
        }
        if !tables.is_empty() {
            let position = events::Position {
                format: T::FORMAT,
                turn: self.position.turn,
                next: next_offsets(&self.position),
                stream_time: Some(self.stream_time),
                tables: table_checks(state),
            };
            let key = Bytes::from_static(POSITION_KEY.as_bytes());
            self.send(Topic::State(self.role), self.partition, Some(key), timestamp, &position.into())?;
        }
        let turn = self.turn(tick);
        let key = Bytes::from(self.partition.0.to_string());
        self.send(Topic::Turns(self.role), self.partition, Some(key), timestamp, &turn.into())?;
        debug_assert!(self.counts.balanced(), "a record without a verdict: {:?}", self.counts);
        let Self { partition, position, outgoing, counts, stream_time, .. } = self;
        Ok(Prepared { partition, position, outgoing, counts, stream_time })
    }

    fn turn(&self, tick: Option<Tick>) -> Turn {
        let next = |topic: Topic| self.position.next.iter().find(|(other, _)| *other == topic).map(|(_, next)| *next);
        let read = self.first.iter().map(|(topic, first)| OffsetRange {
            topic: topic.name(),
            first: *first,
            next: next(*topic).unwrap_or(*first),
        });
        let mut read: Vec<OffsetRange> = read.collect();
        read.sort_by(|left, right| left.topic.cmp(&right.topic));
        Turn {
            partition: self.partition,
            turn: self.position.turn,
            read,
            tick: tick.map(|tick| tick.at),
            fired: self.counts.fired as i64,
            book_version: self.settings.book_version.clone(),
            references: Vec::new(),
        }
    }
}

//! One turn of one partition, from raw records to records to send. Nothing here touches the log.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use events::{EventTime, Offset, OffsetRange, Partition, Payload, Role, Topic, Turn};

use super::assignment::{POSITION_KEY, next_offsets, table_checks};
use super::{Counts, Task, Tick, Worker, WorkerSettings};
use crate::dead_letter::{dead_letter, decode_reason, look_up};
use crate::{
    Batch, Context, Decided, Defect, DueTimer, Exit, Fault, Input, Labels, Log, Outgoing, Output, Position, Raw,
    Record, RejectReason, Route, Stage, State, Verdict,
};

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

/// A verdict, or the reason why the stage never saw the record.
struct Judged {
    raw: Raw,
    verdict: Verdict,
}

impl<L: Log, S: Stage> Worker<L, S> {
    /// Decides the turn of one partition; `None` when there is nothing to commit.
    pub(super) fn decide(
        &mut self,
        partition: Partition,
        records: Vec<Raw>,
        tick: Option<Tick>,
    ) -> Result<Option<Prepared>, Exit> {
        let Some(task) = self.tasks.get_mut(&partition) else {
            return Ok(None);
        };
        let had_records = !records.is_empty();
        let stream_time = tick.map_or(task.stream_time, |tick| tick.at.max(task.stream_time));
        let cx = Context {
            stream_time,
            unconfirmed: tick.is_some_and(|tick| tick.unconfirmed),
            book_version: self.settings.book_version.clone(),
            partitions: self.settings.partitions,
        };
        let mut turn = TurnBuilder::new(S::ROLE, partition, task, &self.settings, stream_time);
        let (judged, batch_outputs, labels) =
            judge(self.stage.as_ref(), partition, records, &mut task.state, &cx, &self.settings)?;
        turn.counts.labels = labels;
        for Judged { raw, verdict } in judged {
            let rejected = matches!(verdict, Verdict::Reject { .. });
            if let Some(why) = self.limit.as_mut().and_then(|limit| limit.observe(rejected)) {
                return Err(Exit::Fatal(format!(
                    "role `{}` stops: {why}, the last at topic `{}`, partition {}, offset {}; mend the cause and start again",
                    S::ROLE,
                    raw.topic,
                    raw.partition.0,
                    raw.offset.0
                )));
            }
            turn.judged(raw, verdict)?;
        }
        for output in batch_outputs {
            turn.output(output)?;
        }
        if let Some(tick) = tick {
            for _ in 0..self.settings.max_firings {
                let Some(timer) = task.state.timers().and_then(|timers| timers.take_due(tick.at)) else {
                    break;
                };
                let late = self.settings.planted.is(Defect::TimerStampedLate);
                let timer = if late { DueTimer { deadline: tick.at, ..timer } } else { timer };
                turn.counts.fired += 1;
                for output in self.stage.fire(&timer, &mut task.state, &cx).map_err(fault)? {
                    turn.output(output)?;
                }
            }
        }
        if !had_records && turn.counts.fired == 0 {
            return Ok(None);
        }
        turn.finish(&task.state, tick).map(Some)
    }
}

/// Decodes the records and lets the stage judge them: one verdict for each, in the order read.
fn judge<S: Stage>(
    stage: &S,
    partition: Partition,
    records: Vec<Raw>,
    state: &mut S::State,
    cx: &Context,
    settings: &WorkerSettings,
) -> Result<(Vec<Judged>, Vec<Output>, Labels), Exit> {
    if records.is_empty() {
        return Ok((Vec::new(), Vec::new(), Labels::new()));
    }
    let mut refused: Vec<Option<(RejectReason, String)>> = Vec::with_capacity(records.len());
    let mut decoded = Vec::with_capacity(records.len());
    for raw in &records {
        let record = match decode::<S>(raw, settings) {
            Err((RejectReason::SchemaUnknown, _)) => {
                look_up(&settings.codec, raw)?;
                decode::<S>(raw, settings)
            }
            other => other,
        };
        match record {
            Ok(record) => {
                decoded.push(record);
                refused.push(None);
            }
            Err(refusal) => refused.push(Some(refusal)),
        }
    }
    let decided = match guarded(|| stage.process(Batch::new(partition, decoded), state, cx)) {
        Some(decided) => decided,
        None => without_panics(stage, partition, &records, &mut refused, state, cx, settings)?,
    };
    let mut decided = decided.map_err(fault)?;
    let labels = decided.take_labels();
    let (verdicts, outputs) = decided.into_parts();
    let mut verdicts = verdicts.into_iter();
    let mut judged = Vec::with_capacity(records.len());
    for (raw, refusal) in records.into_iter().zip(refused) {
        let verdict = match refusal {
            Some((reason, detail)) => Verdict::Reject { reason, detail },
            None => verdicts.next().ok_or_else(|| Exit::Fatal("a batch lost a verdict".into()))?,
        };
        judged.push(Judged { raw, verdict });
    }
    Ok((judged, outputs, labels))
}

fn decode<S: Stage>(raw: &Raw, settings: &WorkerSettings) -> Result<Record<S::In>, (RejectReason, String)> {
    let value = S::In::decode(raw, &settings.codec).map_err(|error| (decode_reason(&error), error.to_string()))?;
    let key = raw.key.as_deref().unwrap_or_default();
    let key = std::str::from_utf8(key).map_or_else(|_| String::from_utf8_lossy(key).into_owned(), str::to_owned);
    Ok(Record { topic: raw.topic, offset: raw.offset, timestamp: raw.timestamp, key, value })
}

/// Runs a stage; `None` when it panicked. Its overlay is thrown away before the batch is tried again.
fn guarded<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).ok()
}

/// The stage panicked: finds the records over which it panics alone, rejects them, and decides the rest together.
fn without_panics<S: Stage>(
    stage: &S,
    partition: Partition,
    records: &[Raw],
    refused: &mut [Option<(RejectReason, String)>],
    state: &mut S::State,
    cx: &Context,
    settings: &WorkerSettings,
) -> Result<Result<Decided, Fault>, Exit> {
    let discard = |state: &mut S::State| state.tables_mut().into_iter().for_each(crate::StoredTable::discard);
    discard(state);
    let mut rest = Vec::with_capacity(records.len());
    for (raw, refusal) in records.iter().zip(refused.iter_mut()) {
        let (None, Ok(record)) = (&refusal, decode::<S>(raw, settings)) else {
            continue;
        };
        let alone = guarded(|| stage.process(Batch::new(partition, vec![record]), state, cx));
        discard(state);
        match (alone, decode::<S>(raw, settings)) {
            (Some(_), Ok(record)) => rest.push(record),
            _ => *refusal = Some((RejectReason::Panic, format!("role `{}` panicked over this record", S::ROLE))),
        }
    }
    guarded(|| stage.process(Batch::new(partition, rest), state, cx)).ok_or_else(|| {
        Exit::Fatal(format!("role `{}` panics over a batch, but over none of its records alone", S::ROLE))
    })
}

fn fault(fault: Fault) -> Exit {
    match fault {
        Fault::Transient(why) => Exit::Retry(why),
        Fault::Broken(why) => Exit::Fatal(why),
    }
}

/// Collects what a turn sends and counts.
struct TurnBuilder<'a> {
    role: Role,
    partition: Partition,
    settings: &'a WorkerSettings,
    position: Position,
    first: Vec<(Topic, Offset)>,
    outgoing: Vec<Outgoing>,
    counts: Counts,
    latest: EventTime,
    stream_time: EventTime,
}

impl<'a> TurnBuilder<'a> {
    fn new<T>(
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

    fn judged(&mut self, raw: Raw, verdict: Verdict) -> Result<(), Exit> {
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

    fn output(&mut self, output: Output) -> Result<(), Exit> {
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
    fn finish<T: State>(mut self, state: &T, tick: Option<Tick>) -> Result<Prepared, Exit> {
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
        Turn {
            partition: self.partition,
            turn: self.position.turn,
            read: read.collect(),
            tick: tick.map(|tick| tick.at),
            fired: self.counts.fired as i64,
            book_version: self.settings.book_version.clone(),
            references: Vec::new(),
        }
    }
}

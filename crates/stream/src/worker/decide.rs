//! One turn of one partition: its records decoded and judged, its timers fired. Nothing here touches the log.

use std::panic::{AssertUnwindSafe, catch_unwind};

use events::Partition;

use super::turn::{Prepared, TurnBuilder};
use super::{Tick, Worker, WorkerSettings};
use crate::dead_letter::{decode_reason, look_up};
use crate::{
    Batch, Context, Decided, Defect, DueTimer, Exit, Fault, Input, Labels, Log, Output, Raw, Record, RejectReason,
    Stage, State, Verdict,
};

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

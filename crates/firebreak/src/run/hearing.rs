//! The half of the pipeline that hears: lines in, step by step, each drained through *ingest*, *enrich* and *classify*.

use events::{EventTime, Partition, Topic};
use ingest::source::{Slice, SourceError, SourceLine};
use rayon::ThreadPool;
use stream::memory::{Cluster, Marks, Tap};
use stream::{Exit, Outgoing, Raw, Tick};

use super::gauges::Gauges;
use super::half::Half;
use super::lane::Draining;

/// Below this many lines a slice is decided on one thread: waking another costs more than it brings.
const PARALLEL_FROM: usize = 64;
/// At least this many lines of a slice share a partition of the input.
const LINES_A_PARTITION: usize = 32;

/// What a step leaves for the half that answers.
pub(super) struct Heard {
    /// What it may see.
    pub(super) marks: Marks,
    /// How it is drained of that.
    pub(super) draining: Draining,
}

/// The roles that hear.
pub(super) struct Hearing {
    pub(super) half: Half,
    /// What they write and nobody who answers reads.
    pub(super) tap: Tap,
    /// What they write for those who answer.
    pub(super) handed_on: Vec<Topic>,
    pub(super) time: Option<EventTime>,
}

/// What a step needs besides the roles.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) gauges: &'a Gauges,
    pub(super) threads: &'a ThreadPool,
}

impl Hearing {
    /// Hears slices, and lets time pass to `until` at the end. Time first passes to each slice's start, so that what was due
    /// in the gap before it fires before its lines are heard, and then to its end. Before each step `go_on` is asked;
    /// after it, `step` is given what it wrote and what it leaves. Either ends this with `false`.
    pub(super) fn hear(
        &mut self,
        slices: impl Iterator<Item = Result<Slice, SourceError>>,
        until: Option<EventTime>,
        around: Surroundings<'_>,
        go_on: impl Fn() -> bool,
        step: impl Fn(Heard, Vec<Raw>) -> bool,
    ) -> anyhow::Result<()> {
        let pass = |hearing: &mut Self, time: EventTime, lines: Vec<SourceLine>| -> anyhow::Result<bool> {
            if !go_on() {
                return Ok(false);
            }
            let heard = hearing.pass(time, lines, around)?;
            Ok(step(heard, hearing.tap.read()))
        };
        for slice in slices {
            let Slice { lines, start, end } = slice?;
            if self.time.is_some_and(|time| time < start) && !pass(self, start, Vec::new())? {
                return Ok(());
            }
            // Disorder may end a slice before time already reached: time never goes back.
            let time = self.time.unwrap_or(start).max(end);
            if !pass(self, time, lines)? {
                return Ok(());
            }
        }
        if let Some(until) = until {
            pass(self, self.time.unwrap_or(until).max(until), Vec::new())?;
        }
        Ok(())
    }

    fn pass(&mut self, time: EventTime, lines: Vec<SourceLine>, around: Surroundings<'_>) -> anyhow::Result<Heard> {
        self.time = Some(time);
        let parallel = lines.len() >= PARALLEL_FROM;
        around.gauges.appended(lines.len());
        append(lines, around.cluster)?;
        let draining = Draining { tick: Tick::confirmed(time), parallel, beside: false };
        self.half.drain(draining, around.threads)?;
        Ok(Heard { marks: around.cluster.marks(&self.handed_on), draining })
    }
}

/// Spreads lines over all partitions, so that every worker has some, and never backwards: order is kept.
fn append(lines: Vec<SourceLine>, cluster: &Cluster) -> Result<(), Exit> {
    let partitions = usize::try_from(cluster.partitions().get()).unwrap_or(1);
    let share = lines.len().div_ceil(partitions).max(LINES_A_PARTITION);
    let shares = lines.len().div_ceil(share).max(1);
    for (index, line) in lines.into_iter().enumerate() {
        let partition = Partition(i32::try_from(index / share * partitions / shares).unwrap_or_default());
        let appended = cluster.append(Outgoing {
            topic: Topic::Input,
            partition,
            timestamp: line.stream_time,
            key: Some(line.key()),
            headers: line.headers(),
            value: Some(line.bytes),
        });
        appended?;
    }
    Ok(())
}

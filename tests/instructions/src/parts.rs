//! What is counted: every stage over the same crisis, on the embedded log, a batch after the other.
//!
//! Each part is a function of its own that is not inlined, so that the profile knows it by name. A part is a pass of the
//! worker: it reads records, decides, writes, keeps state and commits.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, ensure};
use bytes::Bytes;
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{EventTime, Partition, PartitionCount, Topic};
use ingest::Ingest;
use scenario::Options;
use stream::memory::{Cluster, ClusterConfig, Member};
use stream::{Outgoing, Silent, Stage, Tick, Worker, WorkerSettings};

const BOOK: &str = "books/airline";
/// Lines of the crisis that are counted.
pub(crate) const LINES: usize = 3_000;
/// Lines of a batch. One batch goes before those that are counted: it pays for what is built once.
const BATCH: usize = 1_000;

/// The functions below that are counted.
pub(crate) const NAMES: [&str; 7] = [
    "::parts::ingest",
    "::parts::enrich",
    "::parts::classify",
    "::parts::escalate_watch",
    "::parts::escalate_care",
    "::parts::escalate_call",
    "::parts::escalate_tell",
];

/// Runs them all.
///
/// # Errors
/// A stage refuses what it gets.
pub(crate) fn run() -> anyhow::Result<()> {
    let book = Arc::new(book::load_dir(Path::new(BOOK)).map_err(|errors| anyhow!("`{BOOK}`: {errors:?}"))?);
    let partitions = PartitionCount::new(8).context("no number of partitions")?;
    let cluster = Cluster::new(ClusterConfig { partitions, ..ClusterConfig::default() });
    let settings = WorkerSettings { dead_letter_limit: None, ..WorkerSettings::new(partitions, book.version.clone()) };
    let join = Join { cluster: &cluster, settings: &settings };
    let mut ingesting = join.worker(Ingest::new(Arc::clone(&book)))?;
    let mut enriching = join.worker(Enrich::new(Arc::clone(&book))?)?;
    let mut classifying = join.worker(Classify::new(Arc::clone(&book))?)?;
    let mut watching = join.worker(Watch::new(Arc::clone(&book)))?;
    let mut caring = join.worker(Care::new(Arc::clone(&book)))?;
    let mut calling = join.worker(Call::new(Arc::clone(&book)))?;
    let mut telling = join.worker(Tell::new(book))?;
    for (number, batch) in crisis()?.chunks(BATCH).enumerate() {
        let mut now = EventTime::FIRST;
        for (at, line) in batch {
            now = *at;
            cluster.append(line.clone())?;
        }
        let tick = Tick::confirmed(now);
        if number == 0 {
            drain(&mut ingesting, tick)?;
            drain(&mut enriching, tick)?;
            drain(&mut classifying, tick)?;
            drain(&mut watching, tick)?;
            drain(&mut caring, tick)?;
            drain(&mut calling, tick)?;
            drain(&mut telling, tick)?;
            continue;
        }
        ingest(&mut ingesting, tick)?;
        enrich(&mut enriching, tick)?;
        classify(&mut classifying, tick)?;
        escalate_watch(&mut watching, tick)?;
        escalate_care(&mut caring, tick)?;
        escalate_call(&mut calling, tick)?;
        escalate_tell(&mut telling, tick)?;
    }
    Ok(())
}

macro_rules! parts {
    ($($part:ident: $stage:ty,)*) => {$(
        #[inline(never)]
        fn $part(worker: &mut Worker<Member, $stage>, tick: Tick) -> anyhow::Result<()> {
            drain(worker, tick)
        }
    )*};
}

parts! {
    ingest: Ingest,
    enrich: Enrich,
    classify: Classify,
    escalate_watch: Watch,
    escalate_care: Care,
    escalate_call: Call,
    escalate_tell: Tell,
}

/// Until nothing is left.
fn drain<S: Stage>(worker: &mut Worker<Member, S>, tick: Tick) -> anyhow::Result<()> {
    while worker.step(Some(tick))? > 0 {}
    Ok(())
}

struct Join<'a> {
    cluster: &'a Cluster,
    settings: &'a WorkerSettings,
}

impl Join<'_> {
    /// The only worker of a stage, with all partitions.
    fn worker<S: Stage>(&self, stage: S) -> anyhow::Result<Worker<Member, S>> {
        let member = self.cluster.join(S::ROLE.name(), S::ROLE.name(), S::INPUTS);
        let mut worker = Worker::new(member, Arc::new(stage), self.settings.clone(), Arc::new(Silent));
        for _ in 0..3 {
            worker.step(None)?;
        }
        ensure!(worker.is_assigned() && worker.restored(), "`{}` holds no partitions", S::ROLE);
        Ok(worker)
    }
}

/// The lines with the time of each, always the same.
fn crisis() -> anyhow::Result<Vec<(EventTime, Outgoing)>> {
    let mut options = Options::of("missing-plane")?;
    options.hours = 2.0;
    options.start = EventTime::parse("2026-11-02T02:00:00Z")?;
    (options.duplicates, options.edits, options.deletes) = (0.02, 0.02, 0.01);
    options.scale = 3.0;
    let mut lines = Vec::with_capacity(BATCH + LINES);
    let mut now = options.start;
    scenario::generate(&options, &mut |line| {
        if lines.len() == BATCH + LINES {
            return;
        }
        now = published_at(line).map_or(now, |at| at.max(now));
        let record = Outgoing {
            topic: Topic::Input,
            partition: Partition(0),
            timestamp: now,
            key: Some(Bytes::from(format!("crisis:{}", lines.len()))),
            value: Some(Bytes::copy_from_slice(line)),
            headers: Vec::new(),
        };
        lines.push((now, record));
    })?;
    ensure!(lines.len() == BATCH + LINES, "the crisis has only {} lines", lines.len());
    Ok(lines)
}

fn published_at(line: &[u8]) -> Option<EventTime> {
    let line: serde_json::Value = serde_json::from_slice(line).ok()?;
    EventTime::parse(line.get("published_at")?.as_str()?).ok()
}

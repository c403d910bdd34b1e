//! All five stages over one embedded log: lines in, slice by slice, each drained through every role before the next.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use book::Book;
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{EventTime, PartitionCount, Role, Topic};
use ingest::Ingest;
use ingest::source::{Slice, SourceLine};
use stream::memory::{Cluster, ClusterConfig, Retention, Tap};
use stream::metrics::Metrics;
use stream::store::Store;
use stream::{Exit, Observer, Outgoing, Raw, RecordingObserver, Stage, Tick, WorkerSettings};

use super::lane::{Lane, StageLane};
use super::store_lane::StoreLane;

/// Below this many lines a slice is decided on one thread: waking another costs more than it brings.
const PARALLEL_FROM: usize = 64;
/// At least this many lines of a slice share a partition of the input.
const LINES_A_PARTITION: usize = 32;

/// The pipeline of a run.
pub(super) struct Pipeline {
    cluster: Cluster,
    partitions: PartitionCount,
    lanes: Vec<(Role, Box<dyn Lane>)>,
    tap: Tap,
    recorded: Arc<RecordingObserver>,
    metrics: Arc<Metrics>,
    ingest: Arc<Ingest>,
    time: Option<EventTime>,
    appended: u64,
}

/// Adds roles to a pipeline.
pub(super) struct Lanes<'a> {
    cluster: &'a Cluster,
    settings: WorkerSettings,
    observer: Arc<dyn Observer>,
    workers: usize,
    lanes: Vec<(Role, Box<dyn Lane>)>,
}

impl Lanes<'_> {
    /// Adds a role behind the others.
    pub(super) fn add<S: Stage + 'static>(&mut self, stage: Arc<S>) -> Result<(), Exit> {
        let lane = StageLane::new(self.cluster, stage, &self.settings, &self.observer, self.workers)?;
        self.lanes.push((S::ROLE, Box::new(lane)));
        Ok(())
    }

    /// Adds a store behind the others.
    pub(super) fn add_store<S: Store + 'static>(&mut self, store: S) -> Result<(), Exit> {
        let lane = StoreLane::new(self.cluster, store, &self.settings, &self.observer)?;
        self.lanes.push((S::ROLE, Box::new(lane)));
        Ok(())
    }
}

impl Pipeline {
    /// The stages of `book`, each with `workers` workers; `sinks` adds what comes after them.
    pub(super) fn new(
        book: &Arc<Book>,
        workers: usize,
        tapped: &[Topic],
        sinks: impl FnOnce(&mut Lanes<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let partitions = PartitionCount::DEFAULT;
        #[allow(clippy::needless_update, reason = "a feature for the tests of the contract adds a field")]
        let cluster = Cluster::new(ClusterConfig {
            partitions,
            retention: Retention::ForgetRead,
            poll_records: usize::MAX,
            ..ClusterConfig::default()
        });
        let tap = cluster.tap(tapped);
        let recorded = Arc::new(RecordingObserver::default());
        let ingest = Arc::new(Ingest::new(Arc::clone(book)));
        let metrics = Arc::new(Metrics::new(&book.version)?);
        let observers: Vec<Arc<dyn Observer>> = vec![Arc::clone(&recorded) as _, Arc::clone(&metrics) as _];
        let mut lanes = Lanes {
            cluster: &cluster,
            settings: WorkerSettings::new(partitions, book.version.clone()),
            observer: Arc::new(observers),
            workers,
            lanes: Vec::new(),
        };
        lanes.add(Arc::clone(&ingest))?;
        lanes.add(Arc::new(Enrich::new(Arc::clone(book))?))?;
        lanes.add(Arc::new(Classify::new(Arc::clone(book))?))?;
        lanes.add(Arc::new(Watch::new(Arc::clone(book))))?;
        lanes.add(Arc::new(Care::new(Arc::clone(book))))?;
        lanes.add(Arc::new(Call::new(Arc::clone(book))))?;
        lanes.add(Arc::new(Tell::new(Arc::clone(book))))?;
        sinks(&mut lanes)?;
        let lanes = lanes.lanes;
        Ok(Self { cluster, partitions, lanes, tap, recorded, metrics, ingest, time: None, appended: 0 })
    }

    /// Takes one slice through all stages. Time first passes to its start, so that what was due in the gap before it
    /// fires before its lines are heard, and then to its end.
    pub(super) fn slice(&mut self, slice: Slice, passed: &mut dyn FnMut(&Self, Role)) -> anyhow::Result<()> {
        if self.time.is_some_and(|time| time < slice.start) {
            self.advance(slice.start, passed)?;
        }
        let parallel = slice.lines.len() >= PARALLEL_FROM;
        let (start, end) = (slice.start, slice.end);
        self.append(slice.lines)?;
        // Disorder may end a slice before time already reached: time never goes back.
        let time = self.time.unwrap_or(start).max(end);
        self.drain(time, parallel, passed)
    }

    /// Lets time pass without input.
    pub(super) fn advance(&mut self, to: EventTime, passed: &mut dyn FnMut(&Self, Role)) -> anyhow::Result<()> {
        let time = self.time.unwrap_or(to).max(to);
        self.drain(time, false, passed)
    }

    fn drain(&mut self, time: EventTime, parallel: bool, passed: &mut dyn FnMut(&Self, Role)) -> anyhow::Result<()> {
        self.time = Some(time);
        for index in 0..self.lanes.len() {
            let Some((role, lane)) = self.lanes.get_mut(index) else { bail!("a role went missing") };
            let role = *role;
            lane.drain(Some(Tick::confirmed(time)), parallel).with_context(|| format!("role `{role}` stopped"))?;
            passed(self, role);
        }
        Ok(())
    }

    /// The input has ended: every lane finishes what it has open.
    pub(super) fn finish(&mut self) -> Result<(), Exit> {
        self.lanes.iter_mut().try_for_each(|(_, lane)| lane.finish())
    }

    fn append(&mut self, lines: Vec<SourceLine>) -> Result<(), Exit> {
        let partitions = usize::try_from(self.partitions.get()).unwrap_or(1);
        self.appended += lines.len() as u64;
        let share = lines.len().div_ceil(partitions).max(LINES_A_PARTITION);
        let shares = lines.len().div_ceil(share).max(1);
        for (index, line) in lines.into_iter().enumerate() {
            // Spread over all partitions, so that every worker has some, and never backwards: order is kept.
            let partition = events::Partition(i32::try_from(index / share * partitions / shares).unwrap_or_default());
            let appended = self.cluster.append(Outgoing {
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

    /// What was committed to the tapped topics since the last call, in order of topic, partition and offset.
    pub(super) fn committed(&mut self) -> Vec<Raw> {
        self.tap.read()
    }

    /// Records that wait for a role: what was written to its input topics and not read yet.
    pub(super) fn lag(&self, role: Role) -> u64 {
        let Some((_, lane)) = self.lanes.iter().find(|(lane, _)| *lane == role) else {
            return 0;
        };
        let produced = |topic: &Topic| match topic {
            Topic::Input => self.appended,
            other => self.recorded.produced(*other),
        };
        let written: u64 = lane.inputs().iter().map(produced).sum();
        written.saturating_sub(self.recorded.of(role).counts.total_read())
    }

    /// The series of the run, in Prometheus' text format.
    pub(super) fn metrics(&self) -> anyhow::Result<String> {
        Ok(self.metrics.text()?)
    }

    /// What each role did so far.
    pub(super) fn recorded(&self) -> &RecordingObserver {
        &self.recorded
    }

    /// The roles in their order, with the time that each was busy.
    pub(super) fn roles(&self) -> impl Iterator<Item = (Role, std::time::Duration)> {
        self.lanes.iter().map(|(role, lane)| (*role, lane.busy()))
    }

    /// Dates that were not believed.
    pub(super) fn undated(&self) -> u64 {
        self.ingest.undated()
    }

    /// Time so far.
    pub(super) fn time(&self) -> Option<EventTime> {
        self.time
    }
}

//! All five stages over one embedded log: lines in, slice by slice, each drained through every role in turn.
//!
//! Two slices are under way at a time: while the roles that answer (*watch* to the sinks) handle one, those that hear
//! (*ingest* to *classify*) handle the next. What they write is shown to the answering roles only when both are done, so every
//! role sees the same slices in the same order as if there were one at a time, and no decision depends on a thread.

use std::sync::Arc;

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

use super::half::Half;
use super::lane::{Drained, Draining, StageLane};
use super::store_lane::StoreLane;

/// Partitions of every topic of a run. Each one that has a record costs a turn of every role, and a slice has few records: with
/// 8 a mention costs a sixth less than with the 24 that a cluster has, and 8 still keep every core of a laptop busy. No
/// decision depends on it.
const PARTITIONS: PartitionCount = match PartitionCount::new(8) {
    Some(partitions) => partitions,
    None => PartitionCount::DEFAULT,
};
/// Below this many lines a slice is decided on one thread: waking another costs more than it brings.
const PARALLEL_FROM: usize = 64;
/// At least this many lines of a slice share a partition of the input.
const LINES_A_PARTITION: usize = 32;

/// What the roles that hear write for those that answer.
const HEARD: [Topic; 6] = [
    Topic::MentionsClassifiedExpress,
    Topic::MentionsClassified,
    Topic::Tallies,
    Topic::Actions,
    Topic::Links,
    Topic::Business,
];

/// The pipeline of a run.
pub(super) struct Pipeline {
    cluster: Cluster,
    partitions: PartitionCount,
    hearing: Half,
    answering: Half,
    /// What the hearing half writes and the answering one reads.
    handed_on: Vec<Topic>,
    /// How the answering half is drained of what was heard last; `None` when it is.
    heard: Option<Draining>,
    tap: Tap,
    recorded: Arc<RecordingObserver>,
    metrics: Arc<Metrics>,
    observer: Arc<dyn Observer>,
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
    half: Half,
}

impl Lanes<'_> {
    /// Adds a role behind the others.
    pub(super) fn add<S: Stage + 'static>(&mut self, stage: Arc<S>) -> Result<(), Exit> {
        let lane = StageLane::new(self.cluster, stage, &self.settings, &self.observer, self.workers)?;
        self.half.push(S::ROLE, Box::new(lane));
        Ok(())
    }

    /// Adds a store behind the others.
    pub(super) fn add_store<S: Store + 'static>(&mut self, store: S) -> Result<(), Exit> {
        let lane = StoreLane::new(self.cluster, store, &self.settings, &self.observer)?;
        self.half.push(S::ROLE, Box::new(lane));
        Ok(())
    }
}

/// Which stages a pipeline has.
pub(super) struct Roles<'a> {
    /// What they decide by.
    pub(super) book: &'a Arc<Book>,
    /// Workers of each.
    pub(super) workers: usize,
    /// Adds what comes behind them.
    pub(super) sinks: &'a (dyn Fn(&mut Lanes<'_>) -> anyhow::Result<()> + Sync),
}

impl Roles<'_> {
    /// Starts every role on `cluster`: those that hear, and those that answer.
    fn start(
        &self,
        cluster: &Cluster,
        ingest: &Arc<Ingest>,
        observer: &Arc<dyn Observer>,
    ) -> anyhow::Result<(Half, Half)> {
        let Self { book, workers, sinks } = *self;
        let settings = WorkerSettings::new(cluster.partitions(), book.version.clone());
        let mut lanes = Lanes { cluster, settings, observer: Arc::clone(observer), workers, half: Half::default() };
        lanes.add(Arc::clone(ingest))?;
        lanes.add(Arc::new(Enrich::new(Arc::clone(book))?))?;
        lanes.add(Arc::new(Classify::new(Arc::clone(book))?))?;
        let hearing = std::mem::take(&mut lanes.half);
        lanes.add(Arc::new(Watch::new(Arc::clone(book))))?;
        lanes.add(Arc::new(Care::new(Arc::clone(book))))?;
        lanes.add(Arc::new(Call::new(Arc::clone(book))))?;
        lanes.add(Arc::new(Tell::new(Arc::clone(book))))?;
        sinks(&mut lanes)?;
        Ok((hearing, lanes.half))
    }
}

impl Pipeline {
    /// The pipeline of `roles`, with a tap on `tapped`. Only with [`Retention::KeepAll`] can it be restarted.
    pub(super) fn new(roles: &Roles<'_>, tapped: &[Topic], retention: Retention) -> anyhow::Result<Self> {
        let partitions = PARTITIONS;
        #[allow(clippy::needless_update, reason = "a feature for the tests of the contract adds a field")]
        let cluster =
            Cluster::new(ClusterConfig { partitions, retention, poll_records: usize::MAX, ..ClusterConfig::default() });
        let tap = cluster.tap(tapped);
        let recorded = Arc::new(RecordingObserver::default());
        let ingest = Arc::new(Ingest::new(Arc::clone(roles.book)));
        let metrics = Arc::new(Metrics::new(&roles.book.version)?);
        let observers: Vec<Arc<dyn Observer>> = vec![Arc::clone(&recorded) as _, Arc::clone(&metrics) as _];
        let observer: Arc<dyn Observer> = Arc::new(observers);
        let (hearing, answering) = roles.start(&cluster, &ingest, &observer)?;
        let handed_on: Vec<Topic> = answering.all_inputs().filter(|topic| HEARD.contains(topic)).collect();
        cluster.show(&handed_on);
        Ok(Self {
            cluster,
            partitions,
            hearing,
            answering,
            handed_on,
            heard: None,
            tap,
            recorded,
            metrics,
            observer,
            ingest,
            time: None,
            appended: 0,
        })
    }

    /// Lets time pass to `at`, then stops every role and starts it again: what it kept comes back from its topics.
    pub(super) fn restart(&mut self, roles: &Roles<'_>, at: EventTime) -> anyhow::Result<()> {
        self.advance(at)?;
        self.answer()?;
        // Members leave their groups before others join.
        (self.hearing, self.answering) = (Half::default(), Half::default());
        (self.hearing, self.answering) = roles.start(&self.cluster, &self.ingest, &self.observer)?;
        Ok(())
    }

    /// Lets the hearing half hear a slice, and the answering one handle what was heard before. Time first passes to the
    /// slice's start, so that what was due in the gap before it fires before its lines are heard, and then to its end.
    pub(super) fn slice(&mut self, slice: Slice) -> anyhow::Result<()> {
        if self.time.is_some_and(|time| time < slice.start) {
            self.advance(slice.start)?;
        }
        let parallel = slice.lines.len() >= PARALLEL_FROM;
        let (start, end) = (slice.start, slice.end);
        self.append(slice.lines)?;
        // Disorder may end a slice before time already reached: time never goes back.
        let time = self.time.unwrap_or(start).max(end);
        self.pass(time, parallel)
    }

    /// Lets time pass without input.
    pub(super) fn advance(&mut self, to: EventTime) -> anyhow::Result<()> {
        let time = self.time.unwrap_or(to).max(to);
        self.pass(time, false)
    }

    fn pass(&mut self, time: EventTime, parallel: bool) -> anyhow::Result<()> {
        self.time = Some(time);
        let hear = Draining { tick: Tick::confirmed(time), parallel, beside: false };
        let (hearing, answering) = (&mut self.hearing, &mut self.answering);
        match self.heard.replace(hear) {
            None => hearing.drain(hear).map(drop)?,
            Some(heard) => {
                let beside = Draining { beside: true, ..heard };
                let (hearing, beside) = rayon::join(|| hearing.drain(hear), || answering.drain(beside));
                hearing?;
                if beside? == Drained::Waits {
                    self.answering.drain(heard)?;
                }
            }
        }
        self.cluster.show(&self.handed_on);
        Ok(())
    }

    /// Answers what was heard last.
    fn answer(&mut self) -> anyhow::Result<()> {
        if let Some(heard) = self.heard.take() {
            self.answering.drain(heard)?;
        }
        self.cluster.show(&self.handed_on);
        Ok(())
    }

    /// The input has ended: what was heard last is answered, and every lane finishes what it has open.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.answer()?;
        self.hearing.finish()?;
        self.answering.finish()
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
        let Some(inputs) = self.hearing.inputs(role).or_else(|| self.answering.inputs(role)) else {
            return 0;
        };
        let produced = |topic: &Topic| match topic {
            Topic::Input => self.appended,
            other => self.recorded.produced(*other),
        };
        let written: u64 = inputs.iter().map(produced).sum();
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
        self.hearing.busy().chain(self.answering.busy())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(pipeline: &mut Pipeline) {
        let at = EventTime::FIRST;
        let text = r#"{"source":"x","native_id":"1","published_at":"2000-01-01T00:00:00Z","text":"hi","brand":"tern"}"#;
        let line = SourceLine { file: "lines".into(), line: 1, bytes: text.into(), oversize: None, stream_time: at };
        pipeline.slice(Slice { lines: vec![line], start: at, end: at }).unwrap();
    }

    /// So a restart really reads what was kept: there is nothing to read where all that was read is forgotten.
    #[test]
    fn a_restart_finds_its_state_in_the_topics_and_refuses_to_go_on_without() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books/bank");
        let book = Arc::new(book::load_dir(&folder).unwrap());
        let roles = Roles { book: &book, workers: 2, sinks: &|_| Ok(()) };
        for (retention, restarts) in [(Retention::KeepAll, true), (Retention::ForgetRead, false)] {
            let mut pipeline = Pipeline::new(&roles, &[], retention).unwrap();
            fill(&mut pipeline);
            let restarted = pipeline.restart(&roles, EventTime::FIRST);
            assert_eq!(restarted.is_ok(), restarts, "{retention:?}: {restarted:?}");
        }
    }
}

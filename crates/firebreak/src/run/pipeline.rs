//! All five stages over one embedded log: lines in, slice by slice, each drained through every role in turn.
//!
//! Several slices are under way at a time: while the roles that answer (*watch* to the sinks) handle one, those that hear
//! (*ingest* to *classify*) handle later ones. What is heard is shown to the answering roles slice by slice, so every role
//! sees the same slices in the same order as if there were one at a time, and no decision depends on a thread.

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::anyhow;
use events::{EventTime, PartitionCount, Role, Topic};
use ingest::Ingest;
use ingest::source::{Slice, SourceError};
use rayon::{ThreadPool, ThreadPoolBuilder};
use stream::memory::{Cluster, ClusterConfig, Retention};
use stream::metrics::Metrics;
use stream::{Observer, Raw, RecordingObserver};

use super::ahead::Ahead;
use super::answering::Answering;
use super::gauges::Gauges;
use super::hearing::{Hearing, Surroundings};
use super::roles::{Halves, Roles};

/// Partitions of every topic of a run. Each one that has a record costs a turn of every role, and a slice has few records: with
/// 8 a mention costs a sixth less than with the 24 that a cluster has, and 8 still keep every core of a laptop busy. No
/// decision depends on it.
const PARTITIONS: PartitionCount = match PartitionCount::new(8) {
    Some(partitions) => partitions,
    None => PartitionCount::DEFAULT,
};
/// Slices that may be heard and not answered yet.
const AHEAD: u64 = 8;

/// The pipeline of a run.
pub(super) struct Pipeline {
    cluster: Cluster,
    hearing: Hearing,
    answering: Answering,
    threads: ThreadPool,
    gauges: Gauges,
    metrics: Arc<Metrics>,
    observer: Arc<dyn Observer>,
    ingest: Arc<Ingest>,
}

/// Sees records, how far the run is, and the time that it let pass.
type Answered<'a> = &'a mut dyn FnMut(&[Raw], &Gauges, EventTime) -> anyhow::Result<()>;

/// Who is told what a pipeline does; each is called by one thread at a time, the first beside the second.
pub(super) struct Outlet<'a> {
    /// Takes what was committed, the records of a topic in the same order in every run; false when nobody wants more.
    pub(super) committed: &'a (dyn Fn(Vec<Raw>) -> bool + Sync),
    /// Sees what the answering roles read and wrote in a step, which let time pass to where it is said.
    pub(super) answered: Answered<'a>,
}

impl Pipeline {
    /// The pipeline of `roles`, which tells what is committed to `told`. Only with [`Retention::KeepAll`] can it be restarted.
    pub(super) fn new(roles: &Roles<'_>, told: &[Topic], retention: Retention) -> anyhow::Result<Self> {
        #[allow(clippy::needless_update, reason = "a feature for the tests of the contract adds a field")]
        let config =
            ClusterConfig { partitions: PARTITIONS, retention, poll_records: usize::MAX, ..ClusterConfig::default() };
        let cluster = Cluster::new(config);
        let recorded = Arc::new(RecordingObserver::default());
        let ingest = Arc::new(Ingest::new(Arc::clone(roles.book)));
        let metrics = Arc::new(Metrics::new(&roles.book.version)?);
        let observers: Vec<Arc<dyn Observer>> = vec![Arc::clone(&recorded) as _, Arc::clone(&metrics) as _];
        let observer: Arc<dyn Observer> = Arc::new(observers);
        let halves = roles.start(&cluster, &ingest, &observer)?;
        let gauges = Gauges::new(&halves, recorded);
        let handed_on = halves.handed_on();
        cluster.show(&cluster.marks(&handed_on));
        let (answered, heard): (Vec<Topic>, Vec<Topic>) =
            told.iter().partition(|topic| handed_on.contains(topic) || answers(**topic));
        let Halves { hearing, answering } = halves;
        Ok(Self {
            hearing: Hearing { half: hearing, tap: cluster.tap(&heard), handed_on, time: None },
            answering: Answering { half: answering, tap: cluster.tap(&answered) },
            cluster,
            threads: ThreadPoolBuilder::new().num_threads(roles.workers).build()?,
            gauges,
            metrics,
            observer,
            ingest,
        })
    }

    /// Takes slices through every role, and lets time pass to `until` behind the last.
    pub(super) fn take(
        &mut self,
        slices: impl Iterator<Item = Result<Slice, SourceError>> + Send,
        until: Option<EventTime>,
        outlet: &mut Outlet<'_>,
    ) -> anyhow::Result<()> {
        let Self { cluster, hearing, answering, threads, gauges, .. } = self;
        let Outlet { committed, answered } = outlet;
        let (cluster, threads, gauges, committed) = (&*cluster, &*threads, &*gauges, *committed);
        let ahead = Ahead::new(AHEAD);
        let (leave, left) = mpsc::channel();
        let (heard, answered) = thread::scope(|scope| {
            let ahead = &ahead;
            let heard = scope.spawn(move || {
                let _working = ahead.working();
                hearing.hear(
                    slices,
                    until,
                    Surroundings { cluster, gauges, threads },
                    || ahead.room(),
                    |heard, records| {
                        ahead.heard();
                        committed(records) && leave.send(heard).is_ok()
                    },
                )
            });
            let answer = || {
                let _working = ahead.working();
                for heard in left {
                    let records = answering.answer(&heard, cluster, threads, || ahead.alone())?;
                    answered(&records, gauges, heard.draining.tick.at)?;
                    ahead.answered();
                    if !committed(records) {
                        break;
                    }
                }
                anyhow::Ok(())
            };
            let answered = answer();
            (heard.join(), answered)
        });
        heard.map_err(|_| anyhow!("the thread that hears panicked"))??;
        answered?;
        committed(self.hearing.tap.read());
        Ok(())
    }

    /// Stops every role and starts it again: what it kept comes back from its topics.
    pub(super) fn restart(&mut self, roles: &Roles<'_>) -> anyhow::Result<()> {
        // Members leave their groups before others join.
        (self.hearing.half, self.answering.half) = Default::default();
        let halves = roles.start(&self.cluster, &self.ingest, &self.observer)?;
        (self.hearing.half, self.answering.half) = (halves.hearing, halves.answering);
        Ok(())
    }

    /// The input has ended: every lane finishes what it has open.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.hearing.half.finish()?;
        self.answering.half.finish()
    }

    /// The series of the run, in Prometheus' text format.
    pub(super) fn metrics(&self) -> anyhow::Result<String> {
        Ok(self.metrics.text()?)
    }

    /// What each role did so far.
    pub(super) fn recorded(&self) -> &RecordingObserver {
        self.gauges.recorded()
    }

    /// The roles in their order, with the time that each was busy.
    pub(super) fn roles(&self) -> impl Iterator<Item = (Role, Duration)> {
        self.hearing.half.busy().chain(self.answering.half.busy())
    }

    /// Dates that were not believed.
    pub(super) fn undated(&self) -> u64 {
        self.ingest.undated()
    }
}

/// Whether a topic is written by the roles that answer alone.
fn answers(topic: Topic) -> bool {
    match topic {
        Topic::Incidents | Topic::Cases | Topic::Calls | Topic::Notifications => true,
        Topic::State(role) | Topic::Turns(role) => !matches!(role, Role::Ingest | Role::Enrich | Role::Classify),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use book::Book;
    use ingest::source::SourceLine;

    use super::*;

    fn fill(pipeline: &mut Pipeline) {
        let at = EventTime::FIRST;
        let text = r#"{"source":"x","native_id":"1","published_at":"2000-01-01T00:00:00Z","text":"hi","brand":"tern"}"#;
        let line = SourceLine { file: "lines".into(), line: 1, bytes: text.into(), oversize: None, stream_time: at };
        let slice = Slice { lines: vec![line], start: at, end: at };
        let mut outlet = Outlet { committed: &|_| true, answered: &mut |_, _, _| Ok(()) };
        pipeline.take(std::iter::once(Ok(slice)), None, &mut outlet).unwrap();
    }

    /// So a restart really reads what was kept: there is nothing to read where all that was read is forgotten.
    #[test]
    fn a_restart_finds_its_state_in_the_topics_and_refuses_to_go_on_without() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books/bank");
        let book: Arc<Book> = Arc::new(book::load_dir(&folder).unwrap());
        let roles = Roles { book: &book, workers: 2, sinks: &|_| Ok(()) };
        for (retention, restarts) in [(Retention::KeepAll, true), (Retention::ForgetRead, false)] {
            let mut pipeline = Pipeline::new(&roles, &[], retention).unwrap();
            fill(&mut pipeline);
            let restarted = pipeline.restart(&roles);
            assert_eq!(restarted.is_ok(), restarts, "{retention:?}: {restarted:?}");
        }
    }
}

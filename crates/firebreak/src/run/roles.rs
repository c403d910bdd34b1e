//! Which roles a pipeline has, and which of them hear and which answer.

use std::sync::Arc;

use book::Book;
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{Role, Topic};
use ingest::Ingest;
use stream::memory::Cluster;
use stream::store::Store;
use stream::{Exit, Observer, Stage, WorkerSettings};

use super::half::Half;
use super::lane::StageLane;
use super::store_lane::StoreLane;

/// What the roles that hear write for those that answer.
const FOR_ANSWERS: [Topic; 6] = [
    Topic::MentionsClassifiedExpress,
    Topic::MentionsClassified,
    Topic::Tallies,
    Topic::Actions,
    Topic::Links,
    Topic::Business,
];

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

/// The roles of a pipeline: *ingest* to *classify* hear, *watch* to the sinks answer.
pub(super) struct Halves {
    pub(super) hearing: Half,
    pub(super) answering: Half,
}

impl Roles<'_> {
    /// Starts every role on `cluster`.
    pub(super) fn start(
        &self,
        cluster: &Cluster,
        ingest: &Arc<Ingest>,
        observer: &Arc<dyn Observer>,
    ) -> anyhow::Result<Halves> {
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
        Ok(Halves { hearing, answering: lanes.half })
    }
}

impl Halves {
    /// What one half writes and the other reads.
    pub(super) fn handed_on(&self) -> Vec<Topic> {
        self.answering.all_inputs().filter(|topic| FOR_ANSWERS.contains(topic)).collect()
    }

    /// The topics of a role, wherever it is.
    pub(super) fn inputs(&self, role: Role) -> &'static [Topic] {
        self.hearing.inputs(role).or_else(|| self.answering.inputs(role)).unwrap_or_default()
    }
}

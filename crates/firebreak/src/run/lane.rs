//! One role of the pipeline with its workers: decides in parallel, commits in order of partition.
//!
//! That order is what makes a run repeatable: neither the machine's speed nor the number of workers shows in a topic.

use std::sync::Arc;
use std::time::{Duration, Instant};

use events::Topic;
use rayon::prelude::*;
use stream::memory::{Cluster, Member};
use stream::{Exit, Observer, Prepared, Stage, Tick, Worker, WorkerSettings};

/// Times that a batch which cannot be decided now is tried before the run ends.
const TRIES: usize = 5;

/// A role of the pipeline.
pub(super) trait Lane: Send {
    /// Handles all there is, and lets time pass to the tick.
    fn drain(&mut self, tick: Option<Tick>, parallel: bool) -> Result<(), Exit>;

    /// Time spent in its turns, added up over the workers.
    fn busy(&self) -> Duration;

    /// The topics that it reads.
    fn inputs(&self) -> &'static [Topic];

    /// The input has ended: finishes what is open.
    fn finish(&mut self) -> Result<(), Exit> {
        Ok(())
    }
}

/// A stage with its workers.
pub(super) struct StageLane<S: Stage> {
    workers: Vec<Timed<S>>,
}

struct Timed<S: Stage> {
    worker: Worker<Member, S>,
    busy: Duration,
}

impl<S: Stage> StageLane<S> {
    /// Joins `count` workers to the role's group and waits until every partition is ready.
    pub(super) fn new(
        cluster: &Cluster,
        stage: Arc<S>,
        settings: &WorkerSettings,
        observer: &Arc<dyn Observer>,
        count: usize,
    ) -> Result<Self, Exit> {
        let role = S::ROLE;
        let mut settings = settings.clone();
        if role == events::Role::Ingest {
            // Ingest flags a bad source and goes on: what cannot become a mention is not the stage's fault.
            settings.dead_letter_limit = None;
        }
        let mut workers: Vec<Timed<S>> = (0..count)
            .map(|worker| {
                let member = cluster.join(&format!("firebreak.{role}"), &format!("{role}.run.{worker}"), S::INPUTS);
                let worker = Worker::new(member, Arc::clone(&stage), settings.clone(), Arc::clone(observer));
                Timed { worker, busy: Duration::ZERO }
            })
            .collect();
        let all = usize::try_from(settings.partitions.get()).unwrap_or_default();
        for _ in 0..=2 * count {
            for timed in &mut workers {
                timed.worker.step(None)?;
            }
        }
        let ready: usize = workers.iter().map(|timed| timed.worker.partitions().count()).sum();
        if ready != all {
            return Err(Exit::Fatal(format!("role `{role}` holds {ready} of {all} partitions")));
        }
        Ok(Self { workers })
    }

    fn prepare(&mut self, tick: Option<Tick>, parallel: bool) -> Result<Vec<(usize, Prepared)>, Exit> {
        let prepared: Vec<Result<Vec<Prepared>, Exit>> = if parallel && self.workers.len() > 1 {
            self.workers.par_iter_mut().map(|timed| timed.prepare(tick)).collect()
        } else {
            self.workers.iter_mut().map(|timed| timed.prepare(tick)).collect()
        };
        let mut turns = Vec::new();
        for (worker, prepared) in prepared.into_iter().enumerate() {
            turns.extend(prepared?.into_iter().map(|turn| (worker, turn)));
        }
        turns.sort_by_key(|(_, turn)| turn.partition);
        Ok(turns)
    }
}

impl<S: Stage> Timed<S> {
    fn prepare(&mut self, tick: Option<Tick>) -> Result<Vec<Prepared>, Exit> {
        let started = Instant::now();
        let prepared = self.worker.prepare(tick);
        if prepared.as_ref().is_ok_and(|prepared| !prepared.is_empty()) {
            self.busy += started.elapsed();
        }
        prepared
    }
}

impl<S: Stage> Lane for StageLane<S> {
    fn drain(&mut self, tick: Option<Tick>, parallel: bool) -> Result<(), Exit> {
        let mut tries = 0;
        loop {
            let turns = match self.prepare(tick, parallel) {
                Ok(turns) => turns,
                Err(Exit::Retry(why)) => {
                    tries += 1;
                    if tries == TRIES {
                        return Err(Exit::Fatal(format!("role `{}` tried {TRIES} times: {why}", S::ROLE)));
                    }
                    continue;
                }
                Err(exit) => return Err(exit),
            };
            if turns.is_empty() {
                return Ok(());
            }
            let started = Instant::now();
            for (worker, turn) in turns {
                if let Some(timed) = self.workers.get_mut(worker) {
                    timed.worker.commit(vec![turn])?;
                }
            }
            if let Some(first) = self.workers.first_mut() {
                first.busy += started.elapsed();
            }
        }
    }

    fn busy(&self) -> Duration {
        self.workers.iter().map(|timed| timed.busy).sum()
    }

    fn inputs(&self) -> &'static [Topic] {
        S::INPUTS
    }
}

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

/// How a lane is drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draining {
    /// Time passes to here.
    pub(super) tick: Tick,
    /// Whether its workers decide side by side.
    pub(super) parallel: bool,
    /// Whether it must stop at what it rejects: every role writes to `dead-letters`, so a role that is drained beside others
    /// leaves that for when it is alone, and the order there depends on no thread.
    pub(super) beside: bool,
}

/// How far a lane came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drained {
    /// Nothing is left to do.
    Whole,
    /// What it holds rejects a record: drain it again when no other role writes.
    Waits,
}

/// A role of the pipeline.
pub(super) trait Lane: Send {
    /// Handles all there is, and lets time pass to the tick.
    fn drain(&mut self, how: Draining) -> Result<Drained, Exit>;

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
    /// Decided turns, with the worker of each, that wait until they may be committed.
    waiting: Vec<(usize, Prepared)>,
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
        Ok(Self { workers, waiting: Vec::new() })
    }

    fn prepare(&mut self, tick: Tick, parallel: bool) -> Result<Vec<(usize, Prepared)>, Exit> {
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

    /// As [`Self::prepare`]; what cannot be decided now is tried again.
    fn decide(&mut self, tick: Tick, parallel: bool) -> Result<Vec<(usize, Prepared)>, Exit> {
        for _ in 1..TRIES {
            match self.prepare(tick, parallel) {
                Err(Exit::Retry(_)) => {}
                decided => return decided,
            }
        }
        self.prepare(tick, parallel).map_err(|exit| match exit {
            Exit::Retry(why) => Exit::Fatal(format!("role `{}` tried {TRIES} times: {why}", S::ROLE)),
            exit => exit,
        })
    }

    fn commit(&mut self, turns: Vec<(usize, Prepared)>) -> Result<(), Exit> {
        let started = Instant::now();
        for (worker, turn) in turns {
            if let Some(timed) = self.workers.get_mut(worker) {
                timed.worker.commit(vec![turn])?;
            }
        }
        if let Some(first) = self.workers.first_mut() {
            first.busy += started.elapsed();
        }
        Ok(())
    }
}

impl<S: Stage> Timed<S> {
    fn prepare(&mut self, tick: Tick) -> Result<Vec<Prepared>, Exit> {
        let started = Instant::now();
        let prepared = self.worker.prepare(Some(tick));
        if prepared.as_ref().is_ok_and(|prepared| !prepared.is_empty()) {
            self.busy += started.elapsed();
        }
        prepared
    }
}

impl<S: Stage> Lane for StageLane<S> {
    fn drain(&mut self, how: Draining) -> Result<Drained, Exit> {
        loop {
            let mut turns = std::mem::take(&mut self.waiting);
            if turns.is_empty() {
                turns = self.decide(how.tick, how.parallel)?;
            }
            if turns.is_empty() {
                return Ok(Drained::Whole);
            }
            if how.beside && turns.iter().any(|(_, turn)| turn.rejects()) {
                self.waiting = turns;
                return Ok(Drained::Waits);
            }
            self.commit(turns)?;
        }
    }

    fn busy(&self) -> Duration {
        self.workers.iter().map(|timed| timed.busy).sum()
    }

    fn inputs(&self) -> &'static [Topic] {
        S::INPUTS
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use escalate::Tell;
    use events::{BookVersion, EventTime, Partition, PartitionCount};
    use stream::memory::ClusterConfig;
    use stream::{Outgoing, Silent};

    use super::*;

    #[test]
    fn a_role_that_rejects_beside_others_waits_until_it_is_alone_and_does_so_once() {
        let partitions = PartitionCount::new(2).unwrap();
        let cluster = Cluster::new(ClusterConfig { partitions, ..Default::default() });
        let tell = Arc::new(Tell::new(Arc::new(testkit::build::book(Vec::new()))));
        let settings = WorkerSettings::new(partitions, BookVersion::from("test"));
        let observer: Arc<dyn Observer> = Arc::new(Silent);
        let mut lane = StageLane::new(&cluster, tell, &settings, &observer, 1).unwrap();
        let mut letters = cluster.tap(&[Topic::DeadLetters]);
        let poison = Outgoing {
            topic: Topic::Calls,
            partition: Partition(1),
            timestamp: EventTime::EPOCH,
            key: None,
            value: Some(Bytes::from_static(b"no call")),
            headers: Vec::new(),
        };
        cluster.append(poison).unwrap();
        let alone = Draining { tick: Tick::confirmed(EventTime::EPOCH), parallel: false, beside: false };
        let beside = Draining { beside: true, ..alone };
        for _ in 0..2 {
            assert_eq!(lane.drain(beside).unwrap(), Drained::Waits);
            assert_eq!(letters.read(), []);
        }
        assert_eq!(lane.drain(alone).unwrap(), Drained::Whole);
        assert_eq!(letters.read().len(), 1);
        assert_eq!(lane.drain(beside).unwrap(), Drained::Whole);
        assert_eq!(letters.read(), []);
    }
}

//! A store at the end of the pipeline, as a lane of its own with one worker.

use std::sync::Arc;
use std::time::{Duration, Instant};

use events::Topic;
use stream::memory::{Cluster, Member};
use stream::store::{Pass, Store, StoreWorker};
use stream::{Backoff, Exit, Observer, WorkerSettings};

use super::lane::{Drained, Draining, Lane};

/// A store with its worker.
pub(super) struct StoreLane<S: Store> {
    worker: StoreWorker<Member, S>,
    busy: Duration,
}

impl<S: Store> StoreLane<S> {
    /// Joins the role's group and takes every partition over.
    pub(super) fn new(
        cluster: &Cluster,
        store: S,
        settings: &WorkerSettings,
        observer: &Arc<dyn Observer>,
    ) -> Result<Self, Exit> {
        let role = S::ROLE;
        let member = cluster.join(&format!("firebreak.{role}"), &format!("{role}.run.0"), S::INPUTS);
        let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1))
            .ok_or_else(|| Exit::Fatal("the pauses of a store are no back-off".into()))?;
        let mut worker = StoreWorker::new(member, store, settings.clone(), backoff, Arc::clone(observer));
        worker.step()?;
        let (ready, all) = (worker.partitions().count(), settings.partitions.all().count());
        if ready != all {
            return Err(Exit::Fatal(format!("role `{role}` holds {ready} of {all} partitions")));
        }
        Ok(Self { worker, busy: Duration::ZERO })
    }
}

impl<S: Store> Lane for StoreLane<S> {
    /// A store does not tell beforehand what it rejects, so it is drained alone.
    fn drain(&mut self, how: Draining) -> Result<Drained, Exit> {
        if how.beside {
            return Ok(Drained::Waits);
        }
        let started = Instant::now();
        loop {
            match self.worker.step()? {
                Pass::Stored(_) => {}
                Pass::Held(pause) => std::thread::sleep(pause),
                Pass::Idle => break,
            }
        }
        self.busy += started.elapsed();
        Ok(Drained::Whole)
    }

    fn busy(&self) -> Duration {
        self.busy
    }

    fn inputs(&self) -> &'static [Topic] {
        S::INPUTS
    }

    fn finish(&mut self) -> Result<(), Exit> {
        self.worker.close().map_err(|error| Exit::Fatal(error.to_string()))
    }
}

//! A worker with its stage as a member of the model. Deciding and committing are steps of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use events::{EventTime, Partition, Role};
use stream::memory::Cluster;
use stream::progress::Lane;
use stream::{Exit, Prepared, Silent, Stage, Tick, Worker, WorkerSettings};

use crate::member::Member;
use crate::oracle::{self, Said};
use crate::stage::Once;
use crate::steered::{Before, SteeredLog};

/// A worker that counts notes, each once.
pub(crate) struct Counting {
    worker: Worker<SteeredLog, Once>,
    /// Decided and not committed.
    prepared: Vec<Prepared>,
}

impl Member for Counting {
    type Outside = Once;
    const ROLE: Role = Once::ROLE;

    fn new(log: SteeredLog, _: Before, outside: &Arc<Once>, settings: WorkerSettings) -> Self {
        Self { worker: Worker::new(log, Arc::clone(outside), settings, Arc::new(Silent)), prepared: Vec::new() }
    }

    fn log_mut(&mut self) -> &mut SteeredLog {
        self.worker.log_mut()
    }

    fn has_decided(&self) -> bool {
        !self.prepared.is_empty()
    }

    fn advance(&mut self, now: EventTime) -> Result<(), Exit> {
        if self.has_decided() {
            return self.worker.commit(std::mem::take(&mut self.prepared));
        }
        self.prepared = self.worker.prepare(Some(Tick::confirmed(now)))?;
        Ok(())
    }

    fn tell(&mut self, now: EventTime) -> Result<(), Exit> {
        let ours: Vec<Partition> = self.worker.partitions().collect();
        let news: BTreeMap<(Lane, Partition), EventTime> =
            ours.into_iter().map(|partition| ((Lane::Main, partition), now)).collect();
        self.worker.write_progress(&news)
    }

    fn fail_once(outside: &Once) {
        outside.fail_once();
    }

    fn recover(outside: &Once) {
        outside.recover();
    }

    fn check(_: &Once, cluster: &Cluster, said: &[Said]) -> Result<(), String> {
        oracle::check(cluster, Self::ROLE, said)
    }
}

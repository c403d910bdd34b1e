//! A worker of which the log and the store crash at a chosen step, and its life until everything is stored.

use std::sync::Arc;
use std::time::Duration;

use events::{Codec, Offset, Partition, PartitionCount, Role, Topic};
use stream::memory::{Cluster, Member};
use stream::store::{Move, Pass, Store, StoreError, StoreWorker, Unstorable, Written};
use stream::{Backoff, Exit, Log, Observer, Raw, Silent, WorkerSettings};
use testkit::build;
use testkit::crash::{CrashPlan, CrashingLog};

use crate::input::GROUP;

/// A store that crashes before or after each write, as planned.
pub(crate) struct CrashingStore<S> {
    pub(crate) inner: S,
    pub(crate) plan: CrashPlan,
}

fn crash() -> StoreError {
    StoreError::Broken("crashed as planned".into())
}

impl<S: Store> Store for CrashingStore<S> {
    type Row = S::Row;
    const ROLE: Role = S::ROLE;
    const INPUTS: &'static [Topic] = S::INPUTS;
    const DEPENDENCY: &'static str = S::DEPENDENCY;

    fn row(raw: &Raw, codec: &Codec) -> Result<S::Row, Unstorable> {
        S::row(raw, codec)
    }

    fn next_offsets(&mut self, partition: Partition) -> Result<Vec<(Topic, Offset)>, StoreError> {
        self.inner.next_offsets(partition)
    }

    fn write(&mut self, rows: &[&S::Row], moves: &[Move]) -> Result<Written, StoreError> {
        if self.plan.strikes() {
            return Err(crash());
        }
        let written = self.inner.write(rows, moves)?;
        if self.plan.strikes() { Err(crash()) } else { Ok(written) }
    }
}

pub(crate) fn settings(partitions: PartitionCount) -> WorkerSettings {
    let settings = WorkerSettings::new(partitions, build::book_version());
    WorkerSettings { dead_letter_limit: None, ..settings }
}

pub(crate) fn backoff() -> Backoff {
    Backoff::new(Duration::from_millis(20), Duration::from_millis(200)).unwrap()
}

/// A worker over a member of `cluster`.
pub(crate) fn worker<S: Store>(cluster: &Cluster, id: &str, store: S) -> StoreWorker<Member, S> {
    observed(cluster, cluster.join(GROUP, id, S::INPUTS), store, Arc::new(Silent))
}

/// A worker over `log` that tells `observer`.
pub(crate) fn observed<L: Log, S: Store>(
    cluster: &Cluster,
    log: L,
    store: S,
    observer: Arc<dyn Observer>,
) -> StoreWorker<L, S> {
    StoreWorker::new(log, store, settings(cluster.partitions()), backoff(), observer)
}

/// Steps until three passes in a row had nothing to do.
pub(crate) fn drain<L: Log, S: Store>(worker: &mut StoreWorker<L, S>) -> Result<(), Exit> {
    let mut idle = 0;
    while idle < 3 {
        match worker.step()? {
            Pass::Idle => idle += 1,
            Pass::Stored(_) => idle = 0,
            Pass::Held(pause) => std::thread::sleep(pause),
        }
    }
    Ok(())
}

/// Lives until everything is stored, dying as planned and coming back. Returns how often it died.
pub(crate) fn live<S: Store>(cluster: &Cluster, plan: &CrashPlan, store: impl Fn() -> S) -> usize {
    for died in 0..10 {
        let log = CrashingLog::new(cluster.join(GROUP, "worker", S::INPUTS), plan);
        let store = CrashingStore { inner: store(), plan: plan.clone() };
        let mut worker = observed(cluster, log, store, Arc::new(Silent));
        match drain(&mut worker) {
            Ok(()) => return died,
            Err(exit) => assert_eq!(exit, Exit::Fatal("crashed as planned".into())),
        }
        // A killed process leaves its group when its session runs out.
        drop(worker);
        cluster.expel("worker");
    }
    panic!("it died ten times");
}

//! What the loop tells the world: metrics, logs and tests are observers. Counts are told at commit, so that aborted
//! batches never count and read = forwarded + dropped + rejected holds at every moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use events::{EventTime, Partition, Role, Span, Topic};

use crate::store::Written;
use crate::{DropReason, Exit, Labels, RejectReason};

/// What one committed turn did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records read, by topic.
    pub read: BTreeMap<Topic, u64>,
    /// Records forwarded.
    pub forwarded: u64,
    /// Records dropped, by reason.
    pub dropped: BTreeMap<DropReason, u64>,
    /// Records rejected, by reason.
    pub rejected: BTreeMap<RejectReason, u64>,
    /// How often each head of a stage that judges gave each label.
    pub labels: Labels,
    /// Records written, by topic; the runtime's own included.
    pub produced: BTreeMap<Topic, u64>,
    /// Bytes of the values read.
    pub bytes_read: u64,
    /// Bytes of the values written.
    pub bytes_produced: u64,
    /// Timers fired.
    pub fired: u64,
}

impl Counts {
    /// Records read.
    pub fn total_read(&self) -> u64 {
        self.read.values().sum()
    }

    /// Records dropped.
    pub fn total_dropped(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// Records rejected.
    pub fn total_rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Whether every record read has exactly one verdict.
    pub fn balanced(&self) -> bool {
        self.total_read() == self.forwarded + self.total_dropped() + self.total_rejected()
    }

    /// Adds what another turn did.
    pub fn add(&mut self, other: &Self) {
        for (topic, count) in &other.read {
            *self.read.entry(*topic).or_default() += count;
        }
        for (reason, count) in &other.dropped {
            *self.dropped.entry(*reason).or_default() += count;
        }
        for (reason, count) in &other.rejected {
            *self.rejected.entry(*reason).or_default() += count;
        }
        for (label, count) in &other.labels {
            *self.labels.entry(*label).or_default() += count;
        }
        for (topic, count) in &other.produced {
            *self.produced.entry(*topic).or_default() += count;
        }
        self.forwarded += other.forwarded;
        self.bytes_read += other.bytes_read;
        self.bytes_produced += other.bytes_produced;
        self.fired += other.fired;
    }
}

/// Where the state of an assigned partition comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateOrigin {
    /// It was still in memory, and offsets and turn equal the committed ones.
    Reused,
    /// It was read from its topics.
    Restored,
}

/// Who listens to the loop. All methods have empty defaults.
pub trait Observer: Send + Sync {
    /// A stage decided a batch of this many records, or failed to.
    fn decided(&self, role: Role, records: usize, took: Duration, ok: bool) {
        let (_, _, _, _) = (role, records, took, ok);
    }
    /// A transaction is committed.
    fn transacted(&self, role: Role, took: Duration) {
        let (_, _) = (role, took);
    }
    /// A turn is committed.
    fn committed(&self, role: Role, partition: Partition, counts: &Counts) {
        let (_, _, _) = (role, partition, counts);
    }
    /// Work was thrown away.
    fn aborted(&self, role: Role, why: &Exit) {
        let (_, _) = (role, why);
    }
    /// A partition is ours and ready, with this many keys of state.
    fn ready(&self, role: Role, partition: Partition, origin: StateOrigin, keys: i64) {
        let (_, _, _, _) = (role, partition, origin, keys);
    }
    /// The state of a partition was read from its topics.
    fn restored(&self, role: Role, took: Duration) {
        let (_, _) = (role, took);
    }
    /// Partitions are no longer ours.
    fn revoked(&self, role: Role, partitions: &[Partition]) {
        let (_, _) = (role, partitions);
    }
    /// So many records of a partition of ours wait to be read.
    fn lags(&self, role: Role, topic: Topic, partition: Partition, records: i64) {
        let (_, _, _, _) = (role, topic, partition, records);
    }
    /// What lay at the end of an input, of the express lane or of another, waited so long until it was handled.
    fn waited(&self, role: Role, express: bool, took: Duration) {
        let (_, _, _) = (role, express, took);
    }
    /// The time of the worst of our partitions is this far behind the wall's clock.
    fn held_back(&self, role: Role, by: Span) {
        let (_, _) = (role, by);
    }
    /// Every partition of ours is handled up to this acceptance time.
    fn progressed(&self, role: Role, to: EventTime) {
        let (_, _) = (role, to);
    }
    /// What was seen is known this far back, in the partition that forgets first.
    fn remembers(&self, role: Role, horizon: Span) {
        let (_, _) = (role, horizon);
    }
    /// A store took rows.
    fn wrote(&self, role: Role, store: &'static str, written: &Written) {
        let (_, _, _) = (role, store, written);
    }
    /// Something outside did not work, and is tried again; `error` comes from a closed list.
    fn retried(&self, role: Role, dependency: &'static str, error: &'static str) {
        let (_, _, _) = (role, dependency, error);
    }
    /// A source's request was answered; `outcome` comes from a closed list.
    fn answered(&self, role: Role, source: &'static str, outcome: &'static str) {
        let (_, _, _) = (role, source, outcome);
    }
    /// A connection to a port was closed for want of room; port and reason come from closed lists.
    fn let_go(&self, role: Role, port: &'static str, reason: &'static str) {
        let (_, _, _) = (role, port, reason);
    }
    /// Something outside is away and work waits for it, or no longer does.
    fn held_up(&self, role: Role, dependency: &'static str, held: bool) {
        let (_, _, _) = (role, dependency, held);
    }
}

/// An observer that listens to nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// An observer that adds up what it hears, per role.
#[derive(Debug, Default)]
pub struct RecordingObserver {
    roles: Mutex<BTreeMap<Role, Recorded>>,
}

/// What was heard of one role.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// Sums over committed turns.
    pub counts: Counts,
    /// Committed turns.
    pub turns: u64,
    /// Times that work was thrown away.
    pub aborted: u64,
    /// Partitions whose state was reused.
    pub reused: u64,
    /// Partitions whose state was restored.
    pub restored: u64,
}

impl RecordingObserver {
    /// What was heard of `role` so far.
    pub fn of(&self, role: Role) -> Recorded {
        self.lock().get(&role).cloned().unwrap_or_default()
    }

    /// Records written to `topic` so far, by all roles.
    pub fn produced(&self, topic: Topic) -> u64 {
        self.lock().values().filter_map(|recorded| recorded.counts.produced.get(&topic)).sum()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Role, Recorded>> {
        // Sums stay right even if another thread panicked between two additions of a turn that is then lost with it.
        self.roles.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Observer for RecordingObserver {
    fn committed(&self, role: Role, _: Partition, counts: &Counts) {
        let mut roles = self.lock();
        let recorded = roles.entry(role).or_default();
        recorded.counts.add(counts);
        recorded.turns += 1;
    }
    fn aborted(&self, role: Role, _: &Exit) {
        self.lock().entry(role).or_default().aborted += 1;
    }
    fn ready(&self, role: Role, _: Partition, origin: StateOrigin, _: i64) {
        let mut roles = self.lock();
        let recorded = roles.entry(role).or_default();
        match origin {
            StateOrigin::Reused => recorded.reused += 1,
            StateOrigin::Restored => recorded.restored += 1,
        }
    }
}

/// Several observers that all hear everything.
impl Observer for Vec<Arc<dyn Observer>> {
    fn decided(&self, role: Role, records: usize, took: Duration, ok: bool) {
        self.iter().for_each(|observer| observer.decided(role, records, took, ok));
    }
    fn transacted(&self, role: Role, took: Duration) {
        self.iter().for_each(|observer| observer.transacted(role, took));
    }
    fn committed(&self, role: Role, partition: Partition, counts: &Counts) {
        self.iter().for_each(|observer| observer.committed(role, partition, counts));
    }
    fn aborted(&self, role: Role, why: &Exit) {
        self.iter().for_each(|observer| observer.aborted(role, why));
    }
    fn ready(&self, role: Role, partition: Partition, origin: StateOrigin, keys: i64) {
        self.iter().for_each(|observer| observer.ready(role, partition, origin, keys));
    }
    fn restored(&self, role: Role, took: Duration) {
        self.iter().for_each(|observer| observer.restored(role, took));
    }
    fn revoked(&self, role: Role, partitions: &[Partition]) {
        self.iter().for_each(|observer| observer.revoked(role, partitions));
    }
    fn lags(&self, role: Role, topic: Topic, partition: Partition, records: i64) {
        self.iter().for_each(|observer| observer.lags(role, topic, partition, records));
    }
    fn waited(&self, role: Role, express: bool, took: Duration) {
        self.iter().for_each(|observer| observer.waited(role, express, took));
    }
    fn held_back(&self, role: Role, by: Span) {
        self.iter().for_each(|observer| observer.held_back(role, by));
    }
    fn progressed(&self, role: Role, to: EventTime) {
        self.iter().for_each(|observer| observer.progressed(role, to));
    }
    fn remembers(&self, role: Role, horizon: Span) {
        self.iter().for_each(|observer| observer.remembers(role, horizon));
    }
    fn wrote(&self, role: Role, store: &'static str, written: &Written) {
        self.iter().for_each(|observer| observer.wrote(role, store, written));
    }
    fn retried(&self, role: Role, dependency: &'static str, error: &'static str) {
        self.iter().for_each(|observer| observer.retried(role, dependency, error));
    }
    fn answered(&self, role: Role, source: &'static str, outcome: &'static str) {
        self.iter().for_each(|observer| observer.answered(role, source, outcome));
    }
    fn let_go(&self, role: Role, port: &'static str, reason: &'static str) {
        self.iter().for_each(|observer| observer.let_go(role, port, reason));
    }
    fn held_up(&self, role: Role, dependency: &'static str, held: bool) {
        self.iter().for_each(|observer| observer.held_up(role, dependency, held));
    }
}

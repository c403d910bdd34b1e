//! A log that crashes at a chosen step, and a process on it that starts again. Each port call counts twice, before its effect
//! and after it.
//!
//! A crash is that of a process: the transaction stays open, the group is not left, every later call fails. What it leaves
//! behind is aborted when a member with the same transactional id comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use events::{Offset, Partition, Topic};
use stream::memory::{Member, MemberTxn};
use stream::{Exit, Log, Outgoing, Polled, Position, Raw, Silent, Stage, Tick, Txn, Worker, WorkerSettings};

use crate::contract::Harness;
use crate::embedded::Embedded;
use crate::{build, drive};

const PLANNED: &str = "crashed as planned";

/// When to crash. Clones count together.
#[derive(Debug, Clone, Default)]
pub struct CrashPlan(Arc<Steps>);

#[derive(Debug)]
struct Steps {
    passed: AtomicUsize,
    crash_at: AtomicUsize,
    again_at: AtomicUsize,
}

impl Default for Steps {
    fn default() -> Self {
        let never = || AtomicUsize::new(usize::MAX);
        Self { passed: AtomicUsize::new(0), crash_at: never(), again_at: never() }
    }
}

impl CrashPlan {
    /// Crashes after `steps` more steps, once.
    pub fn crash_after(&self, steps: usize) {
        self.0.crash_at.store(self.passed() + steps, Ordering::SeqCst);
    }

    /// Crashes a second time, `steps` steps after the crash that is planned.
    pub fn then_after(&self, steps: usize) {
        let first = self.0.crash_at.load(Ordering::SeqCst);
        self.0.again_at.store(first.saturating_add(steps), Ordering::SeqCst);
    }

    /// Steps passed so far.
    pub fn passed(&self) -> usize {
        self.0.passed.load(Ordering::SeqCst)
    }

    /// Passes one step; true when it is the one to crash at.
    pub fn strikes(&self) -> bool {
        let step = self.0.passed.fetch_add(1, Ordering::SeqCst);
        [&self.0.crash_at, &self.0.again_at].iter().any(|at| at.load(Ordering::SeqCst) == step)
    }
}

/// A member that crashes as planned.
#[derive(Debug)]
pub struct CrashingLog {
    member: Option<Member>,
    plan: CrashPlan,
    dead: AtomicBool,
}

impl CrashingLog {
    /// A member that crashes when `plan` says so.
    pub fn new(member: Member, plan: &CrashPlan) -> Self {
        Self { member: Some(member), plan: plan.clone(), dead: AtomicBool::new(false) }
    }

    fn call<T>(&mut self, act: impl FnOnce(&mut Member) -> Result<T, Exit>) -> Result<T, Exit> {
        if self.dead.load(Ordering::SeqCst) || self.plan.strikes() {
            return Err(crash(&self.dead));
        }
        let done = act(self.member.as_mut().ok_or_else(|| crash(&self.dead))?)?;
        if self.plan.strikes() {
            return Err(crash(&self.dead));
        }
        Ok(done)
    }
}

fn crash(dead: &AtomicBool) -> Exit {
    dead.store(true, Ordering::SeqCst);
    Exit::Fatal(PLANNED.into())
}

impl Drop for CrashingLog {
    fn drop(&mut self) {
        if let (true, Some(member)) = (self.dead.load(Ordering::SeqCst), self.member.take()) {
            member.kill();
        }
    }
}

impl Log for CrashingLog {
    type Txn<'a> = CrashingTxn<'a>;

    fn poll(&mut self) -> Result<Polled, Exit> {
        self.call(Member::poll)
    }

    fn begin(&mut self) -> Result<CrashingTxn<'_>, Exit> {
        if self.dead.load(Ordering::SeqCst) || self.plan.strikes() {
            return Err(crash(&self.dead));
        }
        let txn = self.member.as_mut().ok_or_else(|| crash(&self.dead))?.begin()?;
        if self.plan.strikes() {
            txn.abandon();
            return Err(crash(&self.dead));
        }
        Ok(CrashingTxn { inner: Some(txn), plan: &self.plan, dead: &self.dead })
    }

    fn committed(&mut self, partition: Partition) -> Result<Position, Exit> {
        self.call(|member| member.committed(partition))
    }

    fn seek(&mut self, partition: Partition, position: &Position) -> Result<(), Exit> {
        self.call(|member| member.seek(partition, position))
    }

    fn hold(&mut self, partition: Partition) -> Result<(), Exit> {
        self.call(|member| member.hold(partition))
    }

    fn read_table(
        &mut self,
        topic: Topic,
        partition: Partition,
        each: &mut dyn FnMut(Raw) -> Result<(), Exit>,
    ) -> Result<(), Exit> {
        self.call(|member| member.read_table(topic, partition, each))
    }

    fn high_watermarks(&mut self, places: &[(Topic, Partition)]) -> Result<Vec<Offset>, Exit> {
        self.call(|member| member.high_watermarks(places))
    }

    fn reached(&mut self, topic: Topic, partition: Partition) -> Result<Offset, Exit> {
        self.call(|member| member.reached(topic, partition))
    }
}

/// A transaction of a [`CrashingLog`].
#[derive(Debug)]
pub struct CrashingTxn<'a> {
    inner: Option<MemberTxn<'a>>,
    plan: &'a CrashPlan,
    dead: &'a AtomicBool,
}

impl CrashingTxn<'_> {
    /// The process is gone: what was open stays open.
    fn die(&mut self) -> Exit {
        if let Some(txn) = self.inner.take() {
            txn.abandon();
        }
        crash(self.dead)
    }
}

impl Txn for CrashingTxn<'_> {
    fn send(&mut self, record: Outgoing) -> Result<(), Exit> {
        if self.plan.strikes() {
            return Err(self.die());
        }
        let Some(txn) = &mut self.inner else {
            return Err(self.die());
        };
        txn.send(record)?;
        if self.plan.strikes() {
            return Err(self.die());
        }
        Ok(())
    }

    fn commit(mut self, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        if self.plan.strikes() {
            return Err(self.die());
        }
        let Some(txn) = self.inner.take() else {
            return Err(self.die());
        };
        txn.commit(positions)?;
        if self.plan.strikes() {
            return Err(self.die());
        }
        Ok(())
    }
}

/// A process with one stage, which starts again under the same transactional id when it crashes.
pub struct Process<'a, S: Stage> {
    embedded: &'a Embedded,
    plan: &'a CrashPlan,
    stage: Arc<S>,
    worker: Worker<CrashingLog, S>,
    crashes: usize,
}

impl<'a, S: Stage> Process<'a, S> {
    /// Starts the process.
    pub fn start(embedded: &'a Embedded, plan: &'a CrashPlan, stage: Arc<S>) -> Self {
        let worker = Self::worker(embedded, plan, &stage);
        Self { embedded, plan, stage, worker, crashes: 0 }
    }

    fn worker(embedded: &Embedded, plan: &CrashPlan, stage: &Arc<S>) -> Worker<CrashingLog, S> {
        let member = embedded.join(S::ROLE.name(), S::ROLE.name(), S::INPUTS);
        let mut settings = WorkerSettings::new(embedded.partitions(), build::book_version());
        settings.dead_letter_limit = None;
        Worker::new(CrashingLog::new(member, plan), Arc::clone(stage), settings, Arc::new(Silent))
    }

    /// Handles all there is, and lets time pass to the tick; starts again after a crash.
    ///
    /// # Panics
    /// The stage stopped for another reason.
    pub fn drain(&mut self, tick: Option<Tick>) {
        while let Err(exit) = drive::drain(&mut self.worker, tick, self.embedded.patience()) {
            assert_eq!(exit, Exit::Fatal(PLANNED.into()), "{}", S::ROLE);
            self.crashes += 1;
            self.worker = Self::worker(self.embedded, self.plan, &self.stage);
            // The dead one, which is still a member; its session runs out.
            self.embedded.expel(S::ROLE.name());
        }
    }

    /// Crashes so far.
    pub const fn crashes(&self) -> usize {
        self.crashes
    }
}

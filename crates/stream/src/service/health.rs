//! What probes ask: whether the workers turn, and whether they are ready.
//!
//! Liveness depends on nothing outside: a broker that is away, a rebalance or a slow store are no reason to restart. Readiness
//! is a latch for each worker: once it has an assignment (nothing counts too) and restored it, it falls only while newly
//! assigned partitions are restored, and for good when the process is about to end.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use events::Role;

/// The health of a process.
#[derive(Debug)]
pub struct Health {
    begun: Instant,
    /// A worker whose pass takes longer hangs.
    deadline: Duration,
    workers: Mutex<Vec<Arc<WorkerHealth>>>,
    ending: AtomicBool,
    started: AtomicBool,
}

/// The health of one worker.
#[derive(Debug)]
pub struct WorkerHealth {
    role: Role,
    number: usize,
    begun: Instant,
    /// Milliseconds after the start at which the last pass ended.
    passed: AtomicU64,
    ready: AtomicBool,
    /// It has ended as it should: nothing is expected of it any more.
    done: AtomicBool,
}

impl Health {
    /// Of a process without workers yet, each pass of which may take `deadline`.
    pub fn new(deadline: Duration) -> Self {
        let (ending, started) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { begun: Instant::now(), deadline, workers: Mutex::default(), ending, started }
    }

    /// A further worker: one of a role's, by its number.
    pub fn worker(&self, role: Role, number: usize) -> Arc<WorkerHealth> {
        let worker = Arc::new(WorkerHealth {
            role,
            number,
            begun: self.begun,
            passed: AtomicU64::new(millis(self.begun.elapsed())),
            ready: AtomicBool::new(false),
            done: AtomicBool::new(false),
        });
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&worker));
        worker
    }

    /// The process is about to end: it is not ready any more.
    pub fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    /// Whether a pass of every worker ended within the deadline.
    ///
    /// # Errors
    /// Which did not, one line for each.
    pub fn live(&self) -> Result<(), String> {
        self.every(|worker| {
            let since =
                self.begun.elapsed().saturating_sub(Duration::from_millis(worker.passed.load(Ordering::Relaxed)));
            (since > self.deadline).then(|| format!("no pass of `{worker}` ended for {} s", since.as_secs()))
        })
    }

    /// Whether every worker is assigned and restored, and the process is not about to end.
    ///
    /// # Errors
    /// What is missing, one line for each.
    pub fn ready(&self) -> Result<(), String> {
        if self.ending.load(Ordering::Relaxed) {
            return Err("the process is about to end".to_owned());
        }
        if self.workers.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            return Err("no worker was started yet".to_owned());
        }
        self.every(|worker| {
            let missing = !worker.ready.load(Ordering::Relaxed);
            missing.then(|| format!("`{worker}` has no assignment yet, or restores it"))
        })?;
        self.started.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the process was ready once.
    ///
    /// # Errors
    /// As [`Health::ready`].
    pub fn started(&self) -> Result<(), String> {
        if self.started.load(Ordering::Relaxed) { Ok(()) } else { self.ready() }
    }

    /// How long ago the last pass of each worker ended.
    pub fn last_passes(&self) -> Vec<(Role, usize, Duration)> {
        let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.begun.elapsed();
        let ago =
            |worker: &WorkerHealth| now.saturating_sub(Duration::from_millis(worker.passed.load(Ordering::Relaxed)));
        workers.iter().map(|worker| (worker.role, worker.number, ago(worker))).collect()
    }

    fn every(&self, problem: impl Fn(&WorkerHealth) -> Option<String>) -> Result<(), String> {
        let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let problems: Vec<String> = workers
            .iter()
            .filter(|worker| !worker.done.load(Ordering::Relaxed))
            .filter_map(|worker| problem(worker))
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }
}

impl WorkerHealth {
    /// A pass ended, whatever came of it.
    pub fn passed(&self) {
        self.passed.store(millis(self.begun.elapsed()), Ordering::Relaxed);
    }

    /// Whether the worker has an assignment and restored it.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    /// The worker has ended as it should.
    pub fn done(&self) {
        self.done.store(true, Ordering::Relaxed);
    }
}

/// The worker's name, such as `escalate.care-0`.
impl fmt::Display for WorkerHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.role, self.number)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_when_every_worker_is_and_never_again_once_it_ends() {
        let health = Health::new(Duration::from_secs(30));
        assert!(health.ready().is_err() && health.live().is_ok(), "nothing runs yet, and nothing hangs");
        let (first, second) = (health.worker(Role::Enrich, 0), health.worker(Role::Enrich, 1));
        first.set_ready(true);
        assert!(health.ready().is_err_and(|why| why.contains("enrich-1") && !why.contains("enrich-0")));
        assert!(health.started().is_err());
        second.set_ready(true);
        assert_eq!(health.ready(), Ok(()));
        second.set_ready(false);
        assert!(health.ready().is_err());
        assert_eq!(health.started(), Ok(()), "it was ready once");
        second.set_ready(true);
        health.end();
        assert!(health.ready().is_err());
        assert_eq!(health.live(), Ok(()));
    }

    #[test]
    fn a_worker_that_does_not_turn_is_named() {
        let health = Health::new(Duration::ZERO);
        let hangs = health.worker(Role::Classify, 0);
        std::thread::sleep(Duration::from_millis(5));
        assert!(health.live().is_err_and(|why| why.contains("classify-0")));
        hangs.done();
        assert_eq!(health.live(), Ok(()), "one that has ended owes nothing");
    }
}

//! What one thread of a service turns.

use std::sync::Arc;
use std::time::Duration;

use super::{Current, Pace};
use crate::store::{Pass, Store, StoreWorker};
use crate::{Exit, Log, Stage, Worker};

/// A member of a group with what it does.
pub trait Member {
    /// One pass.
    ///
    /// # Errors
    /// [`Exit::Retry`] and [`Exit::Fenced`]: pass again after a pause. Others end the process.
    fn pass(&mut self) -> Result<Passed, Exit>;

    /// Whether it has an assignment, nothing counts too, and is restored.
    fn is_ready(&self) -> bool;

    /// Finishes what is open and leaves the group.
    ///
    /// # Errors
    /// Something could not be finished.
    fn close(self) -> Result<(), Exit>
    where
        Self: Sized;
}

/// What a pass did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Something was committed.
    Committed,
    /// There was nothing to do.
    Idle,
    /// Something outside is away; pass again within this time.
    Held(Duration),
}

/// A worker with the pace of its time and the stage of the moment.
pub struct RoleMember<L: Log, S: Stage> {
    worker: Worker<L, S>,
    pace: Pace,
    current: Arc<Current<S>>,
    /// The edition of the stage that decides.
    edition: u64,
}

impl<L: Log, S: Stage> RoleMember<L, S> {
    /// A member that has not polled yet.
    pub fn new(worker: Worker<L, S>, pace: Pace, current: Arc<Current<S>>) -> Self {
        Self { worker, pace, current, edition: 0 }
    }

    /// The worker.
    pub const fn worker(&self) -> &Worker<L, S> {
        &self.worker
    }
}

impl<L: Log, S: Stage> Member for RoleMember<L, S> {
    fn pass(&mut self) -> Result<Passed, Exit> {
        if let Some((stage, book_version)) = self.current.newer_than(&mut self.edition) {
            self.worker.decide_by(stage, book_version);
        }
        let ticks = self.pace.ticks();
        let turns = self.worker.step(ticks)?;
        self.pace.keep(&mut self.worker)?;
        Ok(if turns > 0 { Passed::Committed } else { Passed::Idle })
    }

    fn is_ready(&self) -> bool {
        self.worker.is_assigned() && self.worker.restored()
    }

    fn close(self) -> Result<(), Exit> {
        Ok(())
    }
}

impl<L: Log, S: Store> Member for StoreWorker<L, S> {
    fn pass(&mut self) -> Result<Passed, Exit> {
        Ok(match self.step()? {
            Pass::Stored(_) => Passed::Committed,
            Pass::Idle => Passed::Idle,
            Pass::Held(pause) => Passed::Held(pause),
        })
    }

    fn is_ready(&self) -> bool {
        self.is_assigned() && self.ready()
    }

    fn close(mut self) -> Result<(), Exit> {
        Self::close(&mut self).map_err(|error| Exit::Fatal(error.to_string()))
    }
}

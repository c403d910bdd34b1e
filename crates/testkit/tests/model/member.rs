//! What the model needs of a process, whatever its role.

use std::sync::Arc;

use events::{EventTime, Role};
use stream::memory::Cluster;
use stream::{Exit, WorkerSettings};

use crate::oracle::Said;
use crate::steered::{Before, SteeredLog};

/// What a process does, and what must come of it.
pub(crate) trait Member: Send + Sized + 'static {
    /// What is outside of the log, for all processes.
    type Outside: Default + Send + Sync;
    /// Its role.
    const ROLE: Role;

    /// A member that has not polled yet. Something may happen before each of its calls.
    fn new(log: SteeredLog, before: Before, outside: &Arc<Self::Outside>, settings: WorkerSettings) -> Self;
    /// Its log.
    fn log_mut(&mut self) -> &mut SteeredLog;
    /// Whether it has decided what it has not committed.
    fn has_decided(&self) -> bool;
    /// Goes on by one step.
    fn advance(&mut self, now: EventTime) -> Result<(), Exit>;
    /// Writes its progress.
    fn tell(&mut self, now: EventTime) -> Result<(), Exit>;
    /// What is next done outside fails for a moment.
    fn fail_once(outside: &Self::Outside);
    /// Nothing outside fails any more.
    fn recover(outside: &Self::Outside);
    /// Holds what came of it against what was said.
    fn check(outside: &Self::Outside, cluster: &Cluster, said: &[Said]) -> Result<(), String>;
}

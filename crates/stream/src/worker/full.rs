//! Partitions whose state is full: what is too much waits in the log.

use super::Worker;
use crate::{Exit, Log, Stage, State};

impl<L: Log, S: Stage> Worker<L, S> {
    /// Reads nothing of partitions that are full, and goes on with those that have room again.
    pub(super) fn hold_what_is_full(&mut self) -> Result<(), Exit> {
        for (partition, task) in &self.tasks {
            let was = self.full.contains(partition);
            match (was, task.state.is_full(was)) {
                (false, true) => {
                    self.log.hold(*partition)?;
                    self.full.insert(*partition);
                }
                (true, false) => {
                    self.log.seek(*partition, &task.position)?;
                    self.full.remove(partition);
                }
                (true, true) | (false, false) => {}
            }
        }
        Ok(())
    }
}

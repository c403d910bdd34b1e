//! How far a store is behind, told once a second.

use std::time::{Duration, Instant};

use events::{Partition, Topic};

use super::{Store, StoreWorker};
use crate::{Exit, Log};

/// Between two questions where topics end.
const ASK: Duration = Duration::from_secs(1);

impl<L: Log, S: Store> StoreWorker<L, S> {
    /// Tells how many records of each partition of ours are not polled yet. Called at the end of a pass, when what was polled is
    /// stored.
    pub(super) fn tell_lag(&mut self) -> Result<(), Exit> {
        if self.lag_told.is_some_and(|told| told.elapsed() < ASK) {
            return Ok(());
        }
        self.lag_told = Some(Instant::now());
        let places: Vec<(Topic, Partition)> =
            self.tasks.keys().flat_map(|partition| S::INPUTS.iter().map(|topic| (*topic, *partition))).collect();
        let ends = self.log.high_watermarks(&places)?;
        for ((topic, partition), end) in places.into_iter().zip(ends) {
            match self.log.reached(topic, partition) {
                Ok(reached) => self.observer.lags(S::ROLE, topic, partition, (end.0 - reached.0).max(0)),
                // The group has just taken it away, as the next poll will say.
                Err(Exit::Fenced(_)) => {}
                Err(exit) => return Err(exit),
            }
        }
        Ok(())
    }
}

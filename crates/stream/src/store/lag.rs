//! How far a store is behind, told once a second.

use std::time::Instant;

use events::{Partition, Topic};

use super::{Store, StoreWorker};
use crate::behind::ASK;
use crate::{Exit, Log};

impl<L: Log, S: Store> StoreWorker<L, S> {
    /// Tells how many records of each partition of ours are not polled yet, and how long some waited. Called at the end of a
    /// pass, when what was polled is stored.
    pub(super) fn tell_lag(&mut self) -> Result<(), Exit> {
        self.behind.look(S::ROLE, &mut self.log, self.observer.as_ref())?;
        if self.lag_told.is_some_and(|told| told.elapsed() < ASK) {
            return Ok(());
        }
        let asked = Instant::now();
        self.lag_told = Some(asked);
        let places: Vec<(Topic, Partition)> =
            self.tasks.keys().flat_map(|partition| S::INPUTS.iter().map(|topic| (*topic, *partition))).collect();
        let ends = self.log.high_watermarks(&places)?;
        self.behind.note(S::ROLE, places.into_iter().zip(ends), asked, &mut self.log, self.observer.as_ref())
    }
}

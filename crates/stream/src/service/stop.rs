//! The wish that the process ends, for every thread of it.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Set once, never taken back.
#[derive(Debug, Default)]
pub struct Stop {
    wanted: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    /// Asks every thread to end; wakes those that pause.
    pub fn want(&self) {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Whether threads are to end.
    pub fn is_wanted(&self) -> bool {
        *self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `pause`, or until threads are to end; whether they are.
    pub fn pause(&self, pause: Duration) -> bool {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(wanted, pause, |wanted| !*wanted);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

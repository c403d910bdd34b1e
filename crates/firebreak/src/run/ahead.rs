//! How far the hearing half may be ahead of the answering one.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Steps heard and steps answered, and who waits for which.
#[derive(Debug)]
pub(super) struct Ahead {
    limit: u64,
    steps: Mutex<Steps>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Steps {
    heard: u64,
    answered: u64,
    /// One of the halves has ended.
    over: bool,
}

/// Held by each half while it works: dropped, the other waits for it no more.
pub(super) struct Working<'a>(&'a Ahead);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.change(|steps| steps.over = true);
    }
}

impl Ahead {
    /// The hearing half may have done `limit` steps that are not answered.
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, steps: Mutex::default(), changed: Condvar::new() }
    }

    /// One of the halves begins.
    pub(super) const fn working(&self) -> Working<'_> {
        Working(self)
    }

    /// The hearing half waits until it may do another step; false when nobody answers any more.
    pub(super) fn room(&self) -> bool {
        !self.wait(|steps| !steps.over && steps.heard - steps.answered >= self.limit).over
    }

    /// The hearing half has done a step.
    pub(super) fn heard(&self) {
        self.change(|steps| steps.heard += 1);
    }

    /// The answering half has done a step.
    pub(super) fn answered(&self) {
        self.change(|steps| steps.answered += 1);
    }

    /// The answering half waits until it is alone: the other is as far ahead as it may be, or has ended. So where it then
    /// writes among what the other wrote depends on no thread.
    pub(super) fn alone(&self) {
        drop(self.wait(|steps| !steps.over && steps.heard - steps.answered < self.limit));
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        // Two counters and a flag: a panic leaves them whole.
        self.steps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Steps)) {
        change(&mut self.steps());
        self.changed.notify_all();
    }

    fn wait(&self, during: impl Fn(&Steps) -> bool) -> MutexGuard<'_, Steps> {
        let waited = self.changed.wait_while(self.steps(), |steps| during(steps));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn whoever_waits_to_be_alone_finds_the_other_as_far_ahead_as_it_may_be() {
        let (ahead, heard) = (Ahead::new(3), AtomicU64::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                let _working = ahead.working();
                for _ in 0..10 {
                    assert!(ahead.room());
                    heard.fetch_add(1, Ordering::SeqCst);
                    ahead.heard();
                }
            });
            for answered in 0..10 {
                ahead.alone();
                assert_eq!(heard.load(Ordering::SeqCst), 10.min(answered + 3));
                ahead.answered();
            }
        });
    }

    #[test]
    fn nobody_waits_for_a_half_that_has_ended() {
        let ahead = Ahead::new(1);
        assert!(ahead.room());
        ahead.heard();
        drop(ahead.working());
        ahead.alone();
        assert!(!ahead.room());
    }
}

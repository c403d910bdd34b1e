//! The stage of the moment: a reloaded book is a new stage, handed to the workers between two passes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use events::BookVersion;

/// A stage with the version of its book, exchanged while workers use it.
#[derive(Debug)]
pub struct Current<S> {
    /// Raised with each exchange, so that a pass only looks at a number.
    edition: AtomicU64,
    stage: Mutex<(Arc<S>, BookVersion)>,
}

impl<S> Current<S> {
    /// Begins with this stage.
    pub fn new(stage: Arc<S>, book_version: BookVersion) -> Self {
        Self { edition: AtomicU64::new(1), stage: Mutex::new((stage, book_version)) }
    }

    /// From now on this stage decides.
    pub fn exchange(&self, stage: Arc<S>, book_version: BookVersion) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = (stage, book_version);
        self.edition.fetch_add(1, Ordering::Release);
    }

    /// The stage and its book's version.
    pub fn get(&self) -> (Arc<S>, BookVersion) {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The stage, when it is another than that of edition `seen`, which is brought up to date.
    pub fn newer_than(&self, seen: &mut u64) -> Option<(Arc<S>, BookVersion)> {
        let edition = self.edition.load(Ordering::Acquire);
        if edition == *seen {
            return None;
        }
        *seen = edition;
        Some(self.get())
    }
}

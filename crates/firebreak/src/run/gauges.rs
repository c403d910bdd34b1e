//! How far a run is, to be read while it works.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use events::{Role, Topic};
use stream::RecordingObserver;

use super::roles::Halves;

/// What was done so far.
pub(super) struct Gauges {
    recorded: Arc<RecordingObserver>,
    inputs: BTreeMap<Role, &'static [Topic]>,
    appended: AtomicU64,
}

impl Gauges {
    /// The gauges of these roles.
    pub(super) fn new(halves: &Halves, recorded: Arc<RecordingObserver>) -> Self {
        let inputs = Role::ALL.into_iter().map(|role| (role, halves.inputs(role))).collect();
        Self { recorded, inputs, appended: AtomicU64::new(0) }
    }

    /// Lines were handed to ingest.
    pub(super) fn appended(&self, lines: usize) {
        self.appended.fetch_add(lines as u64, Ordering::Relaxed);
    }

    /// What each role did so far.
    pub(super) fn recorded(&self) -> &RecordingObserver {
        &self.recorded
    }

    /// Records that wait for a role: what was written to its input topics and not read yet.
    pub(super) fn lag(&self, role: Role) -> u64 {
        let produced = |topic: &Topic| match topic {
            Topic::Input => self.appended.load(Ordering::Relaxed),
            other => self.recorded.produced(*other),
        };
        let inputs = self.inputs.get(&role).copied().unwrap_or_default();
        let written: u64 = inputs.iter().map(produced).sum();
        written.saturating_sub(self.recorded.of(role).counts.total_read())
    }
}

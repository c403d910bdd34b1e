//! The half of the pipeline that answers: what was heard in a step is shown to *watch* and those behind it, and drained.

use rayon::ThreadPool;
use stream::Raw;
use stream::memory::{Cluster, Tap};

use super::half::Half;
use super::hearing::Heard;
use super::lane::{Drained, Draining};

/// The roles that answer.
pub(super) struct Answering {
    pub(super) half: Half,
    /// What they read and write.
    pub(super) tap: Tap,
}

impl Answering {
    /// Handles what was heard in a step, beside what is heard now; what must not be beside anything waits until `alone`
    /// returns. Returns what was read and written.
    pub(super) fn answer(
        &mut self,
        heard: &Heard,
        cluster: &Cluster,
        threads: &ThreadPool,
        alone: impl Fn(),
    ) -> anyhow::Result<Vec<Raw>> {
        cluster.show(&heard.marks);
        let beside = Draining { beside: true, ..heard.draining };
        if self.half.drain(beside, threads)? == Drained::Waits {
            alone();
            self.half.drain(heard.draining, threads)?;
        }
        Ok(self.tap.read())
    }
}

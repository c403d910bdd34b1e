//! One half of the pipeline: some roles in their order, each drained of all there is before the next.

use std::time::Duration;

use anyhow::Context as _;
use events::{Role, Topic};
use rayon::ThreadPool;

use super::lane::{Drained, Draining, Lane};

/// Roles in their order.
#[derive(Default)]
pub(super) struct Half {
    lanes: Vec<(Role, Box<dyn Lane>)>,
    /// The lane to go on with: those before it are drained.
    next: usize,
}

impl Half {
    /// Adds a role behind the others.
    pub(super) fn push(&mut self, role: Role, lane: Box<dyn Lane>) {
        self.lanes.push((role, lane));
    }

    /// Drains one lane after another; workers that decide side by side do so on `threads`. A lane that must wait until no
    /// other half writes ends this; the next call goes on there.
    pub(super) fn drain(&mut self, how: Draining, threads: &ThreadPool) -> anyhow::Result<Drained> {
        if how.parallel { threads.install(|| self.drain_here(how)) } else { self.drain_here(how) }
    }

    fn drain_here(&mut self, how: Draining) -> anyhow::Result<Drained> {
        while let Some((role, lane)) = self.lanes.get_mut(self.next) {
            let drained = lane.drain(how).with_context(|| format!("role `{role}` stopped"))?;
            if drained == Drained::Waits {
                return Ok(Drained::Waits);
            }
            self.next += 1;
        }
        self.next = 0;
        Ok(Drained::Whole)
    }

    /// The input has ended: every lane finishes what it has open.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.lanes.iter_mut().try_for_each(|(_, lane)| Ok(lane.finish()?))
    }

    /// The topics that a role reads.
    pub(super) fn inputs(&self, role: Role) -> Option<&'static [Topic]> {
        self.lanes.iter().find(|(lane, _)| *lane == role).map(|(_, lane)| lane.inputs())
    }

    /// The topics that the half reads.
    pub(super) fn all_inputs(&self) -> impl Iterator<Item = Topic> {
        self.lanes.iter().flat_map(|(_, lane)| lane.inputs().iter().copied())
    }

    /// The roles in their order, with the time that each was busy.
    pub(super) fn busy(&self) -> impl Iterator<Item = (Role, Duration)> {
        self.lanes.iter().map(|(role, lane)| (*role, lane.busy()))
    }
}

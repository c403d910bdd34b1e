//! How long a reader of committed records sees nothing new while mentions come.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use events::{Partition, PartitionCount};

/// When each partition of `mentions.classified` last had something new.
#[derive(Debug)]
pub(crate) struct Stalls {
    last: BTreeMap<Partition, Instant>,
    longest: Duration,
}

impl Stalls {
    /// From now on every partition has something to read.
    pub(crate) fn new(partitions: PartitionCount) -> Self {
        Self { last: partitions.all().map(|partition| (partition, Instant::now())).collect(), longest: Duration::ZERO }
    }

    /// A partition has something new.
    pub(crate) fn moved(&mut self, partition: Partition) {
        let last = self.last.insert(partition, Instant::now());
        self.longest = self.longest.max(last.map_or(Duration::ZERO, |last| last.elapsed()));
    }

    /// Mentions come no more: the longest that one partition stood still, up to now.
    pub(crate) fn longest(&self) -> Duration {
        self.last.values().map(Instant::elapsed).max().unwrap_or_default().max(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_that_never_moves_stands_still_until_now() {
        let mut stalls = Stalls::new(PartitionCount::new(2).unwrap());
        let begun = Instant::now();
        stalls.moved(Partition(0));
        let at_least = begun.elapsed();
        assert!(stalls.longest() >= at_least);
    }
}

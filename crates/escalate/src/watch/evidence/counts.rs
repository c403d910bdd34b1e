//! How often each of a few names was counted: a sorted list, since it is copied and written with every turn.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

/// Counts by name, in order of the name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Counts(Vec<(CompactString, i64)>);

impl Counts {
    pub(super) fn add(&mut self, name: &str, count: i64) {
        match self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
            Ok(at) => self.0[at].1 += count,
            Err(at) => self.0.insert(at, (name.into(), count)),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            self.add(name, *count);
        }
    }

    /// The count of a name, 0 if it was never counted.
    pub(super) fn get(&self, name: &str) -> i64 {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).map_or(0, |at| self.0[at].1)
    }

    /// The most frequent first; of equals, in order of the name.
    pub(super) fn strongest(&self) -> impl Iterator<Item = (&str, i64)> {
        let mut counts: Vec<(&str, i64)> = self.0.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        counts.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        counts.into_iter()
    }

    /// Forgets the rarest when there are twice as many as `kept`; those that tie with the first one left out go too.
    pub(super) fn keep_strongest(&mut self, kept: usize) {
        if self.0.len() > 2 * kept {
            let mut counts: Vec<i64> = self.0.iter().map(|(_, count)| *count).collect();
            counts.sort_unstable_by(|left, right| right.cmp(left));
            let least = counts.get(kept).copied().unwrap_or_default();
            self.0.retain(|(_, count)| *count > least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_the_strongest_stay() {
        let mut counts = Counts::default();
        for (name, count) in [("delay", 3), ("crew", 1), ("delay", 2), ("bag", 4), ("sky", 1), ("gate", 2)] {
            counts.add(name, count);
        }
        assert_eq!((counts.get("delay"), counts.get("nothing")), (5, 0));
        assert_eq!(counts.strongest().take(2).collect::<Vec<_>>(), [("delay", 5), ("bag", 4)]);
        counts.keep_strongest(2);
        assert_eq!(counts.strongest().collect::<Vec<_>>(), [("delay", 5), ("bag", 4)]);
    }
}

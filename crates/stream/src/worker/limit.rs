//! A limit on dead letters: after a bad deploy a stage stops instead of moving a whole topic to `dead-letters`.
//! Lag is safer: it is read again once the cause is mended.

use std::collections::VecDeque;

/// Trips when too many of the last records were rejected, or too many in a row.
#[derive(Debug, Clone)]
pub struct DeadLetterLimit {
    /// Share of the window, 0 to 1, above which it trips.
    ratio: f64,
    /// Records in the window; below that many seen the ratio is not judged.
    window: usize,
    /// Rejected records in a row at which it trips.
    consecutive: usize,
    last: VecDeque<bool>,
    rejected: usize,
    in_a_row: usize,
}

impl Default for DeadLetterLimit {
    fn default() -> Self {
        Self::new(0.2, 1_000, 500)
    }
}

impl DeadLetterLimit {
    /// Trips above `ratio` of the last `window` records, or at `consecutive` in a row.
    pub fn new(ratio: f64, window: usize, consecutive: usize) -> Self {
        Self { ratio, window, consecutive, last: VecDeque::with_capacity(window), rejected: 0, in_a_row: 0 }
    }

    /// Counts one verdict; says why when the limit is passed.
    pub fn observe(&mut self, rejected: bool) -> Option<String> {
        self.in_a_row = if rejected { self.in_a_row + 1 } else { 0 };
        self.rejected += usize::from(rejected);
        self.last.push_back(rejected);
        if self.last.len() > self.window && self.last.pop_front() == Some(true) {
            self.rejected -= 1;
        }
        if self.in_a_row >= self.consecutive {
            return Some(format!("{} records in a row were rejected", self.in_a_row));
        }
        let share = self.rejected as f64 / self.window as f64;
        (self.last.len() == self.window && share > self.ratio)
            .then(|| format!("{} of the last {} records were rejected", self.rejected, self.window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_of_a_thousand_is_allowed_and_one_more_is_not() {
        let mut limit = DeadLetterLimit::default();
        for i in 0..1_000 {
            assert_eq!(limit.observe(i % 5 == 0), None);
        }
        assert_eq!(limit.observe(true), None, "the oldest of the window was rejected too");
        assert!(limit.observe(true).is_some());
    }

    #[test]
    fn five_hundred_in_a_row_trip_it_at_once() {
        let mut limit = DeadLetterLimit::default();
        assert!((0..499).all(|_| limit.observe(true).is_none()));
        assert!(limit.observe(true).is_some());
    }
}

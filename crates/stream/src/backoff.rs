//! How long to wait before something is tried again.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

/// Pauses that double from the first to the longest. Each is shortened at random by up to half, so that processes that
/// failed together do not come back together.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    tries: u32,
    random: RandomState,
}

impl Backoff {
    /// Pauses from `first` to `longest`; `None` unless 0 < `first` ≤ `longest`.
    pub fn new(first: Duration, longest: Duration) -> Option<Self> {
        let valid = !first.is_zero() && first <= longest;
        valid.then(|| Self { first, longest, tries: 0, random: RandomState::new() })
    }

    /// The next pause.
    pub fn pause(&mut self) -> Duration {
        let whole = self.first.saturating_mul(1 << self.tries.min(20)).min(self.longest);
        self.tries = self.tries.saturating_add(1);
        let thousandths = u32::try_from(self.random.hash_one(self.tries) % 500).unwrap_or_default();
        whole - whole * thousandths / 1_000
    }

    /// It worked: the next pause is the first again.
    pub const fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_lose_at_most_half() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1)).unwrap();
        for whole in [100, 200, 400, 800, 1_000, 1_000] {
            let pause = backoff.pause().as_millis();
            assert!((whole / 2..=whole).contains(&pause), "{pause} of {whole}");
        }
        backoff.reset();
        assert!(backoff.pause() <= Duration::from_millis(100));
        (0..100).for_each(|_| assert!(backoff.pause() <= Duration::from_secs(1)));
    }

    #[test]
    fn a_pause_of_nothing_or_beyond_the_longest_is_no_setting() {
        assert!(Backoff::new(Duration::ZERO, Duration::from_secs(1)).is_none());
        assert!(Backoff::new(Duration::from_secs(2), Duration::from_secs(1)).is_none());
    }
}

//! Where a surge began.

use super::{Baseline, Live, Reading};

/// How far back the beginning may lie, in minutes.
const BACK: i64 = 120;

/// The minute in which the surge that `reading` shows most likely began: the change point that maximises the likelihood of
/// Poisson counts with the expected rate before it and `ratio` times that rate from it on. Of equals the latest; none before
/// `since`.
pub fn onset(live: &Live, baseline: &Baseline, reading: &Reading, since: i64) -> i64 {
    let ratio = (reading.observed as f64 / reading.expected.max(0.1)).max(1.2);
    let even = reading.expected / reading.minutes as f64;
    // A minute speaks for the surge when it has more than this many times its expected count.
    let drift = (ratio - 1.0) / ratio.ln();
    let (mut best, mut start, mut sum) = (f64::MIN, reading.at, 0.0);
    for minute in (since.max(reading.at - BACK + 1)..=reading.at).rev() {
        let expected = baseline.expected(minute).unwrap_or(even).max(0.1 / 60.0);
        sum += live.sum(minute, minute) as f64 - drift * expected;
        if sum > best {
            (best, start) = (sum, minute);
        }
    }
    start
}

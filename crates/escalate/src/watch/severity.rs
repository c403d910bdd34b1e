//! How grave an incident is, 0 to 100: a sum of what can be named.

use book::Theme;

/// Points of a theme where life or health is at stake, on top of its own.
const SAFETY: i64 = 20;

/// The sum of
/// - size: 5 for each doubling over what is expected, at most 35 (128 times as much);
/// - people: 7 for each power of ten of distinct people, at most 28 (10,000 people);
/// - theme: its points in the book (0 to 20), and 20 more where life or health is at stake;
/// - tone: 10 times the share of negative mentions;
///
/// cut off at 100, which takes all of them at once: a crisis of life and health that everybody talks about.
pub(super) fn severity(fold: f64, people: i64, theme: Option<&Theme>, negative_share: f64) -> i64 {
    let size = (5.0 * fold.max(1.0).log2()).min(35.0);
    let crowd = (7.0 * (people.max(1) as f64).log10()).min(28.0);
    let points = theme.map_or(0, |theme| theme.points.clamp(0, 20) + if theme.safety { SAFETY } else { 0 });
    ((size + crowd + 10.0 * negative_share).round() as i64 + points).clamp(0, 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handful_is_not_the_worst_and_more_of_anything_is_graver() {
        let start = severity((25.0 + 5.0) / 5.7, 25, None, 0.5);
        assert!((15..40).contains(&start), "{start}");
        assert!(severity(20.0, 25, None, 0.5) > start);
        assert!(severity(5.2, 2_500, None, 0.5) > start);
        assert!(severity(5.2, 25, None, 1.0) > start);
        assert!(severity(400.0, 50_000, None, 1.0) < 80, "without a theme it can't be the worst");
    }
}

//! How grave an incident is, 0 to 100: a sum of what can be named.

use book::Theme;

/// The sum of
/// - size: 10 for each doubling over what is expected, at most 40;
/// - people: 10 for each power of ten of distinct people, at most 30;
/// - theme: its points in the book (0 to 20), and 20 more where life or health is at stake;
/// - tone: 10 times the share of negative mentions;
///
/// cut off at 100.
pub(super) fn severity(ratio: f64, people: i64, theme: Option<&Theme>, negative_share: f64) -> i64 {
    let size = (10.0 * ratio.max(1.0).log2()).min(40.0);
    let crowd = (10.0 * (people.max(1) as f64).log10()).min(30.0);
    let points = theme.map_or(0, |theme| theme.points + if theme.safety { 20 } else { 0 });
    ((size + crowd + 10.0 * negative_share).round() as i64 + points).clamp(0, 100)
}

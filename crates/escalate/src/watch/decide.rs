//! When something is an incident, what it is about, and when it is over: pure rules over readings and what is watched.

use events::IncidentState;

use super::detector::Reading;
use super::state::Watched;
use super::subject::Subject;

/// Share of the brand's surplus from which a theme explains it.
const EXPLAINS: f64 = 0.5;
/// A theme that rises later than this after an incident's onset may be another thing (minutes).
const LATER: i64 = 60;
/// A theme with this share of an incident's mentions belongs to it.
const BELONGS: f64 = 0.2;
/// An incident that comes back within this many minutes is opened again.
pub(super) const REOPEN: i64 = 3 * 60;
/// Minutes between two announcements that it became worse.
const PATIENCE: i64 = 10;
/// It is worse when its pace is this many times the last one told …
const WORSE: f64 = 1.5;
/// … or its severity this much higher.
const GRAVER: i64 = 25;
/// It eases when the surplus of ten minutes is below this share of the highest.
const EASED: f64 = 0.4;
/// It is over after this many calm minutes in a row.
pub(super) const CALM: i64 = 20;

/// The surplus of one theme in a window, beside that of the whole brand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Surplus<T> {
    /// Which theme.
    pub(super) theme: T,
    /// Mentions above what is expected of the theme.
    pub(super) own: f64,
    /// Mentions above what is expected of the brand.
    pub(super) brand: f64,
}

/// A theme explains a smaller share too, where it stands out among the themes: what classify cannot name is then of its
/// kind as well. At least this share of the brand's surplus …
const NAMED: f64 = 0.2;
/// … at least this share of the surplus of all themes …
const STANDS_OUT: f64 = 0.4;
/// … and so many mentions above what is expected: of a handful, shares say little.
const NAMED_LEAST: f64 = 20.0;

/// The theme that explains what is unusual about a brand, if one does: the one with the largest surplus.
pub(super) fn explanation<T: Clone>(surpluses: Vec<Surplus<T>>) -> Option<T> {
    let all: f64 = surpluses.iter().map(|surplus| surplus.own.max(0.0)).sum();
    let best = surpluses.into_iter().reduce(|best, next| if next.own > best.own { next } else { best })?;
    let named = best.own >= NAMED_LEAST && best.own >= NAMED * best.brand && best.own >= STANDS_OUT * all;
    (best.explains() || named).then_some(best.theme)
}

impl<T> Surplus<T> {
    /// Whether the theme is the larger part of what is unusual.
    pub(super) fn explains(&self) -> bool {
        self.own > 0.0 && self.own >= EXPLAINS * self.brand
    }
}

/// The strongest of several alarms: the least likely one, of equals the first.
pub(super) fn strongest<'a>(alarms: impl Iterator<Item = &'a (Subject, Reading)>) -> Option<&'a (Subject, Reading)> {
    alarms.reduce(|best, next| if next.1.score > best.1.score { next } else { best })
}

/// How many times its normal rate something runs at; a normal rate below six an hour counts as six.
pub(super) fn pace(reading: &Reading) -> f64 {
    reading.observed as f64 / reading.expected.max(0.1 * reading.minutes as f64)
}

/// Whether the alarm of a theme is something other than the incident that is open for the brand: it rose later, the open
/// one has another theme of which it has been no part, and now it is the larger part of what is unusual.
pub(super) fn independent<T>(open: &Watched, theme: &str, onset: i64, surplus: &Surplus<T>) -> bool {
    let other = open.theme.as_ref().is_some_and(|known| known.as_str() != theme);
    let part = open.evidence.theme(theme) as f64 >= BELONGS * open.mentions as f64;
    other && !part && onset > open.onset + LATER && surplus.explains()
}

/// Whether people must be told that it became worse.
pub(super) fn worse(open: &Watched, at: i64, ratio: f64, severity: i64) -> bool {
    let (told_at, told_ratio, told_severity) = open.told;
    let patient = at - told_at >= PATIENCE;
    patient && (ratio >= WORSE * told_ratio || severity >= told_severity + GRAVER)
}

/// Whether the last minutes are still above normal: by two standard deviations and three tenths. This is lower than what
/// opens an incident, so that it does not flutter.
pub(super) fn elevated(last: &Reading, dispersion: f64) -> bool {
    let deviation = (last.expected + dispersion * last.expected * last.expected).sqrt();
    let observed = last.observed as f64;
    observed > last.expected + 2.0 * deviation.max(1.0) && observed >= 1.3 * last.expected
}

/// The state after a minute whose last ten minutes read `ten`; none when it stays.
pub(super) fn next_state(open: &Watched, ten: &Reading) -> Option<IncidentState> {
    if open.calm >= CALM {
        return Some(IncidentState::Resolved);
    }
    let rising = open.state != IncidentState::Easing;
    let eased = ten.surplus() < EASED * open.top && ten.at - open.peak.at >= PATIENCE;
    (rising && eased).then_some(IncidentState::Easing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(own: &[f64], brand: f64) -> Option<usize> {
        explanation(own.iter().enumerate().map(|(theme, own)| Surplus { theme, own: *own, brand }).collect())
    }

    #[test]
    fn a_theme_explains_an_incident_by_most_of_its_mentions_or_as_the_one_that_stands_out() {
        assert_eq!(explained(&[3.0, 8.0, 1.0], 14.0), Some(1));
        assert_eq!(explained(&[30.0, 80.0, 10.0], 300.0), Some(1));
    }

    #[test]
    fn no_theme_explains_what_is_about_everything_or_about_something_without_a_name() {
        assert_eq!(explained(&[30.0, 30.0, 30.0, 30.0], 300.0), None);
        assert_eq!(explained(&[20.0, 1.0, 0.0], 300.0), None);
        assert_eq!(explained(&[5.0, 1.0, 0.0], 15.0), None, "of a handful, shares say little");
    }
}

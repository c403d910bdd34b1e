//! Dates as sources write them: RFC 3339, read without help where it is written the usual way, and believed or not.

use std::fmt;

use events::{EventTime, Span};
use serde::de::{self, Deserialize, Deserializer};

/// A date this far ahead of the stream is believed only where the lines behind it agree.
pub(crate) const AHEAD: Span = Span::hours(31 * 24);

/// A date that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// Within 2000 to 2099.
    Believed(EventTime),
    /// Readable, but nobody posted then.
    Unbelievable,
}

impl Stamp {
    /// Reads a date; `None` when it is none.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let at = match usual(text.as_bytes()) {
            Some(millis) => EventTime::from_millis(millis),
            None => EventTime::parse(text).ok()?,
        };
        Some(Self::of(at))
    }

    /// An instant, believed or not.
    pub(crate) fn of(at: EventTime) -> Self {
        let believable = EventTime::FIRST <= at && at < EventTime::END;
        if believable { Self::Believed(at) } else { Self::Unbelievable }
    }

    /// The instant, if it is believed by itself.
    pub(crate) const fn believed(self) -> Option<EventTime> {
        match self {
            Self::Believed(at) => Some(at),
            Self::Unbelievable => None,
        }
    }

    /// The instant, if it is believed where the stream stands at `now`. Reading lines has moved the stream to every date that
    /// the lines behind it bear out.
    pub(crate) fn believed_at(self, now: EventTime) -> Option<EventTime> {
        self.believed().filter(|at| *at <= now.plus(AHEAD))
    }
}

/// `2026-11-02T02:05:00`, perhaps a fraction, then `Z` or an offset such as `+01:00`: milliseconds since the epoch.
///
/// Any year of four digits, so that year 9999 is a date that is not believed, and no broken one.
fn usual(text: &[u8]) -> Option<i64> {
    let (clock, rest) = text.split_at_checked(19)?;
    let marks = [(4, b"-"), (7, b"-"), (10, b"Tt"), (13, b":"), (16, b":")] as [(usize, &[u8]); 5];
    for (at, allowed) in marks {
        if !allowed.contains(clock.get(at)?) {
            return None;
        }
    }
    let number = |from: usize, to: usize| digits(clock.get(from..to)?);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let in_range = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day) && hour < 24 && minute < 60;
    if !in_range || second > 60 {
        return None;
    }
    let (fraction, zone) = fraction(rest)?;
    let offset = offset_minutes(zone)?;
    // A leap second counts as the second before it.
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59);
    Some((seconds - offset * 60) * 1_000 + fraction)
}

/// Milliseconds of `.25`, and what follows.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(rest) = rest.strip_prefix(b".") else {
        return Some((0, rest));
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (fraction, zone) = rest.split_at_checked(length)?;
    let mut millis = digits(fraction.get(..length.min(3)).filter(|digits| !digits.is_empty())?)?;
    for _ in length..3 {
        millis *= 10;
    }
    Some((millis, zone))
}

fn offset_minutes(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let offset = hours * 60 + minutes;
            let valid = hours < 24 && minutes < 60;
            valid.then_some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar: years are counted from March, so that the leap day ends the year.
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Stamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Stamp, E> {
                Stamp::read(text).ok_or_else(|| E::custom("no RFC 3339 time"))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_way_agrees_with_the_full_parser(millis in 0..4_102_444_800_000i64, minutes in -1_439..1_440i64) {
            let at = EventTime::from_millis(millis);
            prop_assert_eq!(usual(at.to_string().as_bytes()), Some(millis));
            let local = EventTime::from_millis(millis + minutes * 60_000).to_string();
            let sign = if minutes < 0 { '-' } else { '+' };
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            let text = format!("{}{sign}{hours:02}:{rest:02}", local.trim_end_matches('Z'));
            prop_assert_eq!(usual(text.as_bytes()), Some(millis), "{}", text);
            prop_assert_eq!(EventTime::parse(&text).ok(), Some(at));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9TZtz:.+ -]{0,32}") {
            let quick = usual(text.as_bytes()).map(EventTime::from_millis);
            // Where both can read it, both say the same; years beyond jiff's range only the quick way reads.
            if let (Some(quick), Ok(full)) = (quick, EventTime::parse(&text)) {
                prop_assert_eq!(quick, full);
            }
        }
    }

    #[test]
    fn years_that_nobody_lives_in_are_dates_but_not_believed() {
        for text in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"] {
            assert_eq!(Stamp::read(text), Some(Stamp::Unbelievable), "{text}");
        }
        for text in ["2000-01-01T00:00:00Z", "2099-12-31T23:59:59.999Z", "2026-11-02 02:05:00Z", "2016-12-31T23:59:60Z"]
        {
            assert!(Stamp::read(text).and_then(Stamp::believed).is_some(), "{text}");
        }
        for text in
            ["", "yesterday", "2026-02-30T00:00:00Z", "2026-11-02T25:00:00Z", "2026-11-02", "2026-11-02T02:05:00"]
        {
            assert_eq!(Stamp::read(text), None, "{text}");
        }
    }
}

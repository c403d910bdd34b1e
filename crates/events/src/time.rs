//! Event time: an instant in whole milliseconds since 1970-01-01T00:00:00Z, never read from a clock here.

use std::cell::RefCell;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant in UTC, in milliseconds since the epoch. RFC 3339 in JSON, `timestamp-millis` in Avro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EventTime(i64);

/// Prints instants without the detour of the formatting machinery, which costs several times as much.
static PRINTER: jiff::fmt::temporal::DateTimePrinter = jiff::fmt::temporal::DateTimePrinter::new();

/// A span of event time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i64);

thread_local! {
    /// The day that was written last: what is written together is mostly of one day.
    static WRITTEN_DAY: RefCell<WrittenDay> = const { RefCell::new(WrittenDay { day: i64::MIN, date: String::new() }) };
}

/// A day since the epoch and its date, `2026-11-02`.
struct WrittenDay {
    day: i64,
    date: String,
}

impl WrittenDay {
    /// Appends the date of a day; false when it is beyond the years that have one.
    fn write(&mut self, day: i64, into: &mut Vec<u8>) -> bool {
        if day != self.day {
            let Ok(at) = jiff::Timestamp::from_second(day.saturating_mul(86_400)) else { return false };
            let text = PRINTER.timestamp_to_string(&at);
            let Some((date, _)) = text.split_once('T') else { return false };
            self.date = date.to_owned();
            self.day = day;
        }
        into.extend_from_slice(self.date.as_bytes());
        true
    }
}

impl EventTime {
    /// The epoch, which is also "before anything".
    pub const EPOCH: Self = Self(0);
    /// 2000-01-01T00:00:00Z, the first instant that is believed.
    pub const FIRST: Self = Self(946_684_800_000);
    /// 2100-01-01T00:00:00Z, the first instant that is no longer believed.
    pub const END: Self = Self(4_102_444_800_000);

    /// The instant `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 (`2026-11-02T02:05:00Z`, offsets and fractions allowed).
    ///
    /// # Errors
    /// The text is no RFC 3339 instant.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        text.parse::<jiff::Timestamp>()
            .map(|at| Self(at.as_millisecond()))
            .map_err(|_| TimeError(text.chars().take(40).collect()))
    }

    /// Appends RFC 3339 in UTC, with as many digits of the second's fraction as it has.
    pub fn write_rfc3339(self, into: &mut Vec<u8>) {
        const DAY: i64 = Span::days(1).0;
        let (day, millis) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        if !WRITTEN_DAY.with_borrow_mut(|written| written.write(day, into)) {
            into.extend_from_slice(self.to_string().as_bytes());
            return;
        }
        let two = |number: i64| [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8];
        let ([h, hh], [m, mm], [s, ss]) =
            (two(millis / 3_600_000), two(millis / 60_000 % 60), two(millis / 1_000 % 60));
        into.extend_from_slice(&[b'T', h, hh, b':', m, mm, b':', s, ss]);
        let fraction = millis % 1_000;
        if fraction > 0 {
            let [tens, ones] = two(fraction);
            let digits = [b'.', b'0' + (fraction / 100) as u8, tens, ones];
            let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
            into.extend_from_slice(digits.get(..digits.len() - zeros).unwrap_or(&digits));
        }
        into.push(b'Z');
    }

    /// The start of the minute that holds this instant.
    pub const fn minute(self) -> Self {
        self.floor(Span::minutes(1))
    }

    /// The latest multiple of `step` since the epoch that is not after this instant.
    pub const fn floor(self, step: Span) -> Self {
        Self(self.0.div_euclid(step.0) * step.0)
    }

    /// Hour of the week in UTC, 0 (Monday 00:00) to 167.
    pub const fn hour_of_week(self) -> usize {
        // 1970-01-01 was a Thursday, three days after a Monday.
        let hours = self.0.div_euclid(3_600_000) + 72;
        hours.rem_euclid(168) as usize
    }

    /// This instant plus `span`, saturating.
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// This instant minus `span`, saturating.
    pub const fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// Time from `earlier` to this instant; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// `millis` milliseconds.
    pub const fn millis(millis: i64) -> Self {
        Self(millis)
    }
    /// `seconds` seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1_000)
    }
    /// `minutes` minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes * 60_000)
    }
    /// `hours` hours.
    pub const fn hours(hours: i64) -> Self {
        Self(hours * 3_600_000)
    }
    /// `days` days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self(days * 86_400_000)
    }
    /// The span in milliseconds.
    pub const fn as_millis(self) -> i64 {
        self.0
    }
    /// The span in seconds, with its fraction.
    pub fn as_seconds(self) -> f64 {
        self.0 as f64 / 1_000.0
    }
    /// The span times `factor`, rounded to the nearest millisecond.
    pub fn times(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor).round() as i64)
    }
}

/// A text that is no RFC 3339 instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time: write it like 2026-11-02T02:05:00Z")]
pub struct TimeError(String);

impl fmt::Display for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl Serialize for EventTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_i64(self.0);
        }
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(at) => serializer.serialize_str(&PRINTER.timestamp_to_string(&at)),
            Err(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for EventTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = EventTime;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time or milliseconds since the epoch")
            }
            fn visit_i64<E: de::Error>(self, millis: i64) -> Result<EventTime, E> {
                Ok(EventTime(millis))
            }
            fn visit_u64<E: de::Error>(self, millis: u64) -> Result<EventTime, E> {
                i64::try_from(millis).map(EventTime).map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<EventTime, E> {
                EventTime::parse(text).map_err(E::custom)
            }
        }
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Visitor)
        } else {
            deserializer.deserialize_i64(Visitor)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_time_is_what_it_displays(millis in prop_oneof![any::<i64>(), 0..4_200_000_000_000i64, -5_000..5_000i64]) {
            let mut written = Vec::new();
            EventTime::from_millis(millis).write_rfc3339(&mut written);
            prop_assert_eq!(String::from_utf8(written).unwrap(), EventTime::from_millis(millis).to_string());
        }
    }

    #[test]
    fn monday_midnight_is_hour_zero_of_the_week() {
        assert_eq!(EventTime::parse("2026-11-02T00:00:00Z").unwrap().hour_of_week(), 0);
        assert_eq!(EventTime::parse("2026-11-08T23:59:59Z").unwrap().hour_of_week(), 167);
    }

    #[test]
    fn offsets_and_fractions_become_utc_milliseconds() {
        let at = EventTime::parse("2026-11-02T02:05:00.250+01:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-02T01:05:00.25Z");
    }
}

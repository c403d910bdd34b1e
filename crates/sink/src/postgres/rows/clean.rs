//! Values as PostgreSQL takes them: no NUL in a text, no time beyond its calendar.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use events::EventTime;
use serde::Serialize;
use serde_json::Value;

/// The first and last instants that are stored as they are: 0001-01-01 and 9999-12-31, in milliseconds.
const CALENDAR: (i64, i64) = (-62_135_596_800_000, 253_402_300_799_999);

/// The text, with U+FFFD for each NUL: PostgreSQL has no NUL in texts.
pub(super) fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The text, if there is one.
pub(super) fn maybe(given: Option<&str>) -> Option<String> {
    given.map(text)
}

/// The instant, moved into the calendar's range where it lies outside.
pub(super) fn instant(at: EventTime) -> SystemTime {
    let millis = at.millis().clamp(CALENDAR.0, CALENDAR.1);
    let distance = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
}

/// The word that a closed enum is in JSON; empty when it is none.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

//! One line to what it is: a mention, another record, or the reason why it is neither.

use std::borrow::Cow;

use events::Mention;
use stream::{Output, RejectReason};

use crate::explain::explain;
use crate::line::Line;
use crate::mention::{Arrival, Reading};
use crate::other::other;
use crate::quick::quick;

/// What a line is.
#[derive(Debug)]
pub(crate) enum Read {
    /// A mention, not yet triaged.
    Mention(Box<Mention>),
    /// An action, a link, a number: ready to go.
    Other(Box<Output>),
    /// Never anything.
    Rejected(RejectReason, String),
}

/// Reads a line; `undated` counts the dates that nobody believes.
pub(crate) fn read(bytes: &[u8], reading: &Reading, arrival: Arrival<'_>, undated: &mut u64) -> Read {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let detail = format!("not valid UTF-8 at byte {}: send the line as UTF-8", error.valid_up_to());
            return Read::Rejected(RejectReason::Invalid, detail);
        }
    };
    let text = escape_nul(text);
    let line: Line<'_> = match quick(&text).map_or_else(|| serde_json::from_str(&text), Ok) {
        Ok(line) => line,
        Err(error) => {
            let (reason, detail) = explain(&text, &error);
            return Read::Rejected(reason, detail);
        }
    };
    if line.is_wrapped() {
        return match other(&text, arrival.now) {
            Ok(other) => {
                *undated += other.undated;
                Read::Other(Box::new(other.output))
            }
            Err((reason, detail)) => Read::Rejected(reason, detail),
        };
    }
    match reading.mention(line, arrival) {
        Ok(parsed) => {
            *undated += parsed.undated;
            Read::Mention(Box::new(parsed.mention))
        }
        Err(detail) => Read::Rejected(RejectReason::Invalid, detail),
    }
}

/// JSON wants a NUL inside a text to be written as an escape; those who send it plainly are understood all the same.
fn escape_nul(text: &str) -> Cow<'_, str> {
    if memchr::memchr(0, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('\0', "\\u0000"))
}

//! The time of a line, without understanding the line.

use events::EventTime;
use serde::Deserialize;

use crate::stamp::Stamp;

/// The believable time of a line; `None` when it has none, or cannot be read.
pub(super) fn time(line: &[u8]) -> Option<EventTime> {
    let peek: Peek = serde_json::from_slice(line).ok()?;
    peek.published_at.or_else(|| peek.within()).and_then(Stamp::believed)
}

/// When a line says that it was received, which is its time where it says nothing else.
#[cfg(feature = "service")]
pub fn received(line: &[u8]) -> Option<EventTime> {
    let peek: Peek = serde_json::from_slice(line).ok()?;
    peek.received_at.or(peek.published_at).or_else(|| peek.within()).and_then(Stamp::believed)
}

/// What tells the time of a line. Everything else is skipped unseen.
#[derive(Deserialize)]
struct Peek {
    published_at: Option<Stamp>,
    #[cfg(feature = "service")]
    received_at: Option<Stamp>,
    #[serde(rename = "_action")]
    action: Option<Wrapped>,
    #[serde(rename = "_link")]
    link: Option<Wrapped>,
    #[serde(rename = "_business")]
    business: Option<Wrapped>,
    #[serde(rename = "_raw")]
    raw: Option<Wrapped>,
}

impl Peek {
    fn within(&self) -> Option<Stamp> {
        let wrapped = [&self.action, &self.link, &self.business, &self.raw].into_iter().flatten();
        wrapped.filter_map(|inner| inner.at.or(inner.received_at)).next()
    }
}

#[derive(Deserialize)]
struct Wrapped {
    at: Option<Stamp>,
    received_at: Option<Stamp>,
}

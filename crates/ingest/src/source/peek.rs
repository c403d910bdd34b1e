//! The time of a line, without understanding the line.

use events::EventTime;
use serde::Deserialize;

use crate::stamp::Stamp;

/// The believable time of a line; `None` when it has none, or cannot be read.
pub(super) fn time(line: &[u8]) -> Option<EventTime> {
    let peek: Peek = serde_json::from_slice(line).ok()?;
    let wrapped = [peek.action, peek.link, peek.business, peek.raw].into_iter().flatten();
    let within = || wrapped.filter_map(|inner| inner.at.or(inner.received_at)).next();
    peek.published_at.or_else(within).and_then(Stamp::believed)
}

/// What tells the time of a line. Everything else is skipped unseen.
#[derive(Deserialize)]
struct Peek {
    published_at: Option<Stamp>,
    #[serde(rename = "_action")]
    action: Option<Wrapped>,
    #[serde(rename = "_link")]
    link: Option<Wrapped>,
    #[serde(rename = "_business")]
    business: Option<Wrapped>,
    #[serde(rename = "_raw")]
    raw: Option<Wrapped>,
}

#[derive(Deserialize)]
struct Wrapped {
    at: Option<Stamp>,
    received_at: Option<Stamp>,
}

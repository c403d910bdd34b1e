//! Reads lines back as an outside program would.

#![expect(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "a module beside tests is no test to the lint")]

use scenario::{Options, Truth, generate};
use serde_json::Value;

/// One hour in milliseconds.
pub(crate) const HOUR: i64 = 3_600_000;
/// One day in milliseconds.
pub(crate) const DAY: i64 = 24 * HOUR;

/// What a line says, read leniently.
pub(crate) struct Line {
    pub(crate) at: i64,
    pub(crate) source: String,
    pub(crate) native_id: String,
    pub(crate) revision: u64,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) author: String,
    pub(crate) parent_id: Option<String>,
    pub(crate) from_brand: bool,
    pub(crate) repost: bool,
}

impl Line {
    pub(crate) fn person(&self) -> String {
        format!("{}:{}", self.source, self.author)
    }
}

/// The line, or null when it can't become a mention.
pub(crate) fn read(bytes: &[u8]) -> Option<Line> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let text = |field: &str| value[field].as_str().map(str::to_owned);
    let kind = text("kind").unwrap_or_else(|| "create".to_owned());
    let words = text("text");
    if words.is_none() && kind != "delete" {
        return None;
    }
    Some(Line {
        at: events::EventTime::parse(&text("published_at")?).ok()?.millis(),
        source: text("source")?,
        native_id: text("native_id")?,
        revision: value["revision"].as_u64().unwrap_or(0),
        kind,
        text: words.unwrap_or_default(),
        author: value["author"]["id"].as_str()?.to_owned(),
        parent_id: text("parent_id"),
        from_brand: value["from_brand"] == true,
        repost: value["repost"] == true,
    })
}

/// The defaults of the scenario over that many hours.
pub(crate) fn options(name: &str, hours: f64) -> Options {
    let mut options = Options::of(name).unwrap();
    options.hours = hours;
    options
}

/// All lines and the truth.
pub(crate) fn run(options: &Options) -> (Vec<Vec<u8>>, Truth) {
    let mut lines = Vec::new();
    let truth = generate(options, &mut |line| lines.push(line.to_vec())).unwrap();
    (lines, truth)
}

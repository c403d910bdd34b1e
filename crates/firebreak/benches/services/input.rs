//! What is posted: single lines about the brand for a quiet system, a crisis for one under load.

use std::time::{SystemTime, UNIX_EPOCH};

use events::EventTime;
use scenario::Options;
use serde_json::json;

/// The crisis of the second table, and the book that it is about. It opens more cases than any other.
const CRISIS: &str = "missing-plane";
pub(crate) const BOOK: &str = "books/airline";

/// Hours of the crisis. They end now, so that nothing is too old to be counted.
const HOURS: f64 = 2.0;

/// What somebody may say on a quiet day.
const TEXTS: [&str; 8] = [
    "@skylineair gate changed twice at Gatwick and nobody told us, is the flight still on time?",
    "Skyline Air lost my suitcase somewhere between Heathrow and New York. Third day of waiting.",
    "Boarding with Skyline Air was quick today, friendly crew, thank you!",
    "@skylineair your app shows my booking as cancelled but I have a boarding pass. Which is it?",
    "Is there any way to change a name on a Skyline Air ticket without paying the fee again?",
    "Skyline Airways delayed by two hours, no announcement, children sleeping on the floor.",
    "Flying with Skyline Air to Barcelona tomorrow, can I bring a folding bike?",
    "Refund from @skylineair promised in March, it is still not in my account.",
];

/// The wall's clock.
pub(crate) fn now() -> EventTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    EventTime::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A line that is published now; `number` makes it one of its own.
pub(crate) fn line(run: &str, number: usize) -> Vec<u8> {
    let text = TEXTS[number % TEXTS.len()];
    let line = json!({
        "source": "bench",
        "native_id": format!("{run}-{number}"),
        "published_at": now().to_string(),
        "text": text,
        "author": {"id": format!("author-{}", number % 500), "handle": format!("author{}", number % 500)},
    });
    line.to_string().into_bytes()
}

/// A line of the express lane: something that was never heard of is deleted.
pub(crate) fn express_line(run: &str, number: usize) -> Vec<u8> {
    let line = json!({
        "source": "bench",
        "native_id": format!("{run}-{number}"),
        "published_at": now().to_string(),
        "kind": "delete",
    });
    line.to_string().into_bytes()
}

/// So many lines of a crisis.
///
/// # Errors
/// The scenario cannot be made.
pub(crate) fn crisis(lines: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut options = Options::of(CRISIS)?;
    options.hours = HOURS;
    options.start = EventTime::from_millis(now().millis() - (HOURS * 3_600_000.0) as i64);
    let mut once = 0_usize;
    scenario::generate(&options, &mut |_| once += 1)?;
    // A little more than is needed, for lines do not come in proportion.
    options.scale = lines as f64 / once.max(1) as f64 * 1.2;
    (options.duplicates, options.edits, options.deletes) = (0.02, 0.02, 0.01);
    let mut made = Vec::with_capacity(lines);
    scenario::generate(&options, &mut |line| {
        if made.len() < lines {
            made.push(line.to_vec());
        }
    })?;
    anyhow::ensure!(made.len() == lines, "the crisis has {} lines, {lines} were asked for", made.len());
    Ok(made)
}

//! Which labels are given how often: calibration does not survive a change of what people write, but it shows here first.
//!
//! Labels from closed lists only; `unsure` stands for every head that abstains.

use events::{Classification, Tone};
use stream::Labels;

const UNSURE: &str = "unsure";
const EMOTIONS: [&str; 4] = ["anger", "joy", "optimism", "sadness"];

/// Counts the labels of one mention.
pub(crate) fn count(labels: &mut Labels, judged: &Classification) {
    let mut add = |head, label| *labels.entry((head, label)).or_default() += 1;
    add("sentiment", judged.sentiment.label.map_or(UNSURE, tone));
    add("intent", judged.intent.label.map_or(UNSURE, |intent| intent.name()));
    let emotion =
        judged.emotion.as_ref().map_or(Some(UNSURE), |found| EMOTIONS.into_iter().find(|known| *known == found.label));
    add("emotion", emotion.unwrap_or("other"));
    add("harm", judged.harm.first().map_or("none", |harm| harm.class.name()));
}

const fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Negative => "negative",
        Tone::Neutral => "neutral",
        Tone::Positive => "positive",
        Tone::Unknown => "unknown",
    }
}

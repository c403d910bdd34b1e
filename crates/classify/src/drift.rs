//! Which labels are given how often: calibration does not survive a change of what people write, but it shows here first.
//!
//! Labels from closed lists only; `unsure` stands for every head that abstains.

use events::{Classification, Tone};
use stream::Labels;

const UNSURE: &str = "unsure";
const EMOTIONS: [&str; 4] = ["anger", "joy", "optimism", "sadness"];

/// Labels of one batch by head. A head has a handful of labels, so that looking through them is quicker than a map.
#[derive(Debug, Default)]
pub(crate) struct Drift {
    sentiment: Counts,
    intent: Counts,
    emotion: Counts,
    harm: Counts,
}

type Counts = Vec<(&'static str, u64)>;

impl Drift {
    /// Counts the labels of one mention.
    pub(crate) fn count(&mut self, judged: &Classification) {
        add(&mut self.sentiment, judged.sentiment.label.map_or(UNSURE, tone));
        add(&mut self.intent, judged.intent.label.map_or(UNSURE, |intent| intent.name()));
        let known = |label: &str| EMOTIONS.into_iter().find(|known| *known == label).unwrap_or("other");
        add(&mut self.emotion, judged.emotion.as_ref().map_or(UNSURE, |found| known(&found.label)));
        add(&mut self.harm, judged.harm.first().map_or("none", |harm| harm.class.name()));
    }

    /// What was counted, by head and label.
    pub(crate) fn labels(self) -> Labels {
        let heads =
            [("sentiment", self.sentiment), ("intent", self.intent), ("emotion", self.emotion), ("harm", self.harm)];
        let of_head = |(head, counts): (&'static str, Counts)| {
            counts.into_iter().map(move |(label, count)| ((head, label), count))
        };
        heads.into_iter().flat_map(of_head).collect()
    }
}

fn add(counts: &mut Counts, label: &'static str) {
    match counts.iter_mut().find(|(known, _)| *known == label) {
        Some((_, count)) => *count += 1,
        None => counts.push((label, 1)),
    }
}

const fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Negative => "negative",
        Tone::Neutral => "neutral",
        Tone::Positive => "positive",
        Tone::Unknown => "unknown",
    }
}

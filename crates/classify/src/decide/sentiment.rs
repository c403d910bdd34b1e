//! Sentiment: three probabilities from the tones of a text.

use book::{Book, Tones};
use events::{Sentiment, TextSpan, Tone};

use super::hundredths;
use super::intensity::Intensity;
use super::tone::Toned;
use crate::model::Answer;
use crate::reading::Reading;

/// Spans given as evidence.
const MAX_SPANS: usize = 5;

/// How tones become probabilities; the numbers were chosen on development data, all others follow from the lexicon.
const STEEPNESS: f64 = 0.9;
const NEUTRAL: f64 = 0.9;
const NEGATIVE: f64 = -0.15;
const POSITIVE: f64 = -0.3;
/// More tone than this says no more.
const MOST: f64 = 7.0;
/// How much the model's logarithm counts beside the lexicon's.
const MODEL: f64 = 0.7;
/// What is left of good words that are meant otherwise.
const SARCASM: f64 = 0.25;

/// Shares of tones among the posts that the head's probabilities were made to come true on: the validation posts of TweetEval.
const MEASURED: Tones = Tones { negative: 0.156, neutral: 0.4345, positive: 0.4095 };
/// No tone likelier than where the head was measured.
pub(crate) const UPRIGHT: Tones = Tones { negative: 1.0, neutral: 1.0, positive: 1.0 };

/// For each brand of the book how much likelier each tone is than where the head was measured; nothing where no brand says.
pub(crate) fn tilts(book: &Book) -> Vec<Tones> {
    if book.brands.iter().all(|brand| brand.tones.is_none()) {
        return Vec::new();
    }
    let tilt = |tones: Tones| Tones {
        negative: tones.negative / MEASURED.negative,
        neutral: tones.neutral / MEASURED.neutral,
        positive: tones.positive / MEASURED.positive,
    };
    book.brands.iter().map(|brand| brand.tones.map_or(UPRIGHT, tilt)).collect()
}

/// Judges the tone of a whole text.
pub(crate) fn sentiment(
    reading: &Reading<'_>,
    toned: &[Toned<'_>],
    loud: &Intensity,
    sarcastic: bool,
    sure_from: f64,
) -> Sentiment {
    let (mut good, mut bad) = (0.0, 0.0);
    let mut spans: Vec<(TextSpan, f64)> = toned.iter().map(|toned| (toned.span, toned.weight)).collect();
    spans.extend(&loud.lengthened);
    for (_, weight) in &spans {
        if *weight > 0.0 {
            good += weight;
        } else {
            bad -= weight;
        }
    }
    if sarcastic {
        good *= SARCASM;
    }
    let louder = 1.0 + 0.06 * loud.points as f64;
    if !reading.english && spans.is_empty() {
        return unsupported(reading);
    }
    let (negative, neutral, positive) = probabilities(good * louder, bad * louder);
    let sentiment = Sentiment { label: None, negative, neutral, positive, spans: strongest(spans) };
    Sentiment { label: if reading.english { label(&sentiment, sure_from) } else { None }, ..sentiment }
}

/// The probabilities of negative, neutral and positive, in hundredths that add up to 1.
pub(crate) fn probabilities(good: f64, bad: f64) -> (f64, f64, f64) {
    let (good, bad) = (good.min(MOST), bad.min(MOST));
    let negative = (NEGATIVE + STEEPNESS * (bad - 0.5 * good)).exp();
    let positive = (POSITIVE + STEEPNESS * (good - 0.5 * bad)).exp();
    let neutral = NEUTRAL.exp();
    let all = negative + neutral + positive;
    let (negative, positive) = (hundredths(negative / all), hundredths(positive / all));
    (negative, hundredths(1.0 - negative - positive), positive)
}

/// The lexicon's sentiment and the model's as one: their probabilities multiplied, each by its trust. In a language that the model
/// was not trained on, and of marks alone, the lexicon's stands. `tilt` is how much likelier each tone is than where the head was
/// measured.
pub(crate) fn beside(
    lexical: Sentiment,
    answer: &Answer<'_>,
    reading: &Reading<'_>,
    tilt: Tones,
    sure_from: f64,
) -> Sentiment {
    if !reading.english || reading.words.is_empty() {
        return lexical;
    }
    let together =
        |label: &str, lexical: f64| answer.probability(label).powf(MODEL) * lexical.max(0.01).powf(1.0 - MODEL);
    let (negative, neutral, positive) = (
        together("negative", lexical.negative) * tilt.negative,
        together("neutral", lexical.neutral) * tilt.neutral,
        together("positive", lexical.positive) * tilt.positive,
    );
    let all = negative + neutral + positive;
    if all.is_nan() || all <= 0.0 {
        return lexical;
    }
    let (negative, positive) = (hundredths(negative / all), hundredths(positive / all));
    let sentiment = Sentiment { negative, neutral: hundredths(1.0 - negative - positive), positive, ..lexical };
    Sentiment { label: label(&sentiment, sure_from), ..sentiment }
}

fn label(sentiment: &Sentiment, sure_from: f64) -> Option<Tone> {
    let mut best = (Tone::Neutral, sentiment.neutral);
    for (tone, probability) in [(Tone::Negative, sentiment.negative), (Tone::Positive, sentiment.positive)] {
        if probability > best.1 {
            best = (tone, probability);
        }
    }
    (best.1 >= sure_from).then_some(best.0)
}

/// No word of this language may be read, and there are no marks: an empty text is neutral, any other says nothing.
fn unsupported(reading: &Reading<'_>) -> Sentiment {
    let label = reading.words.is_empty().then_some(Tone::Neutral);
    Sentiment { label, negative: 0.0, neutral: 1.0, positive: 0.0, spans: Vec::new() }
}

/// The strongest spans, in order of the text.
fn strongest(mut spans: Vec<(TextSpan, f64)>) -> Vec<TextSpan> {
    if spans.len() > MAX_SPANS {
        spans.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        spans.truncate(MAX_SPANS);
    }
    let mut spans: Vec<TextSpan> = spans.into_iter().map(|(span, _)| span).collect();
    spans.sort_unstable();
    spans
}

//! How loudly a text speaks: capitals, exclamation marks, lengthened words, strong language.

use book::phrases::FoldedText;
use events::TextSpan;

use crate::lexicon::{Cue, Lexicon, Meaning};
use crate::reading::Reading;

/// Lengthened words that are looked up in their short form; the rest only count as loud.
const MAX_LENGTHENED: usize = 8;

/// How loudly a text speaks.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Intensity {
    /// 0 to 5.
    pub(crate) points: i64,
    pub(crate) profanity: bool,
    /// Tones of lengthened words ("looove"), which the lexicon knows in their short form only.
    pub(crate) lengthened: Vec<(TextSpan, f64)>,
}

/// Listens to a text.
pub(crate) fn intensity(reading: &Reading<'_>, lexicon: &Lexicon) -> Intensity {
    let (capitals, letters) = capitals(reading);
    // A text in capitals from end to end is loud as well; one abbreviation in a sentence is not.
    let loud = if capitals >= 3 || (capitals == 2 && letters < 40) { 2 } else { i64::from(capitals == 2) };
    let marks = i64::from(exclaims(reading.text));
    let lengthened = lengthened(reading, lexicon);
    let long = i64::from(lengthened.0) * 2;
    Intensity {
        points: (loud + marks + long).min(5),
        profanity: reading.says(Cue::Profanity),
        lengthened: lengthened.1,
    }
}

/// Words of three or more letters in capitals, and the number of letters in all.
fn capitals(reading: &Reading<'_>) -> (usize, usize) {
    if !reading.text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return (0, 0);
    }
    let shouted = |word: &str| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    let count = reading.words.iter().filter(|word| shouted(reading.slice(word.span))).count();
    (count, reading.text.len())
}

/// Whether two marks stand together: `!!`, `?!`. To the end of the text in any case, so that the compiler vectorises it.
fn exclaims(text: &str) -> bool {
    let mark = |byte: u8| (byte == b'!') | (byte == b'?');
    let bytes = text.as_bytes();
    bytes.iter().zip(behind(bytes, 1)).fold(false, |found, (a, b)| found | (mark(*a) & mark(*b)))
}

fn behind(bytes: &[u8], ahead: usize) -> &[u8] {
    bytes.get(ahead..).unwrap_or_default()
}

/// Whether a letter stands three times in a row, found in the same way.
fn tripled(text: &str) -> bool {
    let bytes = text.as_bytes();
    let followers = behind(bytes, 1).iter().zip(behind(bytes, 2));
    bytes
        .iter()
        .zip(followers)
        .fold(false, |found, (a, (b, c))| found | (a.is_ascii_alphabetic() & (a == b) & (b == c)))
}

fn lengthened(reading: &Reading<'_>, lexicon: &Lexicon) -> (bool, Vec<(TextSpan, f64)>) {
    if !reading.english || !tripled(reading.text) {
        return (false, Vec::new());
    }
    let mut tones = Vec::new();
    let mut any = false;
    for word in reading.words.iter().filter(|word| tripled(reading.slice(word.span))).take(MAX_LENGTHENED) {
        let written = reading.slice(word.span);
        // `www` and a keyboard held down are no words.
        if written.len() > 40 || written.starts_with("www") {
            continue;
        }
        any = true;
        tones.extend(
            [2, 1]
                .into_iter()
                .find_map(|keep| tone_of(&squeezed(written, keep), lexicon))
                .map(|tone| (word.span, tone)),
        );
    }
    (any, tones)
}

/// The word with runs of three or more letters cut down to `keep`.
fn squeezed(word: &str, keep: usize) -> String {
    let characters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    for run in characters.chunk_by(|a, b| a == b) {
        out.extend(run.iter().take(if run.len() >= 3 { keep } else { run.len() }));
    }
    out
}

fn tone_of(word: &str, lexicon: &Lexicon) -> Option<f64> {
    let tone = |tag| match lexicon.meaning(tag) {
        Some(Meaning::Tone(tone)) => Some(*tone),
        _ => None,
    };
    lexicon.find(&FoldedText::new(word)).into_iter().find_map(|hit| tone(hit.tag))
}

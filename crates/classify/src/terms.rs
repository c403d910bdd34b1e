//! A few informative words of a mention, for the drivers of an incident. They are counted, so none may tell who wrote.

use book::phrases::is_stopword;
use events::{TextSpan, ThemeFinding};

use crate::lexicon::Meaning;
use crate::reading::Reading;

/// Terms given for one mention.
const MAX_TERMS: usize = 5;
/// Words of a text that are looked at.
const MAX_WORDS: usize = 60;
const SHORTEST: usize = 4;
const LONGEST: usize = 24;

/// The terms: words of themes and complaints first, then the others in order.
pub(crate) fn terms(reading: &Reading<'_>, themes: &[ThemeFinding]) -> Vec<String> {
    let mut strong: Vec<&str> = Vec::new();
    let mut rest: Vec<&str> = Vec::new();
    for read in reading.words.iter().take(MAX_WORDS) {
        let (span, word) = (read.span, read.folded);
        if !informs(reading.text, span, word) {
            continue;
        }
        let meant = themes.iter().any(|theme| inside(span, theme.span)) || known(reading, span);
        // A capital within a sentence is mostly a name, and names are not counted.
        let name = !read.starts_clause && reading.slice(span).starts_with(char::is_uppercase);
        if meant {
            strong.push(word);
        } else if !name {
            rest.push(word);
        }
    }
    let mut terms: Vec<String> = Vec::with_capacity(MAX_TERMS);
    for word in strong.into_iter().chain(rest) {
        if terms.len() == MAX_TERMS {
            break;
        }
        if !terms.iter().any(|known| known == word) {
            terms.push(word.to_owned());
        }
    }
    terms
}

/// Whether a folded word, which stands at `span` of a text, tells that text from others: letters alone, neither too few nor too
/// many, not what every text says, and no part of an address.
pub fn informs(text: &str, span: TextSpan, word: &str) -> bool {
    let informative =
        (SHORTEST..=LONGEST).contains(&word.len()) && word.chars().all(char::is_alphabetic) && !is_stopword(word);
    informative && !in_address(text, span)
}

fn inside(span: TextSpan, outer: TextSpan) -> bool {
    outer.start <= span.start && span.end <= outer.end
}

/// Whether a rule for an intent, or a theme's phrase, holds the word.
fn known(reading: &Reading<'_>, span: TextSpan) -> bool {
    let means = |meaning: &Meaning| {
        matches!(meaning, Meaning::Theme(_)) || matches!(meaning, Meaning::Intent(rule) if rule.tone < 0.0)
    };
    let upto = reading.hits.partition_point(|hit| hit.span.start <= span.start);
    reading.hits.iter().take(upto).rev().take(16).any(|hit| means(hit.meaning) && inside(span, hit.span))
}

/// Whether the word is part of an address or a handle: `t.co/abc`, `info@…`.
fn in_address(text: &str, span: TextSpan) -> bool {
    let before = text.get(..span.start as usize).and_then(|text| text.bytes().next_back());
    let mut behind = text.get(span.end as usize..).unwrap_or_default().bytes();
    let joined = |byte: u8| !byte.is_ascii_whitespace();
    matches!(before, Some(b'/' | b'.' | b'@' | b'=' | b'&' | b'-' | b':'))
        || matches!((behind.next(), behind.next()), (Some(b'.' | b'/' | b'@' | b':' | b'=' | b'-'), Some(next)) if joined(next))
}

//! A few informative words of a mention, for the drivers of an incident. They are counted, so none may tell who wrote.

use book::phrases::is_stopword;
use events::{TextSpan, ThemeFinding};

use crate::lexicon::Meaning;
use crate::reading::Reading;

/// Terms given for one mention.
const MAX_TERMS: usize = 5;
/// Words of a text that are looked at.
const MAX_WORDS: usize = 60;
/// Phrases before a word that are looked at.
const MAX_HITS: usize = 16;
const SHORTEST: usize = 4;
const LONGEST: usize = 24;

/// The terms: words of themes and complaints first, then the others in order.
pub(crate) fn terms(reading: &Reading<'_>, themes: &[ThemeFinding]) -> Vec<String> {
    // Of either at most so many are needed: a word that is both is given once, among the strong.
    let (mut strong, mut rest) = (Vec::with_capacity(MAX_TERMS), Vec::with_capacity(MAX_TERMS));
    let telling = telling(reading);
    for read in reading.words.iter().take(MAX_WORDS) {
        let (span, word) = (read.span, read.folded);
        let meant = themes.iter().any(|theme| inside(span, theme.span)) || known(reading, &telling, span);
        // A capital within a sentence is mostly a name, and names are not counted.
        let name = || !read.starts_clause && reading.slice(span).starts_with(char::is_uppercase);
        let terms = if meant { &mut strong } else { &mut rest };
        let wanted = terms.len() < MAX_TERMS && !terms.contains(&word) && (meant || !name());
        if wanted && !in_address(reading.text, span) && informative(word) {
            terms.push(word);
        }
    }
    rest.retain(|word| !strong.contains(word));
    strong.into_iter().chain(rest).take(MAX_TERMS).map(str::to_owned).collect()
}

fn informative(word: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&word.len()) && word.chars().all(char::is_alphabetic) && !is_stopword(word)
}

fn inside(span: TextSpan, outer: TextSpan) -> bool {
    outer.start <= span.start && span.end <= outer.end
}

/// The hits of complaints and of the book's themes, by their place among all.
fn telling(reading: &Reading<'_>) -> Vec<(usize, TextSpan)> {
    let means = |meaning: &Meaning| match meaning {
        Meaning::Theme(_) => true,
        Meaning::Intent(rule) => rule.tone < 0.0,
        _ => false,
    };
    let hits = reading.hits.iter().enumerate();
    hits.filter(|(_, hit)| means(hit.meaning)).map(|(at, hit)| (at, hit.span)).collect()
}

/// Whether one of the telling hits holds the word, among the last few that begin before it.
fn known(reading: &Reading<'_>, telling: &[(usize, TextSpan)], span: TextSpan) -> bool {
    let mut holding = telling.iter().filter(|(_, hit)| inside(span, *hit)).map(|(at, _)| *at).peekable();
    if holding.peek().is_none() {
        return false;
    }
    let upto = reading.hits.partition_point(|hit| hit.span.start <= span.start);
    holding.any(|at| at < upto && at + MAX_HITS >= upto)
}

/// Whether the word is part of an address or a handle: `t.co/abc`, `info@…`.
fn in_address(text: &str, span: TextSpan) -> bool {
    let before = text.get(..span.start as usize).and_then(|text| text.bytes().next_back());
    let mut behind = text.get(span.end as usize..).unwrap_or_default().bytes();
    let joined = |byte: u8| !byte.is_ascii_whitespace();
    matches!(before, Some(b'/' | b'.' | b'@' | b'=' | b'&' | b'-' | b':'))
        || matches!((behind.next(), behind.next()), (Some(b'.' | b'/' | b'@' | b':' | b'=' | b'-'), Some(next)) if joined(next))
}

//! Terms of a text: words that tell it from others, and two of them side by side.

use book::phrases::{FoldedText, is_stopword};
use events::{Enrichment, TextSpan};

/// Words of a text that are looked at.
const MAX_WORDS: usize = 100;
/// Letters of a term's word; shorter ones say little alone, longer ones are mostly keys and addresses.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=24;

/// The terms of a text, lower case, each once, in order: neither names of the book nor personal data nor addresses.
pub(super) fn terms(text: &str, enrichment: &Enrichment) -> Vec<String> {
    let known = known(enrichment);
    let folded = FoldedText::new(text);
    let mut terms: Vec<String> = Vec::new();
    let mut add = |term: String| {
        if !terms.contains(&term) {
            terms.push(term);
        }
    };
    // The word before, where it is a term, and where it ends.
    let mut before: Option<(&str, i64)> = None;
    for (span, word) in folded.words().take(MAX_WORDS) {
        let letters = word.strip_prefix('#').unwrap_or(word);
        let informs = LETTERS.contains(&letters.chars().count())
            && letters.chars().all(|c| c.is_alphabetic() || c == '\'')
            && !is_stopword(letters)
            && !in_address(text, span)
            && !known.iter().any(|known| known.start < span.end && span.start < known.end);
        if !informs {
            before = None;
            continue;
        }
        if let Some((first, end)) = before
            && beside(text, end, span.start)
        {
            add(format!("{first} {word}"));
        }
        add(word.to_owned());
        before = Some((word, span.end));
    }
    terms
}

/// What the book and enrich know already.
fn known(enrichment: &Enrichment) -> Vec<TextSpan> {
    let brands = enrichment.brands.iter().flat_map(|brand| brand.spans.iter().copied());
    let products = enrichment.products.iter().map(|product| product.span);
    let programmes = enrichment.programmes.iter().map(|programme| programme.span);
    let place = enrichment.geo.iter().map(|place| place.span);
    let personal = enrichment.personal_data.iter().map(|personal| personal.span);
    brands.chain(products).chain(programmes).chain(place).chain(personal).collect()
}

/// Whether nothing but a blank or a hyphen stands between two words.
fn beside(text: &str, end: i64, start: i64) -> bool {
    let between = text.get(end as usize..start as usize);
    between.is_some_and(|between| matches!(between.trim_matches(' '), "" | "-"))
}

/// Whether the word is part of an address, a handle or a number: `t.co/abc`, `info@…`, `@name`.
fn in_address(text: &str, span: TextSpan) -> bool {
    let before = text.get(..span.start as usize).and_then(|text| text.split_ascii_whitespace().next_back());
    let glued =
        text.as_bytes().get((span.start as usize).wrapping_sub(1)).is_some_and(|byte| !byte.is_ascii_whitespace());
    let before = before.filter(|_| glued).unwrap_or_default();
    let behind = text.get(span.end as usize..).unwrap_or_default().as_bytes();
    before.contains(['@', '/', '.', '=', '&', ':'])
        || matches!(behind, [b'.' | b'@' | b'/' | b':' | b'=', next, ..] if next.is_ascii_alphanumeric() || *next == b'/')
}

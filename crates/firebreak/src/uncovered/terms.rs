//! Terms of a text: words that tell it from others, and two of them side by side.

use book::phrases::FoldedText;
use classify::informs;
use events::{Enrichment, TextSpan};

/// Words of a text that are looked at.
const MAX_WORDS: usize = 100;

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
        let informs =
            informs(text, span, letters) && !known.iter().any(|known| known.start < span.end && span.start < known.end);
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

/// Whether nothing but blanks stand between two words.
fn beside(text: &str, end: i64, start: i64) -> bool {
    text.get(end as usize..start as usize).is_some_and(|between| between.bytes().all(|byte| byte == b' '))
}

//! The tone towards each brand: that of the words around its name, where they have one, else that of the whole text.

use events::{BrandId, BrandTone, TextSpan, Tone};

use super::tone::Toned;
use crate::reading::Reading;

/// The tone towards each of `brands`, whose names stand at the spans of the same place.
pub(crate) fn tones(
    reading: &Reading<'_>,
    toned: &[Toned<'_>],
    brands: &[&BrandId],
    spans: &[&[TextSpan]],
    whole: Option<Tone>,
) -> Vec<BrandTone> {
    let tone = |at: usize| {
        let own = spans.get(at).copied().unwrap_or_default();
        let others = || spans.iter().enumerate().filter(move |(other, _)| *other != at).flat_map(|(_, spans)| *spans);
        if own.is_empty() || others().next().is_none() {
            return whole;
        }
        let near = own.iter().map(|span| around(reading, toned, *span, others())).sum::<f64>();
        match near {
            near if near >= 1.0 => Some(Tone::Positive),
            near if near <= -1.0 => Some(Tone::Negative),
            _ => whole,
        }
    };
    brands.iter().enumerate().map(|(at, brand)| BrandTone { brand: (*brand).clone(), tone: tone(at) }).collect()
}

/// The tone of the clause around a name, as far as the next name of another brand.
fn around<'a>(
    reading: &Reading<'_>,
    toned: &[Toned<'_>],
    name: TextSpan,
    others: impl Iterator<Item = &'a TextSpan>,
) -> f64 {
    let word = reading.words.partition_point(|word| word.span.end <= name.start);
    let clause = reading.clause(word);
    let (mut from, mut to) = (i64::MIN, i64::MAX);
    for other in others {
        if other.start >= name.end {
            to = to.min(other.start);
        } else {
            from = from.max(other.end);
        }
    }
    let close =
        |toned: &&Toned<'_>| reading.clause(toned.word) == clause && toned.span.start >= from && toned.span.end <= to;
    toned.iter().filter(close).map(|toned| toned.weight).sum()
}

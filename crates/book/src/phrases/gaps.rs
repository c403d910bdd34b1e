//! Phrases in parts: which occurrences of the parts stand in order and near enough.

use super::fold::FoldedText;
use super::set::PhraseHit;

/// A phrase of several parts.
#[derive(Debug, Clone)]
pub(super) struct GapPhrase {
    pub(super) tag: u32,
    /// By part: at most so many words between it and the part before. The first is not read.
    pub(super) gaps: Vec<usize>,
    /// The place of its first part among the parts of all phrases.
    pub(super) first: usize,
}

/// A part of a phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct GapPart {
    pub(super) phrase: usize,
    pub(super) part: usize,
    /// Its last word may go on.
    pub(super) prefix: bool,
}

/// A part found in the folded text.
#[derive(Debug, Clone, Copy)]
struct Occurrence {
    phrase: usize,
    part: usize,
    start: usize,
    end: usize,
}

/// The nearest chain that ends with a part: where it started and where it ends.
type Chain = Option<(usize, usize)>;

/// Parts found in a text. Most texts hold beginnings of phrases and no phrase: those cost little.
pub(super) struct Occurrences<'a> {
    phrases: &'a [GapPhrase],
    found: Vec<Occurrence>,
    /// A bit for each part of each phrase that was found; empty while none was.
    seen: Vec<u64>,
    /// Whether the last part of any phrase was found.
    ends: bool,
}

impl<'a> Occurrences<'a> {
    pub(super) const fn of(phrases: &'a [GapPhrase]) -> Self {
        Self { phrases, found: Vec::new(), seen: Vec::new(), ends: false }
    }

    /// Adds a part, to be called in order of where parts end. One that none of the part before it precedes ends no phrase.
    pub(super) fn add(&mut self, part: GapPart, start: usize, end: usize) {
        let GapPart { phrase, part, .. } = part;
        let Some(known) = self.phrases.get(phrase) else { return };
        let place = known.first + part;
        if part > 0 && !self.has(place - 1) {
            return;
        }
        if self.seen.is_empty() {
            let places = self.phrases.last().map_or(0, |last| last.first + last.gaps.len());
            self.seen = vec![0; places.div_ceil(64)];
        }
        if let Some(bits) = self.seen.get_mut(place / 64) {
            *bits |= 1 << (place % 64);
        }
        self.ends |= part + 1 == known.gaps.len();
        self.found.push(Occurrence { phrase, part, start, end });
    }

    fn has(&self, place: usize) -> bool {
        self.seen.get(place / 64).is_some_and(|bits| bits & (1 << (place % 64)) != 0)
    }

    /// Adds a hit for each last part that ends a chain.
    ///
    /// One sweep from left to right. Of all chains that end with a part before some place, the one that ends last is the nearest,
    /// so it alone decides whether the next part joins: the work is that of sorting, whatever the text.
    pub(super) fn join(mut self, text: &FoldedText, hits: &mut Vec<PhraseHit>) {
        if !self.ends {
            return;
        }
        let mut found = std::mem::take(&mut self.found);
        let whole = |phrase: &GapPhrase| self.has(phrase.first + phrase.gaps.len() - 1);
        found.retain(|part| self.phrases.get(part.phrase).is_some_and(whole));
        found.sort_unstable_by_key(|found| (found.phrase, found.start, found.end, found.part));
        let mut words = WordStarts { text, starts: None };
        for group in found.chunk_by(|a, b| a.phrase == b.phrase) {
            if let Some(phrase) = group.first().and_then(|found| self.phrases.get(found.phrase)) {
                join_one(&mut words, phrase, group, hits);
            }
        }
    }
}

fn join_one(words: &mut WordStarts<'_>, phrase: &GapPhrase, group: &[Occurrence], hits: &mut Vec<PhraseHit>) {
    let last_part = phrase.gaps.len() - 1;
    let mut nearest: Vec<Chain> = vec![None; phrase.gaps.len()];
    // Chains whose last part has begun and not ended yet, by end: (end, part, start of the chain).
    let mut open: Vec<(usize, usize, usize)> = Vec::new();
    for found in group {
        open.retain(|(end, part, start)| {
            let ended = *end <= found.start;
            if let (true, Some(chain)) = (ended, nearest.get_mut(*part)) {
                *chain = (*chain).max_by_end(Some((*start, *end)));
            }
            !ended
        });
        let chain_start = match found.part.checked_sub(1) {
            None => Some(found.start),
            Some(previous) => nearest.get(previous).copied().flatten().and_then(|(start, end)| {
                let allowed = phrase.gaps.get(found.part).copied().unwrap_or_default();
                (words.between(end, found.start) <= allowed).then_some(start)
            }),
        };
        let Some(start) = chain_start else { continue };
        if found.part == last_part {
            hits.push(PhraseHit { tag: phrase.tag, span: words.text.span(start, found.end) });
        } else {
            open.push((found.end, found.part, start));
        }
    }
}

trait MaxByEnd {
    fn max_by_end(self, other: Self) -> Self;
}

impl MaxByEnd for Chain {
    fn max_by_end(self, other: Self) -> Self {
        match (self, other) {
            (Some(a), Some(b)) => Some(if b.1 >= a.1 { b } else { a }),
            (a, b) => a.or(b),
        }
    }
}

/// Where words begin, found when first asked for.
struct WordStarts<'a> {
    text: &'a FoldedText,
    starts: Option<Vec<usize>>,
}

impl WordStarts<'_> {
    /// Words that begin in `from..to`.
    fn between(&mut self, from: usize, to: usize) -> usize {
        let starts = self.starts.get_or_insert_with(|| {
            let mut words = self.text.words();
            std::iter::from_fn(|| words.next_range().map(|(start, _)| start)).collect()
        });
        let before = |at: usize| starts.partition_point(|start| *start < at);
        before(to).saturating_sub(before(from))
    }
}

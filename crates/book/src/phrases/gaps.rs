//! Phrases in parts: which occurrences of the parts stand in order and near enough.

use super::fold::FoldedText;
use super::set::PhraseHit;

/// A phrase of several parts.
#[derive(Debug, Clone)]
pub(super) struct GapPhrase {
    pub(super) tag: u32,
    pub(super) parts: Vec<GapPart>,
}

/// A part of a phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct GapPart {
    /// The pattern that it is, numbered among those that are parts.
    pub(super) piece: usize,
    /// Its last word may go on.
    pub(super) prefix: bool,
    /// At most so many words between it and the part before; of the first it is not read.
    pub(super) gap: usize,
}

impl GapPart {
    /// Whether an occurrence of its pattern is one of the part: as a whole word, or where the word may go on.
    const fn takes(self, found: &Occurrence) -> bool {
        self.piece == found.piece && (found.whole || self.prefix)
    }
}

/// A pattern found in the folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occurrence {
    pub(super) piece: usize,
    pub(super) start: usize,
    /// The end of the word that it ends in.
    pub(super) end: usize,
    /// Whether its own end is the word's.
    pub(super) whole: bool,
}

/// The nearest chain that ends with a part: where it started and where it ends.
type Chain = Option<(usize, usize)>;

/// Parts found in a text. Most texts hold beginnings of phrases and no phrase: a pattern costs one entry, however many phrases
/// begin with it, and only the last part of a phrase asks for the others.
pub(super) struct Occurrences<'a> {
    phrases: &'a [GapPhrase],
    found: Vec<Occurrence>,
    /// A bit for each pattern that was found; empty while none was.
    seen: Vec<u64>,
    /// Phrases whose last part was found behind all others.
    ended: Vec<usize>,
}

impl<'a> Occurrences<'a> {
    pub(super) const fn of(phrases: &'a [GapPhrase]) -> Self {
        Self { phrases, found: Vec::new(), seen: Vec::new(), ended: Vec::new() }
    }

    /// Adds a pattern that ends the phrases `last`, to be called in order of start. `pieces` is how many patterns are parts.
    pub(super) fn add(&mut self, found: Occurrence, last: &[usize], pieces: usize) {
        if self.seen.is_empty() {
            self.seen = vec![0; pieces.div_ceil(64)];
            self.found.reserve(32);
        }
        for phrase in last {
            let Some((last, before)) = self.phrases.get(*phrase).and_then(|phrase| phrase.parts.split_last()) else {
                continue;
            };
            if last.takes(&found) && before.iter().all(|part| self.has(part.piece)) {
                self.ended.push(*phrase);
            }
        }
        if let Some(bits) = self.seen.get_mut(found.piece / 64) {
            *bits |= 1 << (found.piece % 64);
        }
        self.found.push(found);
    }

    fn has(&self, piece: usize) -> bool {
        self.seen.get(piece / 64).is_some_and(|bits| bits & (1 << (piece % 64)) != 0)
    }

    /// Adds a hit for each last part that ends a chain.
    ///
    /// One sweep from left to right. Of all chains that end with a part before some place, the one that ends last is the nearest,
    /// so it alone decides whether the next part joins: the work is that of sorting, whatever the text.
    pub(super) fn join(mut self, text: &FoldedText, hits: &mut Vec<PhraseHit>) {
        self.ended.sort_unstable();
        self.ended.dedup();
        for phrase in self.ended.iter().filter_map(|phrase| self.phrases.get(*phrase)) {
            let mut group: Vec<Placed> = Vec::new();
            for found in &self.found {
                let parts = phrase.parts.iter().enumerate().filter(|(_, part)| part.takes(found));
                group.extend(parts.map(|(part, _)| Placed { start: found.start, end: found.end, part }));
            }
            group.sort_unstable();
            join_one(text, phrase, &group, hits);
        }
    }
}

/// A part of one phrase in the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    start: usize,
    end: usize,
    part: usize,
}

fn join_one(text: &FoldedText, phrase: &GapPhrase, group: &[Placed], hits: &mut Vec<PhraseHit>) {
    let last_part = phrase.parts.len() - 1;
    let mut nearest: Vec<Chain> = vec![None; phrase.parts.len()];
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
                let allowed = phrase.parts.get(found.part).map_or(0, |part| part.gap);
                (text.words_begun(end, found.start) <= allowed).then_some(start)
            }),
        };
        let Some(start) = chain_start else { continue };
        if found.part == last_part {
            hits.push(PhraseHit { tag: phrase.tag, span: text.span(start, found.end) });
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

//! All phrases in one tree, one pass over the text.

use std::collections::BTreeMap;

use events::TextSpan;

use super::fold::FoldedText;
use super::gaps::{GapPart, GapPhrase, Occurrence, Occurrences};
use super::openers::Openers;
use super::phrase::{PhraseError, parse};
use super::starts::starts;
use super::trie::Trie;
use super::words::{may_end, may_start, word_end};

/// A phrase found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhraseHit {
    /// The tag that the phrase was added with.
    pub tag: u32,
    /// Where it stands in the original text.
    pub span: TextSpan,
}

/// Many phrases, searched for at once. Each has a tag, by which the caller knows what a hit means.
#[derive(Debug, Clone)]
pub struct PhraseSet {
    openers: Openers,
    trie: Trie,
    /// By number in the tree.
    patterns: Vec<Pattern>,
    gaps: Vec<GapPhrase>,
    /// How many patterns are parts of phrases with gaps.
    pieces: usize,
}

/// What an occurrence of a pattern is good for.
#[derive(Debug, Clone, Default)]
struct Pattern {
    /// Tags of phrases that are this pattern as a whole word.
    whole: Vec<u32>,
    /// Tags of phrases that are this pattern at the beginning of a word.
    prefix: Vec<u32>,
    /// Its number among those that are parts of phrases with gaps.
    piece: Option<usize>,
    /// The phrases with gaps that end with it.
    last: Vec<usize>,
}

impl PhraseSet {
    /// Compiles phrases with their tags; several phrases may share a tag.
    ///
    /// # Errors
    /// The first phrase that cannot be searched for.
    pub fn new<S: AsRef<str>>(phrases: impl IntoIterator<Item = (u32, S)>) -> Result<Self, PhraseError> {
        let mut index: BTreeMap<String, usize> = BTreeMap::new();
        let mut patterns: Vec<Pattern> = Vec::new();
        let mut gaps: Vec<GapPhrase> = Vec::new();
        let mut pieces = 0;
        for (tag, phrase) in phrases {
            let parts = parse(phrase.as_ref())?;
            let (single, last) = (parts.len() == 1, parts.len() - 1);
            let mut pieced: Vec<GapPart> = Vec::new();
            for (number, part) in parts.into_iter().enumerate() {
                let next = patterns.len();
                let at = *index.entry(part.text).or_insert(next);
                if at == next {
                    patterns.push(Pattern::default());
                }
                let Some(pattern) = patterns.get_mut(at) else { continue };
                if single {
                    if part.prefix { &mut pattern.prefix } else { &mut pattern.whole }.push(tag);
                    continue;
                }
                let piece = *pattern.piece.get_or_insert(pieces);
                pieces = pieces.max(piece + 1);
                pieced.push(GapPart { piece, prefix: part.prefix, gap: part.gap });
                if number == last {
                    pattern.last.push(gaps.len());
                }
            }
            if !single {
                gaps.push(GapPhrase { tag, parts: pieced });
            }
        }
        for pattern in &mut patterns {
            for tags in [&mut pattern.whole, &mut pattern.prefix] {
                tags.sort_unstable();
                tags.dedup();
            }
        }
        Ok(Self { openers: Openers::new(&index), trie: Trie::new(&index), patterns, gaps, pieces })
    }

    /// Every hit, overlapping ones too, in order of start, end and tag; the same tag at the same place once.
    pub fn find(&self, text: &FoldedText) -> Vec<PhraseHit> {
        let folded = text.as_str();
        let bytes = folded.as_bytes();
        let mut hits = Vec::with_capacity(folded.len() / 4);
        let mut occurrences = Occurrences::of(&self.gaps);
        for start in starts(bytes) {
            let rest = bytes.get(start..).unwrap_or_default();
            if !self.openers.may_open(rest) || !may_start(folded, start) {
                continue;
            }
            self.trie.walk(bytes, start, |pattern, end| {
                let Some(pattern) = self.patterns.get(pattern) else { return };
                let whole = may_end(folded, end);
                if whole && !pattern.whole.is_empty() {
                    let span = text.span(start, end);
                    hits.extend(pattern.whole.iter().map(|tag| PhraseHit { tag: *tag, span }));
                }
                if pattern.prefix.is_empty() && pattern.piece.is_none() {
                    return;
                }
                let end = if whole { end } else { word_end(folded, end) };
                if !pattern.prefix.is_empty() {
                    let span = text.span(start, end);
                    hits.extend(pattern.prefix.iter().map(|tag| PhraseHit { tag: *tag, span }));
                }
                if let Some(piece) = pattern.piece {
                    occurrences.add(Occurrence { piece, start, end, whole }, &pattern.last, self.pieces);
                }
            });
        }
        occurrences.join(text, &mut hits);
        if hits.len() > 1 {
            hits.sort_unstable_by_key(|hit| (hit.span, hit.tag));
            hits.dedup();
        }
        hits
    }
}

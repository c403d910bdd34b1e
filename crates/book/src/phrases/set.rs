//! All phrases in one automaton, one pass over the text.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use events::TextSpan;

use super::fold::FoldedText;
use super::gaps::{GapPart, GapPhrase, Occurrences};
use super::phrase::{PhraseError, parse};
use super::words::{may_end, may_start, word_end};

/// Up to this much text of phrases the automaton is a full table, which is a fifth faster: at most 8 MiB, for 64 classes of bytes.
const MAX_DFA_BYTES: usize = 32 << 10;

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
    automaton: AhoCorasick,
    /// By pattern of the automaton.
    patterns: Vec<Pattern>,
    gaps: Vec<GapPhrase>,
}

/// What an occurrence of a pattern of the automaton is good for.
#[derive(Debug, Clone, Default)]
struct Pattern {
    /// Tags of phrases that are this pattern as a whole word.
    whole: Vec<u32>,
    /// Tags of phrases that are this pattern at the beginning of a word.
    prefix: Vec<u32>,
    /// Parts of phrases with gaps.
    parts: Vec<GapPart>,
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
        let mut places = 0;
        for (tag, phrase) in phrases {
            let parts = parse(phrase.as_ref())?;
            let single = parts.len() == 1;
            if !single {
                gaps.push(GapPhrase { tag, gaps: parts.iter().map(|part| part.gap).collect(), first: places });
                places += parts.len();
            }
            for (number, part) in parts.into_iter().enumerate() {
                let next = patterns.len();
                let at = *index.entry(part.text).or_insert(next);
                if at == next {
                    patterns.push(Pattern::default());
                }
                let Some(pattern) = patterns.get_mut(at) else { continue };
                match (single, part.prefix) {
                    (true, false) => pattern.whole.push(tag),
                    (true, true) => pattern.prefix.push(tag),
                    (false, prefix) => pattern.parts.push(GapPart { phrase: gaps.len() - 1, part: number, prefix }),
                }
            }
        }
        for pattern in &mut patterns {
            for tags in [&mut pattern.whole, &mut pattern.prefix] {
                tags.sort_unstable();
                tags.dedup();
            }
        }
        let mut texts = vec![""; index.len()];
        for (text, at) in &index {
            if let Some(slot) = texts.get_mut(*at) {
                *slot = text;
            }
        }
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let kind = (bytes <= MAX_DFA_BYTES).then_some(AhoCorasickKind::DFA);
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(&texts);
        let automaton = automaton.map_err(|error| PhraseError::TooMany(error.to_string()))?;
        Ok(Self { automaton, patterns, gaps })
    }

    /// Every hit, overlapping ones too, in order of start, end and tag; the same tag at the same place once.
    pub fn find(&self, text: &FoldedText) -> Vec<PhraseHit> {
        let folded = text.as_str();
        let mut hits = Vec::with_capacity(folded.len() / 8);
        let mut occurrences = Occurrences::of(&self.gaps);
        for found in self.automaton.find_overlapping_iter(folded) {
            let (start, end) = (found.start(), found.end());
            let Some(pattern) = self.patterns.get(found.pattern().as_usize()) else {
                continue;
            };
            if !may_start(folded, start) {
                continue;
            }
            let whole = may_end(folded, end);
            if whole {
                hits.extend(pattern.whole.iter().map(|tag| PhraseHit { tag: *tag, span: text.span(start, end) }));
            }
            if pattern.prefix.is_empty() && pattern.parts.is_empty() {
                continue;
            }
            let word_end = if whole { end } else { word_end(folded, end) };
            hits.extend(pattern.prefix.iter().map(|tag| PhraseHit { tag: *tag, span: text.span(start, word_end) }));
            for part in pattern.parts.iter().filter(|part| whole || part.prefix) {
                occurrences.add(*part, start, word_end);
            }
        }
        occurrences.join(text, &mut hits);
        if hits.len() > 1 {
            hits.sort_unstable_by_key(|hit| (hit.span, hit.tag));
            hits.dedup();
        }
        hits
    }
}

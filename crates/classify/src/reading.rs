//! A text read once: its words, where its clauses part, and every phrase of lexicon and book in it.
//!
//! All heads decide on the same reading. Nothing is judged here.

use book::phrases::FoldedText;
use events::TextSpan;

use crate::lexicon::{Cue, Lexicon, Meaning, Part};

/// More words than this are not read one by one; phrases are found in the whole text.
const MAX_WORDS: usize = 4_096;

/// A phrase in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit<'a> {
    pub(crate) meaning: &'a Meaning,
    pub(crate) span: TextSpan,
    /// Index of its first word; where it is no word (an emoji), of the next one.
    pub(crate) word: usize,
    /// Index after its last word.
    pub(crate) after: usize,
}

/// A word in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) span: TextSpan,
    /// As it is matched: lower case and so on.
    pub(crate) folded: &'a str,
    /// Number of its clause: it rises at punctuation.
    pub(crate) clause: u32,
    /// Whether it is the first of its clause.
    pub(crate) starts_clause: bool,
}

/// A text and what stands in it.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    pub(crate) words: Vec<Word<'a>>,
    /// Every phrase but the parts of harms, in order of start.
    pub(crate) hits: Vec<Hit<'a>>,
    /// Parts of harms, in order of start: common words, which nothing but harm asks for.
    parts: Vec<(Part, Hit<'a>)>,
    /// A bit for each part that is there.
    held: u64,
    /// A bit for each cue that is there.
    cues: u64,
    /// Whether words of English may be read in it; else only marks and the book's phrases are.
    pub(crate) english: bool,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(text: &'a str, folded: &'a FoldedText, lexicon: &'a Lexicon, english: bool) -> Self {
        let words = words(text, folded);
        let found = lexicon.find(folded);
        let (mut hits, mut parts) = (Vec::with_capacity(found.len()), Vec::new());
        let (mut held, mut cues, mut word) = (0, 0, 0);
        for found in found {
            let Some(meaning) = lexicon.meaning(found.tag) else {
                continue;
            };
            if !english && !any_language(meaning) {
                continue;
            }
            while words.get(word).is_some_and(|word| word.span.end <= found.span.start) {
                word += 1;
            }
            let within = words.iter().skip(word).take_while(|word| word.span.start < found.span.end).count();
            let hit = Hit { meaning, span: found.span, word, after: word + within };
            match meaning {
                Meaning::Part(part, _) => {
                    held |= part.bit();
                    parts.push((*part, hit));
                    continue;
                }
                Meaning::Cue(cue) => cues |= cue.bit(),
                _ => {}
            }
            hits.push(hit);
        }
        Self { text, words, hits, parts, held, cues, english }
    }

    /// The hits of one part of a harm.
    pub(crate) fn parts(&self, part: Part) -> impl Iterator<Item = &Hit<'a>> {
        let parts = if self.has(part) { self.parts.as_slice() } else { &[] };
        parts.iter().filter(move |(found, _)| *found == part).map(|(_, hit)| hit)
    }

    /// Whether the text has this part of a harm.
    pub(crate) const fn has(&self, part: Part) -> bool {
        self.held & part.bit() != 0
    }

    /// Whether the text has any part of a harm.
    pub(crate) const fn has_parts(&self) -> bool {
        self.held != 0
    }

    /// Whether the text has this cue.
    pub(crate) const fn says(&self, cue: Cue) -> bool {
        self.cues & cue.bit() != 0
    }

    /// The clause that a word stands in.
    pub(crate) fn clause(&self, word: usize) -> u32 {
        self.words.get(word).or(self.words.last()).map_or(0, |word| word.clause)
    }

    /// The text of a span, as it was written.
    pub(crate) fn slice(&self, span: TextSpan) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// What is read in every language: marks, the phrases that the book's owner wrote, and harm. The language of a short text is
/// often told wrongly, and a threat must not be missed for that.
fn any_language(meaning: &Meaning) -> bool {
    let of_book = matches!(
        meaning,
        Meaning::Theme(_)
            | Meaning::Example { .. }
            | Meaning::NoTheme(_)
            | Meaning::Reason(..)
            | Meaning::Value(..)
            | Meaning::Avoid(_)
    );
    let of_harm = matches!(meaning, Meaning::Find { .. } | Meaning::Friend(_) | Meaning::Part(..));
    of_book || of_harm || matches!(meaning, Meaning::Mark(_))
}

fn words<'a>(text: &str, folded: &'a FoldedText) -> Vec<Word<'a>> {
    let mut words: Vec<Word<'_>> = Vec::with_capacity(text.len() / 5 + 1);
    let mut clause = 0;
    let mut end = 0;
    for (span, folded) in folded.words().take(MAX_WORDS) {
        let between = text.get(end..span.start as usize).unwrap_or_default();
        let parted = between.bytes().any(|byte| matches!(byte, b'.' | b',' | b'!' | b'?' | b';' | b':' | b'\n'));
        clause += u32::from(parted);
        words.push(Word { span, folded, clause, starts_clause: parted || words.is_empty() });
        end = span.end as usize;
    }
    words
}

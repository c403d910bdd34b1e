//! Folding: what differs only in how it is typed becomes equal, and every byte knows where it came from.
//!
//! One character becomes one character, a space, or nothing: so offsets map back piece by piece, and a text that folds byte for
//! byte (ASCII without runs of white space) needs no table at all.

use std::sync::OnceLock;

use events::TextSpan;

use super::words::{Words, find_words, is_word_char, words_from};

/// Bytes that are read for words when nobody has asked for the words of all of a text yet.
const NEAR: usize = 128;

/// A text made ready for matching.
///
/// Lower case; curly quotes as ASCII; white space and control characters as one space a run; a hyphen inside a word as a space
/// (`check-out` is `check out`); joiners, soft hyphens and variation selectors left out.
#[derive(Debug, Clone)]
pub struct FoldedText {
    folded: String,
    original_len: usize,
    /// In order of `folded`; empty when offsets are the same on both sides.
    pieces: Vec<Piece>,
    /// Where its words stand in `folded`, found when first asked for.
    words: OnceLock<Vec<(usize, usize)>>,
}

/// A stretch of the folded text and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    folded: usize,
    original: usize,
    /// True when all of the original up to the next piece became this one character.
    block: bool,
}

impl FoldedText {
    /// Folds `text`.
    pub fn new(text: &str) -> Self {
        if folds_byte_for_byte(text.as_bytes()) {
            return Self::of(fold_ascii(text), text.len(), Vec::new());
        }
        fold_any(text)
    }

    const fn of(folded: String, original_len: usize, pieces: Vec<Piece>) -> Self {
        Self { folded, original_len, pieces, words: OnceLock::new() }
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.folded
    }

    /// The words in order, each with its span in the original text: `don't`, `@nova` and `#late` are words, the `'s` of `nova's` is left out.
    pub fn words(&self) -> Words<'_> {
        Words { text: self, places: self.word_places().iter() }
    }

    /// Where the words stand in the folded text.
    pub(super) fn word_places(&self) -> &[(usize, usize)] {
        self.words.get_or_init(|| find_words(&self.folded))
    }

    /// How many words begin in the bytes `from..to` of the folded text.
    pub(super) fn words_begun(&self, from: usize, to: usize) -> usize {
        if self.words.get().is_none()
            && let Some(count) = self.words_begun_near(from, to)
        {
            return count;
        }
        let before = |at: usize| self.word_places().partition_point(|(start, _)| *start < at);
        before(to).saturating_sub(before(from))
    }

    /// The same of a short stretch, read from the blank before it, over which no word goes on.
    fn words_begun_near(&self, from: usize, to: usize) -> Option<usize> {
        let first = from.saturating_sub(NEAR);
        let blank = self.folded.as_bytes().get(first..from)?.iter().rposition(|byte| *byte == b' ');
        let blank = blank.map(|at| first + at).or((first == 0).then_some(0))?;
        let near = to.checked_sub(from)? <= NEAR;
        let begun = || words_from(&self.folded, blank).map(|(start, _)| start).take_while(|start| *start < to);
        near.then(|| begun().filter(|start| *start >= from).count())
    }

    /// Where the bytes `start..end` of the folded text stand in the original, widened to whole characters.
    pub fn span(&self, start: usize, end: usize) -> TextSpan {
        TextSpan { start: self.original_start(start) as i64, end: self.original_end(end) as i64 }
    }

    fn original_start(&self, at: usize) -> usize {
        let Some(piece) = self.piece_at(at) else {
            return at.min(self.original_len);
        };
        if piece.block { piece.original } else { piece.original + (at - piece.folded) }
    }

    /// Looks at the byte before `at`, so that what was left out behind it is not part of the span.
    fn original_end(&self, at: usize) -> usize {
        let Some(last) = at.checked_sub(1) else { return 0 };
        let index = self.pieces.partition_point(|piece| piece.folded <= last);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else {
            return at.min(self.original_len);
        };
        if piece.block {
            return self.pieces.get(index).map_or(self.original_len, |next| next.original);
        }
        piece.original + (at - piece.folded)
    }

    fn piece_at(&self, at: usize) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.folded <= at);
        index.checked_sub(1).and_then(|index| self.pieces.get(index))
    }
}

/// Whether `bytes` are ASCII without control characters and double spaces. Three plain passes, so that the compiler vectorises each.
fn folds_byte_for_byte(bytes: &[u8]) -> bool {
    let strange = bytes.iter().fold(false, |found, byte| found | (*byte < 0x20) | (*byte >= 0x7f));
    if strange {
        return false;
    }
    let followers = bytes.get(1..).unwrap_or_default();
    !bytes.iter().zip(followers).fold(false, |found, (a, b)| found | ((*a == b' ') & (*b == b' ')))
}

#[expect(clippy::expect_used, reason = "what was ASCII still is")]
fn fold_ascii(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    if !lower.contains('-') {
        return lower;
    }
    let mut bytes = lower.into_bytes();
    for at in 1..bytes.len().saturating_sub(1) {
        let is_word = |byte: u8| is_word_char(char::from(byte));
        if bytes[at] == b'-' && is_word(bytes[at - 1]) && is_word(bytes[at + 1]) {
            bytes[at] = b' ';
        }
    }
    String::from_utf8(bytes).expect("ASCII")
}

/// What one character becomes.
pub(super) enum Fold {
    Char(char),
    Space,
    Nothing,
}

pub(super) fn fold_char(c: char) -> Fold {
    match c {
        '!'..='~' => Fold::Char(c.to_ascii_lowercase()),
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{02bc}' | '\u{ff07}' | '\u{b4}' => Fold::Char('\''),
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' | '\u{ff02}' => Fold::Char('"'),
        '\u{2010}' | '\u{2011}' => Fold::Char('-'),
        '\u{200b}' => Fold::Space,
        '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => Fold::Nothing,
        _ if c.is_control() || c.is_whitespace() => Fold::Space,
        // Only `İ` lowers to two characters, and its first is the letter.
        _ => Fold::Char(c.to_lowercase().next().unwrap_or(c)),
    }
}

fn fold_any(text: &str) -> FoldedText {
    let mut builder = Builder { folded: String::with_capacity(text.len()), ..Builder::default() };
    let mut before = None;
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let run = plain_run(rest);
        if let Some(last) = run.chars().next_back() {
            builder.run(run, start);
            before = Some(last);
            start += run.len();
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        let end = start + c.len_utf8();
        match fold_char(c) {
            Fold::Nothing => {
                start = end;
                continue;
            }
            Fold::Space => builder.space(start, end),
            Fold::Char('-') => {
                let after = text.get(end..).and_then(|rest| rest.chars().next());
                let inside_word = [before, after].into_iter().all(|c| c.is_some_and(is_word_char));
                if inside_word { builder.space(start, end) } else { builder.char('-', start, end) }
            }
            Fold::Char(out) => builder.char(out, start, end),
        }
        before = Some(c);
        start = end;
    }
    builder.done(text.len())
}

/// What a text begins with and only its case can change: signs and letters of ASCII, with single blanks between them. Hyphens end it.
fn plain_run(text: &str) -> &str {
    let bytes = text.as_bytes();
    let plain = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b'!'..=b'~') && *byte != b'-');
    let mut end = 0;
    loop {
        if plain(end) {
            end += 1;
        } else if end > 0 && bytes.get(end) == Some(&b' ') && plain(end + 1) {
            end += 2;
        } else {
            return text.get(..end).unwrap_or_default();
        }
    }
}

/// The folded text so far.
#[derive(Default)]
pub(super) struct Builder {
    folded: String,
    pieces: Vec<Piece>,
    /// A run of white space that may go on: its span in the original.
    space: Option<(usize, usize)>,
}

impl Builder {
    pub(super) fn space(&mut self, start: usize, end: usize) {
        let first = self.space.map_or(start, |(first, _)| first);
        self.space = Some((first, end));
    }

    fn end_space(&mut self) {
        if let Some((start, end)) = self.space.take() {
            self.push(' ', start, end);
        }
    }

    pub(super) fn char(&mut self, c: char, start: usize, end: usize) {
        self.end_space();
        self.push(c, start, end);
    }

    /// Characters of ASCII that stay where they are, in lower case.
    fn run(&mut self, run: &str, start: usize) {
        self.end_space();
        let folded = self.folded.len();
        self.place(folded, start, false);
        self.folded.push_str(run);
        if let Some(run) = self.folded.get_mut(folded..) {
            run.make_ascii_lowercase();
        }
    }

    pub(super) fn done(mut self, original_len: usize) -> FoldedText {
        self.end_space();
        FoldedText::of(self.folded, original_len, self.pieces)
    }

    fn push(&mut self, c: char, start: usize, end: usize) {
        self.place(self.folded.len(), start, c.len_utf8() != end - start);
        self.folded.push(c);
    }

    /// What comes next stands at `folded` and came from `original`. A new piece is needed only where lengths differ, which makes it
    /// a block, or the distance between the two sides has changed.
    fn place(&mut self, folded: usize, original: usize, block: bool) {
        let goes_on = match self.pieces.last() {
            None => folded == original,
            Some(piece) => !piece.block && piece.original + (folded - piece.folded) == original,
        };
        if block || !goes_on {
            self.pieces.push(Piece { folded, original, block });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same without runs.
    fn fold_each(text: &str) -> FoldedText {
        let mut builder = Builder::default();
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        let mut before = None;
        for (at, (start, c)) in characters.iter().copied().enumerate() {
            let after = characters.get(at + 1).map(|(_, c)| *c);
            let end = start + c.len_utf8();
            match fold_char(c) {
                Fold::Nothing => continue,
                Fold::Char('-') if before.is_some_and(is_word_char) && after.is_some_and(is_word_char) => {
                    builder.space(start, end);
                }
                Fold::Space => builder.space(start, end),
                Fold::Char(out) => builder.char(out, start, end),
            }
            before = Some(c);
        }
        builder.done(text.len())
    }

    proptest! {
        #[test]
        fn words_of_a_stretch_are_as_many_when_all_are_known(
            text in "([a-c@#' é\\-]|don't|nova's| {1,2}|[a-z]{60}){0,24}", from in 0..80_usize, length in 0..90_usize,
        ) {
            let (unread, read) = (FoldedText::new(&text), FoldedText::new(&text));
            read.word_places();
            prop_assert_eq!(unread.words_begun(from, from + length), read.words_begun(from, from + length));
        }

        #[test]
        fn runs_fold_as_their_characters_do(text in "([aB -]|[ -~]{1,9}|[\\n\u{ad}’İßé🔥\u{300}\u{2011}\u{200b}]){0,12}") {
            let (one, other) = (fold_any(&text), fold_each(&text));
            prop_assert_eq!(&one.folded, &other.folded);
            prop_assert_eq!(&one.pieces, &other.pieces);
        }
    }
}

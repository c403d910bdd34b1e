//! How a phrase is written: words, `word*` for what begins so, `~2` for up to two words between.

use thiserror::Error;

use super::fold::FoldedText;
use super::words::is_word_char;

/// More words than this between two parts is no longer one phrase.
const MAX_GAP: usize = 9;

/// A phrase that cannot be searched for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhraseError {
    /// Nothing to search for.
    #[error("the phrase `{0}` is empty: write at least one word or sign")]
    Empty(String),
    /// `*` elsewhere than at the end of a word.
    #[error("`*` in `{0}` must stand right after the beginning of a word, such as `refund*`")]
    Star(String),
    /// `~` without a number, or at the edge, or twice in a row.
    #[error("`~` in `{0}` must stand between two words with a number from 1 to 9, such as `lost ~2 bag`")]
    Gap(String),
}

/// A phrase in parts: each a run of words, with at most `gap` words between it and the part before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// The last word of the part may go on.
    pub(super) prefix: bool,
    pub(super) gap: usize,
}

/// Whether `phrase` can be searched for.
///
/// # Errors
/// Why it cannot.
pub fn check(phrase: &str) -> Result<(), PhraseError> {
    parse(phrase).map(|_| ())
}

/// Reads a phrase. Returns at least one part.
pub(super) fn parse(phrase: &str) -> Result<Vec<Part>, PhraseError> {
    let folded = FoldedText::new(phrase);
    let mut parts: Vec<Part> = Vec::new();
    let mut open = Part { text: String::new(), prefix: false, gap: 0 };
    for word in folded.as_str().split_ascii_whitespace() {
        if let Some(number) = word.strip_prefix('~') {
            let gap = number.parse().ok().filter(|gap| (1..=MAX_GAP).contains(gap));
            let gap = gap.ok_or_else(|| PhraseError::Gap(phrase.into()))?;
            close(&mut parts, &mut open);
            if parts.is_empty() || open.gap > 0 {
                return Err(PhraseError::Gap(phrase.into()));
            }
            open.gap = gap;
            continue;
        }
        let stem = word.strip_suffix('*');
        let text = stem.unwrap_or(word);
        if text.contains('*') || stem.is_some_and(|stem| !stem.ends_with(is_word_char)) {
            return Err(PhraseError::Star(phrase.into()));
        }
        if !open.text.is_empty() {
            open.text.push(' ');
        }
        open.text.push_str(text);
        if stem.is_some() {
            open.prefix = true;
            close(&mut parts, &mut open);
        }
    }
    if open.gap > 0 && open.text.is_empty() {
        return Err(PhraseError::Gap(phrase.into()));
    }
    close(&mut parts, &mut open);
    if parts.is_empty() { Err(PhraseError::Empty(phrase.into())) } else { Ok(parts) }
}

fn close(parts: &mut Vec<Part>, open: &mut Part) {
    if !open.text.is_empty() {
        parts.push(std::mem::replace(open, Part { text: String::new(), prefix: false, gap: 0 }));
    }
}

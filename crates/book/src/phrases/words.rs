//! What a word is, and where one begins and ends.

use events::TextSpan;

use super::fold::FoldedText;

/// Letters, digits, `_`, and marks that sit on a letter.
pub(super) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether a phrase may begin at byte `at`: not inside a word, and a handle not inside an address (`info@nova.com`).
pub(super) fn may_start(text: &str, at: usize) -> bool {
    let (before, from) = split(text, at);
    let Some(first) = from.chars().next() else { return false };
    let Some(last) = before.chars().next_back() else {
        return true;
    };
    if is_word_char(first) {
        !is_word_char(last) && !inside_contraction(before, from, last)
    } else {
        !is_sign(first) || !is_word_char(last)
    }
}

/// Whether a phrase may end before byte `at`.
pub(super) fn may_end(text: &str, at: usize) -> bool {
    let (before, from) = split(text, at);
    let Some(last) = before.chars().next_back() else {
        return false;
    };
    let Some(next) = from.chars().next() else { return true };
    !is_word_char(last) || !(is_word_char(next) || (next == '\'' && contraction(from.get(1..).unwrap_or_default())))
}

/// The end of the word that byte `at` stands in, or `at` itself.
pub(super) fn word_end(text: &str, at: usize) -> usize {
    let (_, from) = split(text, at);
    let mut rest = from.char_indices();
    while let Some((offset, c)) = rest.next() {
        let goes_on = is_word_char(c) || (c == '\'' && offset > 0 && contraction(rest.as_str()));
        if !goes_on {
            return at + offset;
        }
    }
    text.len()
}

/// `@` and `#`, which belong to the word behind them.
fn is_sign(c: char) -> bool {
    matches!(c, '@' | '#')
}

fn inside_contraction(before: &str, from: &str, last: char) -> bool {
    let word_before = before.chars().rev().nth(1).is_some_and(is_word_char);
    last == '\'' && word_before && contraction(from)
}

/// Whether what stands behind an apostrophe belongs to the word before it: `don't`, `we've`, `i'm`; but not `nova's`, `l'avion`.
fn contraction(after: &str) -> bool {
    ["t", "re", "ve", "ll", "d", "m"].iter().any(|ending| {
        let rest = after.strip_prefix(ending);
        rest.is_some_and(|rest| !rest.chars().next().is_some_and(is_word_char))
    })
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// The words of a text, in order. See [`FoldedText::words`].
#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a FoldedText,
    at: usize,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a FoldedText) -> Self {
        Self { text, at: 0 }
    }

    /// The next word's place in the folded text.
    pub(super) fn next_range(&mut self) -> Option<(usize, usize)> {
        let folded = self.text.as_str();
        loop {
            let (_, rest) = split(folded, self.at);
            let start = self.at + rest.find(is_word_char)?;
            let end = word_end(folded, start);
            self.at = end;
            if possessive(folded, start, end) {
                continue;
            }
            let signed = start.checked_sub(1).filter(|sign| {
                let (_, from) = split(folded, *sign);
                from.starts_with(is_sign) && may_start(folded, *sign)
            });
            return Some((signed.unwrap_or(start), end));
        }
    }
}

/// Whether the word is the `s` of `nova's`.
fn possessive(text: &str, start: usize, end: usize) -> bool {
    let before = split(text, start).0;
    text.get(start..end) == Some("s") && before.strip_suffix('\'').is_some_and(|owner| owner.ends_with(is_word_char))
}

impl<'a> Iterator for Words<'a> {
    type Item = (TextSpan, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, end) = self.next_range()?;
        Some((self.text.span(start, end), self.text.as_str().get(start..end)?))
    }
}

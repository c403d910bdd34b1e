//! What a word is, and where one begins and ends.

use events::TextSpan;

use super::fold::FoldedText;

/// Letters, digits, `_`, and marks that sit on a letter.
pub(super) fn is_word_char(c: char) -> bool {
    if c.is_ascii() {
        return is_word_byte(c as u8);
    }
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

/// The same of ASCII: one look, for every byte of every text is asked.
pub(super) fn is_word_byte(byte: u8) -> bool {
    WORD_BYTES[byte as usize]
}

static WORD_BYTES: [bool; 256] = {
    let mut bytes = [false; 256];
    let mut at = 0;
    while at < 128 {
        bytes[at] = (at as u8).is_ascii_alphanumeric() || at as u8 == b'_';
        at += 1;
    }
    bytes
};

/// Whether a phrase may begin at byte `at`: not inside a word, and a handle not inside an address (`info@nova.com`).
#[inline]
pub(super) fn may_start(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(before), Some(first)) = (at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at)) else {
        return at < bytes.len();
    };
    // Mostly a letter behind a blank.
    if is_word_byte(*first) && before.is_ascii() && *before != b'\'' {
        return !is_word_byte(*before);
    }
    let (before, from) = split(text, at);
    let (Some(first), Some(last)) = (from.chars().next(), before.chars().next_back()) else { return false };
    if is_word_char(first) {
        !is_word_char(last) && !inside_contraction(before, from, last)
    } else {
        !is_sign(first) || !is_word_char(last)
    }
}

/// Whether a phrase may end before byte `at`.
#[inline]
pub(super) fn may_end(text: &str, at: usize) -> bool {
    // Mostly a blank behind a letter, or the rest of a word.
    if let (Some(last), Some(next)) =
        (at.checked_sub(1).and_then(|at| text.as_bytes().get(at)), text.as_bytes().get(at))
        && is_word_byte(*last)
        && next.is_ascii()
        && *next != b'\''
    {
        return !is_word_byte(*next);
    }
    let (before, from) = split(text, at);
    let Some(last) = before.chars().next_back() else {
        return false;
    };
    let Some(next) = from.chars().next() else { return true };
    !is_word_char(last) || !(is_word_char(next) || (next == '\'' && contraction(from.get(1..).unwrap_or_default())))
}

/// The end of the word that byte `at` stands in, or `at` itself.
pub(super) fn word_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(byte) = bytes.get(end) {
        end += match byte {
            byte if is_word_byte(*byte) => 1,
            b'\'' if end > at && contraction(split(text, end + 1).1) => 1,
            byte if byte.is_ascii() => break,
            _ => match wide(text, end).filter(|c| is_word_char(*c)) {
                Some(c) => c.len_utf8(),
                None => break,
            },
        };
    }
    end
}

/// Where the next word begins, at `at` or behind it.
fn word_start(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = at;
    loop {
        let byte = bytes.get(start)?;
        start += match byte {
            byte if is_word_byte(*byte) => return Some(start),
            byte if byte.is_ascii() => 1,
            _ => match wide(text, start)? {
                c if is_word_char(c) => return Some(start),
                c => c.len_utf8(),
            },
        };
    }
}

/// The character at `at`; most are ASCII and need not be read so.
fn wide(text: &str, at: usize) -> Option<char> {
    split(text, at).1.chars().next()
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

/// Where the words of a folded text stand in it, in order.
pub(super) fn find_words(folded: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::with_capacity(folded.len() / 5 + 1);
    words.extend(words_from(folded, 0));
    words
}

/// The same of those that begin at byte `at` or behind it, where no word may go on.
pub(super) fn words_from(folded: &str, mut at: usize) -> impl Iterator<Item = (usize, usize)> {
    std::iter::from_fn(move || {
        loop {
            let start = word_start(folded, at)?;
            at = word_end(folded, start);
            if possessive(folded, start, at) {
                continue;
            }
            let sign = start.checked_sub(1).filter(|sign| matches!(folded.as_bytes().get(*sign), Some(b'@' | b'#')));
            return Some((sign.filter(|sign| may_start(folded, *sign)).unwrap_or(start), at));
        }
    })
}

/// The words of a text, in order. See [`FoldedText::words`].
#[derive(Debug, Clone)]
pub struct Words<'a> {
    pub(super) text: &'a FoldedText,
    pub(super) places: std::slice::Iter<'a, (usize, usize)>,
}

/// Whether the word is the `s` of `nova's`.
fn possessive(text: &str, start: usize, end: usize) -> bool {
    if end != start + 1 || text.as_bytes().get(start) != Some(&b's') {
        return false;
    }
    let before = split(text, start).0;
    before.strip_suffix('\'').is_some_and(|owner| owner.ends_with(is_word_char))
}

impl<'a> Iterator for Words<'a> {
    type Item = (TextSpan, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (start, end) = *self.places.next()?;
        Some((self.text.span(start, end), self.text.as_str().get(start..end)?))
    }
}

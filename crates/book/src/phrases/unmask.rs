//! Words that are written so that nobody finds them, as they are meant: `b0mb`, `k i l l`, letters of other scripts that look like Latin ones.
//!
//! Only what is written so is touched; most texts are not, and cost one pass over their bytes. Invariant: spans lie in the original.

use super::fold::{Builder, Fold, FoldedText, fold_char};
use super::words::is_word_char;

/// Fewer single letters in a row than this are no word that was pulled apart: "plan b or c".
const FEWEST_LETTERS: usize = 3;

impl FoldedText {
    /// The text with masked words as they are meant; `None` where no word is masked.
    pub fn unmasked(text: &str) -> Option<Self> {
        if !is_masked(text) {
            return None;
        }
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        let mut builder = Builder::default();
        let mut at = 0;
        while let Some((start, c)) = characters.get(at).copied() {
            if let Some(letters) = pulled_apart(&characters, at) {
                for letter in letters.step_by(2) {
                    if let Some((start, c)) = characters.get(letter).copied() {
                        builder.char(meant(c).to_ascii_lowercase(), start, start + c.len_utf8());
                        at = letter + 1;
                    }
                }
                continue;
            }
            at += 1;
            let end = start + c.len_utf8();
            let out = if between_letters(text.as_bytes(), start) { digit(c).unwrap_or(c) } else { c };
            let out = if mixed(text, start, out) { meant(out) } else { out };
            match fold_char(out) {
                _ if hides(c) => {}
                Fold::Nothing => {}
                Fold::Space => builder.space(start, end),
                Fold::Char(out) => builder.char(out, start, end),
            }
        }
        Some(builder.done(text.len()))
    }
}

/// What a byte may have to do with a masked word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Ordinary,
    /// A digit or sign that is written for a letter.
    Sign,
    /// It parts letters.
    Parting,
    /// The first or a further byte of a character that is not ASCII.
    Wide,
}

static BYTES: [Byte; 256] = {
    let mut bytes = [Byte::Wide; 256];
    let mut at = 0;
    while at < 128 {
        let c = at as u8 as char;
        bytes[at] = match (digit(c), parts(c)) {
            (Some(_), _) => Byte::Sign,
            (None, true) => Byte::Parting,
            (None, false) => Byte::Ordinary,
        };
        at += 1;
    }
    bytes
};

/// Whether any word of a text is masked. One pass, in which a byte of an ordinary word costs one look.
fn is_masked(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| match BYTES[usize::from(*byte)] {
        Byte::Ordinary => false,
        Byte::Sign => between_letters(bytes, at),
        Byte::Parting => {
            // Behind most blanks stands a word of more letters than one.
            let letter = bytes.get(at + 1).is_some_and(|next| !next.is_ascii() || bytes.get(at + 2) == Some(byte));
            letter && parts_letters(text, at, char::from(*byte))
        }
        Byte::Wide => text.get(at..).and_then(|from| from.chars().next()).is_some_and(|c| {
            hides(c) || (meant(c) != c && mixed(text, at, c)) || (parts(c) && parts_letters(text, at, c))
        }),
    })
}

/// Whether the first two of at least three single letters stand around the parting at `at`: `k i l l`.
fn parts_letters(text: &str, at: usize, parting: char) -> bool {
    let Some((before, from)) = text.split_at_checked(at) else { return false };
    let (mut before, mut behind) = (before.chars().rev(), from.chars().skip(1));
    before.next().is_some_and(char::is_alphabetic)
        && before.next().is_none_or(|c| !is_word_char(c))
        && !is_word_char(parting)
        && behind.next().is_some_and(char::is_alphabetic)
        && behind.next() == Some(parting)
        && behind.next().is_some_and(char::is_alphabetic)
        && behind.next().is_none_or(|c| !is_word_char(c))
}

/// What parts the letters of a word that was pulled apart.
const fn parts(c: char) -> bool {
    matches!(c, ' ' | '.' | '-' | '_' | '*' | '\u{b7}')
}

/// The letters, every second place, of a word that was pulled apart and begins at `at`.
fn pulled_apart(characters: &[(usize, char)], at: usize) -> Option<std::ops::Range<usize>> {
    let of = |at: usize| characters.get(at).map(|(_, c)| *c);
    let alone = at.checked_sub(1).and_then(of).is_none_or(|before| !is_word_char(before));
    let parting = of(at + 1).filter(|c| parts(*c))?;
    if !alone || !of(at)?.is_alphabetic() {
        return None;
    }
    let mut last = at;
    while of(last + 1) == Some(parting)
        && of(last + 2).is_some_and(char::is_alphabetic)
        && of(last + 3).is_none_or(|next| !is_word_char(next))
    {
        last += 2;
    }
    ((last - at) / 2 + 1 >= FEWEST_LETTERS).then_some(at..last + 1)
}

/// Whether the sign at `at` has a letter before it and one behind it, with at most two more signs on each side: `k1ll`, `sh00t`.
fn between_letters(bytes: &[u8], at: usize) -> bool {
    let sign = |byte: &u8| BYTES[usize::from(*byte)] == Byte::Sign;
    let letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let Some((before, from)) = bytes.split_at_checked(at) else { return false };
    from.first().is_some_and(sign)
        && letter(before.iter().rev().take(3).find(|byte| !sign(byte)))
        && letter(from.iter().take(4).find(|byte| !sign(byte)))
}

/// The letter that a digit or sign is written for.
const fn digit(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}

/// Whether `c`, which stands at `at`, only looks Latin and has a Latin letter in the same word, a few places away at most.
fn mixed(text: &str, at: usize, c: char) -> bool {
    if c.is_ascii() || meant(c) == c {
        return false;
    }
    let Some((before, from)) = text.split_at_checked(at) else { return false };
    let latin = |c: char| c.is_ascii_alphabetic();
    before.chars().rev().take(8).take_while(|c| is_word_char(*c)).any(latin)
        || from.chars().skip(1).take(8).take_while(|c| is_word_char(*c)).any(latin)
}

/// Marks that hide a word: joiners and spaces of no width inside it, and marks heaped on its letters.
const fn hides(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' | '\u{489}')
}

/// The Latin letter that another one looks like.
const fn meant(c: char) -> char {
    match c {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'в' | 'В' | 'Β' | 'ь' => 'b',
        'с' | 'С' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'Е' | 'ё' | 'Ε' | 'ε' => 'e',
        'һ' | 'Н' | 'н' | 'Η' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' => 'i',
        'ј' | 'Ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'ӏ' | 'Ӏ' => 'l',
        'м' | 'М' | 'Μ' => 'm',
        'п' | 'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'օ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' => 'y',
        'Ζ' => 'z',
        '\u{ff21}'..='\u{ff3a}' => ascii(c, 0xff21, b'a'),
        '\u{ff41}'..='\u{ff5a}' => ascii(c, 0xff41, b'a'),
        other => other,
    }
}

const fn ascii(c: char, first: u32, letter: u8) -> char {
    (letter + (c as u32 - first) as u8) as char
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        FoldedText::unmasked(text).map(|folded| folded.as_str().to_owned())
    }

    #[test]
    fn masked_words_are_read_as_they_are_meant() {
        for (text, meant) in [
            ("a b0mb in T2", "a bomb in t2"),
            ("I will k1ll you", "i will kill you"),
            ("gonna sh00t", "gonna shoot"),
            ("k i l l them", "kill them"),
            ("K.I.L.L them", "kill them"),
            ("b\u{200b}o\u{200b}mb", "bomb"),
            ("bоmb", "bomb"),
            ("k\u{336}i\u{336}l\u{336}l\u{336}", "kill"),
        ] {
            assert_eq!(read(text).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn ordinary_texts_have_no_masked_words() {
        for text in ["flight SK123 at gate B12", "plan a or b", "4pm on the 2nd", "мой банк", "10am, 2 kids", "é è"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_masked_word_knows_where_it_stands() {
        let text = "so k i l l bо\u{200b}mb";
        let folded = FoldedText::unmasked(text).unwrap();
        let words: Vec<&str> =
            folded.words().filter_map(|(span, _)| text.get(span.start as usize..span.end as usize)).collect();
        assert_eq!(words, ["so", "k i l l", "bо\u{200b}mb"]);
    }

    proptest! {
        #[test]
        fn spans_lie_on_characters_of_any_text(text in any::<String>()) {
            if let Some(folded) = FoldedText::unmasked(&text) {
                for (span, _) in folded.words() {
                    prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
                }
            }
        }
    }
}

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
        if text.is_ascii() && !may_be_masked(text.as_bytes()) {
            return None;
        }
        let characters: Vec<(usize, char)> = text.char_indices().collect();
        let mut builder = Builder::default();
        let mut masked = false;
        let mut at = 0;
        while let Some((start, c)) = characters.get(at).copied() {
            let end = characters.get(at + 1).map_or(text.len(), |(next, _)| *next);
            if let Some(letters) = pulled_apart(&characters, at) {
                masked = true;
                for letter in letters.step_by(2) {
                    if let Some((start, c)) = characters.get(letter).copied() {
                        builder.char(meant(c).to_ascii_lowercase(), start, start + c.len_utf8());
                        at = letter + 1;
                    }
                }
                continue;
            }
            at += 1;
            let out = if between_letters(&characters, at - 1) { digit(c).unwrap_or(c) } else { c };
            let out = if mixed(&characters, at - 1) { meant(out) } else { out };
            masked |= out != c;
            match fold_char(out) {
                _ if hides(c) => masked = true,
                Fold::Nothing => {}
                Fold::Space => builder.space(start, end),
                Fold::Char(out) => builder.char(out, start, end),
            }
        }
        masked.then(|| builder.done(text.len()))
    }
}

/// Whether a digit or a sign stands between letters, or single letters stand in a row. ASCII only.
fn may_be_masked(bytes: &[u8]) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic();
    let inside =
        bytes.windows(3).any(|three| matches!(three, [a, b, _] if letter(*a) && digit(char::from(*b)).is_some()));
    inside
        || bytes.windows(5).any(|five| {
            matches!(five, [a, b, c, d, e] if letter(*a) && parts(char::from(*b)) && letter(*c) && b == d && letter(*e))
        })
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

/// Whether a letter stands before and, after more of such signs, behind: `k1ll`, `sh00t`.
fn between_letters(characters: &[(usize, char)], at: usize) -> bool {
    let sign = |c: char| digit(c).is_some();
    let near = |mut rest: Box<dyn Iterator<Item = char> + '_>| {
        rest.find(|c| !sign(*c)).is_some_and(|c| c.is_ascii_alphabetic())
    };
    let (before, behind) = characters.split_at_checked(at).unwrap_or_default();
    characters.get(at).is_some_and(|(_, c)| sign(*c))
        && near(Box::new(before.iter().rev().take(3).map(|(_, c)| *c)))
        && near(Box::new(behind.iter().take(4).map(|(_, c)| *c)))
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

/// Whether a letter that only looks Latin has a Latin one right beside it.
fn mixed(characters: &[(usize, char)], at: usize) -> bool {
    let of = |at: usize| characters.get(at).map(|(_, c)| *c);
    if of(at).is_none_or(|c| c.is_ascii() || meant(c) == c) {
        return false;
    }
    // Look along the word for a letter of ASCII, a few places only.
    let along = |step: isize| {
        (1..=8).map_while(move |far| at.checked_add_signed(step * far).and_then(of).filter(|c| is_word_char(*c)))
    };
    along(-1).chain(along(1)).any(|c| c.is_ascii_alphabetic())
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

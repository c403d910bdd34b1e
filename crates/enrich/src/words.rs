//! Words of a text that tell it from others: the terms of a tally, and the hash that copies share.

use book::phrases::{FoldedText, is_stopword};
use xxhash_rust::xxh3::xxh3_64;

/// Terms taken of one mention.
const TERMS: usize = 6;
/// A text of fewer words is no copy of another.
const FEWEST_WORDS: usize = 5;

/// What a text says, in a form that many mentions can share.
#[derive(Debug, Default)]
pub(crate) struct Words<'a> {
    /// Informative words and hashtags, lower case, each once, in order.
    pub(crate) terms: Vec<&'a str>,
    /// xxh3 of the words without addresses, handles and signs; `None` for a text too short to say.
    pub(crate) copied_text: Option<i64>,
    /// How many these are.
    pub(crate) count: usize,
}

/// The words of a text; `is_name` tells words that name a brand, which say nothing new.
pub(crate) fn words<'a>(text: &'a FoldedText, is_name: impl Fn(&str) -> bool) -> Words<'a> {
    let mut terms: Vec<&str> = Vec::with_capacity(TERMS);
    let mut said = String::with_capacity(text.as_str().len() + 1);
    let mut count = 0;
    for (token, spelling) in tokens(text.as_str()) {
        let Some((bare, word)) = parts(token, spelling) else { continue };
        count += 1;
        let spelling = if spelling == Spelling::Mixed { Spelling::of(word) } else { spelling };
        match spelling {
            Spelling::Letters | Spelling::Alphanumeric => said.push_str(word),
            Spelling::Mixed => said.extend(word.chars().filter(|c| c.is_alphanumeric())),
        }
        said.push(' ');
        if terms.len() < TERMS && informs(bare, word, spelling) && !is_name(bare) && !terms.contains(&bare) {
            terms.push(bare);
        }
    }
    Words { terms, copied_text: (count >= FEWEST_WORDS).then(|| xxh3_64(said.as_bytes()) as i64), count }
}

/// What stands between white space of ASCII, each with its spelling: both in one pass over the bytes.
fn tokens(text: &str) -> impl Iterator<Item = (&str, Spelling)> {
    let bytes = text.as_bytes();
    let kind = |at: usize| bytes.get(at).map(|byte| KINDS[usize::from(*byte)]);
    let mut at = 0;
    std::iter::from_fn(move || {
        while kind(at)? == SPACE {
            at += 1;
        }
        let (start, mut kinds) = (at, 0);
        while let Some(kind) = kind(at).filter(|kind| *kind != SPACE) {
            kinds |= kind;
            at += 1;
        }
        Some((text.get(start..at)?, Spelling::of_kinds(kinds)))
    })
}

/// A token without the signs around it, and the same without `#`; `None` where it is a handle, an address, or nothing but signs.
fn parts(token: &str, spelling: Spelling) -> Option<(&str, &str)> {
    // Letters and digits have no signs around them.
    if spelling != Spelling::Mixed {
        return (!token.starts_with("http") && token != "rt").then_some((token, token));
    }
    let bare = token.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@' && c != '#');
    if bare.starts_with('@') || bare.starts_with("http") || bare.starts_with("www.") || bare == "rt" {
        return None;
    }
    let bare = bare.trim_end_matches(|c: char| !c.is_alphanumeric());
    let word = bare.trim_start_matches('#');
    (!word.is_empty()).then_some((bare, word))
}

/// What the bytes of a word tell without a look at its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Letters of ASCII.
    Letters,
    /// Letters and digits of ASCII.
    Alphanumeric,
    /// Something else too.
    Mixed,
}

impl Spelling {
    fn of(word: &str) -> Self {
        Self::of_kinds(word.bytes().fold(0, |kinds, byte| kinds | KINDS[usize::from(byte)]))
    }

    /// Of all kinds that the bytes of a word are.
    const fn of_kinds(kinds: u8) -> Self {
        match kinds {
            LETTER => Self::Letters,
            kinds if kinds & (OTHER | SPACE) == 0 => Self::Alphanumeric,
            _ => Self::Mixed,
        }
    }
}

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const OTHER: u8 = 4;
const SPACE: u8 = 8;

/// What each byte is.
static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphabetic() {
            kinds[byte] = LETTER;
        } else if (byte as u8).is_ascii_digit() {
            kinds[byte] = DIGIT;
        } else if (byte as u8).is_ascii_whitespace() {
            kinds[byte] = SPACE;
        }
        byte += 1;
    }
    kinds
};

/// Whether a word says what a mention is about: a hashtag, or four letters and more that are not in every sentence.
fn informs(bare: &str, word: &str, spelling: Spelling) -> bool {
    let (letters, four) = match spelling {
        Spelling::Letters => (true, word.len() >= 4),
        Spelling::Alphanumeric => (false, false),
        Spelling::Mixed => (word.chars().all(char::is_alphabetic), word.chars().nth(3).is_some()),
    };
    letters && word.len() <= 40 && (bare.starts_with('#') || (four && !is_stopword(word)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn tokens_are_what_stands_between_white_space_and_those_of_letters_and_digits_have_no_other_parts(
            text in "([a-c]{1,3}|rt|http|[A1é#@.,🔥\\x0b-]|[ \\t\\n]){0,30}",
        ) {
            let all: Vec<(&str, Spelling)> = tokens(&text).collect();
            let expected: Vec<(&str, Spelling)> =
                text.split_ascii_whitespace().map(|token| (token, Spelling::of(token))).collect();
            prop_assert_eq!(&all, &expected);
            for (token, spelling) in all {
                prop_assert_eq!(parts(token, spelling), parts(token, Spelling::Mixed), "{}", token);
            }
        }
    }

    fn of(text: &str) -> (Vec<String>, Option<i64>) {
        let folded = FoldedText::new(text);
        let words = words(&folded, |word| word == "skyline");
        (words.terms.iter().map(|term| (*term).to_owned()).collect(), words.copied_text)
    }

    #[test]
    fn terms_are_words_and_hashtags_but_no_handles_numbers_addresses_and_names() {
        let (terms, _) = of(
            "@SkylineAir Skyline lost my LUGGAGE, luggage! flight 204 #NeverAgain https://x.example/luggage/1 bag4 because",
        );
        assert_eq!(terms, ["lost", "luggage", "flight", "#neveragain"]);
    }

    #[test]
    fn copies_share_a_hash_whatever_their_handles_addresses_and_case() {
        let one = of("Check-out is at 10 am now, unbelievable! https://t.example/1").1;
        assert!(one.is_some());
        assert_eq!(one, of("RT @jo: check-out is at 10 AM now – unbelievable… https://t.example/2").1);
        assert_ne!(one, of("check-out is at 11 am now unbelievable").1);
        assert_eq!(of("far too short this").1, None);
    }
}

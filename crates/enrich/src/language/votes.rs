//! What the little words and letters of a text say of its language: each votes, the less the more languages have it.
//!
//! The words are this project's own list (`words/little.txt`). No matter of statistics: a vote can be read off the text.

use super::little::{LONGEST, Little, Shares, TAGS, key};

/// Languages whose letters look like those of others to the detector: a smaller lead overrules it.
const RARE: [&str; 5] = ["nl", "sv", "tr", "vi", "ko"];
/// Lead of votes that overrules the detector, and that overrules it for a rare language.
const LEAD: f64 = 0.75;
const LEAD_OVER_RARE: f64 = 0.45;
/// Votes, and their lead, that tell the language of a text of few letters.
const CLEAR: f64 = 0.5;
const CLEAR_LEAD: f64 = 0.2;
/// Words that are looked at.
const MOST_WORDS: usize = 40;
/// Letters, none of them of ASCII, and the vote that each gives to a language.
const LETTERS: [(&str, &str, f64); 7] = [
    ("pt", "ãõ", 1.0),
    ("es", "ñ¿¡", 1.0),
    ("sv", "å", 1.0),
    ("tr", "ğış", 1.0),
    ("de", "ßäöü", 0.5),
    ("fr", "œêèàùûëïç", 0.5),
    ("it", "ìòù", 0.5),
];
/// The place of English among the languages.
const ENGLISH: usize = 0;

/// The votes for each language.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Votes([f64; TAGS.len()]);

impl Votes {
    /// The votes of a text.
    pub(super) fn of(text: &str) -> Self {
        if text.is_ascii() { Self::of_ascii(text.as_bytes()) } else { Self::of_any(text) }
    }

    /// The same where every letter is a byte: words are put together as keys in the pass that finds them.
    fn of_ascii(text: &[u8]) -> Self {
        let little = Little::words();
        let mut votes = Self::default();
        let mut words = 0;
        let mut word = Word::default();
        for byte in text {
            match LOWER[usize::from(*byte)] {
                0 if *byte == b'\'' => word.apostrophes += 1,
                0 if word.is_empty() => {}
                0 => {
                    votes.add_word(&word, little);
                    word = Word::default();
                    words += 1;
                    if words == MOST_WORDS {
                        return votes;
                    }
                }
                letter => word.push(letter),
            }
        }
        votes.add_word(&word, little);
        votes
    }

    fn add_word(&mut self, word: &Word, little: &Little) {
        if (1..=LONGEST).contains(&word.length)
            && let Some(shares) = little.shares(word.key)
        {
            self.add(shares);
        }
    }

    fn of_any(text: &str) -> Self {
        let little = Little::words();
        let mut votes = Self::default();
        let lower = text.to_lowercase().replace('\u{2019}', "'");
        let words = lower.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| !word.is_empty());
        for word in words.take(MOST_WORDS) {
            if let Some(shares) = key(word.trim_matches('\'')).and_then(|key| little.shares(key)) {
                votes.add(shares);
            }
        }
        if !lower.is_ascii() {
            votes.add_letters(&lower);
        }
        votes
    }

    fn add(&mut self, shares: &Shares) {
        self.0.iter_mut().zip(shares).for_each(|(votes, share)| *votes += share);
    }

    /// Letters that few languages have: each of the first three gives its language a vote, or half of one.
    fn add_letters(&mut self, lower: &str) {
        let mut counts = [0_u8; LETTERS.len()];
        for c in lower.chars().filter(|c| !c.is_ascii()) {
            for (count, (_, letters, _)) in counts.iter_mut().zip(LETTERS) {
                *count += u8::from(*count < 3 && letters.contains(c));
            }
        }
        for (count, (tag, _, weight)) in counts.iter().zip(LETTERS) {
            if let Some(votes) = TAGS.iter().position(|known| *known == tag).and_then(|at| self.0.get_mut(at)) {
                *votes += weight * f64::from(*count);
            }
        }
    }

    /// The language that a text of few letters tells clearly.
    pub(super) fn clear(&self) -> Option<&'static str> {
        let (best, most) = self.largest();
        TAGS.get(best).copied().filter(|_| most >= CLEAR && most > self.largest_but(best) + CLEAR_LEAD)
    }

    /// Whether English leads over every other language by so much that it overrules the detector, whatever that says.
    pub(super) fn are_english(&self) -> bool {
        let [english, ..] = self.0;
        english - self.largest_but(ENGLISH) >= LEAD
    }

    /// What the detector says, unless the votes for another language lead.
    pub(super) fn overrule(&self, detected: &'static str) -> &'static str {
        let (best, most) = self.largest();
        let own =
            TAGS.iter().position(|tag| *tag == detected).and_then(|at| self.0.get(at)).copied().unwrap_or_default();
        let lead = if RARE.contains(&detected) { LEAD_OVER_RARE } else { LEAD };
        if most - own >= lead { TAGS.get(best).copied().unwrap_or(detected) } else { detected }
    }

    fn largest(&self) -> (usize, f64) {
        self.0.iter().enumerate().fold((0, 0.0), |best, (at, votes)| if *votes > best.1 { (at, *votes) } else { best })
    }

    fn largest_but(&self, but: usize) -> f64 {
        self.0.iter().enumerate().filter(|(at, _)| *at != but).map(|(_, votes)| *votes).fold(0.0, f64::max)
    }
}

/// A word of ASCII on its way: its key, without the apostrophes around it.
#[derive(Debug, Default)]
struct Word {
    key: u128,
    length: usize,
    /// Those that came last, and belong to it when a letter follows.
    apostrophes: usize,
}

impl Word {
    const fn is_empty(&self) -> bool {
        self.length == 0 && self.apostrophes == 0
    }

    fn push(&mut self, letter: u8) {
        if self.apostrophes > 0 {
            let inside = if self.length > 0 { self.apostrophes } else { 0 };
            (0..inside).for_each(|_| self.add(b'\''));
            self.apostrophes = 0;
        }
        self.add(letter);
    }

    const fn add(&mut self, byte: u8) {
        self.key = self.key << 8 | byte as u128;
        self.length += 1;
    }
}

/// Each letter of ASCII in lower case; 0 for what is none.
static LOWER: [u8; 256] = {
    let mut lower = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphabetic() {
            lower[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    lower
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn little_words_overrule_letters_and_few_letters_can_be_clear() {
        assert_eq!(Votes::of("tô chorando demais com isso").overrule("it"), "pt");
        assert_eq!(Votes::of("the gate is closed").overrule("en"), "en");
        assert_eq!(Votes::of("xylem qwerty").overrule("vi"), "vi");
        assert_eq!(Votes::of("nicht gut").clear(), Some("de"));
        assert_eq!(Votes::of("lol ok").clear(), None);
        assert!(Votes::of("the gate was closed and nobody is there").are_english());
        assert!(!Votes::of("der Flug ist weg").are_english());
        assert_eq!(TAGS[ENGLISH], "en");
        assert!(LETTERS.iter().all(|(tag, letters, _)| TAGS.contains(tag) && letters.chars().all(|c| !c.is_ascii())));
    }

    proptest! {
        #[test]
        fn words_of_ascii_vote_as_those_of_any_text(
            text in "([a-zA-Z']{0,13}|it's|Don't|'the'|AND|i'm|they're|c'est|[ .,_0-9'-]{1,3}|dell'){0,60}",
            spaces in proptest::bool::ANY,
        ) {
            let text = if spaces { text.replace(['_', '-'], " the ") } else { text };
            prop_assert_eq!(Votes::of_ascii(text.as_bytes()), Votes::of_any(&text));
        }
    }
}

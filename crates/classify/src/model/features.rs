//! `ng-v1`: tokens as rows of the table: words, pairs of words, and pieces of words of three to five characters, all by hash.
//!
//! A row that occurs twice counts twice. Frozen: a change is `ng-v2`, and needs other weights.

use super::characters::{Character, characters};
use super::tokens::{Kind, Token, tokens};

/// Where the hash of each kind of feature starts.
const WORD: u64 = 0x243f_6a88_85a3_08d3;
const PAIR: u64 = 0x1319_8a2e_0370_7344;
const PIECE: u64 = 0xa409_3822_299f_31d0;
const FLAG: u64 = 0x082e_fa98_ec4e_6c89;
/// Where the hash of what is no part of the text starts.
const NAMED: u64 = 0x13f8_4d6e_9a1b_c507;
/// The token before the first and behind the last.
const EDGE: u64 = 0x4528_21e6_38d0_1377;
/// Pieces are taken of so many characters of a word.
const LONGEST_WORD: usize = 40;
const SHORTEST_PIECE: usize = 3;
const LONGEST_PIECE: usize = 5;

/// A feature of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Feature {
    /// The hash; its low bits are the row.
    pub(crate) hash: u64,
    /// Bytes of the text that it was read from, widened to whole tokens.
    pub(crate) span: (u32, u32),
}

/// Room to work in, kept from text to text.
#[derive(Debug, Default)]
pub(crate) struct Room {
    characters: Vec<Character>,
    word: Vec<char>,
}

/// Reads the features of `text`.
pub(crate) fn features(text: &str, room: &mut Room, mut each: impl FnMut(Feature)) {
    characters(text, &mut room.characters);
    let mut before = (EDGE, 0);
    let (mut shouted, mut last) = (0_u64, 0);
    tokens(&room.characters, &mut room.word, |token| {
        let Token { text, span, .. } = token;
        let word = text.iter().fold(WORD, |hash, c| fold(hash, u64::from(*c)));
        each(Feature { hash: finish(word), span });
        each(Feature { hash: finish(fold(fold(PAIR, before.0), word)), span: (before.1, span.1) });
        before = (word, span.0);
        last = span.1;
        match token.kind {
            Kind::Word => pieces(text, span, &mut each),
            Kind::Hashtag => pieces(text.get(1..).unwrap_or_default(), span, &mut each),
            Kind::Stand | Kind::Mark => {}
        }
        if token.elongated {
            each(Feature { hash: finish(fold(FLAG, 1)), span });
        }
        shouted += u64::from(token.shouted);
    });
    if before.0 != EDGE {
        each(Feature { hash: finish(fold(fold(PAIR, before.0), EDGE)), span: (before.1, last) });
    }
    if shouted > 0 {
        each(Feature { hash: finish(fold(FLAG, if shouted >= 3 { 3 } else { 2 })), span: (0, last) });
    }
}

/// Pieces of a word between two blanks.
fn pieces(word: &[char], span: (u32, u32), each: &mut impl FnMut(Feature)) {
    let word = word.get(..LONGEST_WORD).unwrap_or(word);
    let mut padded = [u64::from(' '); LONGEST_WORD + 2];
    for (place, c) in padded.iter_mut().skip(1).zip(word) {
        *place = u64::from(*c);
    }
    let padded = padded.get(..word.len() + 2).unwrap_or_default();
    for start in 0..padded.len().saturating_sub(SHORTEST_PIECE - 1) {
        let mut hash = PIECE;
        let from = padded.get(start..).unwrap_or_default();
        for (taken, value) in from.iter().take(LONGEST_PIECE).enumerate() {
            hash = fold(hash, *value);
            if taken + 1 >= SHORTEST_PIECE {
                each(Feature { hash: finish(hash), span });
            }
        }
    }
}

/// The hash of a row that has a name of several parts instead of a place in the text.
pub(super) fn named(parts: &[&str]) -> u64 {
    let part = |hash, part: &&str| part.chars().fold(fold(hash, EDGE), |hash, c| fold(hash, u64::from(c)));
    finish(parts.iter().fold(NAMED, part))
}

const fn fold(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<Feature> {
        let mut found = Vec::new();
        features(text, &mut Room::default(), |feature| found.push(feature));
        found
    }

    #[test]
    fn a_text_has_its_words_pairs_and_pieces() {
        // Two words, three pairs with the edges, and of " so " and " late " 2 + 1 and 4 + 3 + 2 pieces.
        assert_eq!(read("so late").len(), 2 + 3 + 3 + 9);
        // A handle has no pieces.
        assert_eq!(read("@nova").len(), 1 + 2);
        assert!(read("").is_empty() && read(" \n").is_empty());
    }

    #[test]
    fn the_hashes_are_frozen() {
        let sum = |text: &str| read(text).iter().fold(0_u64, |sum, feature| sum.rotate_left(7) ^ feature.hash);
        assert_eq!(sum("My card was eaten AGAIN!!! @TernBank \u{1f621} #fail"), FROZEN);
    }
    const FROZEN: u64 = 17_862_390_740_166_696_174;

    #[test]
    fn writing_that_means_the_same_has_the_same_features() {
        let hashes = |text: &str| read(text).into_iter().map(|feature| feature.hash).collect::<Vec<_>>();
        assert_eq!(hashes("Don\u{2019}t  WORRY"), hashes("don't WORRY"));
        assert_eq!(hashes("see http://a.example now"), hashes("see https://b.example/c now"));
        assert_eq!(hashes("b\u{200b}omb"), hashes("bomb"));
        assert_ne!(hashes("late"), hashes("LATE"), "shouting is a flag");
    }

    proptest! {
        #[test]
        fn every_text_is_read_and_spans_lie_on_its_characters(text in any::<String>()) {
            for feature in read(&text) {
                let (start, end) = (feature.span.0 as usize, feature.span.1 as usize);
                prop_assert!(text.get(start..end).is_some(), "{start}..{end}");
            }
        }
    }
}

//! The little words of nine languages, each with the vote it gives: found by the bytes of the word, without its text.

use std::collections::BTreeMap;
use std::sync::OnceLock;

const WORDS: &str = include_str!("../../words/little.txt");
/// The languages of the list.
pub(super) const TAGS: [&str; 9] = ["en", "de", "fr", "it", "es", "pt", "nl", "sv", "tr"];
/// Bytes of the longest word; a test holds it against the list.
pub(super) const LONGEST: usize = 11;
/// More than twice as many as there are words, so that most are found at the first look.
const PLACES: usize = 2048;

/// What a word gives to each language: 1 in all, in equal shares to those that have it.
pub(super) type Shares = [f64; TAGS.len()];

/// The words of the list.
#[derive(Debug)]
pub(super) struct Little {
    /// The key of each word at its place or the next free one behind it; 0 where none is.
    keys: Box<[u128; PLACES]>,
    /// Which shares each has.
    shares_of: Box<[u8; PLACES]>,
    /// One for each set of languages that have a word in common.
    shares: Vec<Shares>,
}

impl Little {
    /// The list, read when first asked for.
    pub(super) fn words() -> &'static Self {
        static LITTLE: OnceLock<Little> = OnceLock::new();
        LITTLE.get_or_init(Self::read)
    }

    fn read() -> Self {
        let mut words: BTreeMap<u128, u16> = BTreeMap::new();
        for line in WORDS.lines() {
            let Some((tag, of_tag)) = line.split_once(": ") else { continue };
            let Some(at) = TAGS.iter().position(|known| *known == tag) else { continue };
            for key in of_tag.split_ascii_whitespace().filter_map(key) {
                *words.entry(key).or_default() |= 1 << at;
            }
        }
        let mut sets: Vec<u16> = words.values().copied().collect();
        sets.sort_unstable();
        sets.dedup();
        let mut little = Self {
            keys: Box::new([0; PLACES]),
            shares_of: Box::new([0; PLACES]),
            shares: sets.iter().map(|languages| shares(*languages)).collect(),
        };
        for (key, languages) in words {
            let mut place = place(key);
            while little.keys[place] != 0 {
                place = (place + 1) % PLACES;
            }
            little.keys[place] = key;
            little.shares_of[place] = sets.binary_search(&languages).unwrap_or_default() as u8;
        }
        little
    }

    /// What the word with this key gives; `None` when it is not on the list.
    pub(super) fn shares(&self, key: u128) -> Option<&Shares> {
        let mut place = place(key);
        loop {
            match self.keys[place] {
                0 => return None,
                known if known == key => return self.shares.get(usize::from(self.shares_of[place])),
                _ => place = (place + 1) % PLACES,
            }
        }
    }
}

/// The bytes of a word as a number, the first the highest; `None` of an empty word and of one that is longer than any of the list.
pub(super) fn key(word: &str) -> Option<u128> {
    let fits = (1..=LONGEST).contains(&word.len());
    fits.then(|| word.bytes().fold(0, |key, byte| key << 8 | u128::from(byte)))
}

fn place(key: u128) -> usize {
    /// 2^64 divided by the golden ratio: multiplying by it spreads what was mixed in.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (key as u64 ^ ((key >> 64) as u64).rotate_left(29)).wrapping_mul(SPREAD);
    (mixed >> 32) as usize % PLACES
}

fn shares(languages: u16) -> Shares {
    let share = 1.0 / f64::from(languages.count_ones());
    std::array::from_fn(|at| if languages & (1 << at) != 0 { share } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let little = Little::words();
        let known = little.keys.iter().filter(|key| **key != 0).count();
        assert!((601..PLACES / 2).contains(&known), "{known}");
        assert!(little.shares.len() <= 256);
        assert!(WORDS.lines().skip(1).all(|line| line.split_once(": ").is_some_and(|(tag, _)| TAGS.contains(&tag))));
        assert!(WORDS.split_ascii_whitespace().skip_while(|word| *word != "en:").all(|word| word.len() <= LONGEST));
    }

    #[test]
    fn a_word_gives_its_vote_to_those_who_have_it_and_others_give_none() {
        let shares = |word: &str| key(word).and_then(|key| Little::words().shares(key));
        assert_eq!(shares("nicht").unwrap(), &[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        for line in WORDS.lines().skip(1) {
            let (tag, words) = line.split_once(": ").unwrap();
            let at = TAGS.iter().position(|known| *known == tag).unwrap();
            for word in words.split_ascii_whitespace() {
                let shares = shares(word).unwrap();
                assert!(shares[at] > 0.0 && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{word}");
            }
        }
        for word in ["", "xylem", "th", "thee", "aujourd'huii"] {
            assert_eq!(shares(word), None, "{word}");
        }
    }
}

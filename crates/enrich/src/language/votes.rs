//! What the little words and letters of a text say of its language: each votes, the less the more languages have it.
//!
//! The words are this project's own list (`words/little.txt`). No matter of statistics: a vote can be read off the text.

use std::sync::OnceLock;

use hashbrown::HashMap;

const WORDS: &str = include_str!("../../words/little.txt");
/// The languages of the list.
const TAGS: [&str; 9] = ["en", "de", "fr", "it", "es", "pt", "nl", "sv", "tr"];
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

type Votes = [f64; TAGS.len()];

/// The language that a text of few letters tells clearly.
pub(super) fn clear(text: &str) -> Option<&'static str> {
    let votes = votes(text);
    let (best, most) = largest(&votes);
    let second = votes.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, votes)| *votes).fold(0.0, f64::max);
    TAGS.get(best).copied().filter(|_| most >= CLEAR && most > second + CLEAR_LEAD)
}

/// What the detector says, unless the votes for another language lead.
pub(super) fn overruled(text: &str, detected: &'static str) -> &'static str {
    let votes = votes(text);
    let (best, most) = largest(&votes);
    let own = TAGS.iter().position(|tag| *tag == detected).and_then(|at| votes.get(at)).copied().unwrap_or_default();
    let lead = if RARE.contains(&detected) { LEAD_OVER_RARE } else { LEAD };
    if most - own >= lead { TAGS.get(best).copied().unwrap_or(detected) } else { detected }
}

fn largest(votes: &Votes) -> (usize, f64) {
    votes.iter().enumerate().fold((0, 0.0), |best, (at, votes)| if *votes > best.1 { (at, *votes) } else { best })
}

fn votes(text: &str) -> Votes {
    let mut votes = Votes::default();
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let words = lower.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| !word.is_empty());
    for word in words.take(MOST_WORDS) {
        let Some(languages) = little_words().get(word.trim_matches('\'')) else { continue };
        let share = 1.0 / f64::from(languages.count_ones());
        for (at, votes) in votes.iter_mut().enumerate() {
            *votes += if languages & (1 << at) != 0 { share } else { 0.0 };
        }
    }
    if !lower.is_ascii() {
        for (tag, letters, weight) in [
            ("pt", "ãõ", 1.0),
            ("es", "ñ¿¡", 1.0),
            ("sv", "å", 1.0),
            ("tr", "ğış", 1.0),
            ("de", "ßäöü", 0.5),
            ("fr", "œêèàùûëïç", 0.5),
            ("it", "ìòù", 0.5),
        ] {
            let count = lower.chars().filter(|c| letters.contains(*c)).take(3).count();
            if let Some(votes) = TAGS.iter().position(|known| *known == tag).and_then(|at| votes.get_mut(at)) {
                *votes += weight * count as f64;
            }
        }
    }
    votes
}

/// Each word with the languages that have it, a bit each.
fn little_words() -> &'static HashMap<&'static str, u16> {
    static LITTLE: OnceLock<HashMap<&'static str, u16>> = OnceLock::new();
    LITTLE.get_or_init(|| {
        let mut little = HashMap::new();
        for line in WORDS.lines() {
            let Some((tag, words)) = line.split_once(": ") else { continue };
            let Some(at) = TAGS.iter().position(|known| *known == tag) else { continue };
            for word in words.split_ascii_whitespace() {
                *little.entry(word).or_insert(0) |= 1 << at;
            }
        }
        little
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_words_overrule_letters_and_few_letters_can_be_clear() {
        assert_eq!(overruled("tô chorando demais com isso", "it"), "pt");
        assert_eq!(overruled("the gate is closed", "en"), "en");
        assert_eq!(overruled("xylem qwerty", "vi"), "vi");
        assert_eq!(clear("nicht gut"), Some("de"));
        assert_eq!(clear("lol ok"), None);
    }

    #[test]
    fn the_list_is_whole() {
        assert!(little_words().len() > 600, "{}", little_words().len());
        assert!(WORDS.lines().skip(1).all(|line| line.split_once(": ").is_some_and(|(tag, _)| TAGS.contains(&tag))));
    }
}

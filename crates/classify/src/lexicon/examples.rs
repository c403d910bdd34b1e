//! Themes by example: the telling words of a theme's example sentences, and what each is worth.
//!
//! No model and no training: five sentences are too few to learn from, and enough to see which words come again. What a word is worth
//! follows from how many examples have it and how many other themes have it too. The line that a text must reach is drawn by the
//! examples themselves: each is compared with the others.

use std::collections::{BTreeMap, BTreeSet};

use book::Theme;
use book::phrases::{FoldedText, is_stopword};

/// Shorter words tell nothing.
const SHORTEST: usize = 3;
/// Nor do these, which are shorter than the words that are known to tell nothing.
const PLAIN: [&str; 60] = [
    "all", "and", "any", "are", "ask", "but", "can", "day", "did", "few", "for", "get", "god", "got", "had", "has",
    "her", "him", "his", "how", "its", "ive", "let", "lot", "may", "new", "nor", "not", "now", "off", "old", "one",
    "our", "out", "own", "put", "say", "see", "she", "the", "too", "try", "two", "use", "via", "was", "way", "who",
    "why", "yes", "yet", "you", "ago", "bad", "big", "don", "far", "end", "isn", "per",
];
/// Words as long as this are found in their other forms too.
const LONG: usize = 5;
/// What is left of a word without its ending.
const STEM: usize = 4;
/// A text needs this share of what an example has in common with the others.
const SHARE: f64 = 0.5;
/// And more than its best word is worth, so that no word decides alone.
const MORE_THAN_ONE: f64 = 1.25;

/// A word that tells a theme.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Telling {
    /// As it is searched for.
    pub(super) phrase: String,
    /// What it is worth: with one point or more from two words or more a text is like the examples.
    pub(super) points: f64,
}

/// The telling words of every theme that has examples, by its index.
pub(super) fn telling(themes: &[Theme]) -> Vec<(usize, Vec<Telling>)> {
    let with_examples = themes.iter().enumerate().filter(|(_, theme)| !theme.examples.is_empty());
    let sentences: Vec<(usize, Vec<BTreeSet<String>>)> = with_examples
        .map(|(at, theme)| {
            let texts = theme.examples.iter().chain([&theme.name]);
            (at, texts.map(|text| words(text)).collect())
        })
        .collect();
    let mut known_to: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, sentences) in &sentences {
        let all: BTreeSet<&str> = sentences.iter().flatten().map(String::as_str).collect();
        all.into_iter().for_each(|word| *known_to.entry(word).or_default() += 1);
    }
    let themes = sentences.len() as f64;
    let rarity = |word: &str| {
        let known = known_to.get(word).copied().unwrap_or_default() as f64;
        1.0 + (themes / known.max(1.0)).ln()
    };
    sentences.iter().map(|(at, sentences)| (*at, of_theme(sentences, rarity))).collect()
}

fn of_theme(sentences: &[BTreeSet<String>], rarity: impl Fn(&str) -> f64) -> Vec<Telling> {
    let mut often: BTreeMap<&str, usize> = BTreeMap::new();
    sentences.iter().flatten().for_each(|word| *often.entry(word).or_default() += 1);
    let all = sentences.len().max(2) as f64;
    let points = |word: &str, often: usize| often as f64 / all * rarity(word);
    let most = often.iter().map(|(word, often)| points(word, *often)).fold(0.0, f64::max);
    // What a sentence has in common with the others.
    let common = |sentence: &BTreeSet<String>| -> f64 {
        sentence.iter().map(|word| points(word, often.get(word.as_str()).map_or(0, |often| often - 1))).sum()
    };
    let mean = sentences.iter().map(common).sum::<f64>() / all;
    let line = (SHARE * mean).max(MORE_THAN_ONE * most);
    let telling =
        |(word, often): (&&str, &usize)| Telling { phrase: (*word).to_owned(), points: points(word, *often) / line };
    often.iter().map(telling).collect()
}

/// The words of a sentence that may tell something, without their endings.
fn words(text: &str) -> BTreeSet<String> {
    let folded = FoldedText::new(text);
    let told = |word: &str| {
        word.chars().count() >= SHORTEST
            && word.chars().all(char::is_alphanumeric)
            && !is_stopword(word)
            && !PLAIN.contains(&word)
    };
    folded.words().map(|(_, word)| word).filter(|word| told(word)).map(stem).collect()
}

/// A word as it is searched for: `charg*` for charged, charges and charging.
fn stem(word: &str) -> String {
    if word.len() < LONG || !word.is_ascii() {
        return word.to_owned();
    }
    let endings = ["ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "s", "e", "y"];
    let bare = endings.iter().find_map(|ending| word.strip_suffix(ending).filter(|bare| bare.len() >= STEM));
    format!("{}*", bare.unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one() {
        assert_eq!(["charged", "charges", "charging", "charge"].map(stem), ["charg*", "charg*", "charg*", "charg*"]);
        assert_eq!(["fee", "bus"].map(stem), ["fee", "bus"]);
    }
}

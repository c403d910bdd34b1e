//! The words that the baseline knows: tables of this project's own, in `lexicon/*.txt`, and the themes of the book.
//!
//! Every phrase of tables and book goes into one set; its tag leads back to what the phrase means. What follows from a
//! meaning is decided in `decide`, not here.

mod examples;
mod meaning;
mod read;

pub(crate) use meaning::{Cue, IntentRule, Meaning, Part, Shift};
pub use read::LexiconError;

use std::collections::BTreeMap;

use book::Book;
use book::phrases::{FoldedText, PhraseHit, PhraseSet};

/// Version of tables and rules together: changes whenever a judgement can change.
pub const RULES_VERSION: &str = "rules-4";

/// All phrases, and what each means.
#[derive(Debug)]
pub(crate) struct Lexicon {
    phrases: PhraseSet,
    /// By tag.
    meanings: Vec<Meaning>,
}

impl Lexicon {
    /// The tables and the themes of `book`.
    pub(crate) fn new(book: &Book) -> Result<Self, LexiconError> {
        let mut entries = Entries::default();
        read::tables(&mut entries)?;
        for (at, theme) in book.themes.iter().enumerate() {
            entries.extend(Meaning::Theme(at), &theme.any);
            entries.extend(Meaning::NoTheme(at), &theme.none);
            for (reason, entry) in theme.reasons.iter().enumerate() {
                entries.extend(Meaning::Reason(at, reason), &entry.any);
            }
        }
        for (theme, telling) in examples::telling(&book.themes) {
            for (word, telling) in telling.into_iter().enumerate() {
                entries.extend(Meaning::Example { theme, word, points: telling.points }, [telling.phrase]);
            }
        }
        for rule in &book.harm {
            let find = Meaning::Find { class: rule.class, subclass: rule.id.clone(), confidence: rule.confidence };
            entries.extend(find, &rule.any);
            entries.extend(Meaning::Friend(rule.class), &rule.none);
        }
        for (brand, known) in book.brands.iter().enumerate() {
            entries.extend(Meaning::Avoid(brand), &known.avoid);
            for (parameter, known) in known.parameters.iter().enumerate() {
                for (value, known) in known.values.iter().enumerate() {
                    entries.extend(Meaning::Value(brand, parameter, value), &known.any);
                }
            }
        }
        let phrases = PhraseSet::new(entries.phrases.iter().map(|(tag, phrase)| (*tag, phrase.as_str())))
            .map_err(LexiconError::Phrase)?;
        Ok(Self { phrases, meanings: entries.meanings })
    }

    /// Every phrase found, in order of start.
    pub(crate) fn find(&self, text: &FoldedText) -> Vec<PhraseHit> {
        self.phrases.find(text)
    }

    /// What a tag means.
    pub(crate) fn meaning(&self, tag: u32) -> Option<&Meaning> {
        self.meanings.get(tag as usize)
    }
}

/// Every phrase of the tables, as they are written there, without those of any book.
///
/// # Errors
/// A table cannot be read.
pub fn phrases() -> Result<Vec<String>, LexiconError> {
    let mut entries = Entries::default();
    read::tables(&mut entries)?;
    Ok(entries.phrases.into_iter().map(|(_, phrase)| phrase).collect())
}

/// Phrases on their way into the set.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    phrases: Vec<(u32, String)>,
    meanings: Vec<Meaning>,
    tags: BTreeMap<String, u32>,
}

impl Entries {
    pub(crate) fn extend<S: AsRef<str>>(&mut self, meaning: Meaning, phrases: impl IntoIterator<Item = S>) {
        let next = self.meanings.len() as u32;
        let tag = *self.tags.entry(format!("{meaning:?}")).or_insert(next);
        if tag == next {
            self.meanings.push(meaning);
        }
        self.phrases.extend(phrases.into_iter().map(|phrase| (tag, phrase.as_ref().to_owned())));
    }
}

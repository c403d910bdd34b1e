//! The parts of a set in which answers are better or worse.

use serde::Serialize;

use super::plan::Test;
use super::score::{Said, confusion, rounded};
use crate::label::{Item, Labeller};
use crate::parallel;
use crate::training::Labelled;

/// A part of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Which rows.
    pub name: String,
    /// How many.
    pub rows: usize,
    /// Share of right labels.
    pub accuracy: f64,
}

/// Tells which parts of a set a text belongs to.
pub(super) struct Slicer {
    /// Says what language a text seems to be in, and whether it is taken for irony.
    pub(super) labeller: Labeller,
    /// Words that name a brand, in lower case.
    pub(super) brands: Vec<String>,
}

/// Names of the parts, in the order of [`Slicer::parts`].
const PARTS: [&str; 11] = [
    "shorter than 60 bytes",
    "60 to 119 bytes",
    "120 bytes and longer",
    "with a negation",
    "with an emoji",
    "with a question mark",
    "with a hashtag",
    "with a brand named",
    "with no brand named",
    "taken for irony",
    "taken for another language than English",
];

impl Slicer {
    /// Accuracy in every part that has a row.
    pub(super) fn slices(&self, rows: &[(Labelled, usize)], said: &[Said], test: &Test) -> Vec<Slice> {
        let parts = parallel::on_all_cores(rows, |(row, _)| self.parts(&row.text));
        let part = |(at, name): (usize, &str)| {
            let belongs = rows.iter().zip(said).zip(&parts).filter(|(_, parts)| parts.get(at) == Some(&true));
            let pairs: Vec<(usize, usize)> = belongs.map(|(((_, truth), said), _)| (*truth, said.label)).collect();
            let accuracy = rounded(confusion(&pairs, test.labels.len()).accuracy());
            Slice { name: name.to_owned(), rows: pairs.len(), accuracy }
        };
        PARTS.into_iter().enumerate().map(part).filter(|slice| slice.rows > 0).collect()
    }

    fn parts(&self, text: &str) -> [bool; PARTS.len()] {
        let named = self.names_a_brand(text);
        let judged = self.labeller.label(&Item::of_text(text));
        [
            text.len() < 60,
            (60..120).contains(&text.len()),
            text.len() >= 120,
            negates(text),
            text.chars().any(|c| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')),
            text.contains('?'),
            text.contains('#'),
            named,
            !named,
            judged["irony"]["label"] == true,
            !matches!(judged["language"]["tag"].as_str(), Some("en" | "und")),
        ]
    }

    fn names_a_brand(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).any(|word| self.brands.iter().any(|brand| brand == word))
    }
}

fn negates(text: &str) -> bool {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    lower.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| {
        matches!(word, "not" | "no" | "never" | "nobody" | "nothing" | "cannot" | "without") || word.ends_with("n't")
    })
}

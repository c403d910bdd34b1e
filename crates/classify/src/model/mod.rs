//! The fast tier: hashed words and pieces of words, one table of weights, several heads over one pass of the text.
//!
//! Pure: bytes in, answers out. A model is only ever whole: its checksum, its version and the sums of its golden texts were
//! verified, so that it reads a text exactly as its trainer did.

mod answer;
mod card;
mod characters;
mod clues;
mod explain;
pub(crate) mod features;
pub(crate) mod file;
mod shipped;
mod table;
#[cfg(test)]
mod tests;
mod tokens;

pub use answer::Answer;
pub(crate) use answer::{sigmoid, softmax};
pub use card::{Card, DataSet, FEATURES, Head, Kind, NORMALISATION, Output};
pub use clues::{Clue, clues};
pub use explain::Weighed;
pub use file::ModelError;
pub use shipped::shipped;

use features::{Room, features};
use table::Table;

/// A model that was verified.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    card: Card,
    table: Table,
    id: String,
}

impl Model {
    /// Reads and verifies a model file.
    ///
    /// # Errors
    /// The bytes are no model of this program: another version, cut off, damaged, or of a trainer that reads texts otherwise.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let file::Parts { card, table, golden, checksum } = file::read(bytes)?;
        let digits: String = checksum.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let model = Self { id: format!("{}@{digits}", card.name), card, table };
        let wrong = golden.into_iter().find(|golden| model.sums(&golden.text, &[]) != golden.sums);
        match wrong {
            Some(golden) => Err(ModelError::Golden(golden.text)),
            None => Ok(model),
        }
    }

    /// Its name and the first 12 digits of its checksum, such as `shipped@0123456789ab`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its card.
    pub const fn card(&self) -> &Card {
        &self.card
    }

    /// What one head says of `text`; `None` when the model has no such head.
    pub fn answer(&self, text: &str, head: &str) -> Option<Answer<'_>> {
        let mut first = 0;
        for known in &self.card.heads {
            if known.name == head {
                let sums = self.sums(text, &[]);
                return Some(Answer::new(known, sums.get(first..first + known.outputs.len()).unwrap_or_default()));
            }
            first += known.outputs.len();
        }
        None
    }

    /// What every head says of `text`, in the order of the card.
    pub fn answers(&self, text: &str) -> Vec<Answer<'_>> {
        self.answers_beside(text, &[])
    }

    /// What every head says of `text` and of what the rules say of it. A model that learnt from texts alone hears only the text.
    pub fn answers_beside(&self, text: &str, clues: &[Clue]) -> Vec<Answer<'_>> {
        let sums = self.sums(text, if self.card.rules.is_some() { clues } else { &[] });
        let mut rest = sums.as_slice();
        let heads = self.card.heads.iter();
        heads
            .map(|head| {
                let (own, behind) = rest.split_at_checked(head.outputs.len()).unwrap_or_default();
                rest = behind;
                Answer::new(head, own)
            })
            .collect()
    }

    /// What one occurrence of a row adds to an output, as a number.
    pub(crate) fn weight(&self, row: u32, output: usize) -> f64 {
        let scale =
            self.card.heads.iter().flat_map(|head| &head.outputs).nth(output).map_or(0.0, |output| output.scale);
        scale * f64::from(self.table.weight(row, output))
    }

    /// The sums of all outputs.
    fn sums(&self, text: &str, clues: &[Clue]) -> Vec<i32> {
        let mut rows = Vec::with_capacity(text.len() * 3);
        features(text, &mut Room::default(), |feature| rows.push(self.table.row(feature.hash)));
        for clue in clues {
            rows.extend(std::iter::repeat_n(self.table.row(clue.hash), clue.count.into()));
        }
        self.table.sums(&rows)
    }
}

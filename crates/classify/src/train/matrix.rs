//! Texts as counted rows of the table, one list a text.

use std::collections::BTreeSet;

use super::Row;
use crate::model::features::{Room, features};

/// Counted features of many texts.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    /// Where each text begins; one more than texts.
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
    pub(super) labels: Vec<usize>,
    pub(super) weights: Vec<f64>,
}

/// What a text is, whatever its place: for finding it again.
pub(super) type Print = u64;

impl Matrix {
    /// Reads `rows`, but those whose text is in `known` already.
    pub(super) fn of(rows: &[Row], rows_log2: u32, known: &mut BTreeSet<Print>) -> Self {
        let mut matrix = Self { starts: vec![0], ..Self::default() };
        let mask = (1_u64 << rows_log2) - 1;
        let (mut room, mut found) = (Room::default(), Vec::new());
        for row in rows {
            found.clear();
            let mut print: Print = 0;
            features(&row.text, &mut room, |feature| {
                print = print.rotate_left(9).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ feature.hash;
                found.push((feature.hash & mask) as u32);
            });
            if found.is_empty() || !known.insert(print) {
                continue;
            }
            for clue in &row.clues {
                found.extend(std::iter::repeat_n((clue.hash & mask) as u32, clue.count.into()));
            }
            found.sort_unstable();
            for same in found.chunk_by(|a, b| a == b) {
                matrix.entries.extend(same.first().map(|index| (*index, same.len() as f32)));
            }
            matrix.starts.push(matrix.entries.len());
            matrix.labels.push(row.label);
            matrix.weights.push(row.weight);
        }
        matrix
    }

    /// The same texts with more features each, whose rows lie behind all others.
    pub(super) fn with(&self, more: impl Fn(&[(u32, f32)]) -> Vec<(u32, f32)>) -> Self {
        let mut matrix =
            Self { starts: vec![0], labels: self.labels.clone(), weights: self.weights.clone(), ..Self::default() };
        for at in 0..self.len() {
            let text = self.text(at);
            matrix.entries.extend_from_slice(text);
            matrix.entries.extend(more(text));
            matrix.starts.push(matrix.entries.len());
        }
        matrix
    }

    /// These texts and those of another matrix.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut matrix = self.with(|_| Vec::new());
        for (text, label, weight) in other.texts() {
            matrix.entries.extend_from_slice(text);
            matrix.starts.push(matrix.entries.len());
            matrix.labels.push(label);
            matrix.weights.push(weight);
        }
        matrix
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// The features of one text.
    pub(super) fn text(&self, at: usize) -> &[(u32, f32)] {
        let range = self.starts.get(at).zip(self.starts.get(at + 1));
        range.and_then(|(start, end)| self.entries.get(*start..*end)).unwrap_or_default()
    }

    /// All texts with label and weight.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&[(u32, f32)], usize, f64)> {
        (0..self.len())
            .zip(self.labels.iter().zip(&self.weights))
            .map(|(at, (label, weight))| (self.text(at), *label, *weight))
    }
}

//! Texts as counted rows of the table, one list a text.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Row;
use crate::model::features::{Room, features};

/// Counted features of many texts, each as often as it has answers.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    /// Where the features of each answer's text lie.
    ranges: Vec<Range<usize>>,
    /// Number of texts, each counted once.
    pub(super) rows: usize,
    entries: Vec<(u32, f32)>,
    pub(super) labels: Vec<usize>,
    pub(super) weights: Vec<f64>,
}

/// What a text is, whatever its place: for finding it again.
pub(super) type Print = u64;

impl Matrix {
    /// Reads `rows`, but those whose text is in `known` already.
    pub(super) fn of(rows: &[Row], rows_log2: u32, known: &mut BTreeSet<Print>) -> Self {
        let mut matrix = Self::default();
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
            let start = matrix.entries.len();
            for same in found.chunk_by(|a, b| a == b) {
                matrix.entries.extend(same.first().map(|index| (*index, same.len() as f32)));
            }
            matrix.rows += 1;
            for (label, weight) in std::iter::once((row.label, row.weight)).chain(row.others.iter().copied()) {
                matrix.push(start, label, weight);
            }
        }
        matrix
    }

    /// The same texts with more features each, whose rows lie behind all others.
    pub(super) fn with(&self, more: impl Fn(&[(u32, f32)]) -> Vec<(u32, f32)>) -> Self {
        let mut matrix = Self { rows: self.rows, ..Self::default() };
        for (text, label, weight) in self.texts() {
            let start = matrix.entries.len();
            matrix.entries.extend_from_slice(text);
            matrix.entries.extend(more(text));
            matrix.push(start, label, weight);
        }
        matrix
    }

    /// These texts and those of another matrix.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut matrix = self.with(|_| Vec::new());
        for (text, label, weight) in other.texts() {
            let start = matrix.entries.len();
            matrix.entries.extend_from_slice(text);
            matrix.push(start, label, weight);
        }
        matrix.rows += other.rows;
        matrix
    }

    /// Adds an answer to the text whose features are the last ones, from `start`.
    fn push(&mut self, start: usize, label: usize, weight: f64) {
        self.ranges.push(start..self.entries.len());
        self.labels.push(label);
        self.weights.push(weight);
    }

    /// Number of answers.
    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    /// The features of one answer's text.
    pub(super) fn text(&self, at: usize) -> &[(u32, f32)] {
        self.ranges.get(at).and_then(|range| self.entries.get(range.clone())).unwrap_or_default()
    }

    /// The text of each answer with its label and weight.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&[(u32, f32)], usize, f64)> {
        (0..self.len())
            .zip(self.labels.iter().zip(&self.weights))
            .map(|(at, (label, weight))| (self.text(at), *label, *weight))
    }
}

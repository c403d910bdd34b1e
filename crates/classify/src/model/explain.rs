//! Why a head says what it says: the words of a text, by what each adds to the label in question.

use std::collections::BTreeMap;

use events::TextSpan;

use super::Model;
use super::features::{Room, features};

/// A stretch of the text and what it adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// Where.
    pub span: TextSpan,
    /// Added to the weighted sum of the label, less what it adds to the labels of the head on average; below 0 it speaks against it.
    pub points: f64,
}

impl Model {
    /// The words and pairs of words of `text` that weigh most for or against a label, strongest first, at most `most`.
    ///
    /// Empty when the model has no such head or label.
    pub fn explain(&self, text: &str, head: &str, label: &str, most: usize) -> Vec<Weighed> {
        let mut first = 0;
        for known in &self.card.heads {
            if known.name == head
                && let Some(at) = known.labels.iter().position(|name| name == label)
            {
                return self.weigh(text, known, first, at, most);
            }
            first += known.outputs.len();
        }
        Vec::new()
    }

    fn weigh(&self, text: &str, head: &super::Head, first: usize, label: usize, most: usize) -> Vec<Weighed> {
        let mut by_span: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        features(text, &mut Room::default(), |feature| {
            let row = self.table.row(feature.hash);
            let added: Vec<f64> = head
                .outputs
                .iter()
                .enumerate()
                .map(|(at, output)| output.scale * f64::from(self.table.weight(row, first + at)))
                .collect();
            let points = match added.as_slice() {
                // A yes-or-no question has one output: what speaks for yes speaks against no.
                [yes] => {
                    if label == 1 {
                        *yes
                    } else {
                        -yes
                    }
                }
                several => {
                    let mean = several.iter().sum::<f64>() / several.len() as f64;
                    several.get(label).copied().unwrap_or_default() - mean
                }
            };
            *by_span.entry(feature.span).or_default() += head.steepness * points;
        });
        let mut weighed: Vec<Weighed> = by_span
            .into_iter()
            .map(|((start, end), points)| Weighed { span: TextSpan { start: start.into(), end: end.into() }, points })
            .collect();
        weighed.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()).then(a.span.cmp(&b.span)));
        weighed.truncate(most);
        weighed
    }
}

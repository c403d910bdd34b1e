//! What a head may stand on: the sums of a model that is there already, as a few more features of every text.
//!
//! They are sums over the same rows of the table, so that what is learnt about them folds into the weights of the rows: a head
//! that stands on another model costs no more to ask. A few thousand rows learn tone from it that they could not learn alone.

use super::fit::Fitted;
use super::matrix::Matrix;
use crate::model::Model;

/// A model to stand on, and how its sums lie over the texts to learn from.
#[derive(Debug, Clone)]
pub(super) struct Base {
    model: &'static Model,
    /// Mean and inverse deviation of each sum.
    spread: Vec<(f64, f64)>,
}

impl Base {
    /// The sums of `model` over `texts`; `None` when its table has another size than `rows_log2`, so that rows mean other things.
    pub(super) fn of(model: &'static Model, texts: &Matrix, rows_log2: u32) -> Option<Self> {
        if model.card().rows_log2 != rows_log2 {
            return None;
        }
        let outputs = model.card().outputs();
        let mut sums = vec![(0.0, 0.0); outputs];
        for (text, ..) in texts.texts() {
            for (sum, (all, squares)) in raw(model, outputs, text).into_iter().zip(&mut sums) {
                *all += sum;
                *squares += sum * sum;
            }
        }
        let count = texts.len().max(1) as f64;
        let spread = sums.into_iter().map(|(all, squares)| {
            let mean = all / count;
            (mean, 1.0 / (squares / count - mean * mean).max(1e-12).sqrt())
        });
        Some(Self { model, spread: spread.collect() })
    }

    /// Its name.
    pub(super) fn id(&self) -> &str {
        self.model.id()
    }

    /// Number of its sums.
    pub(super) fn outputs(&self) -> usize {
        self.spread.len()
    }

    /// The same texts with the sums as features behind the rows of the table, each with this deviation.
    pub(super) fn beside(&self, texts: &Matrix, rows: usize, deviation: f64) -> Matrix {
        texts.with(|text| {
            let sums = raw(self.model, self.spread.len(), text).into_iter().zip(&self.spread);
            sums.enumerate()
                .map(|(at, (sum, (mean, inverse)))| ((rows + at) as u32, ((sum - mean) * inverse * deviation) as f32))
                .collect()
        })
    }

    /// Weights over the rows alone: what was learnt about each sum, added to the rows that it is made of.
    pub(super) fn folded(&self, mut fitted: Fitted, rows: usize, deviation: f64) -> Fitted {
        let learnt = fitted.weights.split_off(rows);
        let factors: Vec<f64> =
            learnt.iter().zip(&self.spread).map(|(weight, (_, inverse))| weight * inverse * deviation).collect();
        for (row, weight) in fitted.weights.iter_mut().enumerate() {
            let add = factors.iter().enumerate().map(|(at, factor)| factor * self.model.weight(row as u32, at));
            *weight += add.sum::<f64>();
        }
        fitted.bias -= factors.iter().zip(&self.spread).map(|(factor, (mean, _))| factor * mean).sum::<f64>();
        fitted
    }
}

/// The sums of a text without their biases.
fn raw(model: &Model, outputs: usize, text: &[(u32, f32)]) -> Vec<f64> {
    let mut sums = vec![0.0; outputs];
    for (row, count) in text {
        for (at, sum) in sums.iter_mut().enumerate() {
            *sum += f64::from(*count) * model.weight(*row, at);
        }
    }
    sums
}

//! What a head may stand on: the sums of models that are there already, as a few more features of every text.
//!
//! They are sums over the same rows of the table, so that what is learnt about them folds into the weights of the rows: a head
//! that stands on other models costs no more to ask. A few thousand rows learn tone from it that they could not learn alone.

use super::fit::Fitted;
use super::matrix::Matrix;
use crate::model::Model;

/// Models to stand on, and how their sums lie over the texts to learn from.
#[derive(Debug, Clone)]
pub(super) struct Base<'m> {
    models: Vec<&'m Model>,
    /// Mean and inverse deviation of each sum.
    spread: Vec<(f64, f64)>,
}

impl<'m> Base<'m> {
    /// The sums of `models` over `texts`. A model whose table has another size than `rows_log2` is left out, for there rows mean other
    /// things; `None` when no model is left.
    pub(super) fn of(models: &[&'m Model], texts: &Matrix, rows_log2: u32) -> Option<Self> {
        let fits = |model: &&&Model| model.card().rows_log2 == rows_log2;
        let models: Vec<&Model> = models.iter().filter(fits).copied().collect();
        if models.is_empty() {
            return None;
        }
        let mut sums = vec![(0.0, 0.0); models.iter().map(|model| model.card().outputs()).sum()];
        for (text, ..) in texts.texts() {
            for (sum, (all, squares)) in raw(&models, text).into_iter().zip(&mut sums) {
                *all += sum;
                *squares += sum * sum;
            }
        }
        let count = texts.len().max(1) as f64;
        let spread = sums.into_iter().map(|(all, squares)| {
            let mean = all / count;
            (mean, 1.0 / (squares / count - mean * mean).max(1e-12).sqrt())
        });
        Some(Self { models, spread: spread.collect() })
    }

    /// The names of its models.
    pub(super) fn ids(&self) -> String {
        self.models.iter().map(|model| model.id()).collect::<Vec<_>>().join(", ")
    }

    /// Number of its sums.
    pub(super) fn outputs(&self) -> usize {
        self.spread.len()
    }

    /// The same texts with the sums as features behind the rows of the table, each with this deviation.
    pub(super) fn beside(&self, texts: &Matrix, rows: usize, deviation: f64) -> Matrix {
        texts.with(|text| {
            let sums = raw(&self.models, text).into_iter().zip(&self.spread);
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
            let known = outputs(&self.models).map(|(model, at)| model.weight(row as u32, at));
            *weight += factors.iter().zip(known).map(|(factor, known)| factor * known).sum::<f64>();
        }
        fitted.bias -= factors.iter().zip(&self.spread).map(|(factor, (mean, _))| factor * mean).sum::<f64>();
        fitted
    }
}

/// The sums of a text without their biases.
fn raw(models: &[&Model], text: &[(u32, f32)]) -> Vec<f64> {
    let sum = |(model, at): (&Model, usize)| {
        text.iter().fold(0.0, |sum, (row, count)| sum + f64::from(*count) * model.weight(*row, at))
    };
    outputs(models).map(sum).collect()
}

/// The outputs of all models in order.
fn outputs<'a>(models: &'a [&'a Model]) -> impl Iterator<Item = (&'a Model, usize)> {
    models.iter().flat_map(|model| (0..model.card().outputs()).map(move |at| (*model, at)))
}

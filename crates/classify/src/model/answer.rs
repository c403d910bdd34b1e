//! From sums to answers: probabilities that add up, the label, and whether the head would rather not say.

use super::card::{Head, Kind};

/// What a head says of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<'m> {
    /// The head.
    pub head: &'m Head,
    /// Probability of each of its labels, 0 to 1, adding up to 1.
    pub probabilities: Vec<f64>,
    /// Index of the label; `None` when the head is unsure.
    pub label: Option<usize>,
}

impl<'m> Answer<'m> {
    /// The answer of `head` to its sums.
    pub(crate) fn new(head: &'m Head, sums: &[i32]) -> Self {
        let logits: Vec<f64> = head
            .outputs
            .iter()
            .zip(sums)
            .map(|(output, sum)| head.steepness * (output.bias + output.scale * f64::from(*sum)) + output.shift)
            .collect();
        let probabilities = match head.kind {
            Kind::OneOf => softmax(&logits),
            Kind::YesNo => {
                let yes = sigmoid(logits.first().copied().unwrap_or_default());
                vec![1.0 - yes, yes]
            }
        };
        let best = best(head, &probabilities);
        let sure = probabilities.get(best).is_some_and(|probability| *probability >= head.unsure_below);
        Self { head, label: sure.then_some(best), probabilities }
    }

    /// The label as its name; `None` when the head is unsure.
    pub fn name(&self) -> Option<&'m str> {
        self.head.labels.get(self.label?).map(String::as_str)
    }

    /// The likeliest label, also where the head is unsure.
    pub fn best(&self) -> usize {
        best(self.head, &self.probabilities)
    }

    /// The probability of a label, 0 if the head has none of that name.
    pub fn probability(&self, label: &str) -> f64 {
        let at = self.head.labels.iter().position(|known| known == label);
        at.and_then(|at| self.probabilities.get(at)).copied().unwrap_or_default()
    }
}

/// Of a yes-or-no question the label on its side of the line; else the likeliest, the first of equals.
fn best(head: &Head, probabilities: &[f64]) -> usize {
    if head.kind == Kind::YesNo {
        return usize::from(probabilities.get(1).is_some_and(|yes| *yes >= head.yes_from));
    }
    let mut best = (0, f64::MIN);
    for (label, probability) in probabilities.iter().enumerate() {
        if *probability > best.1 {
            best = (label, *probability);
        }
    }
    best.0
}

/// Probabilities of several labels of which one is right.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::MIN, f64::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (logit - most).exp()).collect();
    let all: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / all).collect()
}

/// Probability of yes.
pub(crate) fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn probabilities_are_fractions_that_add_up(logits in proptest::collection::vec(-1e6..1e6_f64, 1..9)) {
            let probabilities = softmax(&logits);
            prop_assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(probabilities.iter().all(|probability| (0.0..=1.0).contains(probability)));
            prop_assert!((0.0..=1.0).contains(&sigmoid(logits[0])));
        }
    }
}

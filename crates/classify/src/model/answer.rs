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
        let sure = sureness(head, &probabilities, best) >= head.unsure_below;
        Self { head, label: sure.then_some(best), probabilities }
    }

    /// The label as its name; `None` when the head is unsure.
    pub fn name(&self) -> Option<&'m str> {
        self.head.labels.get(self.label?).map(String::as_str)
    }

    /// The label as its name, where it is as sure as this: 0 to 1. Of a yes-or-no question as if its line were at one half.
    pub fn name_from(&self, sure: f64) -> Option<&'m str> {
        let best = self.best();
        let name = self.head.labels.get(best).map(String::as_str);
        name.filter(|_| sureness(self.head, &self.probabilities, best) >= sure)
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

/// The probability of the best label; of a yes-or-no question as if its line were at one half.
fn sureness(head: &Head, probabilities: &[f64], best: usize) -> f64 {
    let probability = probabilities.get(best).copied().unwrap_or_default();
    let line = if best == 1 { head.yes_from } else { 1.0 - head.yes_from };
    match head.kind {
        Kind::OneOf => probability,
        Kind::YesNo if line >= 1.0 => 1.0,
        Kind::YesNo => 0.5 + 0.5 * (probability - line) / (1.0 - line),
    }
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
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Output;

    fn question(yes_from: f64, unsure_below: f64) -> Head {
        Head {
            name: "rude".to_owned(),
            kind: Kind::YesNo,
            labels: vec!["no".to_owned(), "yes".to_owned()],
            languages: vec!["en".to_owned()],
            outputs: vec![Output { scale: 1.0, bias: 0.0, shift: 0.0 }],
            steepness: 1.0,
            unsure_below,
            yes_from,
            low_confidence: false,
            chosen: BTreeMap::new(),
            measured: BTreeMap::new(),
        }
    }

    #[test]
    fn a_question_is_unsure_on_both_sides_of_its_line() {
        let head = question(0.3, 0.6);
        // Of yes: 0.12, 0.27, 0.5, 0.73.
        let said: Vec<Option<&str>> = [-2, -1, 0, 1].iter().map(|sum| Answer::new(&head, &[*sum]).name()).collect();
        assert_eq!(said, [Some("no"), None, Some("yes"), Some("yes")]);
        assert!(Answer::new(&question(0.0, 1.0), &[-9]).label.is_none_or(|label| label == 1));
    }

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

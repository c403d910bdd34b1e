//! Probabilities that come true: a factor for all weighted sums of a head, and where asked for a shift of each.
//!
//! Found by looking for the least squared error of all probabilities (Brier's score) along one number at a time. The likelihood would
//! let a few rows, of which a head is sure and wrong, make all others too modest.

use crate::model::{Kind, sigmoid, softmax};

/// Rounds over all numbers.
const ROUNDS: usize = 12;
/// Steps of a search along one number; each leaves 62 % of the range.
const STEPS: usize = 40;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calibration {
    pub(super) steepness: f64,
    /// One for each output.
    pub(super) shifts: Vec<f64>,
}

/// Calibrates a head on weighted sums, one list a text, and the labels of the texts. `share` of the shift is made that fits best.
pub(super) fn calibrate(kind: Kind, sums: &[Vec<f64>], labels: &[usize], share: f64) -> Calibration {
    let shift = share > 0.0;
    let outputs = sums.first().map_or(0, Vec::len);
    let mut found = Calibration { steepness: 1.0, shifts: vec![0.0; outputs] };
    // With several outputs only differences count, so the first stays where it is.
    let moved = if !shift {
        0..0
    } else if kind == Kind::OneOf {
        1..outputs
    } else {
        0..outputs
    };
    for _ in 0..if shift { ROUNDS } else { 1 } {
        found.steepness = steepness(kind, sums, labels, &found.shifts);
        for at in moved.clone() {
            let value = least(-6.0, 6.0, |value| {
                let mut tried = found.clone();
                if let Some(place) = tried.shifts.get_mut(at) {
                    *place = value;
                }
                error(kind, sums, labels, &tried)
            });
            if let Some(place) = found.shifts.get_mut(at) {
                *place = value;
            }
        }
    }
    if share < 1.0 && shift {
        found.shifts.iter_mut().for_each(|shift| *shift *= share);
        found.steepness = steepness(kind, sums, labels, &found.shifts);
    }
    // So many digits are enough, and the card stays readable.
    found.steepness = rounded(found.steepness);
    found.shifts.iter_mut().for_each(|shift| *shift = rounded(*shift));
    found
}

/// The steepness that fits best while the shifts stand still.
fn steepness(kind: Kind, sums: &[Vec<f64>], labels: &[usize], shifts: &[f64]) -> f64 {
    let tried = |logarithm: f64| Calibration { steepness: logarithm.exp(), shifts: shifts.to_vec() };
    least(-4.0, 4.0, |logarithm| error(kind, sums, labels, &tried(logarithm))).exp()
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// The squared error of all probabilities, of all texts.
fn error(kind: Kind, sums: &[Vec<f64>], labels: &[usize], with: &Calibration) -> f64 {
    let squared = |probability: f64, came_true: bool| (probability - f64::from(u8::from(came_true))).powi(2);
    let mut error = 0.0;
    let mut logits = Vec::new();
    for (sums, label) in sums.iter().zip(labels) {
        logits.clear();
        logits.extend(sums.iter().zip(&with.shifts).map(|(sum, shift)| with.steepness * sum + shift));
        error += match kind {
            Kind::OneOf => {
                let probabilities = softmax(&logits).into_iter().enumerate();
                probabilities.map(|(at, probability)| squared(probability, at == *label)).sum()
            }
            Kind::YesNo => squared(sigmoid(logits.first().copied().unwrap_or_default()), *label == 1),
        };
    }
    error
}

/// Where `of` is least between two numbers, if it has one valley (golden section).
fn least(mut low: f64, mut high: f64, of: impl Fn(f64) -> f64) -> f64 {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (of(left), of(right));
    for _ in 0..STEPS {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = of(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = of(right);
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boasting_sums_are_made_modest() {
        // Sums of 4 claim 98 %, but only three in four are right.
        let sums: Vec<Vec<f64>> = (0..400).map(|at| vec![if at % 2 == 0 { 4.0 } else { -4.0 }]).collect();
        let labels: Vec<usize> = (0..400).map(|at| usize::from((at % 2 == 0) == (at % 8 < 6))).collect();
        let found = calibrate(Kind::YesNo, &sums, &labels, 0.0);
        let claimed = sigmoid(found.steepness * 4.0);
        assert!((claimed - 0.75).abs() < 0.01, "{claimed}");
    }

    #[test]
    fn a_few_sure_errors_do_not_make_all_others_modest() {
        // Of a hundred, ninety claim 75 % and are right so often; ten are as sure as can be, and half of them wrong.
        let sum = |at: usize| if at % 10 == 9 { 12.0 } else { 1.1 };
        let sums: Vec<Vec<f64>> = (0..400).map(|at| vec![sum(at)]).collect();
        let labels: Vec<usize> = (0..400)
            .map(|at| usize::from(if at % 10 == 9 { (at / 10) % 2 == 0 } else { (at / 10 + at) % 4 != 0 }))
            .collect();
        let claimed = sigmoid(calibrate(Kind::YesNo, &sums, &labels, 0.0).steepness * 1.1);
        assert!(claimed > 0.7, "{claimed}");
    }

    #[test]
    fn a_shift_makes_a_rare_label_rare() {
        let sums = vec![vec![0.0, 0.0]; 1_000];
        let labels: Vec<usize> = (0..1_000).map(|at| usize::from(at % 10 == 0)).collect();
        let found = calibrate(Kind::OneOf, &sums, &labels, 1.0);
        let rare = softmax(&found.shifts)[1];
        assert!((rare - 0.1).abs() < 0.01, "{rare}");
    }
}

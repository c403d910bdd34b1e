//! How much likelier a feature is where the answer is yes: the logarithm of the ratio that naive Bayes would use.

use super::matrix::Matrix;

/// Added to every count, so that a feature seen on one side only is no certainty.
const SMOOTHING: f64 = 1.0;

/// The log ratio of each row of the table.
pub(super) fn log_ratios(matrix: &Matrix, yes: usize, rows: usize) -> Vec<f32> {
    let mut counts = vec![(SMOOTHING, SMOOTHING); rows];
    for (text, label, weight) in matrix.texts() {
        for (row, count) in text {
            if let Some((with, without)) = counts.get_mut(*row as usize) {
                *(if label == yes { with } else { without }) += f64::from(*count) * weight;
            }
        }
    }
    let (all_with, all_without) = counts.iter().fold((0.0, 0.0), |(a, b), (with, without)| (a + with, b + without));
    counts.into_iter().map(|(with, without)| ((with / all_with) / (without / all_without)).ln() as f32).collect()
}

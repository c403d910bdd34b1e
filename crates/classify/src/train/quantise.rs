//! Weights in eight bits: of some widths of a step, the one that loses least where features are frequent.

/// Shares of the largest weight that the largest step may stand for; what is larger is cut off.
const CUTS: [f64; 8] = [1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.22, 0.16];
const MOST: f64 = 127.0;

/// The weights in steps, and what a step stands for. `often` is how often each feature occurs.
pub(super) fn quantise(weights: &[f64], often: &[f64]) -> (Vec<i8>, f64) {
    let largest = weights.iter().fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
    if largest == 0.0 {
        return (vec![0; weights.len()], 1.0);
    }
    let scales = CUTS.map(|cut| cut * largest / MOST);
    let loss = |scale: f64| -> f64 {
        weights.iter().zip(often).map(|(weight, often)| often * (weight - steps(*weight, scale) * scale).powi(2)).sum()
    };
    let mut best = (f64::MAX, 1.0);
    for scale in scales {
        let loss = loss(scale);
        if loss < best.0 {
            best = (loss, scale);
        }
    }
    (weights.iter().map(|weight| steps(*weight, best.1) as i8).collect(), best.1)
}

fn steps(weight: f64, scale: f64) -> f64 {
    (weight / scale).round().clamp(-MOST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_large_weight_of_a_rare_feature_does_not_coarsen_all_others() {
        let mut weights = vec![0.011; 1_000];
        let mut often = vec![10_000.0; 1_000];
        weights.push(10.0);
        often.push(1.0);
        let (steps, scale) = quantise(&weights, &often);
        assert!((f64::from(steps[0]) * scale - 0.011).abs() < 0.006, "{} {scale}", steps[0]);
        assert_eq!(steps[1_000], 127);
    }

    #[test]
    fn no_weights_at_all_stay_none() {
        assert_eq!(quantise(&[0.0, 0.0], &[1.0, 1.0]), (vec![0, 0], 1.0));
    }
}

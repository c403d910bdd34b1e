//! How unlikely a count is: the upper tail of a negative binomial distribution.

/// Scores above this are all the same: certain.
pub const SCORE_CAP: f64 = 300.0;

/// −log10 of the probability of at least `observed`, where `mean` is expected with variance `mean + dispersion · mean²`.
/// 0 when no more than the mean was observed.
pub fn score(observed: u64, mean: f64, dispersion: f64) -> f64 {
    let mean = mean.max(1e-6);
    if observed == 0 || observed as f64 <= mean {
        return 0.0;
    }
    // Below this the negative binomial is a Poisson distribution to all digits that matter.
    let size = 1.0 / dispersion.max(1e-6);
    let count = observed as f64;
    let chance = mean / (size + mean);
    let log_point = ln_gamma(count + size) - ln_gamma(size) - ln_gamma(count + 1.0)
        + size * (size / (size + mean)).ln()
        + count * chance.ln();
    // The tail is the point times a series whose terms shrink geometrically, because `count` lies above the mean.
    let (mut sum, mut term, mut next) = (1.0, 1.0, count);
    for _ in 0..10_000 {
        term *= (next + size) / (next + 1.0) * chance;
        sum += term;
        next += 1.0;
        if term < sum * 1e-9 {
            break;
        }
    }
    (-(log_point + sum.ln()) / std::f64::consts::LN_10).clamp(0.0, SCORE_CAP)
}

/// Natural logarithm of the gamma function for positive numbers (Stirling's series after shifting up to 8).
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 8.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    shift + (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_dispersion_it_is_the_poisson_tail() {
        // P(X ≥ 10) for mean 3 is 0.0011025; P(X ≥ 25) for mean 10 is 4.6949e-5.
        assert!((score(10, 3.0, 0.0) - 2.9576).abs() < 1e-3, "{}", score(10, 3.0, 0.0));
        assert!((score(25, 10.0, 0.0) - 4.3284).abs() < 1e-3, "{}", score(25, 10.0, 0.0));
    }

    #[test]
    fn dispersion_makes_the_same_count_less_surprising() {
        assert!(score(75, 12.0, 0.05) < score(75, 12.0, 0.0));
        assert!(score(75, 12.0, 0.05) > 8.0);
    }

    #[test]
    fn the_gamma_function_has_its_known_values() {
        assert!((ln_gamma(1.0)).abs() < 1e-9);
        assert!((ln_gamma(0.5) - 0.572_364_942_9).abs() < 1e-8);
        assert!((ln_gamma(101.0) - 363.739_375_555_6).abs() < 1e-6);
    }
}

//! Random streams and the few distributions that the scenarios need.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The generator of every stream: its output is fixed by its definition, not by the version of a crate.
pub(crate) type Stream = ChaCha8Rng;

/// What a stream is for. One stream a purpose: drawing from one never moves another.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Background = 1,
    BackgroundAnswers = 2,
    Crisis = 3,
    CrisisAnswers = 4,
    Plant = 5,
    PlantAnswers = 6,
    Revisions = 7,
    Disorder = 8,
    Copies = 9,
    Poison = 10,
}

/// The stream of that purpose.
pub(crate) fn stream(seed: u64, purpose: Purpose) -> Stream {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    stream.set_stream(purpose as u64);
    stream
}

/// True with probability `share`.
pub(crate) fn chance(stream: &mut Stream, share: f64) -> bool {
    stream.random::<f64>() < share
}

/// One of the words; empty when there are none.
pub(crate) fn pick(stream: &mut Stream, words: &[&'static str]) -> &'static str {
    if words.is_empty() { "" } else { words[stream.random_range(0..words.len())] }
}

/// Index of one of the weights, in proportion to them.
pub(crate) fn weighted(stream: &mut Stream, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let total: u32 = weights.clone().sum();
    let mut left = stream.random_range(0..total.max(1));
    for (index, weight) in weights.enumerate() {
        if left < weight {
            return index;
        }
        left -= weight;
    }
    0
}

/// A count with that mean, as independent arrivals have it.
pub(crate) fn poisson(stream: &mut Stream, mean: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    if mean > 50.0 {
        // From here on the normal distribution is as good, and does not take `mean` draws.
        return (mean + mean.sqrt() * normal(stream) + 0.5).max(0.0) as u64;
    }
    let floor = (-mean).exp();
    let mut product = stream.random::<f64>();
    let mut count = 0;
    while product > floor {
        product *= stream.random::<f64>();
        count += 1;
    }
    count
}

/// A standard normal number (Box and Muller).
pub(crate) fn normal(stream: &mut Stream) -> f64 {
    normal_of(stream.random(), stream.random())
}

/// A standard normal number that belongs to `seed` and `index`, whatever was drawn before.
pub(crate) fn normal_at(seed: u64, index: u64) -> f64 {
    let first = mix(seed ^ mix(index));
    normal_of(unit(first), unit(mix(first)))
}

fn normal_of(first: f64, second: f64) -> f64 {
    let first = first.max(f64::MIN_POSITIVE);
    (-2.0 * first.ln()).sqrt() * (std::f64::consts::TAU * second).cos()
}

/// The 53 upper bits as a number from 0 to 1.
pub(crate) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Mixes the bits of a number well (the finaliser of SplitMix64).
pub(crate) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_have_the_mean_and_the_spread_of_a_poisson_count() {
        for mean in [0.4, 8.0, 200.0] {
            let mut stream = stream(7, Purpose::Background);
            let counts: Vec<f64> = (0..20_000).map(|_| poisson(&mut stream, mean) as f64).collect();
            let average = counts.iter().sum::<f64>() / counts.len() as f64;
            let spread = counts.iter().map(|count| (count - average).powi(2)).sum::<f64>() / counts.len() as f64;
            assert!((average / mean - 1.0).abs() < 0.03, "mean {average} for {mean}");
            assert!((spread / mean - 1.0).abs() < 0.06, "variance {spread} for {mean}");
        }
    }

    #[test]
    fn streams_of_one_seed_differ() {
        let mut first = stream(1, Purpose::Background);
        let mut second = stream(1, Purpose::Crisis);
        assert_ne!(first.random::<u64>(), second.random::<u64>());
    }
}

//! Figures out of samples: quantiles of one run, and median, least and most of several.

use serde_json::{Value, json};

/// A figure as several runs measured it.
#[derive(Debug, Clone, Default)]
pub struct Figure(Vec<f64>);

impl Figure {
    /// Adds what one run measured.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one; 0 where nothing was measured.
    pub fn median(&self) -> f64 {
        quantile(&self.0, 0.5)
    }

    /// The least.
    pub fn min(&self) -> f64 {
        quantile(&self.0, 0.0)
    }

    /// The most.
    pub fn max(&self) -> f64 {
        quantile(&self.0, 1.0)
    }

    /// Whether nothing was measured.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Median, least and most, with so many digits behind the point.
    pub fn json(&self, digits: i32) -> Value {
        let scale = 10_f64.powi(digits);
        let round = |value: f64| (value * scale).round() / scale;
        json!({"median": round(self.median()), "min": round(self.min()), "max": round(self.max())})
    }

    /// Median, least and most for a reader, with so many digits behind the point.
    pub fn told(&self, digits: usize) -> String {
        format!("{:>10.digits$}{:>10.digits$}{:>10.digits$}", self.median(), self.min(), self.max())
    }
}

/// The value below which this share of sorted values lies: the smallest that is not below it. The middle two of an even number
/// are not averaged.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_smallest_value_that_so_large_a_share_does_not_exceed() {
        let thousand: Vec<f64> = (1..=1_000).map(f64::from).collect();
        let of = |share| quantile(&thousand, share);
        assert_eq!((of(0.0), of(0.5), of(0.99), of(0.999), of(1.0)), (1.0, 500.0, 990.0, 999.0, 1_000.0));
        // With fewer values than the share asks for it is the largest: never one that was not measured.
        assert_eq!(quantile(&[7.0, 9.0], 0.999), 9.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn a_figure_has_the_middle_of_its_runs_in_whatever_order_they_came() {
        let mut figure = Figure::default();
        assert!(figure.is_empty());
        [30.04, 10.0, 20.0].into_iter().for_each(|value| figure.add(value));
        assert_eq!((figure.median(), figure.min(), figure.max()), (20.0, 10.0, 30.04));
        assert_eq!(figure.json(1), json!({"median": 20.0, "min": 10.0, "max": 30.0}));
        figure.add(15.0);
        assert_eq!(figure.median(), 15.0);
    }
}

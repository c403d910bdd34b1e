//! Figures out of samples: quantiles of one run, and median, least and most of several.

use serde_json::{Value, json};

/// A figure as several runs measured it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure(Vec<f64>);

impl Figure {
    /// Adds what one run measured.
    pub(crate) fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one; 0 where nothing was measured.
    pub(crate) fn median(&self) -> f64 {
        quantile(&self.0, 0.5)
    }

    /// The least.
    pub(crate) fn min(&self) -> f64 {
        quantile(&self.0, 0.0)
    }

    /// The most.
    pub(crate) fn max(&self) -> f64 {
        quantile(&self.0, 1.0)
    }

    /// Whether nothing was measured.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Median, least and most, with so many digits behind the point.
    pub(crate) fn json(&self, digits: i32) -> Value {
        let scale = 10_f64.powi(digits);
        let round = |value: f64| (value * scale).round() / scale;
        json!({"median": round(self.median()), "min": round(self.min()), "max": round(self.max())})
    }
}

/// The value below which this share of sorted values lies: the smallest that is not below it. The middle two of an even number
/// are not averaged.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

//! Quantiles of a latency over several runs.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use testkit::figures::{Figure, quantile};

/// Name and share.
const QUANTILES: [(&str, f64); 4] = [("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("longest", 1.0)];

/// Quantiles of a latency in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Latency([Figure; QUANTILES.len()]);

impl Latency {
    /// Notes the sorted latencies of one run, and tells them.
    pub(crate) fn add(&mut self, sorted: &[f64]) -> String {
        let mut told = format!("{} mentions", sorted.len());
        for ((name, share), figure) in QUANTILES.into_iter().zip(&mut self.0) {
            let value = quantile(sorted, share);
            // Writing to a String never fails.
            let _written = write!(told, ", {name} {value:.1}");
            figure.add(value);
        }
        told + " ms"
    }

    /// A table with the most that is allowed of each.
    pub(crate) fn table(&self, title: &str, allowed: &[(&str, f64)]) -> String {
        let mut text =
            format!("\n{title}\n  {:<8}{:>10}{:>10}{:>10}{:>10}\n", "", "median", "least", "most", "allowed");
        for ((name, _), figure) in QUANTILES.into_iter().zip(&self.0) {
            let most = allowed.iter().find(|(of, _)| *of == name);
            let most = most.map_or_else(|| "-".to_owned(), |(_, most)| format!("{most:.0}"));
            let _written = writeln!(text, "  {name:<8}{}{most:>10}", figure.told(1));
        }
        text
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        let figures = QUANTILES.into_iter().zip(&self.0);
        figures.map(|((name, _), figure)| (name.to_owned(), figure.json(1))).collect::<Map<_, _>>().into()
    }
}

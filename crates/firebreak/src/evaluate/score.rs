//! From answers to figures, with their uncertainty and what they confuse.

use std::cmp::Reverse;

use classify::measure::{Confusion, Metric, calibration, calibration_error};
use serde::Serialize;

use super::plan::Test;
use crate::training::Labelled;

/// Resamples for an interval.
const RESAMPLES: usize = 400;
/// Confusions that are named, and rows that are named for each.
const WORST: usize = 10;
const EXAMPLES: usize = 3;

/// What was said of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// Index of the likeliest label.
    pub label: usize,
    /// Its probability, where one is claimed.
    pub claim: Option<f64>,
    /// Whether the head would say so, or abstain.
    pub sure: bool,
}

impl Said {
    /// The same for every row.
    pub(super) const fn surely(label: usize) -> Self {
        Self { label, claim: None, sure: true }
    }
}

/// Figures of one system on one set: fractions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// The official metric.
    pub figure: f64,
    /// Its 95 % interval, by resampling the rows.
    pub interval: (f64, f64),
    /// Share of right labels.
    pub accuracy: f64,
    /// Expected calibration error, 15 bins; null where no probability is claimed.
    pub calibration_error: Option<f64>,
    /// What was claimed and what came true, bin by bin; empty where no probability is claimed.
    pub calibration: Vec<Bin>,
    /// Share of rows on which it would not abstain.
    pub sure: f64,
    /// Label, rows, precision, recall, F1.
    pub labels: Vec<(String, u64, f64, f64, f64)>,
    /// The ten commonest confusions.
    pub confusions: Vec<Mistaken>,
}

/// Claims of about the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// How many.
    pub rows: u64,
    /// Their probability on average.
    pub claimed: f64,
    /// Share of them that came true.
    pub came_true: f64,
}

/// A label that was taken for another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistaken {
    /// The true label.
    pub truth: String,
    /// The label that was said.
    pub said: String,
    /// How often.
    pub rows: u64,
    /// Rows in which it was claimed the surest, as `file:line` of the set. Its words go nowhere.
    pub examples: Vec<String>,
}

/// The most frequent label, said of every row.
pub(super) fn majority(rows: &[(Labelled, usize)], labels: usize) -> Vec<Said> {
    let count = |label: &usize| rows.iter().filter(|(_, truth)| truth == label).count();
    vec![Said::surely((0..labels).rev().max_by_key(count).unwrap_or_default()); rows.len()]
}

/// The figures of what was said of `rows`, which carry the index of their label.
pub(super) fn score(rows: &[(Labelled, usize)], said: &[Said], test: &Test) -> Score {
    let pairs: Vec<(usize, usize)> = rows.iter().zip(said).map(|((_, truth), said)| (*truth, said.label)).collect();
    let confusion = confusion(&pairs, test.labels.len());
    let claims: Vec<(f64, bool)> =
        rows.iter().zip(said).filter_map(|((_, truth), said)| Some((said.claim?, said.label == *truth))).collect();
    let bins = calibration(&claims).into_iter().filter(|bin| bin.rows > 0);
    Score {
        figure: rounded(test.metric.of(&confusion)),
        interval: interval(&pairs, test.labels.len(), test.metric),
        accuracy: rounded(confusion.accuracy()),
        calibration_error: (!claims.is_empty()).then(|| rounded(calibration_error(&claims))),
        calibration: bins
            .map(|bin| Bin { rows: bin.rows, claimed: rounded(bin.claimed), came_true: rounded(bin.came_true) })
            .collect(),
        sure: rounded(said.iter().filter(|said| said.sure).count() as f64 / said.len().max(1) as f64),
        labels: (0..test.labels.len())
            .map(|label| {
                let (precision, recall, f1) =
                    (confusion.precision(label), confusion.recall(label), confusion.f1(label));
                let name = test.labels.get(label).cloned().unwrap_or_default();
                (name, confusion.support(label), rounded(precision), rounded(recall), rounded(f1))
            })
            .collect(),
        confusions: worst(rows, said, &confusion, &test.labels),
    }
}

/// The commonest confusions, each with the rows in which it was claimed the surest.
fn worst(rows: &[(Labelled, usize)], said: &[Said], confusion: &Confusion, labels: &[String]) -> Vec<Mistaken> {
    let all = 0..labels.len();
    let pairs = all.clone().flat_map(|truth| all.clone().map(move |said| (truth, said)));
    let mut pairs: Vec<(u64, usize, usize)> = pairs
        .filter(|(truth, said)| truth != said)
        .map(|(truth, said)| (confusion.of(truth, said), truth, said))
        .filter(|(rows, ..)| *rows > 0)
        .collect();
    pairs.sort_by_key(|(rows, ..)| Reverse(*rows));
    pairs.truncate(WORST);
    let name = |label: usize| labels.get(label).cloned().unwrap_or_default();
    let mistaken = |(count, truth, wrong): (u64, usize, usize)| {
        let mut found: Vec<(f64, &str)> = rows
            .iter()
            .zip(said)
            .filter(|((_, label), said)| *label == truth && said.label == wrong)
            .map(|((row, _), said)| (said.claim.unwrap_or_default(), row.place.as_str()))
            .collect();
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        let examples = found.into_iter().take(EXAMPLES).map(|(_, place)| place.to_owned()).collect();
        Mistaken { truth: name(truth), said: name(wrong), rows: count, examples }
    };
    pairs.into_iter().map(mistaken).collect()
}

pub(super) fn confusion(pairs: &[(usize, usize)], labels: usize) -> Confusion {
    let mut confusion = Confusion::new(labels);
    pairs.iter().for_each(|(truth, said)| confusion.count(*truth, *said));
    confusion
}

/// The middle 95 % of the metric over resampled rows. The same each time.
fn interval(pairs: &[(usize, usize)], labels: usize, metric: Metric) -> (f64, f64) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize
    };
    let mut figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let mut resampled = Confusion::new(labels);
            for _ in 0..pairs.len() {
                if let Some((truth, said)) = pairs.get(next() % pairs.len()) {
                    resampled.count(*truth, *said);
                }
            }
            metric.of(&resampled)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    let at = |share: usize| figures.get(RESAMPLES * share / 1_000).copied().map(rounded).unwrap_or_default();
    (at(25), at(975))
}

pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

//! From answers to figures, with their uncertainty and the parts of a set where they differ.

use classify::measure::{Confusion, Metric, calibration_error};
use serde::Serialize;

use super::plan::Test;
use crate::training::Labelled;

/// Resamples for an interval.
const RESAMPLES: usize = 400;

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
    /// Share of rows on which it would not abstain.
    pub sure: f64,
    /// Label, rows, precision, recall, F1.
    pub labels: Vec<(String, u64, f64, f64, f64)>,
    /// The commonest confusions: true label, said label, how often.
    pub confusions: Vec<(String, String, u64)>,
}

/// A part of a set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slice {
    /// Which rows.
    pub name: String,
    /// How many.
    pub rows: usize,
    /// Share of right labels.
    pub accuracy: f64,
}

/// The most frequent label.
pub(super) fn majority(truth: &[usize], labels: usize) -> usize {
    let count = |label: &usize| truth.iter().filter(|found| *found == label).count();
    (0..labels).rev().max_by_key(count).unwrap_or_default()
}

pub(super) fn score(truth: &[usize], said: &[Said], test: &Test) -> Score {
    let pairs: Vec<(usize, usize)> = truth.iter().zip(said).map(|(truth, said)| (*truth, said.label)).collect();
    let confusion = confusion(&pairs, test.labels.len());
    let claims: Vec<(f64, bool)> =
        truth.iter().zip(said).filter_map(|(truth, said)| Some((said.claim?, said.label == *truth))).collect();
    let name = |label: usize| test.labels.get(label).cloned().unwrap_or_default();
    let all = 0..test.labels.len();
    let mut confusions: Vec<(String, String, u64)> = all
        .clone()
        .flat_map(|truth| all.clone().map(move |said| (truth, said)))
        .filter(|(truth, said)| truth != said)
        .map(|(truth, said)| (name(truth), name(said), confusion.of(truth, said)))
        .collect();
    confusions.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    confusions.truncate(10);
    Score {
        figure: rounded(test.metric.of(&confusion)),
        interval: interval(&pairs, test.labels.len(), test.metric),
        accuracy: rounded(confusion.accuracy()),
        calibration_error: (!claims.is_empty()).then(|| rounded(calibration_error(&claims))),
        sure: rounded(said.iter().filter(|said| said.sure).count() as f64 / said.len().max(1) as f64),
        labels: all
            .map(|label| {
                let (precision, recall, f1) =
                    (confusion.precision(label), confusion.recall(label), confusion.f1(label));
                (name(label), confusion.support(label), rounded(precision), rounded(recall), rounded(f1))
            })
            .collect(),
        confusions,
    }
}

fn confusion(pairs: &[(usize, usize)], labels: usize) -> Confusion {
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

/// Accuracy by length, and where there is an emoji, a negation, a question, a hashtag.
pub(super) fn slices(rows: &[(Labelled, usize)], said: &[Said], test: &Test) -> Vec<Slice> {
    type Belongs = fn(&str) -> bool;
    let parts: [(&str, Belongs); 7] = [
        ("shorter than 60 bytes", |text| text.len() < 60),
        ("60 to 119 bytes", |text| (60..120).contains(&text.len())),
        ("120 bytes and longer", |text| text.len() >= 120),
        ("with a negation", negates),
        ("with an emoji", |text| {
            text.chars().any(|c| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}'))
        }),
        ("with a question mark", |text| text.contains('?')),
        ("with a hashtag", |text| text.contains('#')),
    ];
    parts
        .into_iter()
        .map(|(name, belongs)| {
            let part = rows.iter().zip(said).filter(|((row, _), _)| belongs(&row.text));
            let pairs: Vec<(usize, usize)> = part.map(|((_, truth), said)| (*truth, said.label)).collect();
            let accuracy = rounded(confusion(&pairs, test.labels.len()).accuracy());
            Slice { name: name.to_owned(), rows: pairs.len(), accuracy }
        })
        .collect()
}

fn negates(text: &str) -> bool {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    lower.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|word| {
        matches!(word, "not" | "no" | "never" | "nobody" | "nothing" | "cannot" | "without") || word.ends_with("n't")
    })
}

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

//! `OUT/summary.json`: what came of a run, in numbers that balance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Counts of a run. read = accepted + duplicates + dropped and rejected before once-only;
/// accepted = classified + dropped and rejected after it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Mentions, and lines that could not become one.
    pub read: u64,
    /// Mentions that passed once-only: distinct (id, revision).
    pub accepted: u64,
    /// Mentions seen before.
    pub duplicates: u64,
    /// Dropped up to classify, by `<stage>.<reason>`; duplicates are not among them.
    pub dropped: BTreeMap<String, u64>,
    /// Rejected up to classify, by `<stage>.<reason>`.
    pub rejected: BTreeMap<String, u64>,
    /// Classified, both lanes.
    pub classified: u64,
    /// Dropped by the roles behind classify, by `<stage>.<reason>`: decisions about classified mentions and their sequels,
    /// which is why they stand apart from the balance.
    #[serde(default)]
    pub dropped_later: BTreeMap<String, u64>,
    /// Rejected by the roles behind classify, by `<stage>.<reason>`.
    #[serde(default)]
    pub rejected_later: BTreeMap<String, u64>,
    /// Action, link and business lines.
    pub other: u64,
    /// Incidents that reached `open`.
    pub incidents: u64,
    /// Cases opened.
    pub cases: u64,
    /// Notifications sent.
    pub notifications: u64,
    /// Wall-clock time of the run.
    pub seconds: f64,
    /// `read` divided by `seconds`.
    pub mentions_per_second: f64,
    /// Most memory held at once.
    pub max_rss_mib: f64,
    /// The book that decided.
    pub book_version: String,
    /// Dates outside 2000 to 2099, or far ahead of the lines around them, which became the stream time so far.
    #[serde(default)]
    pub undated: u64,
    /// What each role did, by its name.
    #[serde(default)]
    pub stages: BTreeMap<String, StageRate>,
}

/// How fast a role was.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StageRate {
    /// Records read.
    pub read: u64,
    /// Time spent in its turns, added up over the workers.
    pub busy_seconds: f64,
    /// `read` divided by `busy_seconds`: the rate of one core.
    pub records_per_second: f64,
}

//! Incidents: something is going wrong for a brand, as one thing with updates.

use serde::{Deserialize, Serialize};

use crate::{BookVersion, BrandId, EventTime, IncidentId, MentionId, Persons, Recipient, ThemeId};

/// The whole current state of an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Identity: the key of the record.
    pub incident_id: IncidentId,
    /// Rises by one with each change.
    pub revision: i64,
    /// The brand it concerns; the record's partition comes from it.
    pub brand: BrandId,
    /// What kind of signal: `spike`, …
    pub kind: String,
    /// The theme it concerns; null when it concerns the whole brand.
    #[serde(default)]
    pub theme: Option<ThemeId>,
    /// Where it stands.
    pub state: IncidentState,
    /// Whether crisis rules are on.
    #[serde(default)]
    pub mode: IncidentMode,
    /// 0 to 100.
    pub severity: i64,
    /// When it began, as far as the counts tell.
    pub onset_at: EventTime,
    /// When it was opened; null for a candidate.
    #[serde(default)]
    pub opened_at: Option<EventTime>,
    /// When it last changed.
    pub updated_at: EventTime,
    /// When it was resolved; null while it is not.
    #[serde(default)]
    pub resolved_at: Option<EventTime>,
    /// Mentions expected in the window at its peak, from the brand's own past.
    pub expected: f64,
    /// Mentions observed in the window at its peak.
    pub observed: i64,
    /// Length in minutes of the window that `expected` and `observed` speak of.
    pub window_minutes: i64,
    /// How unlikely the peak is: −log10 of its tail probability, capped at 300.
    pub score: f64,
    /// When the peak window ended.
    pub peak_at: EventTime,
    /// Mentions since the onset.
    pub mentions: i64,
    /// Distinct people since the onset.
    pub people: i64,
    /// The persons behind `people`, in a form that adds up.
    #[serde(default)]
    pub persons: Persons,
    /// What drives it: themes, terms and source classes, the strongest first.
    #[serde(default)]
    pub drivers: Vec<Driver>,
    /// Up to 10 mentions that show it.
    #[serde(default)]
    pub samples: Vec<MentionId>,
    /// Who was called.
    #[serde(default)]
    pub called: Vec<Recipient>,
    /// True when time had to pass without the progress of upstream.
    #[serde(default)]
    pub unconfirmed: bool,
    /// The last 200 steps.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// All steps ever.
    #[serde(default)]
    pub step_count: i64,
    /// The book that decided.
    pub book_version: BookVersion,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentState {
    /// Not yet sure.
    #[default]
    Candidate,
    /// Open.
    Open,
    /// Getting worse.
    Worsening,
    /// Getting better.
    Easing,
    /// Over.
    Resolved,
    /// Open again.
    Reopened,
    /// A state that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// Whether crisis rules are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentMode {
    /// They are not.
    #[default]
    Normal,
    /// They are.
    Crisis,
    /// A mode that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// Something that drives an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Driver {
    /// `theme`, `term`, `source`, `intent`.
    pub kind: String,
    /// Which one.
    pub value: String,
    /// Mentions since the onset that had it.
    pub count: i64,
}

/// One thing that happened to an incident or a case. `index` numbers them from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Number of the step, from 0, never used twice.
    pub index: i64,
    /// When, in event time: for a clock its deadline.
    pub at: EventTime,
    /// What: `opened`, `worsened`, `easing`, `resolved`, `reopened`, `joined`, `answered`, `warned`, `breached`, `met`, …
    pub kind: String,
    /// More about it, without the text of a mention.
    #[serde(default)]
    pub detail: String,
}

//! Calls and notifications: who is told what.

use serde::{Deserialize, Serialize};

use crate::{BookVersion, BrandId, EventTime, Recipient};

/// Who should be told what, before grouping and budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// A hash of subject and step: the same step never calls twice.
    pub call_id: String,
    /// Who: the key of the record.
    pub recipient: Recipient,
    /// Why: `incident_opened`, `incident_worsened`, `incident_resolved`, `incident_reopened`, `clock_warning`, `clock_breach`.
    pub reason: String,
    /// What it is about.
    pub subject_kind: CallSubject,
    /// Id of the incident, case or objective.
    pub subject_id: String,
    /// The brand it concerns.
    pub brand: BrandId,
    /// 0 to 100.
    pub severity: i64,
    /// When it came up, in event time.
    pub at: EventTime,
    /// By when somebody must act; null when there is no such time.
    #[serde(default)]
    pub due_at: Option<EventTime>,
    /// What to tell, without the text of a mention.
    pub summary: String,
    /// True when time had to pass without the progress of upstream.
    #[serde(default)]
    pub unconfirmed: bool,
    /// The book that decided.
    pub book_version: BookVersion,
}

/// A message that must reach a person or a system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// A hash of what it says to whom: sending twice is one notification.
    pub notification_id: String,
    /// Who: the key of the record.
    pub recipient: Recipient,
    /// Why, as in the call.
    pub reason: String,
    /// What it is about.
    pub subject_kind: CallSubject,
    /// Id of the incident, case or objective.
    pub subject_id: String,
    /// The brand it concerns.
    pub brand: BrandId,
    /// 0 to 100.
    pub severity: i64,
    /// When it came up, in event time.
    pub at: EventTime,
    /// By when somebody must act; null when there is no such time.
    #[serde(default)]
    pub due_at: Option<EventTime>,
    /// What to tell, without the text of a mention.
    pub summary: String,
    /// The calls that it passes on.
    #[serde(default)]
    pub calls: Vec<String>,
    /// True when time had to pass without the progress of upstream.
    #[serde(default)]
    pub unconfirmed: bool,
    /// The book that decided.
    pub book_version: BookVersion,
}

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallSubject {
    /// An incident.
    #[default]
    Incident,
    /// A case.
    Case,
    /// An objective.
    Objective,
    /// A subject that this reader does not know.
    #[serde(other)]
    Unknown,
}

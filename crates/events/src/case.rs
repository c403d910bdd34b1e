//! Cases: one person, one matter, somebody who must act by a time.

use serde::{Deserialize, Serialize};

use crate::{BookVersion, BrandId, CaseId, EventTime, Intent, MentionId, Person, Step, ThemeId};

/// The whole current state of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Identity: the key of the record.
    pub case_id: CaseId,
    /// Rises by one with each change.
    pub revision: i64,
    /// The brand it concerns.
    pub brand: BrandId,
    /// Whose case; the record's partition comes from it.
    pub person: Person,
    /// The matter: a theme id, or `general`.
    pub matter: String,
    /// The theme; null for `general`.
    #[serde(default)]
    pub theme: Option<ThemeId>,
    /// Where it stands.
    pub state: CaseState,
    /// The team that must act.
    pub queue: String,
    /// Which rule of the book chose the queue, and why.
    pub route_reason: String,
    /// What the person wanted when it opened.
    pub intent: Intent,
    /// The highest severity among its mentions, 0 to 100.
    pub severity: i64,
    /// Response clocks.
    #[serde(default)]
    pub clocks: Vec<Clock>,
    /// The last 100 mentions, in order of event time and id.
    #[serde(default)]
    pub mentions: Vec<CaseMention>,
    /// All mentions ever.
    pub mention_count: i64,
    /// Threads it touches.
    #[serde(default)]
    pub threads: Vec<String>,
    /// When it was opened: the event time of its first mention.
    pub opened_at: EventTime,
    /// When it last changed.
    pub updated_at: EventTime,
    /// The last 200 steps.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// All steps ever.
    #[serde(default)]
    pub step_count: i64,
    /// The book that decided.
    pub book_version: BookVersion,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody has answered.
    #[default]
    New,
    /// The brand has answered.
    Answered,
    /// Done.
    Closed,
    /// Continued in another case, of the same person or of another.
    Moved,
    /// A state that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// A mention of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseMention {
    /// Which.
    pub id: MentionId,
    /// Its highest revision.
    pub revision: i64,
    /// Its event time.
    pub at: EventTime,
    /// `customer` or `brand`.
    pub from: String,
    /// Where it was said.
    pub source: String,
    /// Shape of the message.
    pub channel: String,
    /// True once it was deleted at its source.
    #[serde(default)]
    pub deleted: bool,
}

/// A promise to respond by a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// `first_reply`.
    pub name: String,
    /// Id of the book's policy that set it.
    pub policy: String,
    /// When it started: `received_at` of the mention.
    pub started_at: EventTime,
    /// When its owner is warned.
    pub warn_at: EventTime,
    /// When it is breached.
    pub due_at: EventTime,
    /// How it stands.
    pub outcome: ClockOutcome,
    /// When it was warned: the deadline itself; null when it was not.
    #[serde(default)]
    pub warned_at: Option<EventTime>,
    /// When it was met or breached; null while it runs.
    #[serde(default)]
    pub ended_at: Option<EventTime>,
    /// True when time had to pass without the progress of upstream.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// How a clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockOutcome {
    /// It runs.
    #[default]
    Running,
    /// Answered in time.
    Met,
    /// Not answered in time.
    Breached,
    /// No longer needed.
    Cancelled,
    /// An outcome that this reader does not know.
    #[serde(other)]
    Unknown,
}

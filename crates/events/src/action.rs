//! What people and other systems tell Firebreak: actions, links, business numbers.

use serde::{Deserialize, Serialize};

use crate::{BrandId, EventTime, Person};

/// What somebody did. The key is the person, or the brand where the subject has no person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// A hash or the sender's own id: the same action counts once.
    pub action_id: String,
    /// `acknowledge`, `reply`, `assign`, `close`, `declare`, `relink`, `split`, `merge`.
    pub kind: String,
    /// `case`, `incident`, `mention`.
    pub subject_kind: String,
    /// Id of the subject.
    pub subject_id: String,
    /// The person whose case it is; null when the subject is a brand's.
    #[serde(default)]
    pub person: Option<Person>,
    /// The brand; null when the subject is a person's.
    #[serde(default)]
    pub brand: Option<BrandId>,
    /// Who acted.
    pub actor: String,
    /// When.
    pub at: EventTime,
    /// More about it; empty when there is no more.
    #[serde(default)]
    pub detail: String,
}

/// Customer of an author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// `<source>:<author id>`: the key of the record.
    pub author: String,
    /// The customer's id; null to unlink.
    #[serde(default)]
    pub customer: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
    /// Who says so: `crm`, `desk`, `book`.
    pub source: String,
    /// When.
    pub at: EventTime,
}

/// A number or an event from elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Business {
    /// Which series: the key of the record.
    pub series: String,
    /// The brand; the record's partition comes from it.
    pub brand: BrandId,
    /// When.
    pub at: EventTime,
    /// The number; null for an event without one.
    #[serde(default)]
    pub value: Option<f64>,
    /// The event; null for a mere number.
    #[serde(default)]
    pub event: Option<String>,
    /// More about it; empty when there is no more.
    #[serde(default)]
    pub detail: String,
}

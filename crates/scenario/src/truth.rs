//! What is true about the lines that were written: the answer key of a scenario.

use events::EventTime;
use serde::Serialize;

/// The truth about one generated file; its JSON is what `firebreak simulate --truth` writes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truth {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the random streams.
    pub seed: u64,
    /// The example book that it is about.
    pub book: String,
    /// Lines written.
    pub lines: u64,
    /// Distinct (source, native id, revision) among them.
    pub distinct: u64,
    /// Lines that repeat an earlier one exactly.
    pub duplicates: u64,
    /// Lines that can't become a mention.
    pub poison: u64,
    /// When what truly began.
    pub onsets: Vec<Onset>,
    /// Native ids of real threats.
    pub threats: Vec<String>,
    /// Native ids of posts that give away something confidential.
    pub leaks: Vec<String>,
    /// Native ids of serious allegations.
    pub allegations: Vec<String>,
    /// Persons whose mentions belong together.
    pub matters: Vec<Matter>,
    /// What people ask for, and how many distinct persons do.
    pub requests: Vec<Request>,
}

/// The true beginning of a surge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Onset {
    /// Brand it is about.
    pub brand: String,
    /// Kind of the incident that should open: `spike`.
    pub kind: String,
    /// Theme of the surge; null when it is the volume of the brand.
    pub theme: Option<String>,
    /// When the surge begins.
    pub at: EventTime,
}

/// One person's mentions of one matter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matter {
    /// The author of the first of them, `<source>:<author id>`.
    pub author: String,
    /// Brand and theme, `<brand>/<theme>`.
    pub matter: String,
    /// Native ids of the person's own mentions, in order.
    pub mentions: Vec<String>,
}

/// A value that people ask for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// The parameter of the brand's programme.
    pub parameter: String,
    /// The value asked for.
    pub value: String,
    /// Distinct authors who ask for it.
    pub persons: u64,
}

/// What was written, by kind of line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) first: u64,
    pub(crate) duplicates: u64,
    pub(crate) poison: u64,
}

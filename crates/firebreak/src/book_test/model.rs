//! A file of tests as types.

use std::collections::BTreeSet;

use events::{EventTime, Span, Topic};
use serde_json::{Map, Value};

use super::condition::Condition;

/// A file of tests.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TestFile {
    pub(super) row: Option<String>,
    pub(super) partly: Vec<String>,
    pub(super) book: String,
    pub(super) tests: Vec<Test>,
}

/// One test: a pipeline of its own, from nothing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Test {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) until: Option<EventTime>,
    pub(super) given: Vec<Given>,
    pub(super) expect: Vec<Expectation>,
}

impl Test {
    /// When every stage starts again.
    pub(super) fn restarts(&self) -> Vec<EventTime> {
        let restarts = self.given.iter().filter(|given| given.what == What::Restart);
        let mut times: Vec<EventTime> = restarts.map(|given| given.at).collect();
        times.sort_unstable();
        times
    }

    /// The topics that its expectations look at.
    pub(super) fn topics(&self) -> Vec<Topic> {
        let looked_at = self.expect.iter().filter_map(|expectation| match &expectation.about {
            About::Summary => None,
            About::Records(records) => Some(records.topic),
        });
        looked_at.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What enters.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    pub(super) at: EventTime,
    pub(super) what: What,
}

/// One line, or many.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// A mention, or a series of them.
    Mentions { fields: Map<String, Value>, texts: Vec<String>, authors: Option<u64>, series: Series },
    /// A line of another kind: `_action`, `_link`, `_business`, with the event's fields.
    Other { kind: &'static str, fields: Map<String, Value> },
    /// A line as it is.
    Line(String),
    /// No line: every stage stops, and starts again from its topics.
    Restart,
}

/// `count` mentions evenly over each `every`, for `lasts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Series {
    pub(super) count: u64,
    pub(super) every: Span,
    pub(super) lasts: Span,
}

impl Series {
    /// One mention.
    pub(super) const ONCE: Self = Self { count: 1, every: Span::millis(1), lasts: Span::millis(1) };
}

/// What must, or must not, appear.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expectation {
    pub(super) line: usize,
    pub(super) about: About,
    pub(super) fields: Vec<FieldCondition>,
}

/// Where to look.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum About {
    /// In the counts of the run.
    Summary,
    /// Among the records of a topic.
    Records(Box<Records>),
}

/// Which records of a topic, and how many of them must meet the fields.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Records {
    pub(super) topic: Topic,
    pub(super) select: Vec<FieldCondition>,
    pub(super) from: Option<EventTime>,
    pub(super) to: Option<EventTime>,
    /// Only the last record of each key.
    pub(super) last: bool,
    pub(super) count: Option<Condition>,
    pub(super) keys: Option<Condition>,
}

/// A condition on what lies at a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FieldCondition {
    pub(super) path: String,
    pub(super) condition: Condition,
}

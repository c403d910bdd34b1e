//! What is to be reached, and whether it is.

use serde::Serialize;

use super::plan::word;
use super::{Score, TestReport, Weights};
use crate::yaml::{Node, Reader};

const TARGET_KEYS: &[&str] = &["what", "weights", "figure", "peers", "reach", "aim", "at_most"];
const FIGURE_KEYS: &[&str] = &["test", "system", "recall", "calibration"];

/// A figure that is to be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// For people.
    pub what: String,
    /// Which weights answer: `shipped`, `in domain`, `rules`.
    pub weights: String,
    /// The figure.
    pub figure: Figure,
    /// What others reached, in words.
    pub peers: String,
    /// What is to be reached, in percent.
    pub line: Line,
}

/// Where a figure is found in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The test.
    pub test: String,
    /// Who was asked.
    pub system: String,
    /// Which of its figures.
    pub of: Of,
}

/// A figure of a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// The official metric of the set.
    Metric,
    /// The recall of a label.
    Recall(String),
    /// The calibration error.
    Calibration,
}

/// What is to be reached, in percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line {
    /// So much at least; better still the aim.
    AtLeast {
        /// What must be.
        reach: f64,
        /// What would be better still.
        aim: Option<f64>,
    },
    /// No more than this.
    AtMost(f64),
}

/// How near a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Also the aim, or there is none.
    Reached,
    /// What must be, not what would be better still.
    AimNotReached,
    /// Not even that.
    NotReached,
    /// This run asked somebody else.
    NotMeasured,
}

impl Verdict {
    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::AimNotReached => "reached, aim not",
            Self::NotReached => "**not reached**",
            Self::NotMeasured => "not measured in this run",
        }
    }
}

/// A target beside what was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// What is to be reached.
    pub what: String,
    /// Which weights answered.
    pub weights: String,
    /// What others reached, in words.
    pub peers: String,
    /// What is to be reached, in words.
    pub line: String,
    /// What was measured, as a fraction.
    pub figure: Option<f64>,
    /// Its 95 % interval, where it is the official metric of the set.
    pub interval: Option<(f64, f64)>,
    /// Whether it is reached.
    pub verdict: Verdict,
}

impl Target {
    /// The target beside the figures of a run.
    pub(super) fn outcome<'a>(&self, mut tests: impl Iterator<Item = &'a TestReport>) -> Outcome {
        // A figure that flatters reaches nothing.
        let test = tests.find(|test| test.name == self.figure.test && test.weights != Weights::Seen);
        let system = test.and_then(|test| test.systems.iter().find(|(name, _)| *name == self.figure.system));
        let score = system.map(|(_, score)| score);
        let figure = score.and_then(|score| self.figure.of.of(score));
        Outcome {
            what: self.what.clone(),
            weights: self.weights.clone(),
            peers: self.peers.clone(),
            line: self.line.to_string(),
            figure,
            interval: score.filter(|_| self.figure.of == Of::Metric).map(|score| score.interval),
            verdict: figure.map_or(Verdict::NotMeasured, |figure| self.line.verdict(figure * 100.0)),
        }
    }
}

impl Of {
    fn of(&self, score: &Score) -> Option<f64> {
        match self {
            Self::Metric => Some(score.figure),
            Self::Recall(label) => {
                score.labels.iter().find(|(name, ..)| name == label).map(|(_, _, _, recall, _)| *recall)
            }
            Self::Calibration => score.calibration_error,
        }
    }
}

impl Line {
    fn verdict(self, percent: f64) -> Verdict {
        match self {
            Self::AtLeast { reach, .. } if percent < reach => Verdict::NotReached,
            Self::AtLeast { aim: Some(aim), .. } if percent < aim => Verdict::AimNotReached,
            Self::AtMost(most) if percent > most => Verdict::NotReached,
            Self::AtLeast { .. } | Self::AtMost(_) => Verdict::Reached,
        }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast { reach, aim: Some(aim) } => write!(f, "≥ {reach}, aim {aim}"),
            Self::AtLeast { reach, aim: None } => write!(f, "≥ {reach}"),
            Self::AtMost(most) => write!(f, "≤ {most}"),
        }
    }
}

/// Reads a target.
pub(super) fn target(reader: &mut Reader, node: &Node) -> Option<Target> {
    let fields = reader.map(node, TARGET_KEYS)?;
    let mut text = |name: &str| word(reader, fields, name);
    let (what, weights, peers) = (text("what")?, text("weights")?, text("peers")?);
    let figure = reader.map(fields.get("figure")?, FIGURE_KEYS)?;
    let mut number = |name: &str| fields.get(name).and_then(|node| reader.number(node));
    let line = match (number("reach"), number("at_most"), number("aim")) {
        (Some(reach), None, aim) => Line::AtLeast { reach, aim },
        (None, Some(most), None) => Line::AtMost(most),
        _ => {
            reader.note(node, "a target has `reach`, and `aim` where there is one, or else `at_most`");
            return None;
        }
    };
    let recall = figure.get("recall").and_then(|node| reader.text(node));
    let of = match (recall, figure.get("calibration").is_some_and(|node| reader.flag(node))) {
        (Some(label), _) => Of::Recall(label),
        (None, true) => Of::Calibration,
        (None, false) => Of::Metric,
    };
    let figure = Figure { test: word(reader, figure, "test")?, system: word(reader, figure, "system")?, of };
    Some(Target { what, weights, figure, peers, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_reached_on_its_right_side() {
        let least = Line::AtLeast { reach: 65.0, aim: Some(66.5) };
        let said = [64.9, 65.0, 66.5].map(|percent| least.verdict(percent));
        assert_eq!(said, [Verdict::NotReached, Verdict::AimNotReached, Verdict::Reached]);
        assert_eq!(Line::AtMost(5.0).verdict(5.1), Verdict::NotReached);
        assert_eq!(Line::AtLeast { reach: 65.0, aim: None }.verdict(65.0), Verdict::Reached);
    }
}

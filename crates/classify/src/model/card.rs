//! The card in the header of a model file: what it decides, from which data, under which licences, and how well it measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lexicon::RULES_VERSION;

/// The version of normalisation that this program has.
pub const NORMALISATION: &str = "norm-v1";
/// The version of features that this program has.
pub const FEATURES: &str = "ng-v1";

/// A model card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The recipe's name.
    pub name: String,
    /// What it is for and what it is not for, in a sentence or two.
    pub about: String,
    /// [`NORMALISATION`] at the time.
    pub normalisation: String,
    /// [`FEATURES`] at the time.
    pub features: String,
    /// The table has two to this many rows: 4 to 22.
    pub rows_log2: u32,
    /// The version of the rules whose clues stood beside the texts; none when it learnt from texts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// Version of the trainer.
    pub trainer: String,
    /// What all chance in training came from.
    pub seed: u64,
    /// What it decides, in the order of the outputs.
    pub heads: Vec<Head>,
    /// What it was trained and measured on.
    pub data: Vec<DataSet>,
}

/// A head: one question about a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Such as `sentiment`.
    pub name: String,
    /// How its outputs become probabilities.
    pub kind: Kind,
    /// The answers; of a yes-or-no question first no, then yes.
    pub labels: Vec<String>,
    /// Languages that it was trained on, as BCP 47 tags.
    pub languages: Vec<String>,
    /// One for each output.
    pub outputs: Vec<Output>,
    /// What the weighted sums are multiplied by before they become probabilities.
    pub steepness: f64,
    /// Below this probability the head abstains: 0 to 1.
    pub unsure_below: f64,
    /// From this probability of yes the answer is yes: 0 to 1. Of no use where one of several is chosen.
    pub yes_from: f64,
    /// Whether its answers are known to fail on other texts than it was trained on.
    pub low_confidence: bool,
    /// The settings that training chose.
    pub chosen: BTreeMap<String, String>,
    /// What was measured on development data: fractions 0 to 1, and counts of rows.
    pub measured: BTreeMap<String, f64>,
}

/// How outputs become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One of several: an output for each label, the probabilities add up to 1.
    OneOf,
    /// Yes or no: one output.
    YesNo,
}

impl Kind {
    /// Outputs of a head with so many labels.
    pub const fn outputs(self, labels: usize) -> usize {
        match self {
            Self::OneOf => labels,
            Self::YesNo => 1,
        }
    }
}

/// From sums of whole numbers to a weighted sum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What one step of a weight stands for.
    pub scale: f64,
    /// Added to the sum.
    pub bias: f64,
    /// Added after the steepness, so that the probabilities come true.
    pub shift: f64,
}

/// A set of data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// The recipe's name for it.
    pub name: String,
    /// Its licence.
    pub licence: String,
    /// Whom to name.
    pub attribution: String,
    /// Whether weights that come from it may be passed on.
    pub ship: bool,
    /// Rows that were trained on.
    pub trained: u64,
    /// Rows that were measured on.
    pub measured: u64,
    /// SHA-256 of its files in the order of the recipe, as hex digits.
    pub sha256: String,
}

impl Card {
    /// Number of outputs of all heads.
    pub fn outputs(&self) -> usize {
        self.heads.iter().map(|head| head.outputs.len()).sum()
    }

    /// What is wrong with it, if anything is.
    pub(crate) fn mistake(&self) -> Option<String> {
        if self.normalisation != NORMALISATION || self.features != FEATURES {
            return Some(format!(
                "it reads texts by `{}` and `{}`, this program by `{NORMALISATION}` and `{FEATURES}`",
                self.normalisation, self.features
            ));
        }
        if let Some(rules) = self.rules.as_ref().filter(|rules| *rules != RULES_VERSION) {
            return Some(format!(
                "it learnt beside the rules `{rules}`, and this program has `{RULES_VERSION}`: train it again"
            ));
        }
        if !(4..=22).contains(&self.rows_log2) {
            return Some(format!("`rows_log2` is {}, not 4 to 22", self.rows_log2));
        }
        if self.heads.is_empty() || self.outputs() > 1_024 {
            return Some("it has no head, or more than 1,024 outputs".to_owned());
        }
        self.heads.iter().find_map(Head::mistake)
    }
}

impl Head {
    fn mistake(&self) -> Option<String> {
        let name = &self.name;
        let fits = self.outputs.len() == self.kind.outputs(self.labels.len());
        if self.labels.len() < 2 || !fits || (self.kind == Kind::YesNo && self.labels.len() != 2) {
            return Some(format!("head `{name}` has {} labels and {} outputs", self.labels.len(), self.outputs.len()));
        }
        let numbers = self.outputs.iter().flat_map(|output| [output.scale, output.bias, output.shift]);
        if !numbers.chain([self.steepness]).all(f64::is_finite) {
            return Some(format!("head `{name}` has a number that is none"));
        }
        let fractions = [self.unsure_below, self.yes_from];
        let outside = fractions.iter().any(|fraction| !(0.0..=1.0).contains(fraction));
        outside.then(|| format!("head `{name}` has a threshold outside 0 to 1"))
    }

    /// Whether it was trained on a language, told by the first part of its tag.
    pub fn knows(&self, language: &str) -> bool {
        let primary = language.split('-').next().unwrap_or_default();
        self.languages.iter().any(|known| known == primary)
    }
}

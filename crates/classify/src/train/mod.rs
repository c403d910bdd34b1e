//! The trainer of the fast tier: labelled texts in, the bytes of a model file out.
//!
//! Pure like the rest of the crate: it reads no files and no clock, and the same rows, settings and seed give the same bytes,
//! whatever the number of threads. Where rows come from is the recipe's matter, which the executable reads.

mod base;
mod calibrate;
mod chance;
mod fit;
mod golden;
mod head;
mod matrix;
mod quantise;
mod ratio;
#[cfg(test)]
mod tests;

use crate::RULES_VERSION;
use crate::measure::Metric;
use crate::model::{Card, Clue, DataSet, FEATURES, Kind, Model, ModelError, NORMALISATION, file, shipped};
pub use fit::Setting;
use head::Trained;

/// Version of the trainer: changes whenever the same rows can give other bytes.
pub const TRAINER_VERSION: &str = "trainer-3";

/// What to train.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The model's name.
    pub name: String,
    /// What it is for, for its card.
    pub about: String,
    /// Where all chance comes from.
    pub seed: u64,
    /// The table gets two to this many rows: 4 to 22.
    pub rows_log2: u32,
    /// Whether rows of `heads` come with the clues of the rules, and the model is asked with them.
    pub rules: bool,
    /// Heads that learn first, from other sets, so that `heads` may stand on them too. They are no part of the model.
    pub before: Vec<HeadTask>,
    /// The heads, in order.
    pub heads: Vec<HeadTask>,
    /// Where the rows come from, for its card.
    pub data: Vec<DataSet>,
}

/// What to train for one head, and what from: rows, or where a recipe says that they are.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadTask<R = Row> {
    /// Such as `sentiment`.
    pub name: String,
    /// How its outputs become probabilities.
    pub kind: Kind,
    /// The answers; of a yes-or-no question first no, then yes.
    pub labels: Vec<String>,
    /// Languages of the rows.
    pub languages: Vec<String>,
    /// By which the best of `settings` is chosen.
    pub metric: Metric,
    /// What to try.
    pub settings: Vec<Setting>,
    /// How probabilities are made to come true.
    pub calibrate: Calibrate,
    /// Below this probability the head abstains.
    pub unsure_below: f64,
    /// From this probability the answer is yes; `None` takes what measures best.
    pub yes_from: Option<f64>,
    /// Whether its answers are known to fail on other texts.
    pub low_confidence: bool,
    /// Whether the chosen setting learns once more at the end, from `dev` as well. What is told of it was measured before.
    pub refit: bool,
    /// To learn from.
    pub train: Vec<R>,
    /// To choose, calibrate and measure on. What is the same text in `train` is left out there.
    pub dev: Vec<R>,
}

impl<R> HeadTask<R> {
    /// The same head from other rows.
    pub fn with_rows<S>(&self, train: Vec<S>, dev: Vec<S>) -> HeadTask<S> {
        HeadTask {
            name: self.name.clone(),
            kind: self.kind,
            labels: self.labels.clone(),
            languages: self.languages.clone(),
            metric: self.metric,
            settings: self.settings.clone(),
            calibrate: self.calibrate,
            unsure_below: self.unsure_below,
            yes_from: self.yes_from,
            low_confidence: self.low_confidence,
            refit: self.refit,
            train,
            dev,
        }
    }
}

/// How probabilities are made to come true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calibrate {
    /// All steeper or flatter: for few rows, and where rare labels are to be found as well as frequent ones.
    Steepness,
    /// Also half the way to each label's share: for labels of which some are rare and to be found all the same.
    HalfShift,
    /// Also more or less likely, label by label: for as many rows as make each label's share sure.
    Shift,
}

impl Calibrate {
    /// How much of the shift to each label's share is made, 0 to 1.
    const fn share(self) -> f64 {
        match self {
            Self::Steepness => 0.0,
            Self::HalfShift => 0.5,
            Self::Shift => 1.0,
        }
    }
}

/// A text with its label.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The text.
    pub text: String,
    /// What the rules say of it; empty where the model is to judge by the text alone.
    pub clues: Vec<Clue>,
    /// Index of its label.
    pub label: usize,
    /// How much it counts: above 0.
    pub weight: f64,
    /// Other answers to the same text with what each counts, above 0: a teacher is seldom all sure.
    pub others: Vec<(usize, f64)>,
}

/// A task that cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Too few rows.
    #[error("head `{head}`: label `{label}` has no row to {to}")]
    NoRows {
        /// The head.
        head: String,
        /// The label.
        label: String,
        /// What the rows would be for.
        to: &'static str,
    },
    /// Nothing to try.
    #[error("head `{0}` has no setting to try: give at least one of each in its `grid`")]
    NoSetting(String),
    /// The finished file does not pass its own check.
    #[error("the trained model is not valid: {0}")]
    Model(#[from] ModelError),
}

/// What was done, as it is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress<'a> {
    /// Rows were read; `repeated` are left out.
    Read {
        /// The head.
        head: &'a str,
        /// Rows to learn from.
        train: usize,
        /// Rows to measure on.
        dev: usize,
        /// Rows left out.
        repeated: usize,
    },
    /// A setting was tried.
    Tried {
        /// The head.
        head: &'a str,
        /// What was tried.
        setting: Setting,
        /// The metric on development rows, 0 to 1.
        figure: f64,
    },
    /// A head is done.
    Done {
        /// The head.
        head: &'a str,
        /// What was chosen.
        setting: Setting,
        /// The metric on development rows with the weights of the file.
        figure: f64,
        /// Expected calibration error there.
        calibration_error: f64,
    },
}

/// Trains a model on up to `threads` threads and returns its file.
///
/// # Errors
/// A label without rows, or nothing to try.
pub fn train(task: &Task, threads: usize, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Vec<u8>, TrainError> {
    let before = match task.before.is_empty() {
        true => None,
        false => Some(Model::read(&learnt(task, &task.before, &[shipped()], threads, progress)?)?),
    };
    let models: Vec<&Model> = std::iter::once(shipped()).chain(&before).collect();
    learnt(task, &task.heads, &models, threads, progress)
}

/// The file of the task with these heads, which may stand on `models`.
fn learnt(
    task: &Task,
    heads: &[HeadTask],
    models: &[&Model],
    threads: usize,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<u8>, TrainError> {
    let seed = |at| chance::mixed(task.seed, at as u64);
    let trained: Vec<Trained> = heads
        .iter()
        .enumerate()
        .map(|(at, head)| head::train(head, models, task.rows_log2, seed(at), threads, progress))
        .collect::<Result<_, _>>()?;
    let outputs: usize = trained.iter().map(|head| head.weights.len()).sum();
    let mut weights = vec![0_i8; outputs << task.rows_log2];
    for (at, output) in trained.iter().flat_map(|head| &head.weights).enumerate() {
        for (row, weight) in weights.chunks_exact_mut(outputs).zip(output) {
            if let Some(place) = row.get_mut(at) {
                *place = *weight;
            }
        }
    }
    let card = Card {
        name: task.name.clone(),
        about: task.about.clone(),
        normalisation: NORMALISATION.to_owned(),
        features: FEATURES.to_owned(),
        rows_log2: task.rows_log2,
        rules: task.rules.then(|| RULES_VERSION.to_owned()),
        trainer: TRAINER_VERSION.to_owned(),
        seed: task.seed,
        heads: trained.into_iter().map(|head| head.head).collect(),
        data: task.data.clone(),
    };
    Ok(file::write(&card, &weights, &golden::texts(task.rows_log2, outputs, &weights))?)
}

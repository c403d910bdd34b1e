//! One head: tries its settings, keeps the best, calibrates it, and says how it measured.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use super::base::Base;
use super::calibrate::calibrate;
use super::fit::{Fitted, Setting, fit};
use super::matrix::Matrix;
use super::quantise::quantise;
use super::{HeadTask, Progress, TrainError, chance};
use crate::measure::{Confusion, calibration_error};
use crate::model::{Answer, Head, Kind, Model, Output};

/// A head and its weights, one list an output.
#[derive(Debug)]
pub(super) struct Trained {
    pub(super) head: Head,
    pub(super) weights: Vec<Vec<i8>>,
}

/// Trains one head, which may stand on `models`.
pub(super) fn train(
    task: &HeadTask,
    models: &[&Model],
    rows_log2: u32,
    seed: u64,
    threads: usize,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Trained, TrainError> {
    let mut known = BTreeSet::new();
    let dev = Matrix::of(&task.dev, rows_log2, &mut known);
    let train = Matrix::of(&task.train, rows_log2, &mut known);
    every_label_has_rows(task, &train, "learn from")?;
    every_label_has_rows(task, &dev, "measure on")?;
    let repeated = task.train.len() + task.dev.len() - train.rows - dev.rows;
    progress(Progress::Read { head: &task.name, train: train.rows, dev: dev.rows, repeated });

    let often = often(&train, rows_log2);
    let base = Base::of(models, &train, rows_log2);
    let mut best: Option<(f64, Setting, Quantised)> = None;
    for setting in &task.settings {
        let fitted = fit_outputs(task, &train, *setting, rows_log2, seed, threads, base.as_ref());
        let quantised = Quantised::of(&fitted, &often);
        let figure = figure(task, &quantised, &dev);
        progress(Progress::Tried { head: &task.name, setting: *setting, figure });
        if best.as_ref().is_none_or(|(known, ..)| figure > *known) {
            best = Some((figure, *setting, quantised));
        }
    }
    let (_, setting, quantised) = best.ok_or_else(|| TrainError::NoSetting(task.name.clone()))?;
    let mut trained = finish(task, setting, quantised, &train, &dev);
    if let Some(base) = base.as_ref().filter(|_| setting.base > 0.0) {
        trained.head.chosen.insert("stands_on".to_owned(), base.ids());
    }
    if task.refit {
        let all = train.and(&dev);
        let fitted = fit_outputs(task, &all, setting, rows_log2, seed, threads, base.as_ref());
        refit(&mut trained, Quantised::of(&fitted, &self::often(&all, rows_log2)), all.rows);
    }
    let measured = |name: &str| trained.head.measured.get(name).copied().unwrap_or_default();
    let (figure, calibration_error) = (measured(task.metric.name()), measured("calibration_error"));
    progress(Progress::Done { head: &task.name, setting, figure, calibration_error });
    Ok(trained)
}

/// How often each row of the table occurs.
fn often(texts: &Matrix, rows_log2: u32) -> Vec<f64> {
    let mut often = vec![0.0; 1_usize << rows_log2];
    for (text, _, weight) in texts.texts() {
        for (row, count) in text {
            if let Some(often) = often.get_mut(*row as usize) {
                *often += f64::from(*count) * weight;
            }
        }
    }
    often
}

/// Puts weights that learnt from all rows in the place of those that were measured; the calibration stays.
fn refit(trained: &mut Trained, all: Quantised, rows: usize) {
    for (output, fitted) in trained.head.outputs.iter_mut().zip(all.outputs) {
        *output = Output { shift: output.shift, ..fitted };
    }
    trained.weights = all.weights;
    trained.head.chosen.insert("refit_on_rows".to_owned(), rows.to_string());
}

fn every_label_has_rows(task: &HeadTask, matrix: &Matrix, to: &'static str) -> Result<(), TrainError> {
    for (at, label) in task.labels.iter().enumerate() {
        if !matrix.labels.contains(&at) {
            return Err(TrainError::NoRows { head: task.name.clone(), label: label.clone(), to });
        }
    }
    Ok(())
}

/// Labels for which an output says yes.
fn asked(task: &HeadTask) -> Vec<usize> {
    match task.kind {
        Kind::OneOf => (0..task.labels.len()).collect(),
        Kind::YesNo => vec![1],
    }
}

/// Fits every output, a thread each, in groups of `threads`.
fn fit_outputs(
    task: &HeadTask,
    train: &Matrix,
    setting: Setting,
    rows_log2: u32,
    seed: u64,
    threads: usize,
    base: Option<&Base<'_>>,
) -> Vec<Fitted> {
    let mut fitted = Vec::new();
    for group in asked(task).chunks(threads.max(1)) {
        thread::scope(|scope| {
            let running: Vec<_> = group
                .iter()
                .map(|yes| {
                    scope.spawn(move || fit(train, *yes, setting, rows_log2, chance::mixed(seed, *yes as u64), base))
                })
                .collect();
            let joined = running.into_iter().map(thread::ScopedJoinHandle::join);
            fitted.extend(joined.map(|one| one.unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
        });
    }
    fitted
}

/// Outputs with weights in steps.
#[derive(Debug)]
struct Quantised {
    weights: Vec<Vec<i8>>,
    outputs: Vec<Output>,
}

impl Quantised {
    fn of(fitted: &[Fitted], often: &[f64]) -> Self {
        let (mut weights, mut outputs) = (Vec::new(), Vec::new());
        for one in fitted {
            let (steps, scale) = quantise(&one.weights, often);
            weights.push(steps);
            outputs.push(Output { scale, bias: one.bias, shift: 0.0 });
        }
        Self { weights, outputs }
    }

    /// The sums of a text in steps.
    fn steps(&self, text: &[(u32, f32)]) -> Vec<i32> {
        let sum = |weights: &Vec<i8>| {
            text.iter()
                .map(|(row, count)| i32::from(weights.get(*row as usize).copied().unwrap_or_default()) * *count as i32)
                .sum()
        };
        self.weights.iter().map(sum).collect()
    }

    fn weighted(&self, text: &[(u32, f32)]) -> Vec<f64> {
        let steps = self.steps(text);
        self.outputs.iter().zip(steps).map(|(output, steps)| output.bias + output.scale * f64::from(steps)).collect()
    }
}

/// The metric of a setting before calibration: labels by the largest sum, or by the best line.
fn figure(task: &HeadTask, quantised: &Quantised, dev: &Matrix) -> f64 {
    let sums: Vec<Vec<f64>> = dev.texts().map(|(text, ..)| quantised.weighted(text)).collect();
    match task.kind {
        Kind::OneOf => {
            let mut confusion = Confusion::new(task.labels.len());
            for (sums, label) in sums.iter().zip(&dev.labels) {
                confusion.count(*label, largest(sums));
            }
            task.metric.of(&confusion)
        }
        Kind::YesNo => {
            let yes: Vec<f64> = sums.iter().filter_map(|sums| sums.first().copied()).collect();
            best_line(task, &yes, &dev.labels).1
        }
    }
}

fn largest(values: &[f64]) -> usize {
    let mut best = (0, f64::MIN);
    for (at, value) in values.iter().enumerate() {
        if *value > best.1 {
            best = (at, *value);
        }
    }
    best.0
}

/// The value from which on yes measures best, among a hundred that part the rows evenly.
fn best_line(task: &HeadTask, values: &[f64], labels: &[usize]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut best = (0.0, f64::MIN);
    for percent in 1..100 {
        let Some(line) = sorted.get(sorted.len() * percent / 100) else { continue };
        let mut confusion = Confusion::new(2);
        for (value, label) in values.iter().zip(labels) {
            confusion.count(*label, usize::from(value >= line));
        }
        let figure = task.metric.of(&confusion);
        if figure > best.1 {
            best = (*line, figure);
        }
    }
    best
}

fn finish(task: &HeadTask, setting: Setting, quantised: Quantised, train: &Matrix, dev: &Matrix) -> Trained {
    let weighted: Vec<Vec<f64>> = dev.texts().map(|(text, ..)| quantised.weighted(text)).collect();
    let calibration = calibrate(task.kind, &weighted, &dev.labels, task.calibrate.share());
    let outputs: Vec<Output> =
        quantised.outputs.iter().zip(calibration.shifts).map(|(output, shift)| Output { shift, ..*output }).collect();
    let mut head = Head {
        name: task.name.clone(),
        kind: task.kind,
        labels: task.labels.clone(),
        languages: task.languages.clone(),
        outputs,
        steepness: calibration.steepness,
        unsure_below: task.unsure_below,
        yes_from: task.yes_from.unwrap_or(0.5),
        low_confidence: task.low_confidence,
        chosen: chosen(setting),
        measured: BTreeMap::new(),
    };
    if task.kind == Kind::YesNo && task.yes_from.is_none() {
        let yes: Vec<f64> =
            dev.texts().map(|(text, ..)| Answer::new(&head, &quantised.steps(text)).probabilities[1]).collect();
        head.yes_from = (best_line(task, &yes, &dev.labels).0 * 100.0).round() / 100.0;
    }
    head.measured = measured(task, &head, &quantised, train, dev);
    Trained { head, weights: quantised.weights }
}

fn chosen(setting: Setting) -> BTreeMap<String, String> {
    let Setting { cost, ratio, balanced, base } = setting;
    [
        ("cost", cost.to_string()),
        ("ratio", ratio.to_string()),
        ("balanced", balanced.to_string()),
        ("base", base.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn measured(
    task: &HeadTask,
    head: &Head,
    quantised: &Quantised,
    train: &Matrix,
    dev: &Matrix,
) -> BTreeMap<String, f64> {
    let mut confusion = Confusion::new(task.labels.len());
    let (mut sure, mut claims) = (0, Vec::with_capacity(dev.len()));
    for (text, label, _) in dev.texts() {
        let answer = Answer::new(head, &quantised.steps(text));
        confusion.count(label, answer.best());
        sure += usize::from(answer.label.is_some());
        claims.push(claim(&answer, label));
    }
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    let mut measured: BTreeMap<String, f64> = BTreeMap::new();
    let mut note = |name: &str, value: f64| measured.insert(name.to_owned(), rounded(value));
    note(task.metric.name(), task.metric.of(&confusion));
    note("accuracy", confusion.accuracy());
    note("calibration_error", calibration_error(&claims));
    note("rows_trained", train.rows as f64);
    note("rows_measured", dev.len() as f64);
    note("sure", sure as f64 / dev.len().max(1) as f64);
    measured
}

/// The probability of the likeliest label, and whether it is right.
fn claim(answer: &Answer<'_>, label: usize) -> (f64, bool) {
    let likeliest = largest(&answer.probabilities);
    (answer.probabilities.get(likeliest).copied().unwrap_or_default(), likeliest == label)
}

//! Every head on every set that measures it, against baselines in the same run.
//!
//! What is scored is what `firebreak label` says, labels stripped. A head that abstains is scored by its likeliest label, and how
//! often it abstains stands beside it. Texts of the sets go nowhere: figures, and where rows stand.

mod card;
mod examples;
mod further;
mod in_domain;
mod plan;
mod score;
mod slices;
mod targets;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use classify::model::{Answer, Model, shipped};
use classify::{Baseline, Judge, Situation};
use events::{Intent, Sentiment};
use serde::Serialize;

use crate::label::{Labeller, no_book};
use crate::parallel;
use crate::training::{self, Labelled, label_of, labelled};
pub use card::card;
pub use plan::{Plan, Test, plan};
pub use score::{Bin, Mistaken, Said, Score};
pub use slices::Slice;
use slices::Slicer;
pub use targets::{Outcome, Verdict};

/// All that was scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The weights that come with the program.
    pub model: String,
    /// The heads that come with the program.
    pub tests: Vec<TestReport>,
    /// Heads trained on labels of their own kind, by the recipes that come with the program, as they answer rows kept from them.
    pub in_domain: Vec<TestReport>,
    /// What is to be reached, and whether it is.
    pub targets: Vec<Outcome>,
}

/// A set, scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestReport {
    /// The test.
    pub name: String,
    /// The head that was asked.
    pub head: String,
    /// The official metric of the set.
    pub metric: &'static str,
    /// Rows.
    pub rows: usize,
    /// What others reached, in words.
    pub published: String,
    /// Which weights were asked.
    pub weights: Weights,
    /// What was measured, by who was asked.
    pub systems: Vec<(String, Score)>,
    /// Parts of the set, as the last system answers them.
    pub slices: Vec<Slice>,
}

/// Which weights a test asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// Those that come with the program, or a recipe's; they have not seen the rows.
    Unseen,
    /// Those that come with the program as they were before they learnt from these rows at the end.
    Before,
    /// Those that come with the program, which learnt from these rows at the end.
    Seen,
}

impl Weights {
    /// What a reader of the figures has to know, if anything.
    pub const fn note(self) -> Option<&'static str> {
        match self {
            Self::Unseen => None,
            Self::Before => Some("weights as they were before they learnt from these rows"),
            Self::Seen => Some("these rows were learnt from at the end, so the figures flatter"),
        }
    }
}

/// Scores all tests of the plan. With `in_domain` it also trains all recipes but the shipped one, and asks the heads that learnt from
/// rows of a test at the end as they were before. `told` hears what is being done.
///
/// # Errors
/// A set is not there or not as the plan says.
pub fn evaluate(data: &Path, in_domain: bool, told: &mut dyn FnMut(&str)) -> Result<Report> {
    let plan = plan()?;
    let slicer = Slicer { labeller: Labeller::new(None, None, false)?, brands: plan.brands.clone() };
    let before = if in_domain {
        told("the shipped heads without the rows of their tests");
        Some(in_domain::before(data)?)
    } else {
        None
    };
    let mut tests = Vec::new();
    for test in &plan.tests {
        told(&test.name);
        let (model, weights) = match before {
            Some(before) if test.learnt_from => (before, Weights::Before),
            None if test.learnt_from => (shipped(), Weights::Seen),
            _ => (shipped(), Weights::Unseen),
        };
        tests.push(TestReport { weights, ..score_test(&plan, test, data, model, &slicer)? });
    }
    told("reasons, languages, threats");
    tests.extend(further::further(&plan, data, &slicer)?);
    let mut recipes = Vec::new();
    for name in training::names().filter(|name| in_domain && *name != "shipped") {
        told(name);
        recipes.extend(in_domain::recipe(name, data, &slicer)?);
    }
    let targets = plan.targets.iter().map(|target| target.outcome(tests.iter().chain(&recipes))).collect();
    Ok(Report { model: shipped().id().to_owned(), tests, in_domain: recipes, targets })
}

fn score_test(plan: &Plan, test: &Test, data: &Path, model: &'static Model, slicer: &Slicer) -> Result<TestReport> {
    let set = plan.sets.get(&test.source.set).with_context(|| format!("there is no set `{}`", test.source.set))?;
    let (rows, _) = labelled(data, set).with_context(|| format!("set `{}`", test.source.set))?;
    let (from, to) = test.source.percent;
    let mut kept: Vec<(Labelled, usize)> = Vec::new();
    for row in rows.into_iter().filter(|row| (from..to).contains(&row.percent)) {
        if let Some(label) = label_of(&test.name, &test.labels, &test.source, &row)? {
            kept.push((row, label));
        }
    }
    let rules = Baseline::new(Arc::new(no_book()))?;
    let both = Baseline::new(Arc::new(no_book()))?.with_model(model);
    let ask = |answer: &(dyn Fn(&str) -> Said + Sync)| parallel::on_all_cores(&kept, |(row, _)| answer(&row.text));
    let mut systems: Vec<(&str, Vec<Said>)> = Vec::new();
    let situation = Situation { language: "en", ..Situation::default() };
    match test.head.as_str() {
        "sentiment" => {
            systems.push(("lexicon", ask(&|text| tone(&rules.judge(text, &situation).classification.sentiment))));
            systems.push(("model", ask(&|text| head(model, &test.head, text))));
            systems.push(("both", ask(&|text| tone(&both.judge(text, &situation).classification.sentiment))));
        }
        "complaint" => systems.push((
            "rules",
            ask(&|text| {
                let intent = both.judge(text, &situation).classification.intent;
                Said {
                    label: usize::from(intent.label == Some(Intent::Complaint)),
                    claim: None,
                    sure: intent.label.is_some(),
                }
            }),
        )),
        _ => systems.push(("model", ask(&|text| head(model, &test.head, text)))),
    }
    Ok(report(&kept, systems, test, slicer))
}

/// The report of rows that `systems` answered, beside the majority; parts of the set are told as the last of them answers.
fn report(rows: &[(Labelled, usize)], systems: Vec<(&str, Vec<Said>)>, test: &Test, slicer: &Slicer) -> TestReport {
    let slices = systems.last().map(|(_, said)| slicer.slices(rows, said, test)).unwrap_or_default();
    let majority = ("majority", score::majority(rows, test.labels.len()));
    let all = std::iter::once(majority).chain(systems);
    TestReport {
        name: test.name.clone(),
        head: test.head.clone(),
        metric: test.metric.name(),
        rows: rows.len(),
        published: test.published.clone(),
        weights: Weights::Unseen,
        systems: all.map(|(name, said)| (name.to_owned(), score::score(rows, &said, test))).collect(),
        slices,
    }
}

fn tone(sentiment: &Sentiment) -> Said {
    let scores = [sentiment.negative, sentiment.neutral, sentiment.positive];
    let best = scores.into_iter().enumerate().fold((0, f64::MIN), |best, one| if one.1 > best.1 { one } else { best });
    Said { label: best.0, claim: Some(best.1), sure: sentiment.label.is_some() }
}

fn head(model: &Model, name: &str, text: &str) -> Said {
    said(model.answer(text, name))
}

fn said(answer: Option<Answer<'_>>) -> Said {
    let Some(answer) = answer else { return Said { label: 0, claim: None, sure: false } };
    let likeliest = answer.probabilities.iter().copied().fold(0.0, f64::max);
    let best = answer.best();
    // A claim is about the likeliest label, which is another one where a line is not at one half.
    let claim = answer.probabilities.get(best).copied().filter(|probability| *probability >= likeliest);
    Said { label: best, claim, sure: answer.label.is_some() }
}

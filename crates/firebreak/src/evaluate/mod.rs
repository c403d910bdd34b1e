//! Every head on every set that measures it, against baselines in the same run.
//!
//! What is scored is what `firebreak label` says, labels stripped. A head that abstains is scored by its likeliest label, and how
//! often it abstains stands beside it. Texts of the sets go nowhere: figures only.

mod card;
mod further;
mod plan;
mod score;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use classify::measure::Metric;
use classify::model::{Model, shipped};
use classify::train::train;
use classify::{Baseline, Judge, Situation};
use events::{Intent, Sentiment};
use serde::Serialize;

use crate::label::no_book;
use crate::parallel;
use crate::training::{self, Labelled, label_of, labelled};
pub use card::card;
pub use plan::{Plan, Test, plan};
pub use score::{Said, Score, Slice};

/// All that was scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The weights that come with the program.
    pub model: String,
    /// The heads that come with the program.
    pub tests: Vec<TestReport>,
    /// Heads trained on labels of their own kind, by the recipes that come with the program.
    pub in_domain: Vec<RecipeReport>,
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
    /// What was measured, by who was asked.
    pub systems: Vec<(String, Score)>,
    /// Parts of the set, as the last system answers them.
    pub slices: Vec<Slice>,
}

/// A recipe that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecipeReport {
    /// The recipe.
    pub name: String,
    /// Its metric.
    pub metric: &'static str,
    /// What its head measured on rows that it did not learn from: fractions and counts.
    pub measured: BTreeMap<String, f64>,
}

/// Scores all tests of the plan, and trains all recipes but the shipped one when `in_domain`. `told` hears what is being done.
///
/// # Errors
/// A set is not there or not as the plan says.
pub fn evaluate(data: &Path, in_domain: bool, told: &mut dyn FnMut(&str)) -> Result<Report> {
    let plan = plan()?;
    let book = Arc::new(no_book());
    let rules = Baseline::new(book.clone())?;
    let both = Baseline::new(book)?.with_model(shipped());
    let mut tests = Vec::new();
    for test in &plan.tests {
        told(&test.name);
        tests.push(score_test(&plan, test, data, &rules, &both)?);
    }
    tests.extend(further::further(&plan, data, told)?);
    let mut recipes = Vec::new();
    for name in training::names().filter(|name| in_domain && *name != "shipped") {
        told(name);
        recipes.push(try_recipe(name, data)?);
    }
    Ok(Report { model: shipped().id().to_owned(), tests, in_domain: recipes })
}

fn try_recipe(name: &str, data: &Path) -> Result<RecipeReport> {
    let recipe = training::find(name).map_err(|failure| anyhow::anyhow!(failure.message()))?;
    let task = training::task(&recipe, data)?;
    let model = Model::read(&train(&task, parallel::cores(), &mut |_| {})?)?;
    let head = model.card().heads.first().context("a model has a head")?;
    let metric = recipe.heads.first().map_or(Metric::MacroF1, |head| head.metric);
    Ok(RecipeReport { name: name.to_owned(), metric: metric.name(), measured: head.measured.clone() })
}

fn score_test(plan: &Plan, test: &Test, data: &Path, rules: &Baseline, both: &Baseline) -> Result<TestReport> {
    let set = plan.sets.get(&test.source.set).with_context(|| format!("there is no set `{}`", test.source.set))?;
    let (rows, _) = labelled(data, set).with_context(|| format!("set `{}`", test.source.set))?;
    let (from, to) = test.source.percent;
    let mut kept: Vec<(Labelled, usize)> = Vec::new();
    for row in rows.into_iter().filter(|row| (from..to).contains(&row.percent)) {
        if let Some(label) = label_of(&test.name, &test.labels, &test.source, &row)? {
            kept.push((row, label));
        }
    }
    let truth: Vec<usize> = kept.iter().map(|(_, label)| *label).collect();
    let ask = |answer: &(dyn Fn(&str) -> Said + Sync)| parallel::on_all_cores(&kept, |(row, _)| answer(&row.text));
    let mut systems: Vec<(String, Vec<Said>)> = Vec::new();
    let most = score::majority(&truth, test.labels.len());
    systems.push(("majority".to_owned(), vec![Said::surely(most); truth.len()]));
    let situation = Situation { language: "en", ..Situation::default() };
    match test.head.as_str() {
        "sentiment" => {
            systems.push((
                "lexicon".to_owned(),
                ask(&|text| tone(&rules.judge(text, &situation).classification.sentiment)),
            ));
            systems.push(("model".to_owned(), ask(&|text| head(&test.head, text))));
            systems
                .push(("both".to_owned(), ask(&|text| tone(&both.judge(text, &situation).classification.sentiment))));
        }
        "complaint" => systems.push((
            "rules".to_owned(),
            ask(&|text| {
                let intent = both.judge(text, &situation).classification.intent;
                Said {
                    label: usize::from(intent.label == Some(Intent::Complaint)),
                    claim: None,
                    sure: intent.label.is_some(),
                }
            }),
        )),
        _ => systems.push(("model".to_owned(), ask(&|text| head(&test.head, text)))),
    }
    let slices = systems.last().map(|(_, said)| score::slices(&kept, said, test)).unwrap_or_default();
    let systems = systems.into_iter().map(|(name, said)| (name, score::score(&truth, &said, test))).collect();
    Ok(TestReport {
        name: test.name.clone(),
        head: test.head.clone(),
        metric: test.metric.name(),
        rows: truth.len(),
        published: test.published.clone(),
        systems,
        slices,
    })
}

/// The report of rows that one system answered.
fn tally_of(rows: &[(Labelled, usize)], said: &[Said], test: &Test) -> TestReport {
    let truth: Vec<usize> = rows.iter().map(|(_, truth)| *truth).collect();
    let most = further::majority(rows, test);
    TestReport {
        name: test.name.clone(),
        head: test.head.clone(),
        metric: test.metric.name(),
        rows: truth.len(),
        published: test.published.clone(),
        systems: vec![
            ("majority".to_owned(), score::score(&truth, &most, test)),
            ("rules".to_owned(), score::score(&truth, said, test)),
        ],
        slices: score::slices(rows, said, test),
    }
}

fn tone(sentiment: &Sentiment) -> Said {
    let scores = [sentiment.negative, sentiment.neutral, sentiment.positive];
    let best = scores.into_iter().enumerate().fold((0, f64::MIN), |best, one| if one.1 > best.1 { one } else { best });
    Said { label: best.0, claim: Some(best.1), sure: sentiment.label.is_some() }
}

fn head(name: &str, text: &str) -> Said {
    let Some(answer) = shipped().answer(text, name) else { return Said { label: 0, claim: None, sure: false } };
    let likeliest = answer.probabilities.iter().copied().fold(0.0, f64::max);
    let best = answer.best();
    // A claim is about the likeliest label, which is another one where a line is not at one half.
    let claim = answer.probabilities.get(best).copied().filter(|probability| *probability >= likeliest);
    Said { label: best, claim, sure: answer.label.is_some() }
}

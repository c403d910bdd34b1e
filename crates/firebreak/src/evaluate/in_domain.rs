//! Heads that learn in the run itself: those of the recipes, and the shipped ones as they were before they learnt from rows of a test.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use book::Book;
use classify::model::{Head, Model, shipped};
use classify::train::{Setting, train};
use serde_json::Value;

use super::further::book_of_reasons;
use super::plan::Test;
use super::score::Said;
use super::slices::Slicer;
use super::{TestReport, report, said};
use crate::label::{Item, Labeller};
use crate::parallel;
use crate::training::{self, HeadRecipe, Labelled, Recipe, Source, label_of, labelled};

/// The shipped heads that learnt from their development rows at the end, without that end.
///
/// # Errors
/// A set is not there.
pub(super) fn before(data: &Path) -> Result<&'static Model> {
    let mut recipe = find("shipped")?;
    recipe.heads.retain(|head| head.refit);
    for recipe in &mut recipe.heads {
        let shipped = shipped().card().heads.iter().find(|head| head.name == recipe.name);
        let shipped = shipped.with_context(|| format!("the shipped weights have no head `{}`", recipe.name))?;
        recipe.settings.retain(|setting| chosen(shipped, *setting));
    }
    // A judge keeps its weights for ever, as those that come with the program are.
    Ok(Box::leak(Box::new(model(&mut recipe, data)?)))
}

/// Whether training chose this setting for the head.
fn chosen(head: &Head, setting: Setting) -> bool {
    let Setting { cost, ratio, balanced, base } = setting;
    let settings = [("cost", cost.to_string()), ("ratio", ratio.to_string()), ("balanced", balanced.to_string())];
    settings
        .into_iter()
        .chain([("base", base.to_string())])
        .all(|(name, value)| head.chosen.get(name).is_some_and(|chosen| *chosen == value))
}

/// Trains a recipe and scores its heads on rows that they have not seen.
///
/// # Errors
/// A set is not there or not as the recipe says.
pub(super) fn recipe(name: &str, data: &Path, slicer: &Slicer) -> Result<Vec<TestReport>> {
    let mut recipe = find(name)?;
    let model = model(&mut recipe, data)?;
    let reasons = book_of_reasons()?;
    let with_rules = recipe.heads.iter().any(|head| are_themes(&head.labels, &reasons));
    let mut tests = Vec::new();
    let labeller = if with_rules { Some(Labeller::new(Some(reasons), Some(model.clone()), false)?) } else { None };
    let rules = if recipe.rules { Some(Labeller::new(None, None, false)?) } else { None };
    for trained in &recipe.heads {
        let rows = kept_from(trained, &recipe, data)?;
        let alone = parallel::on_all_cores(&rows, |(row, _)| {
            let clues = rules.as_ref().map(|rules| rules.clues(&row.text)).unwrap_or_default();
            let mut answers = model.answers_beside(&row.text, &clues).into_iter();
            said(answers.find(|answer| answer.head.name == trained.name))
        });
        let mut systems = vec![("model", alone)];
        if let Some(labeller) = &labeller {
            systems
                .push(("both", parallel::on_all_cores(&rows, |(row, _)| beside_rules(labeller, trained, &row.text))));
        }
        let test = Test {
            name: if recipe.heads.len() == 1 {
                format!("recipe {name}")
            } else {
                format!("recipe {name}: {}", trained.name)
            },
            head: trained.name.clone(),
            source: Source { set: String::new(), labels: None, weight: 1.0, percent: (0, 100) },
            labels: trained.labels.clone(),
            metric: trained.metric,
            published: String::new(),
            learnt_from: false,
        };
        tests.push(report(&rows, systems, &test, slicer));
    }
    Ok(tests)
}

fn find(name: &str) -> Result<Recipe> {
    training::find(name).map_err(|failure| anyhow::anyhow!(failure.message()))
}

/// The recipe's model, which has not learnt from its development rows.
fn model(recipe: &mut Recipe, data: &Path) -> Result<Model> {
    for head in &mut recipe.heads {
        head.refit = false;
    }
    let task = training::task(recipe, data)?;
    Ok(Model::read(&train(&task, parallel::cores(), &mut |_| {})?)?)
}

/// The development rows of a head, each text once.
fn kept_from(head: &HeadRecipe, recipe: &Recipe, data: &Path) -> Result<Vec<(Labelled, usize)>> {
    let (mut rows, mut known) = (Vec::new(), BTreeSet::new());
    for source in &head.dev {
        let set = recipe.sets.get(&source.set).with_context(|| format!("there is no set `{}`", source.set))?;
        let (from, to) = source.percent;
        for row in labelled(data, set)?.0.into_iter().filter(|row| (from..to).contains(&row.percent)) {
            if let Some(label) = label_of(&head.name, &head.labels, source, &row)?
                && known.insert(row.text.clone())
            {
                rows.push((row, label));
            }
        }
    }
    Ok(rows)
}

fn are_themes(labels: &[String], book: &Book) -> bool {
    labels.iter().all(|label| book.themes.iter().any(|theme| theme.id.as_str() == label))
}

/// What `firebreak label` says with the book of the labels: the head and the rules together.
fn beside_rules(labeller: &Labeller, head: &HeadRecipe, text: &str) -> Said {
    let judged = labeller.label(&Item::of_text(text));
    let answer = &judged["heads"][&head.name];
    let score = |label: &String| answer["scores"][label].as_f64().unwrap_or_default();
    let mut best = (0, f64::MIN);
    for (at, label) in head.labels.iter().enumerate() {
        if score(label) > best.1 {
            best = (at, score(label));
        }
    }
    Said { label: best.0, claim: Some(best.1), sure: answer["label"] != Value::Null }
}

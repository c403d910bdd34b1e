//! Themes that a book tells by five example sentences each, scored on all other texts of a set.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use book::{Book, load};
use classify::measure::Metric;
use serde_json::json;

use super::TestReport;
use super::further::{asked, test};
use super::slices::Slicer;
use crate::label::Labeller;
use crate::training::{self, Labelled, labelled};

/// Sentences for each theme.
const EXAMPLES: usize = 5;

/// Questions to a bank: the first five of each kind are a theme's examples, the others are asked.
///
/// # Errors
/// The set is not there or not as its recipe says.
pub(super) fn examples(data: &Path, slicer: &Slicer) -> Result<TestReport> {
    let recipe = training::find("banking77").map_err(|failure| anyhow::anyhow!(failure.message()))?;
    let mut themes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut others: Vec<(Labelled, String)> = Vec::new();
    for set in recipe.sets.values() {
        for row in labelled(data, set)?.0 {
            let Some(label) = row.labels.first().cloned() else { continue };
            let examples = themes.entry(label.clone()).or_default();
            if examples.len() < EXAMPLES {
                examples.push(row.text);
            } else {
                others.push((row, label));
            }
        }
    }
    let labeller = Labeller::new(Some(book(&themes)?), None, false)?;
    let mut names: Vec<&str> = themes.keys().map(String::as_str).collect();
    let place = |label: &str| themes.keys().position(|known| known == label).unwrap_or_default();
    let rows: Vec<(Labelled, usize)> = others.into_iter().map(|(row, label)| (row, place(&label))).collect();
    let none = names.len();
    names.push("none");
    let test = test("banking themes by five examples each", &names, Metric::Accuracy, "90.9 with all labels");
    Ok(asked(&labeller, slicer, &rows, &test, |value| {
        let theme = value["main_theme"].as_str().and_then(|id| id.strip_prefix('t')?.parse().ok());
        theme.filter(|theme| *theme < none).unwrap_or(none)
    }))
}

/// A book of one bank, whose themes have nothing but examples. Their ids are their places.
fn book(themes: &BTreeMap<String, Vec<String>>) -> Result<Book> {
    let theme = |(at, (name, examples)): (usize, (&String, &Vec<String>))| json!({"id": format!("t{at}"), "name": name.replace('_', " "), "examples": examples, "owner": "care"});
    let book = json!({
        "name": "Banking",
        "brands": [{"id": "bank", "name": "Any bank", "names": ["any bank"], "owner": "care"}],
        "teams": [{"id": "care", "name": "Care"}],
        "default_team": "care",
        "themes": themes.iter().enumerate().map(theme).collect::<Vec<_>>(),
    });
    // JSON is YAML.
    load(&[("book.yaml".to_owned(), book.to_string())])
        .map_err(|errors| anyhow::anyhow!("the book of examples has mistakes: {errors:?}"))
}

//! From a recipe and its data to the trainer's task.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use classify::model::DataSet;
use classify::train::{HeadTask, Row, Task};

use super::recipe::{HeadRecipe, Recipe, Source};
use super::rows::{Labelled, labelled};
use crate::label::Labeller;
use crate::nearest::hint;

/// A set that was read.
struct Read {
    rows: Vec<Labelled>,
    entry: DataSet,
}

/// Reads all sets of the recipe below `data` and gathers the rows of each head.
///
/// # Errors
/// A file is missing or not as the recipe says, or a label is unknown: with file and line.
pub fn task(recipe: &Recipe, data: &Path) -> Result<Task> {
    let mut sets: BTreeMap<&str, Read> = BTreeMap::new();
    for (name, set) in &recipe.sets {
        let (rows, sha256) = labelled(data, set).with_context(|| format!("set `{name}`"))?;
        let entry = DataSet {
            name: name.clone(),
            licence: set.licence.clone(),
            attribution: set.attribution.clone(),
            ship: set.ship,
            trained: 0,
            measured: 0,
            sha256,
        };
        sets.insert(name, Read { rows, entry });
    }
    let rules = if recipe.rules { Some(Labeller::new(None, None, false)?) } else { None };
    let before = heads(&recipe.before, &mut sets, None)?;
    let heads = heads(&recipe.heads, &mut sets, rules.as_ref())?;
    Ok(Task {
        name: recipe.name.clone(),
        about: recipe.about.clone(),
        seed: recipe.seed,
        rows_log2: recipe.rows_log2,
        rules: recipe.rules,
        before,
        heads,
        data: sets.into_values().map(|set| set.entry).collect(),
    })
}

/// The heads with their rows, which are counted in the sets' entries. What `rules` say of a text stands beside it.
fn heads(recipes: &[HeadRecipe], sets: &mut BTreeMap<&str, Read>, rules: Option<&Labeller>) -> Result<Vec<HeadTask>> {
    let mut heads = Vec::new();
    for head in recipes {
        let train = gather(head, &head.train, sets, rules, |entry, count| entry.trained += count)?;
        // Rows that the head learns from at the end, after it was measured on them, count in both.
        let dev = gather(head, &head.dev, sets, rules, |entry, count| {
            entry.measured += count;
            entry.trained += if head.refit { count } else { 0 };
        })?;
        heads.push(head.with_rows(train, dev));
    }
    Ok(heads)
}

fn gather(
    head: &HeadRecipe,
    sources: &[Source],
    sets: &mut BTreeMap<&str, Read>,
    rules: Option<&Labeller>,
    count: impl Fn(&mut DataSet, u64),
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for source in sources {
        let set = sets.get_mut(source.set.as_str()).with_context(|| format!("there is no set `{}`", source.set))?;
        let before = rows.len();
        let (from, to) = source.percent;
        for row in set.rows.iter().filter(|row| (from..to).contains(&row.percent)) {
            if let Some(label) = label_of(&head.name, &head.labels, source, row)? {
                let clues = rules.map(|rules| rules.clues(&row.text)).unwrap_or_default();
                rows.push(Row { text: row.text.clone(), clues, label, weight: source.weight });
            }
        }
        count(&mut set.entry, (rows.len() - before) as u64);
    }
    Ok(rows)
}

/// The head's label of a row; none when the set's labels mean nothing to the head, or several things at once.
///
/// # Errors
/// The set has a label that the head does not know, and nobody says what it means.
pub(crate) fn label_of(name: &str, labels: &[String], source: &Source, row: &Labelled) -> Result<Option<usize>> {
    let mut found = None;
    for theirs in &row.labels {
        let own = match &source.labels {
            Some(mapped) => match mapped.get(theirs) {
                Some(own) => own,
                None => continue,
            },
            None => theirs,
        };
        let Some(at) = labels.iter().position(|label| label == own) else {
            let place = &row.place;
            let hint = hint(own, labels.iter().map(String::as_str));
            bail!("{place}: head `{name}` has no label `{own}`{hint}; list it, or say under `labels` what it means");
        };
        match found {
            Some(other) if other != at => return Ok(None),
            _ => found = Some(at),
        }
    }
    Ok(found)
}

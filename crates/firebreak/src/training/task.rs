//! From a recipe and its data to the trainer's task.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use classify::model::{Clue, DataSet};
use classify::train::{HeadTask, Row, Task};
use sha2::{Digest, Sha256};

use super::catalogue;
use super::recipe::{HeadRecipe, Recipe, Source, TaughtRecipe};
use super::rows::{Labelled, labelled};
use super::taught::Taught;
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
    let mut heads = heads(&recipe.heads, &mut sets, rules.as_ref())?;
    let mut teachers = Vec::new();
    for head in &mut heads {
        if let Some(taught) = recipe.taught.get(&head.name) {
            teachers.push(teach(head, taught, &catalogue::taught(recipe, &taught.file)?, &mut sets, rules.as_ref())?);
        }
    }
    Ok(Task {
        name: recipe.name.clone(),
        about: recipe.about.clone(),
        seed: recipe.seed,
        rows_log2: recipe.rows_log2,
        rules: recipe.rules,
        before,
        heads,
        data: sets.into_values().map(|set| set.entry).chain(teachers).collect(),
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
                let clues = clues(rules, &row.text);
                rows.push(Row { text: row.text.clone(), clues, label, weight: source.weight, others: Vec::new() });
            }
        }
        count(&mut set.entry, (rows.len() - before) as u64);
    }
    Ok(rows)
}

/// Lets a teacher have its share in what the head learns from: in the answer to rows that have a label, and in rows that have none,
/// which it brings. The teacher's entry is returned, with the number of rows that it answered.
fn teach(
    head: &mut HeadTask,
    recipe: &TaughtRecipe,
    file: &str,
    sets: &mut BTreeMap<&str, Read>,
    rules: Option<&Labeller>,
) -> Result<DataSet> {
    let place = || format!("`{}`", recipe.file);
    let taught = Taught::read(file, &head.name, &recipe.teacher).with_context(place)?;
    let share = recipe.share;
    let mut said: BTreeMap<String, f64> = BTreeMap::new();
    let mut brought = Vec::new();
    let labelled: BTreeSet<String> = head.train.iter().map(|row| row.text.clone()).collect();
    for name in &recipe.sets {
        let set = sets.get_mut(name.as_str()).with_context(|| format!("there is no set `{name}`"))?;
        for (row, yes) in set.rows.iter().zip(taught.of(name, &set.rows).with_context(place)?) {
            if said.insert(row.text.clone(), yes).is_none() && !labelled.contains(&row.text) {
                brought.extend(answered(&row.text, clues(rules, &row.text), [share * (1.0 - yes), share * yes]));
                set.entry.trained += 1;
            }
        }
    }
    for row in &mut head.train {
        let Some(yes) = said.get(&row.text) else { continue };
        let mut counts = [row.weight * share * (1.0 - yes), row.weight * share * yes];
        if let Some(count) = counts.get_mut(row.label) {
            *count += row.weight * (1.0 - share);
        }
        if let Some(mixed) = answered(&row.text, row.clues.clone(), counts) {
            *row = mixed;
        }
    }
    head.train.extend(brought);
    Ok(DataSet {
        name: recipe.teacher.clone(),
        licence: recipe.licence.clone(),
        attribution: recipe.attribution.clone(),
        ship: recipe.ship,
        trained: said.len() as u64,
        measured: 0,
        sha256: Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// What the rules say of a text, where a head learns beside them.
fn clues(rules: Option<&Labeller>, text: &str) -> Vec<Clue> {
    rules.map(|rules| rules.clues(text)).unwrap_or_default()
}

/// A row whose answers no and yes count so much; none where neither counts.
fn answered(text: &str, clues: Vec<Clue>, counts: [f64; 2]) -> Option<Row> {
    let mut answers = counts.into_iter().enumerate().filter(|(_, count)| *count > 0.0);
    let (label, weight) = answers.next()?;
    Some(Row { text: text.to_owned(), clues, label, weight, others: answers.collect() })
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

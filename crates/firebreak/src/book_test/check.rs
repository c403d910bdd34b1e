//! Holds what appeared against what was expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use events::EventTime;
use serde_json::{Value, json};

use super::condition::Condition;
use super::model::{About, Expectation, FieldCondition, Records};
use super::path::find;
use crate::run::Replayed;

/// An expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Line of the expectation in its file.
    pub line: usize,
    /// What it is about.
    pub about: String,
    /// Name, expected, found, and whether that is all right.
    pub rows: Vec<Row>,
}

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What is compared: a path, or `records`, or `keys`.
    pub name: String,
    /// What should be.
    pub expected: String,
    /// What is.
    pub found: String,
    /// Whether they agree.
    pub met: bool,
}

/// The expectation's failure; `None` when it is met.
pub(super) fn check(expectation: &Expectation, replayed: &Replayed) -> Option<Unmet> {
    let (about, rows) = match &expectation.about {
        About::Summary => ("summary.json".to_owned(), summary(&expectation.fields, replayed)),
        About::Records(records) => (records.topic.name(), of_topic(records, &expectation.fields, replayed)),
    };
    rows.iter().any(|row| !row.met).then_some(Unmet { line: expectation.line, about, rows })
}

fn summary(fields: &[FieldCondition], replayed: &Replayed) -> Vec<Row> {
    let summary = serde_json::to_value(&replayed.summary).unwrap_or_default();
    fields.iter().map(|field| row(field, &summary)).collect()
}

fn row(field: &FieldCondition, value: &Value) -> Row {
    let found = find(value, &field.path);
    Row {
        name: field.path.clone(),
        expected: field.condition.words(),
        found: found.map_or_else(|| "nothing".to_owned(), ToString::to_string),
        met: field.condition.holds(found),
    }
}

fn of_topic(records: &Records, fields: &[FieldCondition], replayed: &Replayed) -> Vec<Row> {
    let all = replayed.topics.get(&records.topic.name()).map(Vec::as_slice).unwrap_or_default();
    let selected = selected(records, all);
    let meets =
        |record: &&&Value| fields.iter().all(|field| field.condition.holds(find(value_of(record), &field.path)));
    let matching: Vec<&Value> = selected.iter().filter(meets).copied().collect();
    let any = Condition { at_least: Some(1.0), ..Condition::default() };
    let count = match (&records.count, &records.keys) {
        (Some(count), _) => Some(count),
        (None, Some(_)) => None,
        (None, None) => Some(&any),
    };
    let mut rows = Vec::new();
    if let Some(count) = count {
        let note = format!(" of {} selected, {} on the topic", selected.len(), all.len());
        rows.push(number("records", count, matching.len(), &note));
    }
    if let Some(keys) = &records.keys {
        let distinct: BTreeSet<String> = matching.iter().map(|record| record["key"].to_string()).collect();
        rows.push(number("keys", keys, distinct.len(), ""));
    }
    if rows.iter().any(|row| !row.met) {
        rows.extend(nearest(fields, &selected, &matching, all, records));
    }
    rows
}

/// The fields of the record that comes nearest: of one too many, or of the one that meets the most.
fn nearest(
    fields: &[FieldCondition],
    selected: &[&Value],
    matching: &[&Value],
    all: &[Value],
    records: &Records,
) -> Vec<Row> {
    let compare = |record: &Value| -> Vec<Row> {
        let at = Row {
            name: "(timestamp)".into(),
            expected: window_words(records),
            found: record["timestamp"].to_string(),
            met: in_window(record, records),
        };
        let both = records.select.iter().chain(fields).map(|field| row(field, value_of(record)));
        std::iter::once(at).chain(both).collect()
    };
    let pool: Vec<&Value> = match (matching.is_empty(), selected.is_empty()) {
        (false, _) => matching.to_vec(),
        (true, false) => selected.to_vec(),
        (true, true) => all.iter().collect(),
    };
    let compared = pool.into_iter().map(compare);
    compared.max_by_key(|rows| rows.iter().filter(|row| row.met).count()).unwrap_or_default()
}

fn selected<'a>(records: &Records, all: &'a [Value]) -> Vec<&'a Value> {
    let mut kept: Vec<&Value> = all.iter().filter(|record| in_window(record, records)).collect();
    if records.last {
        let last: BTreeMap<String, usize> =
            kept.iter().enumerate().map(|(index, record)| (record["key"].to_string(), index)).collect();
        let indexes: BTreeSet<usize> = last.into_values().collect();
        kept = kept
            .into_iter()
            .enumerate()
            .filter(|(index, _)| indexes.contains(index))
            .map(|(_, record)| record)
            .collect();
    }
    kept.retain(|record| records.select.iter().all(|field| field.condition.holds(find(value_of(record), &field.path))));
    kept
}

fn in_window(record: &Value, records: &Records) -> bool {
    let at = record["timestamp"].as_str().and_then(|text| EventTime::parse(text).ok());
    let after = records.from.is_none_or(|from| at.is_some_and(|at| at >= from));
    let before = records.to.is_none_or(|to| at.is_some_and(|at| at <= to));
    after && before
}

fn window_words(records: &Records) -> String {
    match (records.from, records.to) {
        (Some(from), Some(to)) if from == to => format!("at {from}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("by {to}"),
        (None, None) => "any time".into(),
    }
}

fn value_of(record: &Value) -> &Value {
    record.get("value").unwrap_or(&Value::Null)
}

fn number(name: &str, condition: &Condition, found: usize, note: &str) -> Row {
    let met = condition.holds(Some(&json!(found)));
    Row { name: name.into(), expected: condition.words(), found: format!("{found}{note}"), met }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            |of: fn(&Row) -> &str| self.rows.iter().map(|row| of(row).chars().count()).max().unwrap_or_default();
        let name = width(|row| &row.name);
        let expected = width(|row| &row.expected).max("expected".len());
        writeln!(f, "      {:name$}   {:expected$}   found", "", "expected")?;
        for row in &self.rows {
            let mark = if row.met { ' ' } else { '!' };
            writeln!(f, "    {mark} {:name$}   {:expected$}   {}", row.name, row.expected, row.found)?;
        }
        Ok(())
    }
}

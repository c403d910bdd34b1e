//! The plan of the evaluation: sets and tests, as data.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use classify::measure::Metric;

use crate::training::{SetRecipe, Source, parse_sets, parse_source};
use crate::yaml::{Node, Reader};

const PLAN: &str = include_str!("../../../classify/evaluation/plan.yaml");
const PLAN_KEYS: &[&str] = &["sets", "tests"];
const TEST_KEYS: &[&str] = &["name", "head", "source", "labels", "metric", "published"];

/// What is scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The sets, by name.
    pub sets: BTreeMap<String, SetRecipe>,
    /// The tests, in order.
    pub tests: Vec<Test>,
}

/// A head on a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// For people.
    pub name: String,
    /// The head that is asked.
    pub head: String,
    /// Rows of a set.
    pub source: Source,
    /// The labels, in the order of the head's.
    pub labels: Vec<String>,
    /// The official metric of the set.
    pub metric: Metric,
    /// What others reached, in words.
    pub published: String,
}

/// The plan that comes with the program.
///
/// # Errors
/// It has mistakes.
pub fn plan() -> Result<Plan> {
    let mut reader = Reader::new("plan.yaml");
    let plan = reader.document(PLAN).and_then(|node| read(&mut reader, &node));
    match plan {
        Some(plan) if reader.mistakes.is_empty() => Ok(plan),
        _ => bail!("the plan of the evaluation has mistakes:\n  {}", reader.mistakes.join("\n  ")),
    }
}

fn read(reader: &mut Reader, node: &Node) -> Option<Plan> {
    let fields = reader.map(node, PLAN_KEYS)?;
    let sets = parse_sets(reader, fields.get("sets")?);
    let tests = reader.list(fields.get("tests")?).iter().filter_map(|node| test(reader, node, &sets)).collect();
    Some(Plan { sets, tests })
}

fn test(reader: &mut Reader, node: &Node, sets: &BTreeMap<String, SetRecipe>) -> Option<Test> {
    let fields = reader.map(node, TEST_KEYS)?;
    let missing = TEST_KEYS.iter().find(|key| fields.get(key).is_none());
    if let Some(missing) = missing {
        reader.note(node, format!("the key `{missing}` is missing here"));
        return None;
    }
    let mut text = |name: &str| fields.get(name).and_then(|node| reader.text(node));
    let (name, head, metric, published) = (text("name")?, text("head")?, text("metric")?, text("published")?);
    let labels: Vec<String> = reader.list(fields.get("labels")?).iter().filter_map(|node| reader.text(node)).collect();
    let source = parse_source(reader, fields.get("source")?, sets, &labels)?;
    let Some(metric) = Metric::ALL.into_iter().find(|known| known.name() == metric) else {
        reader.note(node, format!("`{metric}` is no metric"));
        return None;
    };
    Some(Test { name, head, source, labels, metric, published })
}

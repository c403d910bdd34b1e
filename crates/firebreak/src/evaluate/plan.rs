//! The plan of the evaluation: sets and tests, as data.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use classify::measure::Metric;

use super::targets::{Target, target};
use crate::training::{SetRecipe, Source, parse_sets, parse_source};
use crate::yaml::{Fields, Node, Reader};

const PLAN: &str = include_str!("../../../classify/evaluation/plan.yaml");
const PLAN_KEYS: &[&str] = &["brands", "sets", "tests", "targets"];
const TEST_KEYS: &[&str] = &["name", "head", "source", "labels", "metric", "published", "learnt_from"];

/// What is scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The sets, by name.
    pub sets: BTreeMap<String, SetRecipe>,
    /// The tests, in order.
    pub tests: Vec<Test>,
    /// Words that name a brand, in lower case.
    pub brands: Vec<String>,
    /// What is to be reached, in order.
    pub targets: Vec<Target>,
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
    /// Whether the weights that come with the program learnt from these rows at the end.
    pub learnt_from: bool,
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
    let brands = reader.list(fields.get("brands")?).iter().filter_map(|node| reader.text(node)).collect();
    let targets = reader.list(fields.get("targets")?).iter().filter_map(|node| target(reader, node)).collect();
    Some(Plan { sets, tests, brands, targets })
}

fn test(reader: &mut Reader, node: &Node, sets: &BTreeMap<String, SetRecipe>) -> Option<Test> {
    let fields = reader.map(node, TEST_KEYS)?;
    let mut text = |name: &str| word(reader, fields, name);
    let (name, head, metric, published) = (text("name")?, text("head")?, text("metric")?, text("published")?);
    let labels: Vec<String> = reader.list(fields.get("labels")?).iter().filter_map(|node| reader.text(node)).collect();
    let source = parse_source(reader, fields.get("source")?, sets, &labels)?;
    let Some(metric) = Metric::ALL.into_iter().find(|known| known.name() == metric) else {
        reader.note(node, format!("`{metric}` is no metric"));
        return None;
    };
    let learnt_from = fields.get("learnt_from").is_some_and(|node| reader.flag(node));
    Some(Test { name, head, source, labels, metric, published, learnt_from })
}

pub(super) fn word(reader: &mut Reader, fields: Fields<'_>, name: &str) -> Option<String> {
    let Some(node) = fields.get(name) else {
        reader.note(fields.node, format!("the key `{name}` is missing here"));
        return None;
    };
    reader.text(node)
}

//! From YAML to a recipe, or to everything that is wrong with it.

use std::collections::BTreeMap;

use classify::measure::Metric;
use classify::model::Kind;
use classify::train::{Calibrate, Setting};

use super::parse_taught::parse_taught;
use super::recipe::{Form, HeadRecipe, Recipe, SetRecipe, Source};
use crate::nearest::hint;
use crate::yaml::{Data, Fields, Node, Reader};

const RECIPE_KEYS: &[&str] =
    &["name", "about", "seed", "rows_log2", "rules", "ship", "sets", "before", "heads", "taught"];
const SET_KEYS: &[&str] = &[
    "files",
    "form",
    "label_files",
    "header",
    "text",
    "label",
    "id",
    "keep",
    "separator",
    "escapes",
    "licence",
    "attribution",
    "ship",
];
const HEAD_KEYS: &[&str] = &[
    "name",
    "kind",
    "labels",
    "languages",
    "metric",
    "grid",
    "calibrate",
    "unsure_below",
    "yes_from",
    "low_confidence",
    "refit",
    "train",
    "dev",
];
const GRID_KEYS: &[&str] = &["cost", "ratio", "balanced", "base"];
const SOURCE_KEYS: &[&str] = &["set", "labels", "weight", "percent"];

/// Reads a recipe.
///
/// # Errors
/// Every mistake, as `file:line:column: what`.
pub fn parse(file: &str, text: &str) -> Result<Recipe, Vec<String>> {
    let mut reader = Reader::new(file);
    let recipe = reader.document(text).and_then(|node| recipe(&mut reader, &node));
    match recipe {
        Some(recipe) if reader.mistakes.is_empty() => Ok(recipe),
        _ => Err(reader.mistakes),
    }
}

fn recipe(reader: &mut Reader, node: &Node) -> Option<Recipe> {
    let fields = reader.map(node, RECIPE_KEYS)?;
    let name = text(reader, fields, "name");
    let about = text(reader, fields, "about");
    let seed = needed(reader, fields, "seed").and_then(|node| reader.count(node));
    let rows_log2 = fields.get("rows_log2").map_or(Some(18), |node| whole(reader, node, 4..=22));
    let rules = fields.get("rules").is_some_and(|node| reader.flag(node));
    let ship = fields.get("ship").is_some_and(|node| reader.flag(node));
    let sets = needed(reader, fields, "sets").map(|node| parse_sets(reader, node)).unwrap_or_default();
    let heads = needed(reader, fields, "heads").map(|node| reader.list(node)).unwrap_or_default();
    let heads: Vec<HeadRecipe> = heads.iter().filter_map(|node| head(reader, node, &sets, ship)).collect();
    let taught = fields.get("taught").map(|node| parse_taught(reader, node, &heads, &sets, ship)).unwrap_or_default();
    let before = fields.get("before").map(|node| reader.list(node)).unwrap_or_default();
    let before = before.iter().filter_map(|node| head(reader, node, &sets, ship)).collect();
    Some(Recipe {
        name: name?,
        about: about?,
        seed: seed?,
        rows_log2: u32::try_from(rows_log2?).ok()?,
        rules,
        ship,
        sets,
        before,
        heads,
        taught,
        folder: None,
    })
}

/// Sets by name.
pub(crate) fn parse_sets(reader: &mut Reader, node: &Node) -> BTreeMap<String, SetRecipe> {
    let mut sets = BTreeMap::new();
    for (name, node) in entries(reader, node) {
        if let Some(set) = set(reader, node) {
            sets.insert(name.clone(), set);
        }
    }
    sets
}

fn set(reader: &mut Reader, node: &Node) -> Option<SetRecipe> {
    let fields = reader.map(node, SET_KEYS)?;
    let files = needed(reader, fields, "files").map(|node| texts(reader, node));
    let lines = fields.get("label_files").map(|node| texts(reader, node));
    let form = one_of(reader, fields, "form", &[("csv", 0), ("tsv", 1), ("lines", 2)]);
    let form = match (form, lines) {
        (Some(2), Some(labels)) if files.as_ref().is_some_and(|files| files.len() == labels.len()) => {
            Some(Form::Lines { labels })
        }
        (Some(2), _) => {
            reader.note(node, "the form `lines` needs `label_files`, one for each of `files`");
            None
        }
        (Some(0), _) => Some(Form::Csv),
        (Some(_), _) => Some(Form::Tsv),
        (None, _) => None,
    };
    let columns = !matches!(form, Some(Form::Lines { .. }));
    let column = |reader: &mut Reader, name| if columns { text(reader, fields, name) } else { Some(String::new()) };
    let (text_column, label) = (column(reader, "text"), column(reader, "label"));
    let mut keep = BTreeMap::new();
    for (name, node) in fields.get("keep").map(|node| entries(reader, node)).unwrap_or_default() {
        keep.insert(name.clone(), texts(reader, node));
    }
    let licence = text(reader, fields, "licence");
    let attribution = text(reader, fields, "attribution");
    Some(SetRecipe {
        files: files?,
        form: form?,
        header: fields.get("header").is_none_or(|node| reader.flag(node)),
        text: text_column?,
        label: label?,
        id: fields.get("id").and_then(|node| reader.text(node)),
        keep,
        separator: fields.get("separator").and_then(|node| reader.text(node)),
        escapes: fields.get("escapes").is_some_and(|node| reader.flag(node)),
        licence: licence?,
        attribution: attribution?,
        ship: fields.get("ship").is_some_and(|node| reader.flag(node)),
    })
}

fn head(reader: &mut Reader, node: &Node, sets: &BTreeMap<String, SetRecipe>, ship: bool) -> Option<HeadRecipe> {
    let fields = reader.map(node, HEAD_KEYS)?;
    let name = text(reader, fields, "name");
    let kind = one_of(reader, fields, "kind", &[("one_of", Kind::OneOf), ("yes_no", Kind::YesNo)]);
    let labels = needed(reader, fields, "labels").map(|node| texts(reader, node))?;
    if labels.len() < 2 || (kind == Some(Kind::YesNo) && labels.len() != 2) {
        reader.note(node, "a head has at least two labels; one of kind `yes_no` has two, first no, then yes");
    }
    let metric = one_of(reader, fields, "metric", &Metric::ALL.map(|metric| (metric.name(), metric)));
    let settings = needed(reader, fields, "grid").map(|node| grid(reader, node));
    let calibrates =
        [("steepness", Calibrate::Steepness), ("half_shift", Calibrate::HalfShift), ("shift", Calibrate::Shift)];
    let calibrate = match fields.get("calibrate") {
        Some(_) => one_of(reader, fields, "calibrate", &calibrates),
        None => Some(Calibrate::Steepness),
    };
    let train = needed(reader, fields, "train").map(|node| sources(reader, node, sets, &labels));
    let dev = needed(reader, fields, "dev").map(|node| sources(reader, node, sets, &labels));
    let refit = fields.get("refit").is_some_and(|node| reader.flag(node));
    if ship {
        let forbidden = |source: &&Source| sets.get(&source.set).is_some_and(|set| !set.ship);
        for source in train.iter().chain(dev.iter().filter(|_| refit)).flatten().filter(forbidden) {
            let set = &source.set;
            reader
                .note(node, format!("weights that are passed on must not come from `{set}`, which does not allow it"));
        }
    }
    Some(HeadRecipe {
        name: name?,
        kind: kind?,
        labels,
        languages: fields.get("languages").map_or_else(|| vec!["en".to_owned()], |node| texts(reader, node)),
        metric: metric?,
        settings: settings?,
        calibrate: calibrate?,
        unsure_below: fields.get("unsure_below").map_or(Some(0.0), |node| fraction(reader, node))?,
        yes_from: fields.get("yes_from").and_then(|node| fraction(reader, node)),
        low_confidence: fields.get("low_confidence").is_some_and(|node| reader.flag(node)),
        refit,
        train: train?,
        dev: dev?,
    })
}

/// Every combination of what is listed.
fn grid(reader: &mut Reader, node: &Node) -> Vec<Setting> {
    let Some(fields) = reader.map(node, GRID_KEYS) else { return Vec::new() };
    let mut flags = |name| {
        let nodes = fields.get(name).map(|node| reader.list(node)).unwrap_or_default();
        nodes.iter().map(|node| reader.flag(node)).collect::<Vec<_>>()
    };
    let (ratios, balances) = (flags("ratio"), flags("balanced"));
    let costs = needed(reader, fields, "cost").map(|node| reader.list(node)).unwrap_or_default();
    let bases = match fields.get("base") {
        Some(node) => reader.list(node).iter().filter_map(|node| reader.number(node)).collect(),
        None => vec![0.0],
    };
    let mut settings = Vec::new();
    for node in costs {
        let Some(cost) = reader.number(node).filter(|cost| *cost > 0.0) else {
            reader.note(node, "a cost is a number above 0");
            continue;
        };
        for ratio in &ratios {
            for balanced in &balances {
                let settled = |base: &f64| Setting { cost, ratio: *ratio, balanced: *balanced, base: *base };
                settings.extend(bases.iter().map(settled));
            }
        }
    }
    if settings.is_empty() {
        reader.note(node, "there is nothing to try: `cost`, `ratio` and `balanced` each need at least one value");
    }
    settings
}

fn sources(reader: &mut Reader, node: &Node, sets: &BTreeMap<String, SetRecipe>, labels: &[String]) -> Vec<Source> {
    let nodes = reader.list(node);
    nodes.iter().filter_map(|node| parse_source(reader, node, sets, labels)).collect()
}

/// Rows of a set for a head with these labels.
pub(crate) fn parse_source(
    reader: &mut Reader,
    node: &Node,
    sets: &BTreeMap<String, SetRecipe>,
    labels: &[String],
) -> Option<Source> {
    let fields = reader.map(node, SOURCE_KEYS)?;
    let set = text(reader, fields, "set")?;
    if !sets.contains_key(&set) {
        let hint = hint(&set, sets.keys().map(String::as_str));
        reader.note(node, format!("there is no set `{set}`{hint}"));
    }
    let mapped = fields.get("labels").map(|node| {
        let mut mapped = BTreeMap::new();
        for (theirs, node) in entries(reader, node) {
            let Some(own) = reader.text(node) else { continue };
            if !labels.contains(&own) {
                let hint = hint(&own, labels.iter().map(String::as_str));
                reader.note(node, format!("the head has no label `{own}`{hint}"));
            }
            mapped.insert(theirs.clone(), own);
        }
        mapped
    });
    let weight = fields.get("weight").map_or(Some(1.0), |node| reader.number(node));
    let percent = fields.get("percent").map_or(Some((0, 100)), |node| percent(reader, node));
    let weight = weight.filter(|weight| *weight > 0.0);
    if weight.is_none() {
        reader.note(node, "a weight is a number above 0");
    }
    Some(Source { set, labels: mapped, weight: weight?, percent: percent? })
}

fn percent(reader: &mut Reader, node: &Node) -> Option<(u64, u64)> {
    let bounds: Vec<u64> = reader.list(node).iter().filter_map(|node| whole(reader, node, 0..=100)).collect();
    match bounds.as_slice() {
        [from, to] if from < to => Some((*from, *to)),
        _ => {
            reader.note(node, "a share is two whole percentages, the first below the second: `[0, 80]`");
            None
        }
    }
}

pub(super) fn needed<'a>(reader: &mut Reader, fields: Fields<'a>, name: &str) -> Option<&'a Node> {
    let found = fields.get(name);
    if found.is_none() {
        reader.note(fields.node, format!("the key `{name}` is missing here"));
    }
    found
}

pub(super) fn text(reader: &mut Reader, fields: Fields<'_>, name: &str) -> Option<String> {
    needed(reader, fields, name).and_then(|node| reader.text(node))
}

pub(super) fn texts(reader: &mut Reader, node: &Node) -> Vec<String> {
    reader.list(node).iter().filter_map(|node| reader.text(node)).collect()
}

pub(super) fn entries<'a>(reader: &mut Reader, node: &'a Node) -> &'a [(String, Node)] {
    if let Data::Map(entries) = &node.data {
        return entries;
    }
    reader.note(node, "here must be keys with values");
    &[]
}

fn whole(reader: &mut Reader, node: &Node, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
    let found = reader.count(node)?;
    if !range.contains(&found) {
        reader.note(node, format!("`{found}` is not {} to {}", range.start(), range.end()));
        return None;
    }
    Some(found)
}

pub(super) fn fraction(reader: &mut Reader, node: &Node) -> Option<f64> {
    let found = reader.number(node)?;
    if !(0.0..=1.0).contains(&found) {
        reader.note(node, "this must be a fraction, 0 to 1");
        return None;
    }
    Some(found)
}

fn one_of<T: Copy>(reader: &mut Reader, fields: Fields<'_>, name: &str, known: &[(&str, T)]) -> Option<T> {
    let node = needed(reader, fields, name)?;
    let word = reader.text(node)?;
    let found = known.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        reader.note(node, format!("`{word}` is none of {}{}", names.join(", "), hint(&word, names.iter().copied())));
    }
    found
}

//! The part of a recipe that says who teaches which head.

use std::collections::BTreeMap;

use classify::model::Kind;

use super::parse::{entries, fraction, needed, text, texts};
use super::recipe::{HeadRecipe, SetRecipe, TaughtRecipe};
use crate::nearest::hint;
use crate::yaml::{Node, Reader};

const KEYS: &[&str] = &["file", "teacher", "licence", "attribution", "ship", "share", "sets"];

/// Teachers by the head that they teach. What is passed on may come only from teachers and sets that allow it.
pub(super) fn parse_taught(
    reader: &mut Reader,
    node: &Node,
    heads: &[HeadRecipe],
    sets: &BTreeMap<String, SetRecipe>,
    ship: bool,
) -> BTreeMap<String, TaughtRecipe> {
    let mut found = BTreeMap::new();
    for (name, node) in entries(reader, node) {
        match heads.iter().find(|head| head.name == *name) {
            Some(head) if head.kind == Kind::YesNo => {}
            Some(_) => reader.note(node, format!("the head `{name}` cannot be taught: only one of kind `yes_no` can")),
            None => {
                let hint = hint(name, heads.iter().map(|head| head.name.as_str()));
                reader.note(node, format!("there is no head `{name}`{hint}"));
            }
        }
        if let Some(taught) = taught(reader, node, sets, ship) {
            found.insert(name.clone(), taught);
        }
    }
    found
}

fn taught(reader: &mut Reader, node: &Node, sets: &BTreeMap<String, SetRecipe>, ship: bool) -> Option<TaughtRecipe> {
    let fields = reader.map(node, KEYS)?;
    let file = text(reader, fields, "file");
    let teacher = text(reader, fields, "teacher");
    let licence = text(reader, fields, "licence");
    let attribution = text(reader, fields, "attribution");
    let share = needed(reader, fields, "share").and_then(|node| fraction(reader, node));
    let may_ship = fields.get("ship").is_some_and(|node| reader.flag(node));
    let asked = needed(reader, fields, "sets").map(|node| texts(reader, node))?;
    if ship && !may_ship {
        reader.note(node, "weights that are passed on must not come from this teacher, which does not allow it");
    }
    for name in &asked {
        match sets.get(name) {
            Some(set) if ship && !set.ship => reader.note(
                node,
                format!("weights that are passed on must not be taught on `{name}`, which does not allow it"),
            ),
            Some(_) => {}
            None => {
                let hint = hint(name, sets.keys().map(String::as_str));
                reader.note(node, format!("there is no set `{name}`{hint}"));
            }
        }
    }
    Some(TaughtRecipe {
        file: file?,
        teacher: teacher?,
        licence: licence?,
        attribution: attribution?,
        ship: may_ship,
        share: share?,
        sets: asked,
    })
}

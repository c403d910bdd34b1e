//! From YAML to what must, or must not, appear.

use events::{EventTime, Topic};
use serde_json::Value;

use super::condition::Condition;
use super::model::{About, Expectation, FieldCondition, Records};
use super::parse::{required, span, time};
use crate::nearest::hint;
use crate::yaml::{Data, Fields, Node, Reader};

const KEYS: &[&str] =
    &["topic", "summary", "where", "at", "within", "by", "after", "last", "count", "keys", "absent", "fields"];
const CONDITIONS: &[&str] =
    &["is", "not", "about", "within", "at_least", "at_most", "contains", "lacks", "length", "absent"];

/// Reads one expectation.
pub(super) fn expectation(reader: &mut Reader, node: &Node, start: EventTime) -> Option<Expectation> {
    let fields = reader.map(node, KEYS)?;
    let wanted = fields.get("fields").map(|map| conditions(reader, map)).unwrap_or_default();
    if let Some(summary) = fields.get("summary") {
        if fields.entries.len() > 1 {
            reader.note(node, "an expectation of `summary` has no other keys: its fields stand below `summary`");
        }
        return Some(Expectation { line: node.line, about: About::Summary, fields: conditions(reader, summary) });
    }
    let topic = required(reader, fields, "topic").and_then(|topic| topic_name(reader, topic))?;
    let select = fields.get("where").map(|map| conditions(reader, map)).unwrap_or_default();
    let (from, to) = window(reader, fields, start);
    let last = fields.get("last").is_some_and(|last| reader.flag(last));
    let mut count = fields.get("count").and_then(|count| condition(reader, count));
    if let Some(absent) = fields.get("absent") {
        if !reader.flag(absent) || count.is_some() {
            reader.note(absent, "write `absent: true` and no `count`");
        }
        count = Some(Condition::equal_to(Value::from(0)));
    }
    let keys = fields.get("keys").and_then(|keys| condition(reader, keys));
    let about = About::Records(Box::new(Records { topic, select, from, to, last, count, keys }));
    Some(Expectation { line: node.line, about, fields: wanted })
}

fn topic_name(reader: &mut Reader, node: &Node) -> Option<Topic> {
    let name = reader.text(node)?;
    let found = Topic::PUBLIC.into_iter().find(|topic| topic.name() == name);
    if found.is_none() {
        let known = Topic::PUBLIC.map(Topic::name);
        let hint = hint(&name, known.iter().map(String::as_str));
        reader.note(node, format!("`{name}` is no topic{hint}; the topics are {}", known.join(", ")));
    }
    found
}

/// `at` alone is that instant; `at` with `within` the span from it; `by` and `after` include their ends.
fn window(reader: &mut Reader, fields: Fields<'_>, start: EventTime) -> (Option<EventTime>, Option<EventTime>) {
    let mut instant = |name| fields.get(name).and_then(|node| time(reader, node, start));
    let (at, by, after) = (instant("at"), instant("by"), instant("after"));
    let within = fields.get("within").and_then(|node| span(reader, node));
    if at.is_some() && (by.is_some() || after.is_some()) {
        reader.note(fields.node, "give `at`, with or without `within`, or else `by` and `after`");
    }
    match (at, within) {
        (Some(at), Some(within)) => (Some(at), Some(at.plus(within))),
        (Some(at), None) => (Some(at), Some(at)),
        (None, Some(_)) => {
            reader.note(fields.node, "`within` needs `at`: the instant from which it counts");
            (None, None)
        }
        (None, None) => (after, by),
    }
}

fn conditions(reader: &mut Reader, node: &Node) -> Vec<FieldCondition> {
    let Data::Map(entries) = &node.data else {
        reader.note(
            node,
            "here must be paths with what is expected there, such as `classification.intent.label: complaint`",
        );
        return Vec::new();
    };
    let read = entries.iter().filter_map(|(path, value)| {
        condition(reader, value).map(|condition| FieldCondition { path: path.clone(), condition })
    });
    read.collect()
}

fn condition(reader: &mut Reader, node: &Node) -> Option<Condition> {
    if !matches!(node.data, Data::Map(_)) {
        return Some(Condition::equal_to(node.json()));
    }
    let fields = reader.map(node, CONDITIONS)?;
    let mut number = |name| fields.get(name).and_then(|node| reader.number(node));
    let (about, within) = (number("about"), number("within"));
    let (at_least, at_most) = (number("at_least"), number("at_most"));
    if about.is_some() != within.is_some() {
        reader.note(node, "`about` needs `within`: how far off is near enough");
    }
    let length = fields.get("length").and_then(|node| reader.count(node));
    let absent = fields.get("absent").map(|node| reader.flag(node));
    Some(Condition {
        is: fields.get("is").map(Node::json),
        not: fields.get("not").map(Node::json),
        about: about.zip(within),
        at_least,
        at_most,
        contains: fields.get("contains").map(one_or_more).unwrap_or_default(),
        lacks: fields.get("lacks").map(one_or_more).unwrap_or_default(),
        length,
        absent,
    })
}

fn one_or_more(node: &Node) -> Vec<Value> {
    match node.json() {
        Value::Array(items) => items,
        one => vec![one],
    }
}

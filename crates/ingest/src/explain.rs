//! Why a line is no mention, in words that tell its sender what to change.
//!
//! Only looked at after the quick way has failed. A detail names fields and kinds of values, never a value: the text of a
//! mention does not leave the topics it may lie in.

use serde_json::error::Category;
use serde_json::{Map, Value};
use stream::RejectReason;

use crate::stamp::Stamp;

/// What a field must be.
#[derive(Debug, Clone, Copy)]
enum Expect {
    Text,
    Time,
    Count,
    Flag,
    Kind,
    Texts,
    Object(&'static [(&'static str, Self)]),
    Objects(&'static [(&'static str, Self)]),
}

const AUTHOR: &[(&str, Expect)] = &[
    ("id", Expect::Text),
    ("handle", Expect::Text),
    ("name", Expect::Text),
    ("followers", Expect::Count),
    ("verified", Expect::Flag),
];
const MEDIA: &[(&str, Expect)] = &[("kind", Expect::Text), ("url", Expect::Text), ("alt_text", Expect::Text)];
const LINE: &[(&str, Expect)] = &[
    ("source", Expect::Text),
    ("native_id", Expect::Text),
    ("published_at", Expect::Time),
    ("received_at", Expect::Time),
    ("text", Expect::Text),
    ("revision", Expect::Count),
    ("kind", Expect::Kind),
    ("channel", Expect::Text),
    ("owned_channel", Expect::Flag),
    ("from_brand", Expect::Flag),
    ("author", Expect::Object(AUTHOR)),
    ("thread_id", Expect::Text),
    ("parent_id", Expect::Text),
    ("language", Expect::Text),
    ("url", Expect::Text),
    ("urls", Expect::Texts),
    ("media", Expect::Objects(MEDIA)),
    ("reach", Expect::Count),
    ("repost", Expect::Flag),
    ("brand", Expect::Text),
    ("brand_hints", Expect::Texts),
    ("drill", Expect::Text),
];

/// Why `text` is no line of the shape that [`Line`](crate::line::Line) has.
pub(crate) fn explain(text: &str, failure: &serde_json::Error) -> (RejectReason, String) {
    let object = match object(text) {
        Ok(object) => object,
        Err(refused) => return refused,
    };
    let found = wrong(&object, LINE, "");
    let detail = found.unwrap_or_else(|| {
        // A field that stands twice is all that is left; serde names it and shows no value.
        let message = failure.to_string();
        let twice = message.starts_with("duplicate field");
        if twice { message } else { "a field has a value that cannot be used".into() }
    });
    (RejectReason::Invalid, detail)
}

/// The JSON object that `text` is.
pub(crate) fn object(text: &str) -> Result<Map<String, Value>, (RejectReason, String)> {
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err((RejectReason::Invalid, format!("a line must be a JSON object, not {}", kind_of(&other)))),
        Err(error) => Err((RejectReason::Decode, not_json(&error))),
    }
}

/// serde's words for broken JSON tell a place and show no value.
fn not_json(error: &serde_json::Error) -> String {
    if error.classify() == Category::Eof {
        return format!("the line ends in the middle of its JSON, at byte {}: was the file cut off?", error.column());
    }
    format!("not JSON: {error}")
}

fn wrong(object: &Map<String, Value>, fields: &[(&str, Expect)], inside: &str) -> Option<String> {
    fields.iter().find_map(|(field, expect)| {
        let value = object.get(*field).filter(|value| !value.is_null())?;
        fault(value, *expect, &format!("{inside}{field}"))
    })
}

fn fault(value: &Value, expect: Expect, name: &str) -> Option<String> {
    let (right, wanted) = match expect {
        Expect::Text => (value.is_string(), "text"),
        Expect::Time => (value.as_str().and_then(Stamp::read).is_some(), "a time such as 2026-11-02T02:05:00Z"),
        Expect::Count => (value.as_i64().is_some_and(|count| count >= 0), "a whole number, 0 or more"),
        Expect::Flag => (value.is_boolean(), "true or false"),
        Expect::Kind => (matches!(value.as_str(), Some("create" | "edit" | "delete")), "`create`, `edit` or `delete`"),
        Expect::Texts => (value.as_array().is_some_and(|all| all.iter().all(Value::is_string)), "a list of texts"),
        Expect::Object(fields) => match value {
            Value::Object(object) => return wrong(object, fields, &format!("{name}.")),
            _ => (false, "an object"),
        },
        Expect::Objects(fields) => match value {
            Value::Array(all) => {
                return all.iter().find_map(|one| fault(one, Expect::Object(fields), &format!("{name}[]")));
            }
            _ => (false, "a list of objects"),
        },
    };
    (!right).then(|| format!("`{name}` must be {wanted}; this is {}", kind_of(value)))
}

/// What a value is, without showing it.
pub(crate) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "another number",
        Value::String(_) => "another text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

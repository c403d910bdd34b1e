//! Looking into the JSON of a schema.

use std::collections::BTreeMap;

use serde_json::Value;

/// The named types of one schema, by name without namespace: this project has one namespace.
pub(super) struct Names<'s>(BTreeMap<&'s str, &'s Value>);

impl<'s> Names<'s> {
    pub(super) fn of(schema: &'s Value) -> Self {
        fn collect<'s>(value: &'s Value, names: &mut BTreeMap<&'s str, &'s Value>) {
            match value {
                Value::Object(object) => {
                    if matches!(kind(value), "record" | "enum" | "fixed") {
                        names.insert(name(value), value);
                    }
                    object.values().for_each(|part| collect(part, names));
                }
                Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
                _ => {}
            }
        }
        let mut names = BTreeMap::new();
        collect(schema, &mut names);
        Self(names)
    }

    /// The definition that a type stands for, and `{"type": "string"}` seen as `"string"`.
    pub(super) fn resolve(&self, schema: &'s Value) -> &'s Value {
        match schema {
            Value::String(text) => self.0.get(unqualified(text)).copied().unwrap_or(schema),
            Value::Object(object) if !object.contains_key("logicalType") => match object.get("type") {
                Some(inner @ Value::String(text)) if PRIMITIVES.contains(&text.as_str()) => inner,
                Some(inner @ (Value::Object(_) | Value::Array(_))) => self.resolve(inner),
                _ => schema,
            },
            _ => schema,
        }
    }
}

const PRIMITIVES: [&str; 8] = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

/// `record`, `array`, `union`, `long`, …
pub(super) fn kind(schema: &Value) -> &str {
    match schema {
        Value::String(text) => text,
        Value::Array(_) => "union",
        Value::Object(object) => object.get("type").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}

/// The kind with its logical type, as a message names it.
pub(super) fn described(schema: &Value) -> String {
    match (kind(schema), logical(schema)) {
        (kind @ ("record" | "enum" | "fixed"), _) => format!("{kind} `{}`", name(schema)),
        (kind, Some(logical)) => format!("{kind} ({logical})"),
        (kind, None) => kind.to_owned(),
    }
}

pub(super) fn logical(schema: &Value) -> Option<&str> {
    schema.get("logicalType").and_then(Value::as_str)
}

/// Name of a type or field, without its namespace.
pub(super) fn name(value: &Value) -> &str {
    value.get("name").and_then(Value::as_str).map(unqualified).unwrap_or_default()
}

fn unqualified(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether the reader's type or field goes by `name`, by its own name or an alias.
pub(super) fn goes_by(reader: &Value, name: &str) -> bool {
    self::name(reader) == name || strings(reader, "aliases").any(|alias| unqualified(alias) == name)
}

pub(super) fn fields(record: &Value) -> impl Iterator<Item = &Value> {
    record.get("fields").and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn strings<'s>(value: &'s Value, key: &str) -> impl Iterator<Item = &'s str> {
    value.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The path one field further in.
pub(super) fn step(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

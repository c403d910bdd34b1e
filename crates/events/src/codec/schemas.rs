//! The schemas that this build writes: `schemas/<event>/v1.avsc`, embedded and parsed once.

use std::sync::LazyLock;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;

use super::plan::Plan;
use super::{Fingerprint, SchemaError};

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        /// Name and text of every schema, in the order of [`crate::Payload::SCHEMAS`].
        const TEXTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../schemas/", $name, "/v1.avsc")))),+];
    };
}

embedded!(
    "mention",
    "enrichment",
    "classification",
    "tally",
    "incident",
    "case",
    "call",
    "notification",
    "action",
    "link",
    "business",
    "dead-letter",
    "seen",
    "turn",
    "progress",
    "position",
);

/// A schema of this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedSchema {
    /// Name of its folder, such as `mention`.
    pub name: &'static str,
    /// The `.avsc` text.
    pub text: &'static str,
    /// What single-object encoding names it by.
    pub fingerprint: Fingerprint,
}

/// A schema of this build, ready for its records.
pub(super) struct Compiled {
    pub(super) schema: EmbeddedSchema,
    pub(super) plan: Plan,
}

/// Parses a schema that contains all it names.
pub(super) fn parse(text: &str) -> Result<(Plan, Fingerprint), SchemaError> {
    let schema = Schema::parse_str(text).map_err(|error| SchemaError(error.to_string()))?;
    let json = serde_json::from_str(text).map_err(|error| SchemaError(error.to_string()))?;
    if let Some(name) = no_number(&json) {
        return Err(SchemaError(format!("`{name}` is no whole number")));
    }
    let rabin = schema.fingerprint::<Rabin>().bytes;
    let bytes = rabin.try_into().map_err(|_| SchemaError("its fingerprint has not 8 bytes".into()))?;
    Ok((Plan::new(&schema)?, Fingerprint(u64::from_le_bytes(bytes))))
}

/// An attribute that must be a whole number wherever it stands, and is none: apache-avro 0.22 takes it as an attribute of any
/// kind when it parses a schema, and panics over it when it tells the fingerprint.
fn no_number(schema: &serde_json::Value) -> Option<&'static str> {
    const NUMBERS: [&str; 3] = ["size", "precision", "scale"];
    let whole = |value: &serde_json::Value| match value.as_str() {
        Some(text) => text.parse::<i64>().is_ok(),
        None => value.is_i64(),
    };
    match schema {
        serde_json::Value::Object(members) => {
            let wrong = NUMBERS.into_iter().find(|name| members.get(*name).is_some_and(|value| !whole(value)));
            // A default is a value of the schema's reader and no schema.
            let inner = members.iter().filter(|(name, _)| *name != "default");
            wrong.or_else(|| inner.filter_map(|(_, value)| no_number(value)).next())
        }
        serde_json::Value::Array(items) => items.iter().find_map(no_number),
        _ => None,
    }
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let compile = |(name, text): &(&'static str, &'static str)| {
        let (plan, fingerprint) = parse(text)?;
        Ok(Compiled { schema: EmbeddedSchema { name, text, fingerprint }, plan })
    };
    let compiled: Result<Vec<_>, SchemaError> = TEXTS.iter().map(compile).collect();
    #[expect(clippy::expect_used, reason = "the texts are part of the build, and a test parses each of them")]
    compiled.expect("an embedded schema is valid Avro")
});

/// Every schema of this build, parsed.
pub(super) fn compiled() -> &'static [Compiled] {
    &COMPILED
}

/// Every schema of this build, in the order of [`crate::Payload::SCHEMAS`].
pub fn embedded() -> impl Iterator<Item = EmbeddedSchema> {
    COMPILED.iter().map(|compiled| compiled.schema)
}

/// Place of schema `name`; an event without a schema does not compile.
pub(super) const fn place(name: &str) -> usize {
    let mut i = 0;
    while i < TEXTS.len() {
        if same(TEXTS[i].0.as_bytes(), name.as_bytes()) {
            return i;
        }
        i += 1;
    }
    panic!("an event names a schema that schemas/ does not have")
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut i = 0;
    while i < left.len() {
        if left[i] != right[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_is_no_number_is_told_and_does_not_end_the_process() {
        for attribute in [r#""size":"large""#, r#""precision":1.5"#, r#""scale":{}"#, r#""size":99999999999999999999"#]
        {
            let text = format!(r#"{{"type":"record","name":"R",{attribute},"fields":[{{"name":"a","type":"long"}}]}}"#);
            assert!(parse(&text).is_err(), "{attribute}");
        }
        let fixed = r#"{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":4}},
            {"name":"m","type":{"type":"map","values":"string"},"default":{"size":"large"}}]}"#;
        assert!(parse(fixed).is_ok());
    }
}

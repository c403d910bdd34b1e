//! JSON on its way into a column: text, which the database reads. A tree of it would weigh ten times as much, thousands of rows at
//! once.

use std::error::Error;

use bytes::BufMut as _;
use bytes::BytesMut;
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::types::{IsNull, ToSql, Type, accepts, to_sql_checked};

use super::clean::text;

/// What comes before the text of a `jsonb`: the version of its form.
const VERSION: u8 = 1;
/// How serde_json writes a NUL, which PostgreSQL does not take.
const NUL: &str = r"\u0000";

/// A value of a `jsonb` column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::postgres) struct Json(String);

impl Json {
    /// The value as JSON, with U+FFFD for each NUL; null when it cannot be JSON.
    pub(super) fn of(value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            // A text that holds a backslash before these letters looks alike, and is only read once more.
            Ok(json) if json.contains(NUL) => {
                Self(serde_json::from_str(&json).map_or(Value::Null, without_nul).to_string())
            }
            Ok(json) => Self(json),
            Err(_) => Self(Value::Null.to_string()),
        }
    }
}

impl ToSql for Json {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if *kind == Type::JSONB {
            out.put_u8(VERSION);
        }
        out.put_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    accepts!(JSON, JSONB);
    to_sql_checked!();
}

fn without_nul(value: Value) -> Value {
    match value {
        Value::String(given) => Value::String(text(&given)),
        Value::Array(values) => values.into_iter().map(without_nul).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (text(&name), without_nul(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nul_becomes_the_replacement_character_and_what_looks_like_one_stays() {
        let value = json!({"a\0": ["\0b", r"\u0000", 0.5, null], "c": {"d": "\0"}});
        let kept: Value = serde_json::from_str(&Json::of(&value).0).unwrap();
        assert_eq!(kept, json!({"a\u{fffd}": ["\u{fffd}b", r"\u0000", 0.5, null], "c": {"d": "\u{fffd}"}}));
    }

    #[test]
    fn what_cannot_be_json_is_null() {
        let without_text_as_name = std::collections::BTreeMap::from([((1, 2), 3)]);
        assert_eq!(Json::of(&without_text_as_name).0, "null");
    }
}

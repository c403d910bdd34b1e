//! What a registry says, as values.

use serde::Deserialize;

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such subject, version or schema.
    Unknown,
    /// It cannot now.
    Away(String),
    /// It will say the same again.
    Refused(String),
}

/// The body of an answer that is no success.
#[derive(Debug, Default, Deserialize)]
struct Told {
    #[serde(default)]
    error_code: u32,
    #[serde(default)]
    message: String,
}

impl Refusal {
    /// What an answer means. That something is unknown is told by a code of its own: a plain 404 is a wrong address.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        let told: Told = serde_json::from_slice(body).unwrap_or_default();
        let words = if told.message.is_empty() { format!("it answered {status}") } else { told.message };
        match (status, told.error_code) {
            (404, 40400..=40499) => Self::Unknown,
            (404, _) => Self::Refused(format!("there is no registry behind this address ({words}): see its path")),
            (401 | 403, _) => Self::Refused(format!("{words}: see user, password and their rights")),
            (408 | 429 | 500..=599, _) => Self::Away(words),
            _ => Self::Refused(words),
        }
    }
}

/// Answer to a registration or a look-up. A registration need not tell the version.
#[derive(Debug, Deserialize)]
pub(crate) struct Stood {
    pub(crate) id: u32,
}

/// Answer to the question for a schema.
#[derive(Debug, Deserialize)]
pub(crate) struct Schema {
    pub(crate) schema: String,
    /// Absent for Avro.
    #[serde(default, rename = "schemaType")]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) references: Vec<serde_json::Value>,
}

impl Schema {
    /// Whether it is Avro and contains all that it names.
    pub(crate) fn is_whole_avro(&self) -> bool {
        self.references.is_empty() && self.kind.as_deref().is_none_or(|kind| kind == "AVRO")
    }
}

/// Answer to the question for compatibility.
#[derive(Debug, Deserialize)]
pub(crate) struct Verdict {
    pub(crate) is_compatible: bool,
    #[serde(default)]
    pub(crate) messages: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_told_from_a_wrong_address() {
        let unknown = br#"{"error_code": 40403, "message": "Schema not found"}"#;
        assert_eq!(Refusal::of(404, unknown), Refusal::Unknown);
        assert!(matches!(Refusal::of(404, b"<html>"), Refusal::Refused(words) if words.contains("see its path")));
        let plain = br#"{"error_code": 404, "message": "HTTP 404 Not Found"}"#;
        assert!(matches!(Refusal::of(404, plain), Refusal::Refused(_)));
    }

    #[test]
    fn what_may_work_later_is_told_from_what_will_not() {
        for status in [408, 429, 500, 502, 503] {
            assert!(matches!(Refusal::of(status, b""), Refusal::Away(_)), "{status}");
        }
        for status in [302, 400, 401, 403, 405, 422] {
            assert!(matches!(Refusal::of(status, b""), Refusal::Refused(_)), "{status}");
        }
        let words = Refusal::Refused("a field has no default".into());
        assert_eq!(Refusal::of(409, br#"{"error_code": 409, "message": "a field has no default"}"#), words);
    }
}

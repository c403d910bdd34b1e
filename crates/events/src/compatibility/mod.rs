//! Whether this build's schemas and all released ones read each other's records: FULL_TRANSITIVE.
//!
//! Avro's rules of schema resolution on the texts of the schemas, in both directions, against every release and not
//! only the last. A difference in logical type counts too: Avro would read it, as another time. Texts come in from the
//! caller; nothing here opens a file.

mod resolve;
mod schema;

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

use crate::codec;
use resolve::Direction;
use schema::{Names, step};

/// A schema as some release had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The event: name of the folder, such as `mention`.
    pub event: String,
    /// The version: name of the file without its ending, such as `v1`.
    pub version: String,
    /// The `.avsc` text.
    pub text: String,
}

/// Something that breaks readers or leaves them without words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Which event.
    pub event: String,
    /// The released version that it breaks; null where no release is concerned.
    pub version: Option<String>,
    /// The field, from the event inwards, such as `mention.author.id`; empty for the event itself.
    pub path: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.event)?;
        if let Some(version) = &self.version {
            write!(f, " (against released {version})")?;
        }
        if !self.path.is_empty() {
            write!(f, ", field `{}`", self.path)?;
        }
        write!(f, ": {}: {}", self.problem, self.remedy)
    }
}

/// Checks this build's schemas against all releases, and that they are documented. Nothing found means compatible.
pub fn check(released: &[Released]) -> Vec<Finding> {
    let embedded: Vec<_> = codec::embedded().map(|schema| (schema.name, schema.text)).collect();
    check_texts(&embedded, released)
}

/// Checks any schemas, as (event, text), against all releases, and that they are documented.
pub fn check_texts(current: &[(&str, &str)], released: &[Released]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (event, text) in current {
        match serde_json::from_str::<Value>(text) {
            Ok(schema) => undocumented(event, &schema, &mut findings),
            Err(error) => findings.push(unreadable(event, None, &error.to_string())),
        }
    }
    for release in released {
        let Some((event, text)) = current.iter().find(|(event, _)| *event == release.event) else {
            findings.push(Finding {
                event: release.event.clone(),
                version: Some(release.version.clone()),
                path: String::new(),
                problem: "it was released and is gone".into(),
                remedy: "keep its folder under schemas/: others still read it".into(),
            });
            continue;
        };
        let Ok(now) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        match serde_json::from_str::<Value>(&release.text) {
            Ok(then) => compare(event, &release.version, &now, &then, &mut findings),
            Err(error) => findings.push(unreadable(event, Some(&release.version), &error.to_string())),
        }
    }
    findings.sort();
    findings.dedup();
    findings
}

fn compare(event: &str, version: &str, now: &Value, then: &Value, findings: &mut Vec<Finding>) {
    let (now_names, then_names) = (Names::of(now), Names::of(then));
    for (direction, reader, writer) in [
        (Direction::ReadsReleased, (now, &now_names), (then, &then_names)),
        (Direction::ReadByReleased, (then, &then_names), (now, &now_names)),
    ] {
        for fault in resolve::faults(reader, writer) {
            findings.push(Finding {
                event: event.into(),
                version: Some(version.into()),
                path: fault.path,
                problem: format!("{}: {}", direction.claim(), fault.problem),
                remedy: fault.cause.remedy(direction).into(),
            });
        }
    }
}

fn unreadable(event: &str, version: Option<&str>, error: &str) -> Finding {
    Finding {
        event: event.into(),
        version: version.map(Into::into),
        path: String::new(),
        problem: format!("the schema is no JSON ({error})"),
        remedy: "mend the file".into(),
    }
}

/// Every record, enum and field says what it is.
fn undocumented(event: &str, schema: &Value, findings: &mut Vec<Finding>) {
    fn visit(value: &Value, path: &str, missing: &mut Vec<(String, &'static str)>) {
        match value {
            Value::Object(object) => {
                if object.contains_key("fields") || object.contains_key("symbols") {
                    require(value, path, "the type", missing);
                }
                for field in schema::fields(value) {
                    let path = step(path, schema::name(field));
                    require(field, &path, "the field", missing);
                    visit(&field["type"], &path, missing);
                }
                for part in ["type", "items", "values"] {
                    object.get(part).into_iter().for_each(|part| visit(part, path, missing));
                }
            }
            Value::Array(branches) => branches.iter().for_each(|branch| visit(branch, path, missing)),
            _ => {}
        }
    }
    fn require(value: &Value, path: &str, what: &'static str, missing: &mut Vec<(String, &'static str)>) {
        let doc = value.get("doc").and_then(Value::as_str).unwrap_or_default();
        if doc.trim().is_empty() {
            missing.push((path.into(), what));
        }
    }
    let mut missing = Vec::new();
    visit(schema, "", &mut missing);
    findings.extend(missing.into_iter().map(|(path, what)| Finding {
        event: event.into(),
        version: None,
        path,
        problem: format!("{what} has no `doc`"),
        remedy: "say what it is, with its unit and range, and when it is null".into(),
    }));
}

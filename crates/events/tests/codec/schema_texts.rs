//! What the schema files must be: documented, in step with each other, and never changed once released.

use std::collections::BTreeMap;

use events::Payload;
use serde_json::{Value, json};

fn parsed() -> Vec<(&'static str, Value)> {
    events::codec::embedded().map(|schema| (schema.name, serde_json::from_str(schema.text).unwrap())).collect()
}

#[test]
fn every_event_has_a_schema_and_every_schema_an_event() {
    assert_eq!(events::codec::embedded().map(|schema| schema.name).collect::<Vec<_>>(), Payload::SCHEMAS);
}

/// The definition with the types it contains replaced by their names, as a copy elsewhere may name what it has seen.
fn flat(definition: &Value) -> Value {
    fn reference(value: &Value) -> Value {
        match value {
            Value::Object(object) if object.contains_key("name") && object.contains_key("type") => {
                object["name"].clone()
            }
            Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), reference(value))).collect(),
            Value::Array(items) => items.iter().map(reference).collect(),
            other => other.clone(),
        }
    }
    let mut flat = definition.clone();
    flat.as_object_mut().unwrap().remove("namespace");
    if let Some(fields) = flat.get_mut("fields").and_then(Value::as_array_mut) {
        for field in fields {
            field["type"] = reference(&field["type"]);
        }
    }
    flat
}

fn definitions(value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("fields") || object.contains_key("symbols") {
                found.push((object["name"].as_str().unwrap().to_owned(), flat(value)));
            }
            object.values().for_each(|value| definitions(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| definitions(item, found)),
        _ => {}
    }
}

#[test]
fn a_type_is_the_same_in_every_file_that_contains_it() {
    let mut known: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    let mut copies = 0;
    for (event, schema) in parsed() {
        let mut found = Vec::new();
        definitions(&schema, &mut found);
        for (name, definition) in found {
            match known.get(&name) {
                Some((first, seen)) => {
                    copies += 1;
                    assert_eq!(&definition, seen, "`{name}` differs between {first} and {event}");
                }
                None => drop(known.insert(name, (event, definition))),
            }
        }
    }
    assert!(copies > 10, "only {copies} copies were compared");
}

#[test]
fn enums_have_a_default_symbol_and_optional_fields_default_to_null() {
    for (event, schema) in parsed() {
        let mut found = Vec::new();
        definitions(&schema, &mut found);
        for (name, definition) in found {
            if let Some(symbols) = definition.get("symbols") {
                let default =
                    definition.get("default").unwrap_or_else(|| panic!("{event}: enum `{name}` has no default"));
                assert!(symbols.as_array().unwrap().contains(default), "{event}: `{name}`");
            }
            for field in definition.get("fields").and_then(Value::as_array).into_iter().flatten() {
                if let Some(branches) = field["type"].as_array() {
                    assert_eq!(branches[0], json!("null"), "{event}: `{name}.{}`", field["name"]);
                    assert_eq!(field.get("default"), Some(&Value::Null), "{event}: `{name}.{}`", field["name"]);
                }
            }
        }
    }
}

/// Fingerprints of the released schemas. A change here is a new version of the event, never an edit of an old one.
#[test]
fn a_released_schema_keeps_its_hash() {
    let released = [
        ("mention", "c7dadf06ea596262"),
        ("enrichment", "a08589c2d42ec17b"),
        ("classification", "7a9df01ad0999bf9"),
        ("tally", "66dda5318ff33701"),
        ("incident", "cb2aec2a8d347dd7"),
        ("case", "a9676d072c5ef274"),
        ("call", "2ad9057191390a34"),
        ("notification", "cc90b5fe974277a2"),
        ("action", "179941504721ae00"),
        ("link", "3f4b267dda7e7407"),
        ("business", "9f5b3d3feb557a9e"),
        ("dead-letter", "ba5ddc69dba87f8a"),
        ("seen", "607f582801c89f6d"),
        ("turn", "b5cf64c8ba81cb71"),
        ("progress", "f80744c91d5c1daf"),
        ("position", "a6748c5f81d0e32c"),
    ];
    let now: Vec<_> = events::codec::embedded().map(|schema| (schema.name, schema.fingerprint.to_string())).collect();
    let pinned: Vec<_> = released.iter().map(|(name, hash)| (*name, (*hash).to_owned())).collect();
    assert_eq!(now, pinned);
}

/// The texts of `schemas/released/<event>/<version>.avsc`.
fn releases() -> Vec<events::compatibility::Released> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/released");
    let mut found = Vec::new();
    for event in Payload::SCHEMAS {
        #[expect(
            clippy::disallowed_methods,
            reason = "releases are files, so that a new one is checked without a word here"
        )]
        let versions = std::fs::read_dir(folder.join(event)).unwrap_or_else(|error| panic!("{event}: {error}"));
        for version in versions {
            let path = version.unwrap().path();
            #[expect(clippy::disallowed_methods, reason = "releases are files")]
            let text = std::fs::read_to_string(&path).unwrap();
            let version = path.file_stem().unwrap().to_string_lossy().into_owned();
            found.push(events::compatibility::Released { event: (*event).to_owned(), version, text });
        }
    }
    found
}

#[test]
fn every_schema_reads_all_releases_and_is_read_by_them() {
    let releases = releases();
    assert!(releases.len() >= Payload::SCHEMAS.len());
    assert_eq!(events::compatibility::check(&releases), []);
}

#[test]
fn a_required_field_added_to_a_released_schema_is_found() {
    let mention = events::codec::embedded().find(|schema| schema.name == "mention").unwrap();
    let mut broken: Value = serde_json::from_str(mention.text).unwrap();
    broken["fields"].as_array_mut().unwrap().push(json!({"name": "mood", "type": "string", "doc": "A mood."}));
    let broken = broken.to_string();
    let releases: Vec<_> = releases().into_iter().filter(|release| release.event == "mention").collect();
    let found = events::compatibility::check_texts(&[("mention", &broken)], &releases);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].event.as_str(), found[0].path.as_str()), ("mention", "mood"));
}

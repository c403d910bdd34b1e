//! The JSON Schema for editors says what the loader does: same keys, same words, and the books of the repository fit it.

use serde_json::{Map, Value as Json};

use super::keys::{self, KeyRule};
use super::response::{HARM, INTENTS};
use super::yaml::{self, Node, Value};
use crate::model::SourceClass;

const SCHEMA: &str = include_str!("../../../../books/book.schema.json");

/// Each object of a book: its definition in the schema (the root has none) and its keys in the loader.
const OBJECTS: [(&str, &[KeyRule]); 19] = [
    ("", keys::BOOK),
    ("brand", keys::BRAND),
    ("rule", keys::RULE),
    ("product", keys::PRODUCT),
    ("programme", keys::PROGRAMME),
    ("place", keys::PLACE),
    ("parameter", keys::PARAMETER),
    ("value", keys::VALUE),
    ("team", keys::TEAM),
    ("theme", keys::THEME),
    ("reason", keys::REASON),
    ("route", keys::ROUTE),
    ("clock", keys::CLOCK),
    ("condition", keys::CONDITION),
    ("detection", keys::DETECTION),
    ("costs", keys::COSTS),
    ("cost", keys::COST),
    ("tones", keys::TONES),
    ("harm_rule", keys::HARM_RULE),
];

fn schema() -> Json {
    serde_json::from_str(SCHEMA).unwrap()
}

fn definition<'a>(schema: &'a Json, name: &str) -> &'a Json {
    if name.is_empty() { schema } else { &schema["$defs"][name] }
}

fn words(list: &Json) -> Vec<&str> {
    list.as_array().map(|list| list.iter().map(|word| word.as_str().unwrap()).collect()).unwrap_or_default()
}

#[test]
fn schema_and_loader_have_the_same_keys() {
    let schema = schema();
    for (name, rules) in OBJECTS {
        let definition = definition(&schema, name);
        assert_eq!(definition["additionalProperties"], Json::Bool(false), "{name}");
        let mut known: Vec<&str> = rules.iter().map(|rule| rule.name).collect();
        known.sort_unstable();
        let mut described: Vec<&str> =
            definition["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        described.sort_unstable();
        assert_eq!(described, known, "keys of `{name}`");
        let needed: Vec<&str> = rules.iter().filter(|rule| rule.needed.is_some()).map(|rule| rule.name).collect();
        assert_eq!(words(&definition["required"]), needed, "required keys of `{name}`");
    }
}

#[test]
fn every_object_of_the_schema_is_one_of_the_loader() {
    let schema = schema();
    let objects = schema["$defs"].as_object().unwrap().iter().filter(|(_, definition)| definition["type"] == "object");
    for (name, _) in objects {
        assert!(OBJECTS.iter().any(|(known, _)| known == name), "`{name}` is unknown to the loader");
    }
}

#[test]
fn schema_and_loader_have_the_same_words() {
    let schema = schema();
    let condition = &schema["$defs"]["condition"]["properties"];
    assert_eq!(words(&condition["intents"]["items"]["enum"]), INTENTS.map(|(name, _)| name));
    assert_eq!(words(&condition["harm"]["items"]["enum"]), HARM.map(|(name, _)| name));
    assert_eq!(words(&schema["$defs"]["harm_rule"]["properties"]["class"]["enum"]), HARM.map(|(name, _)| name));
    assert_eq!(words(&schema["$defs"]["source_class"]["enum"]), SourceClass::ALL.map(SourceClass::name));
}

#[test]
fn every_key_of_the_schema_is_described() {
    fn check(properties: &Map<String, Json>, name: &str) {
        for (key, property) in properties {
            assert!(property["description"].as_str().is_some_and(|text| text.len() > 5), "{name}.{key}");
        }
    }
    let schema = schema();
    for (name, _) in OBJECTS {
        check(definition(&schema, name)["properties"].as_object().unwrap(), name);
    }
}

#[test]
fn the_books_of_the_repository_fit_the_schema() {
    let schema = schema();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut checked = 0;
    for book in ["books/airline", "books/hotel", "books/bank", "tests/books/five-brands"] {
        for (file, text) in crate::read_dir(&root.join(book)).unwrap() {
            let (node, errors) = yaml::parse(&text);
            assert!(errors.is_empty(), "{file}: {errors:?}");
            let mut misfits = Vec::new();
            fits(&schema, &schema, &node.unwrap(), &mut misfits);
            assert!(misfits.is_empty(), "{file}: {misfits:#?}");
            checked += 1;
        }
    }
    assert!(checked >= 12, "checked only {checked} files");
}

/// The check itself finds each kind of misfit.
#[test]
fn what_does_not_fit_the_schema_is_found() {
    let schema = schema();
    for (text, said) in [
        ("nmae: x", "unknown key"),
        ("teams: [{id: care}]", "lacks `name`"),
        ("teams: care", "no array"),
        ("sources: {x: sozial}", "not one of"),
        ("themes: [{id: a, name: b, any: [c], owner: d, points: 21}]", "above 20"),
        ("themes: [{id: a, name: b, any: [], owner: d}]", "fewer than"),
        ("clocks: [{id: a, first_reply: 1m, warn_at: 1}]", "not below 1"),
        ("brands: [{id: 4411, name: b, names: [c], owner: d}]", "no string"),
    ] {
        let mut misfits = Vec::new();
        fits(&schema, &schema, &yaml::parse(text).0.unwrap(), &mut misfits);
        assert!(misfits.len() == 1 && misfits[0].contains(said), "{text}: {misfits:?}");
    }
}

/// Notes where `node` does not fit `rule`: the keywords that the schema uses, `pattern` aside.
fn fits(schema: &Json, rule: &Json, node: &Node, misfits: &mut Vec<String>) {
    if let Some(name) = rule["$ref"].as_str() {
        let name = name.strip_prefix("#/$defs/").unwrap();
        return fits(schema, &schema["$defs"][name], node, misfits);
    }
    let at = format!("{}:{}", node.at.line, node.at.column);
    let expected = rule["type"].as_str().unwrap();
    if !is_a(expected, node) {
        misfits.push(format!("{at}: {} is no {expected}", node.value.kind()));
        return;
    }
    match &node.value {
        Value::Map(entries) => {
            for key in
                words(&rule["required"]).iter().filter(|key| !entries.iter().any(|(known, _)| known.name == **key))
            {
                misfits.push(format!("{at}: lacks `{key}`"));
            }
            for (key, value) in entries {
                match (&rule["properties"][&key.name], &rule["additionalProperties"]) {
                    (Json::Null, Json::Bool(false)) => misfits.push(format!("{at}: unknown key `{}`", key.name)),
                    (Json::Null, others) => fits(schema, others, value, misfits),
                    (property, _) => fits(schema, property, value, misfits),
                }
            }
        }
        Value::List(items) => {
            if rule["minItems"].as_u64().is_some_and(|least| (items.len() as u64) < least) {
                misfits.push(format!("{at}: fewer than {}", rule["minItems"]));
            }
            for item in items {
                fits(schema, &rule["items"], item, misfits);
            }
        }
        Value::Scalar { text, .. } => {
            if rule["enum"].is_array() && !words(&rule["enum"]).contains(&text.as_str()) {
                misfits.push(format!("{at}: `{text}` is not one of {}", rule["enum"]));
            }
            let Ok(number) = text.parse::<f64>() else { return };
            type Misses = fn(f64, f64) -> bool;
            let limits: [(&str, Misses, &str); 4] = [
                ("minimum", |number, limit| number < limit, "below"),
                ("maximum", |number, limit| number > limit, "above"),
                ("exclusiveMinimum", |number, limit| number <= limit, "not above"),
                ("exclusiveMaximum", |number, limit| number >= limit, "not below"),
            ];
            for (keyword, misses, word) in limits {
                if rule[keyword].as_f64().is_some_and(|limit| misses(number, limit)) {
                    misfits.push(format!("{at}: {number} is {word} {}", rule[keyword]));
                }
            }
        }
        Value::Null => {}
    }
}

/// As an editor sees it: text without quotes that reads as a number or a truth is no string.
fn is_a(expected: &str, node: &Node) -> bool {
    let plain = super::reader::plain(node);
    match (expected, &node.value) {
        ("object", Value::Map(_)) | ("array", Value::List(_)) => true,
        ("string", Value::Scalar { text, quoted }) => {
            *quoted || (text.parse::<f64>().is_err() && text != "true" && text != "false")
        }
        ("number", _) => plain.is_some_and(|text| text.parse::<f64>().is_ok()),
        ("integer", _) => plain.is_some_and(|text| text.parse::<i64>().is_ok()),
        ("boolean", _) => matches!(plain, Some("true" | "false")),
        _ => false,
    }
}

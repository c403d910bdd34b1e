//! Records of older and newer writers are read: with the writer's schema, into this build's types.

use apache_avro::Schema;
use apache_avro::rabin::Rabin;
use apache_avro::writer::datum::GenericDatumWriter;
use events::codec::{Fingerprint, SchemaId};
use events::{ClassifiedMention, Codec, Event, ExpressReason, Intent, Mention, MentionKind, Tone};
use serde_json::{Value, json};

use crate::golden::{Names, named, value};
use crate::{examples, for_each_event, reframed};

/// Writes `json` as a build with schema `text` would, and teaches `codec` that schema.
fn written_by(codec: &Codec, text: &Value, json: &Value) -> Vec<u8> {
    let schema = Schema::parse_str(&text.to_string()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let mut names = Names::new();
    named(&schema, &mut names);
    let datum = GenericDatumWriter::builder(&schema).build().unwrap();
    let datum = datum.write_value_to_vec(value(json, &schema, &names)).unwrap();
    let fingerprint = u64::from_le_bytes(schema.fingerprint::<Rabin>().bytes.try_into().unwrap());
    codec.learn(SchemaId::Fingerprint(Fingerprint(fingerprint)), &text.to_string()).unwrap();
    reframed(&[&[0; 10][..], &datum].concat(), fingerprint)
}

fn text_of<T: Event>() -> Value {
    let schema = events::codec::embedded().find(|schema| schema.name == T::SCHEMA).unwrap();
    serde_json::from_str(schema.text).unwrap()
}

/// Every definition of a record in a schema, as (name, path of JSON keys to it).
fn records(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            if object.contains_key("fields") {
                found.push((object["name"].as_str().unwrap().to_owned(), at.to_owned()));
            }
            object.iter().for_each(|(key, value)| records(value, &format!("{at}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| records(item, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

/// `json` with `field` of each record `record` in it set to `default`.
fn defaulted(json: &Value, schema: &Schema, names: &Names, record: &str, field: &str, default: &Value) -> Value {
    let inner = |json: &Value, schema: &Schema| defaulted(json, schema, names, record, field, default);
    match (schema, json) {
        (Schema::Ref { name }, json) => inner(json, &names[name.name()]),
        (Schema::Union(_), Value::Null) => Value::Null,
        (Schema::Union(union), json) => {
            inner(json, union.variants().iter().find(|branch| **branch != Schema::Null).unwrap())
        }
        (Schema::Array(array), Value::Array(items)) => items.iter().map(|item| inner(item, &array.items)).collect(),
        (Schema::Record(definition), Value::Object(object)) => {
            let part = |part: &apache_avro::schema::RecordField| {
                let value = match definition.name.name() == record && part.name == field {
                    true => default.clone(),
                    false => inner(&object[&part.name], &part.schema),
                };
                (part.name.clone(), value)
            };
            Value::Object(definition.fields.iter().map(part).collect())
        }
        (_, json) => json.clone(),
    }
}

/// Leaves each field that has a default out of the writer's schema, one at a time.
fn older_writers_are_read<T: Event + PartialEq + std::fmt::Debug>(left_out: &mut usize) {
    let own = text_of::<T>();
    let schema = Schema::parse_str(&own.to_string()).unwrap();
    let mut names = Names::new();
    named(&schema, &mut names);
    let mut found = Vec::new();
    records(&own, "", &mut found);
    for (record, path) in found {
        let fields = own.pointer(&path).unwrap()["fields"].as_array().unwrap().clone();
        for (i, field) in fields.iter().enumerate() {
            let Some(default) = field.get("default") else { continue };
            // A type that is defined in this field cannot go with it.
            if !is_plain(&field["type"]) {
                continue;
            }
            let mut older = own.clone();
            older.pointer_mut(&path).unwrap()["fields"].as_array_mut().unwrap().remove(i);
            let name = field["name"].as_str().unwrap();
            let codec = Codec::default();
            for event in examples::<T>() {
                let json = serde_json::to_value(&event).unwrap();
                let read: T = codec
                    .decode(&written_by(&codec, &older, &json))
                    .unwrap_or_else(|error| panic!("{} without {record}.{name}: {error}", T::SCHEMA));
                let expected = defaulted(&json, &schema, &names, &record, name, default);
                assert_eq!(serde_json::to_value(&read).unwrap(), expected, "{} without {record}.{name}", T::SCHEMA);
                *left_out += 1;
            }
        }
    }
}

fn is_plain(schema: &Value) -> bool {
    let mut found = Vec::new();
    records(schema, "", &mut found);
    found.is_empty() && !schema.to_string().contains("\"symbols\"")
}

#[test]
fn a_field_that_an_older_writer_lacks_takes_the_default_of_its_schema() {
    let mut left_out = 0;
    for_each_event!(E => older_writers_are_read::<E>(&mut left_out));
    assert!(left_out > 200, "only {left_out} readings");
}

/// Gives each record of the writer's schema new fields of every type, at its start and at its end.
fn newer_writers_are_read<T: Event + PartialEq + std::fmt::Debug>() {
    let own = text_of::<T>();
    let mut found = Vec::new();
    records(&own, "", &mut found);
    let mut newer = own;
    for (i, (_, path)) in found.iter().enumerate().rev() {
        let fields = newer.pointer_mut(path).unwrap()["fields"].as_array_mut().unwrap();
        fields.insert(
            0,
            json!({"name": "new_first", "type": ["null", {"type": "record", "name": format!("New{i}"), "fields": [
                {"name": "number", "type": "long"}, {"name": "flag", "type": "boolean"}, {"name": "share", "type": "double"},
                {"name": "raw", "type": "bytes"}, {"name": "list", "type": {"type": "array", "items": "string"}}]}], "default": null}),
        );
        fields.push(json!({"name": "new_last", "type": "string", "default": ""}));
    }
    let codec = Codec::default();
    for event in examples::<T>() {
        let json = with_news(&serde_json::to_value(&event).unwrap());
        let read: T =
            codec.decode(&written_by(&codec, &newer, &json)).unwrap_or_else(|error| panic!("{}: {error}", T::SCHEMA));
        assert_eq!(read, event, "{}", T::SCHEMA);
    }
}

fn with_news(json: &Value) -> Value {
    match json {
        Value::Object(object) if object.contains_key("hex") => json.clone(),
        Value::Object(object) => {
            let mut object: serde_json::Map<_, _> =
                object.iter().map(|(key, value)| (key.clone(), with_news(value))).collect();
            object.insert(
                "new_first".into(),
                json!({"number": -7, "flag": true, "share": 0.5, "raw": "abc", "list": ["a", "b"]}),
            );
            object.insert("new_last".into(), json!("later"));
            Value::Object(object)
        }
        Value::Array(items) => items.iter().map(with_news).collect(),
        other => other.clone(),
    }
}

#[test]
fn fields_that_a_newer_writer_adds_are_skipped() {
    for_each_event!(E => newer_writers_are_read::<E>());
}

/// The schema with `symbol` in front of the symbols of enum `name`.
fn with_symbol(schema: &Value, name: &str, symbol: &str) -> Value {
    match schema {
        Value::Object(object) => {
            let mut object: serde_json::Map<_, _> =
                object.iter().map(|(key, value)| (key.clone(), with_symbol(value, name, symbol))).collect();
            if object.get("name") == Some(&json!(name)) && object.contains_key("symbols") {
                object["symbols"].as_array_mut().unwrap().insert(0, json!(symbol));
            }
            Value::Object(object)
        }
        Value::Array(items) => items.iter().map(|item| with_symbol(item, name, symbol)).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_symbol_that_a_newer_writer_adds_reads_as_unknown_and_moves_no_other() {
    let codec = Codec::default();
    let newer = with_symbol(&with_symbol(&text_of::<Mention>(), "MentionKind", "pin"), "ExpressReason", "recall");
    let mention: Mention = examples().remove(0);
    let mut json = serde_json::to_value(&mention).unwrap();
    assert_eq!(codec.decode::<Mention>(&written_by(&codec, &newer, &json)).unwrap(), mention);
    json["kind"] = json!("pin");
    json["express"] = json!("recall");
    let read: Mention = codec.decode(&written_by(&codec, &newer, &json)).unwrap();
    assert_eq!((read.kind, read.express), (MentionKind::Unknown, Some(ExpressReason::Unknown)));
}

#[test]
fn an_unknown_intent_reads_as_other_and_an_unknown_tone_as_unknown() {
    let codec = Codec::default();
    let newer =
        with_symbol(&with_symbol(&text_of::<ClassifiedMention>(), "Intent", "threat_to_leave"), "Tone", "mixed");
    let mut json = serde_json::to_value(&examples::<ClassifiedMention>()[0]).unwrap();
    json["classification"]["intent"]["label"] = json!("threat_to_leave");
    json["classification"]["sentiment"]["label"] = json!("mixed");
    let read: ClassifiedMention = codec.decode(&written_by(&codec, &newer, &json)).unwrap();
    assert_eq!(read.classification.intent.label, Some(Intent::Other));
    assert_eq!(read.classification.sentiment.label, Some(Tone::Unknown));
}

/// Avro's promotions: what was an int is read into a long, what was a plain text into an optional one.
#[test]
fn narrower_types_of_an_older_writer_are_read() {
    let codec = Codec::default();
    let mut older = text_of::<Mention>();
    for field in older["fields"].as_array_mut().unwrap() {
        match field["name"].as_str().unwrap() {
            "revision" => field["type"] = json!("int"),
            "language" => *field = json!({"name": "language", "type": "string"}),
            _ => {}
        }
    }
    let mut mention: Mention = examples().remove(0);
    mention.language = Some("en".into());
    let bytes = written_by(&codec, &older, &serde_json::to_value(&mention).unwrap());
    assert_eq!(codec.decode::<Mention>(&bytes).unwrap(), mention);
}

/// Another writer may split arrays into blocks, with or without their size in bytes.
#[test]
fn arrays_in_several_blocks_are_read() {
    let codec = Codec::default();
    codec.learn(SchemaId::Registry(1), &text_of::<events::Position>().to_string()).unwrap();
    let block = [2, b't', 2];
    let mut bytes = vec![0, 0, 0, 0, 1, 2, 4];
    bytes.extend([2]);
    bytes.extend(block);
    bytes.extend([3, 12]);
    bytes.extend(block);
    bytes.extend(block);
    bytes.extend([0, 0, 0]);
    let read: events::Position = codec.decode(&bytes).unwrap();
    assert_eq!(read.next.len(), 3);
    assert_eq!((read.format, read.turn, read.stream_time), (1, 2, None));
}

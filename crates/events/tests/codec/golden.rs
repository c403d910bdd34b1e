//! Our bytes are apache-avro's bytes: written here through its generic values, which share no code with our writer.

use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value;
use apache_avro::writer::datum::GenericDatumWriter;
use apache_avro::{GenericSingleObjectReader, Schema};
use events::{Codec, Event};

use crate::{examples, for_each_event};

pub(crate) fn schema_of<T: Event>() -> Schema {
    let embedded = events::codec::embedded().find(|schema| schema.name == T::SCHEMA).expect("every event has a schema");
    Schema::parse_str(embedded.text).expect("an embedded schema is valid")
}

/// The Avro value of an event: from its JSON by the schema's types, without serde's Avro path.
pub(crate) fn value(json: &serde_json::Value, schema: &Schema, names: &Names) -> Value {
    use serde_json::Value as Json;
    match (schema, json) {
        (Schema::Ref { name }, json) => value(json, names.get(name.name()).expect("a named type"), names),
        (Schema::Union(union), Json::Null) => {
            let null = union.variants().iter().position(|branch| *branch == Schema::Null).expect("null is allowed");
            Value::Union(null as u32, Box::new(Value::Null))
        }
        (Schema::Union(union), json) => {
            let other = union.variants().iter().position(|branch| *branch != Schema::Null).expect("another branch");
            Value::Union(other as u32, Box::new(value(json, &union.variants()[other], names)))
        }
        (Schema::Record(record), Json::Object(object)) => Value::Record(
            record
                .fields
                .iter()
                .map(|field| (field.name.clone(), value(&object[&field.name], &field.schema, names)))
                .collect(),
        ),
        (Schema::Array(array), Json::Array(items)) => {
            Value::Array(items.iter().map(|item| value(item, &array.items, names)).collect())
        }
        (Schema::Enum(symbols), Json::String(symbol)) => {
            let index = symbols.symbols.iter().position(|known| known == symbol).expect("a known symbol");
            Value::Enum(index as u32, symbol.clone())
        }
        (Schema::TimestampMillis, Json::String(at)) => {
            Value::TimestampMillis(events::EventTime::parse(at).expect("RFC 3339").millis())
        }
        (Schema::String, Json::String(text)) => Value::String(text.clone()),
        (Schema::Bytes, Json::String(text)) => Value::Bytes(text.clone().into_bytes()),
        (Schema::Bytes, Json::Object(object)) => {
            let hex = object["hex"].as_str().expect("hex digits");
            let byte = |i| u8::from_str_radix(hex.get(i..i + 2).expect("two digits"), 16).expect("hex");
            Value::Bytes((0..hex.len()).step_by(2).map(byte).collect())
        }
        (Schema::Boolean, Json::Bool(flag)) => Value::Boolean(*flag),
        (Schema::Int, Json::Number(number)) => Value::Int(number.as_i64().expect("an int") as i32),
        (Schema::Long, Json::Number(number)) => Value::Long(number.as_i64().expect("a long")),
        (Schema::Double, Json::Number(number)) => Value::Double(number.as_f64().expect("a double")),
        (schema, json) => panic!("{json} for {schema:?}"),
    }
}

pub(crate) type Names = std::collections::BTreeMap<String, Schema>;

pub(crate) fn named(schema: &Schema, names: &mut Names) {
    if let Some(name) = schema.name()
        && !matches!(schema, Schema::Ref { .. })
    {
        names.insert(name.name().to_owned(), schema.clone());
    }
    match schema {
        Schema::Record(record) => record.fields.iter().for_each(|field| named(&field.schema, names)),
        Schema::Array(array) => named(&array.items, names),
        Schema::Union(union) => union.variants().iter().for_each(|branch| named(branch, names)),
        _ => {}
    }
}

fn agrees<T: Event + PartialEq + std::fmt::Debug>() {
    let schema = schema_of::<T>();
    let mut names = Names::new();
    named(&schema, &mut names);
    let codec = Codec::default();
    for event in examples::<T>() {
        let ours = codec.encode(&event).expect("an example fits");
        let json = serde_json::to_value(&event).expect("JSON");
        let generic = value(&json, &schema, &names);
        let writer = GenericDatumWriter::builder(&schema).build().expect("a writer");
        let theirs = writer.write_value_to_vec(generic.clone()).expect("it validates");
        assert_eq!(&ours[10..], theirs, "{}", T::SCHEMA);

        let reader = GenericDatumReader::builder(&schema).build().expect("a reader");
        assert_eq!(reader.read_value(&mut &ours[10..]).expect("apache-avro reads ours"), generic);

        let framed = GenericSingleObjectReader::builder().schema(schema.clone()).build().expect("a reader");
        assert_eq!(framed.read_value(&mut &ours[..]).expect("apache-avro knows our frame"), generic);
    }
}

#[test]
fn every_byte_is_the_one_that_apache_avro_writes() {
    for_each_event!(E => agrees::<E>());
}

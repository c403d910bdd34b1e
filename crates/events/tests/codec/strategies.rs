//! Any event at all, drawn from its schema: so a new field is tested without a word here.

use std::collections::BTreeMap;

use apache_avro::Schema;
use events::{Event, EventTime};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::golden::{named, schema_of};

/// Events of type `T` in their JSON form.
pub(crate) fn any_json<T: Event>() -> BoxedStrategy<Value> {
    let schema = schema_of::<T>();
    let mut names = BTreeMap::new();
    named(&schema, &mut names);
    json_of(&schema, &names)
}

/// Events of type `T`.
pub(crate) fn any_event<T: Event + std::fmt::Debug>() -> BoxedStrategy<T> {
    any_json::<T>().prop_map(|json| serde_json::from_value(json).expect("the schema describes the type")).boxed()
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

fn json_of(schema: &Schema, names: &BTreeMap<String, Schema>) -> BoxedStrategy<Value> {
    match schema {
        Schema::Ref { name } => json_of(&names[name.name()], names),
        Schema::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Schema::Int => any::<i32>().prop_map(Value::from).boxed(),
        Schema::Long => any::<i64>().prop_map(Value::from).boxed(),
        // Few digits: serde_json may read many of them one unit in the last place off.
        Schema::Double => any::<i32>().prop_map(|number| json!(f64::from(number) / 1_000.0)).boxed(),
        Schema::String => text().prop_map(Value::from).boxed(),
        Schema::TimestampMillis => (EventTime::FIRST.millis()..EventTime::END.millis())
            .prop_map(|millis| json!(EventTime::from_millis(millis).to_string()))
            .boxed(),
        Schema::Bytes => proptest::collection::vec(any::<u8>(), 0..9)
            .prop_map(|bytes| json!({"hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()}))
            .boxed(),
        Schema::Enum(symbols) => proptest::sample::select(symbols.symbols.clone()).prop_map(Value::from).boxed(),
        Schema::Array(array) => {
            proptest::collection::vec(json_of(&array.items, names), 0..4).prop_map(Value::from).boxed()
        }
        Schema::Union(union) => {
            let some = union.variants().iter().find(|branch| **branch != Schema::Null).expect("a branch beside null");
            prop_oneof![Just(Value::Null), json_of(some, names)].boxed()
        }
        Schema::Record(record) => {
            let keys: Vec<String> = record.fields.iter().map(|field| field.name.clone()).collect();
            let values: Vec<_> = record.fields.iter().map(|field| json_of(&field.schema, names)).collect();
            values.prop_map(move |values| Value::Object(keys.iter().cloned().zip(values).collect())).boxed()
        }
        other => panic!("no strategy for {other:?}"),
    }
}

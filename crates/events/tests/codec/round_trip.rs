//! Any event survives both framings, and any event's bytes are apache-avro's.

use apache_avro::writer::datum::GenericDatumWriter;
use events::{Codec, Event, Framing};
use proptest::test_runner::{Config, TestRunner};

use crate::for_each_event;
use crate::golden::{Names, named, schema_of, value};
use crate::strategies::any_json;

fn survives<T: Event + PartialEq + std::fmt::Debug>() {
    let single = Codec::default();
    let confluent = Codec::new(Framing::Confluent);
    confluent.register(T::SCHEMA, 42).expect("every event has a schema");
    let schema = schema_of::<T>();
    let mut names = Names::new();
    named(&schema, &mut names);
    let writer = GenericDatumWriter::builder(&schema).build().expect("a writer");
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&any_json::<T>(), |json| {
        let event: T = serde_json::from_value(json.clone()).expect("the schema describes the type");
        let bytes = single.encode(&event).expect("it fits");
        assert_eq!(single.decode::<T>(&bytes).expect("it was just written"), event);
        assert_eq!(bytes[10..], writer.write_value_to_vec(value(&json, &schema, &names)).expect("it validates"));
        let framed = confluent.encode(&event).expect("it fits");
        assert_eq!(confluent.decode::<T>(&framed).expect("it was just written"), event);
        assert_eq!(framed[5..], bytes[10..]);
        let again = serde_json::to_string(&event).expect("an event is JSON");
        let mut straight = Vec::new();
        single.write_json(&bytes, &mut straight).expect("it was just written");
        assert_eq!(String::from_utf8(straight).expect("JSON is UTF-8"), again);
        assert_eq!(serde_json::from_str::<T>(&again).expect("its own JSON"), event);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{}: {error}", T::SCHEMA));
}

#[test]
fn any_event_survives_avro_in_both_framings_and_json() {
    for_each_event!(E => survives::<E>());
}

//! Every file in `schemas/*/examples` is its event, in JSON and in Avro.

use events::{Codec, Event, Payload};

use crate::{example_files, for_each_event};

fn goes_both_ways<T: Event + PartialEq + std::fmt::Debug>() {
    let codec = Codec::default();
    let files: Vec<_> = example_files().into_iter().filter(|(schema, ..)| schema == T::SCHEMA).collect();
    assert!(files.len() >= 2, "`{}` has {} examples", T::SCHEMA, files.len());
    for (_, file, text) in files {
        let event: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let bytes = codec.encode(&event).unwrap_or_else(|error| panic!("{file}: {error}"));
        let back: T = codec.decode(&bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(back, event, "{file}");
        // Letter by letter: the order of the fields, nulls that are written, the form of times and numbers.
        let again = serde_json::to_string_pretty(&back).expect("an event is JSON");
        assert_eq!(again.trim(), text.trim(), "{file}");
    }
}

#[test]
fn every_example_survives_avro_and_gives_the_same_json() {
    for_each_event!(E => goes_both_ways::<E>());
}

#[test]
fn a_payload_is_its_event_in_json() {
    for (schema, file, text) in example_files().into_iter().filter(|(schema, ..)| schema == "case") {
        let event: events::Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let payload = Payload::from(event);
        assert_eq!(serde_json::to_string_pretty(&payload).expect("JSON").trim(), text.trim(), "{schema}");
    }
}

/// What `docs` and outside programs call (`case_id`, … `mention_count`) is there under these names.
#[test]
fn incidents_cases_and_notifications_have_the_promised_fields() {
    let promised = [
        (
            "incident",
            "incident_id revision brand kind theme state mode severity onset_at opened_at updated_at expected observed",
        ),
        ("case", "case_id revision brand person matter state queue route_reason clocks mentions mention_count"),
        ("notification", "notification_id recipient reason subject_kind subject_id due_at"),
    ];
    for (event, fields) in promised {
        for (_, file, text) in example_files().into_iter().filter(|(schema, ..)| schema == event) {
            let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            for field in fields.split(' ') {
                assert!(json.get(field).is_some(), "{file} has no `{field}`");
            }
        }
    }
}

//! Truncated, corrupt or hostile bytes are an error: never a panic, never memory reserved on their word.

use events::codec::SchemaId;
use events::{Codec, DecodeError, Event, Framing, Link, Mention, Seen};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::strategies::any_event;
use crate::{attempt, examples, for_each_event};

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() })
}

fn a_part_is_no_record<T: Event + std::fmt::Debug>() {
    let codec = Codec::default();
    let outcome = runner().run(&(any_event::<T>(), any::<prop::sample::Index>()), |(event, cut)| {
        let bytes = codec.encode(&event).expect("it fits");
        let part = &bytes[..cut.index(bytes.len())];
        prop_assert!(matches!(codec.decode::<T>(part), Err(DecodeError::Corrupt(_))));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{}: {error}", T::SCHEMA));
}

#[test]
fn a_truncated_record_is_always_an_error() {
    for_each_event!(E => a_part_is_no_record::<E>());
}

fn flips_do_no_harm<T: Event + std::fmt::Debug>() {
    let codec = Codec::default();
    // Records with a registry's id are read by the plan alone.
    let planned = Codec::new(Framing::Confluent);
    planned.register(T::SCHEMA, 7).expect("every event has a schema");
    let flips = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    let outcome = runner().run(&(any_event::<T>(), flips), |(event, flips)| {
        let mut bytes = codec.encode(&event).expect("it fits");
        for (place, byte) in flips {
            let place = 10 + place.index(bytes.len() - 10);
            bytes[place] = byte;
        }
        // What still reads must also write: the damage hit a value, not the form.
        let read = codec.decode::<T>(&bytes);
        if let Ok(read) = &read {
            prop_assert!(codec.encode(read).is_ok());
        }
        let by_plan = planned.decode::<T>(&[&[0, 0, 0, 0, 7], &bytes[10..]].concat());
        // As text, for damage may make a number that is not even itself.
        prop_assert_eq!(format!("{read:?}"), format!("{by_plan:?}"));
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{}: {error}", T::SCHEMA));
}

#[test]
fn a_corrupt_record_never_panics_and_is_the_same_with_and_without_its_plan() {
    for_each_event!(E => flips_do_no_harm::<E>());
}

fn rubbish_does_no_harm<T: Event>() {
    let codec = Codec::default();
    let frame = codec.encode(&examples::<T>()[0]).expect("it fits")[..10].to_vec();
    let outcome = runner().run(&proptest::collection::vec(any::<u8>(), 0..200), |rubbish| {
        let _no_panic = attempt::<T>(&codec, &rubbish);
        let _no_panic = attempt::<T>(&codec, &[frame.as_slice(), &rubbish].concat());
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{}: {error}", T::SCHEMA));
}

#[test]
fn random_bytes_never_panic() {
    for_each_event!(E => rubbish_does_no_harm::<E>());
}

/// A long as Avro writes it.
fn long(number: i64) -> Vec<u8> {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    let mut bytes = Vec::new();
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

fn fault_of<T: Event + std::fmt::Debug>(datum: &[u8]) -> String {
    let codec = Codec::new(Framing::Confluent);
    codec.register(T::SCHEMA, 1).unwrap();
    codec.decode::<T>(&[&[0, 0, 0, 0, 1], datum].concat()).unwrap_err().to_string()
}

#[test]
fn each_kind_of_damage_is_named_with_its_field() {
    let author = [&long(3)[..], b"x:1"].concat();
    let link = |rest: &[u8]| fault_of::<Link>(&[&author, rest].concat());
    assert_eq!(fault_of::<Link>(&long(i64::MAX)), "no valid record: `author`: it ends too early");
    assert_eq!(fault_of::<Link>(&long(-1)), "no valid record: `author`: a length is out of range");
    assert_eq!(fault_of::<Link>(&[0xff; 11]), "no valid record: `author`: a number has too many bytes");
    assert_eq!(
        fault_of::<Link>(&[&long(2)[..], &[0xC3, 0x28]].concat()),
        "no valid record: `author`: a text is not UTF-8"
    );
    assert_eq!(link(&long(2)), "no valid record: `customer`: a branch or symbol is out of range");
    assert_eq!(link(&long(-1)), "no valid record: `customer`: a branch or symbol is out of range");
    assert_eq!(fault_of::<Seen>(&long(i64::MAX)), "no valid record: `entries`: a block has more items than bytes");
    assert_eq!(fault_of::<Seen>(&long(i64::MIN)), "no valid record: `entries`: it ends too early");
    assert_eq!(fault_of::<Seen>(&[0, 7]), "no valid record: bytes are left over");
    let mention: Mention = examples().remove(0);
    let mut bytes = Codec::default().encode(&mention).unwrap();
    // id (32 digits and their length), then revision, then kind.
    bytes[10 + 33 + 1] = 8;
    assert_eq!(
        Codec::default().decode::<Mention>(&bytes).unwrap_err().to_string(),
        "no valid record: `kind`: a branch or symbol is out of range"
    );
}

#[test]
fn a_record_beyond_the_limit_is_neither_written_nor_read() {
    let codec = Codec::default();
    let mut mention: Mention = examples().remove(0);
    mention.text = "a".repeat(events::codec::MAX_RECORD_BYTES);
    assert!(codec.encode(&mention).unwrap_err().detail.contains("more than"));
    let long = vec![0xC3; events::codec::MAX_RECORD_BYTES + 1];
    assert!(matches!(codec.decode::<Mention>(&long), Err(DecodeError::Corrupt(_))));
}

/// A newer writer's field may contain itself; its data may then nest without end.
#[test]
fn endless_nesting_is_an_error() {
    let codec = Codec::default();
    let schema = r#"{"type": "record", "name": "Seen", "namespace": "firebreak", "fields": [
        {"name": "tree", "type": {"type": "record", "name": "Tree", "fields": [
            {"name": "inner", "type": ["null", "Tree"], "default": null}]}},
        {"name": "entries", "type": {"type": "array", "items": "string"}}]}"#;
    codec.learn(SchemaId::Registry(9), schema).unwrap();
    let nested = |depth: usize| {
        let mut bytes = vec![0, 0, 0, 0, 9];
        bytes.extend(std::iter::repeat_n(2, depth));
        bytes.extend([0, 0]);
        codec.decode::<Seen>(&bytes)
    };
    assert_eq!(nested(20).unwrap(), Seen::default());
    assert_eq!(nested(1_000_000).unwrap_err().to_string(), "no valid record: `tree`: it nests too deep");
}

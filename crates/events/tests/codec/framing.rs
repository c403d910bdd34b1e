//! How a record names its schema, in both framings.

use std::sync::Arc;

use events::codec::Fingerprint;
use events::{Codec, DecodeError, Framing, Link, Mention, Payload, SchemaId, SchemaSource, SchemaUnavailable, Topic};

use crate::examples;

fn mention() -> Mention {
    examples().remove(0)
}

#[test]
fn without_a_registry_a_record_starts_with_its_schemas_fingerprint() {
    let bytes = Codec::default().encode(&mention()).unwrap();
    let own = events::codec::embedded().find(|schema| schema.name == "mention").unwrap();
    assert_eq!(bytes[..2], [0xC3, 0x01]);
    assert_eq!(bytes[2..10], own.fingerprint.0.to_le_bytes());
}

#[test]
fn with_a_registry_a_record_starts_with_zero_and_the_registrys_id() {
    let codec = Codec::new(Framing::Confluent);
    codec.register("mention", 70_001).unwrap();
    let bytes = codec.encode(&mention()).unwrap();
    assert_eq!(bytes[..5], [0, 0, 1, 0x11, 0x71]);
    assert_eq!(bytes[5..], Codec::default().encode(&mention()).unwrap()[10..]);
    assert_eq!(codec.decode::<Mention>(&bytes).unwrap(), mention());
}

#[test]
fn nothing_is_written_in_confluent_framing_before_the_registry_gave_an_id() {
    let codec = Codec::new(Framing::Confluent);
    let error = codec.encode(&mention()).unwrap_err();
    assert_eq!(error.schema, "mention");
    assert!(codec.register("no-such-event", 1).is_err());
}

#[test]
fn a_codec_reads_the_other_framing_too() {
    let confluent = Codec::new(Framing::Confluent);
    confluent.register("mention", 5).unwrap();
    let plain = Codec::default();
    plain.register("mention", 5).unwrap();
    assert_eq!(plain.decode::<Mention>(&confluent.encode(&mention()).unwrap()).unwrap(), mention());
    assert_eq!(confluent.decode::<Mention>(&plain.encode(&mention()).unwrap()).unwrap(), mention());
}

#[test]
fn an_unknown_schema_is_told_apart_from_damage() {
    let codec = Codec::default();
    let mut bytes = codec.encode(&mention()).unwrap();
    bytes[2] ^= 1;
    assert!(matches!(codec.decode::<Mention>(&bytes), Err(DecodeError::SchemaUnknown(_))));
    assert_eq!(codec.decode::<Mention>(&[0, 0, 0, 0, 9, 1]), Err(DecodeError::SchemaUnknown("registry id 9".into())));
    assert!(matches!(codec.decode::<Mention>(b""), Err(DecodeError::Corrupt(_))));
    assert!(matches!(codec.decode::<Mention>(b"{\"id\": 1}"), Err(DecodeError::Corrupt(_))));
}

#[test]
fn a_record_of_another_event_is_refused_by_name() {
    let codec = Codec::default();
    let link: Link = examples().remove(0);
    let error = codec.decode::<Mention>(&codec.encode(&link).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "no valid record: a `Link` stands where a `Mention` should");
}

#[test]
fn clones_share_what_they_learn() {
    let codec = Codec::new(Framing::Confluent);
    let clone = codec.clone();
    codec.register("mention", 3).unwrap();
    assert!(clone.encode(&mention()).is_ok());
}

#[test]
fn a_schema_that_is_not_the_named_one_is_not_learned() {
    let text = events::codec::embedded().next().unwrap().text;
    assert!(Codec::default().learn(SchemaId::Fingerprint(Fingerprint(1)), text).is_err());
    assert!(Codec::default().learn(SchemaId::Registry(1), "{").is_err());
}

#[test]
fn every_topic_reads_as_its_own_event() {
    let codec = Codec::default();
    let bytes = codec.encode(&mention()).unwrap();
    assert_eq!(Payload::decode(Topic::MentionsRaw, &bytes, &codec).unwrap(), Some(Payload::from(mention())));
    assert!(Payload::decode(Topic::Cases, &bytes, &codec).is_err());
    assert_eq!(Payload::decode(Topic::Input, b"any", &codec).unwrap(), None);
}

/// A source that knows one schema, or cannot be asked.
struct Source(Result<Option<(SchemaId, &'static str)>, ()>);

impl SchemaSource for Source {
    fn find(&self, id: SchemaId) -> Result<Option<String>, SchemaUnavailable> {
        match self.0 {
            Ok(known) => Ok(known.filter(|(known, _)| *known == id).map(|(_, text)| text.to_owned())),
            Err(()) => Err(SchemaUnavailable("the registry does not answer".into())),
        }
    }
}

#[test]
fn a_schema_that_is_not_known_is_looked_for_and_tells_unknown_from_not_now() {
    let writer = Codec::new(Framing::Confluent);
    writer.register("mention", 7).unwrap();
    let bytes = writer.encode(&mention()).unwrap();
    let text = events::codec::embedded().find(|schema| schema.name == "mention").unwrap().text;
    let known = Codec::default().looking_in(Arc::new(Source(Ok(Some((SchemaId::Registry(7), text))))));
    assert!(known.decode::<Mention>(&bytes).is_err());
    assert_eq!(known.look_up(&bytes), Ok(()));
    assert_eq!(known.decode::<Mention>(&bytes).unwrap(), mention());
    let unknown = Codec::default().looking_in(Arc::new(Source(Ok(None))));
    assert_eq!(unknown.look_up(&bytes), Ok(()));
    assert!(matches!(unknown.decode::<Mention>(&bytes), Err(DecodeError::SchemaUnknown(_))));
    let away = Codec::default().looking_in(Arc::new(Source(Err(()))));
    assert!(away.look_up(&bytes).is_err());
}

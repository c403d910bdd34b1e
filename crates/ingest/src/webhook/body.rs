//! The body of a message: what it holds, line by line, without looking into the lines.

use std::borrow::Cow;

use bytes::Bytes;
use events::EventTime;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess};
use serde_json::value::RawValue;

use crate::input::{MESSAGE_ID, MESSAGE_SENT, MESSAGE_TYPE};
use crate::intake::Pushed;
use crate::stamp::Stamp;

/// What the key of a line begins with: it comes before the name of its message.
const SOURCE: &str = "webhook:";
/// Most lines of one message: they are committed in one transaction.
pub(super) const MOST_LINES: usize = 1_000;

/// The envelope.
#[derive(serde::Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    timestamp: Option<Stamp>,
    #[serde(borrow)]
    data: Data<'a>,
}

/// What the envelope holds. An array is taken apart in the pass that finds its end, for a message of many lines is long.
enum Data<'a> {
    Lines(Vec<&'a RawValue>),
    /// One line, which is an [`Alone`].
    Line,
    Nothing,
}

/// The envelope of one line.
#[derive(serde::Deserialize)]
struct Alone<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Why a body holds nothing that could be committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is no envelope.
    #[error("the body is not `{{\"type\": …, \"timestamp\": …, \"data\": …}}` in JSON: line {line}, column {column}")]
    NoEnvelope {
        /// Line of the body, from 1.
        line: usize,
        /// Column of the line, from 1.
        column: usize,
    },
    /// `data` is neither a line nor an array of lines.
    #[error("`data` must be an object, or an array with at least one")]
    NoData,
    /// There are more lines than one transaction takes.
    #[error("`data` holds more than {MOST_LINES} lines: send them in several messages")]
    TooMany,
}

/// The lines of a message that was received at `now`. A line keeps the bytes that it was sent with.
///
/// # Errors
/// See [`Unusable`].
pub fn lines(id: &str, sent: EventTime, body: &Bytes, now: EventTime) -> Result<Vec<Pushed>, Unusable> {
    let envelope: Envelope<'_> = serde_json::from_slice(body)
        .map_err(|error| Unusable::NoEnvelope { line: error.line(), column: error.column() })?;
    let lines = match envelope.data {
        Data::Lines(lines) => lines,
        Data::Line => vec![serde_json::from_slice::<Alone<'_>>(body).map_err(|_| Unusable::NoData)?.data],
        Data::Nothing => return Err(Unusable::NoData),
    };
    if lines.is_empty() {
        return Err(Unusable::NoData);
    }
    if lines.len() > MOST_LINES {
        return Err(Unusable::TooMany);
    }
    let sent = envelope.timestamp.and_then(Stamp::believed).unwrap_or(sent);
    let sent = Bytes::from(sent.millis().to_string());
    let kind = Bytes::copy_from_slice(envelope.kind.as_bytes());
    let alone = lines.len() == 1;
    let pushed = lines.into_iter().enumerate().map(|(number, line)| {
        let key = Bytes::from(if alone { format!("{SOURCE}{id}") } else { format!("{SOURCE}{id}/{number}") });
        let name = key.slice(SOURCE.len()..);
        let headers = [(MESSAGE_ID, name), (MESSAGE_TYPE, kind.clone()), (MESSAGE_SENT, sent.clone())];
        Pushed {
            key,
            value: body.slice_ref(line.get().as_bytes()),
            headers: headers.map(|(header, value)| (header.into(), value)).into(),
            received_at: now,
        }
    });
    Ok(pushed.collect())
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Data<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a line or an array of lines")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data<'de>, A::Error> {
                let mut lines = Vec::new();
                while let Some(line) = items.next_element()? {
                    lines.push(line);
                }
                Ok(Data::Lines(lines))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Data<'de>, A::Error> {
                while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Data::Line)
            }
            fn visit_unit<E: de::Error>(self) -> Result<Data<'de>, E> {
                Ok(Data::Nothing)
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Data<'de>, E> {
                Ok(Data::Nothing)
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Data<'de>, E> {
                Ok(Data::Nothing)
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Data<'de>, E> {
                Ok(Data::Nothing)
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Data<'de>, E> {
                Ok(Data::Nothing)
            }
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Data<'de>, E> {
                Ok(Data::Nothing)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EventTime = EventTime::from_millis(1_793_585_100_000);
    const SENT: EventTime = EventTime::from_millis(1_793_585_099_000);

    fn read(body: &str) -> Result<Vec<Pushed>, Unusable> {
        lines("msg_1", SENT, &Bytes::copy_from_slice(body.as_bytes()), NOW)
    }

    fn header<'a>(line: &'a Pushed, name: &str) -> &'a [u8] {
        &line.headers.iter().find(|(header, _)| header == name).unwrap().1
    }

    #[test]
    fn one_mention_keeps_its_bytes_and_the_id_of_its_message() {
        let data = r#"{"text": "caf\u00e9" , "n":1.0e2}"#;
        let lines = read(&format!(r#"{{"data": {data}, "type": "mention.created", "more": [1]}}"#)).unwrap();
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((line.key.as_ref(), line.value.as_ref()), (&b"webhook:msg_1"[..], data.as_bytes()));
        assert_eq!(header(line, MESSAGE_ID), b"msg_1");
        assert_eq!(header(line, MESSAGE_TYPE), b"mention.created");
        assert_eq!(header(line, MESSAGE_SENT), SENT.millis().to_string().as_bytes());
        assert_eq!(line.received_at, NOW);
    }

    #[test]
    fn the_mentions_of_a_batch_have_ids_of_their_own() {
        let lines = read(r#"{"type":"mention.deleted","timestamp":"2026-11-02T02:00:00Z","data":[{"a":1},7,{"a":2}]}"#)
            .unwrap();
        let keys: Vec<(&[u8], &[u8])> = lines.iter().map(|line| (line.key.as_ref(), line.value.as_ref())).collect();
        let expected: [(&[u8], &[u8]); 3] =
            [(b"webhook:msg_1/0", b"{\"a\":1}"), (b"webhook:msg_1/1", b"7"), (b"webhook:msg_1/2", b"{\"a\":2}")];
        assert_eq!(keys, expected);
        assert_eq!(header(&lines[2], MESSAGE_ID), b"msg_1/2");
        assert_eq!(header(&lines[2], MESSAGE_SENT), b"1793584800000");
    }

    #[test]
    fn what_is_no_message_is_told_with_its_place_and_never_with_its_words() {
        for body in ["", "secret", "[]", "{}", r#"{"type":"a"}"#, r#"{"data":{}}"#, r#"{"type":1,"data":{}}"#] {
            let told = read(body).unwrap_err();
            assert!(matches!(told, Unusable::NoEnvelope { .. }), "{body}");
            assert!(!told.to_string().contains("secret"));
        }
        assert!(matches!(
            read("{\"type\":\"a\",\"timestamp\":\"soon\",\"data\":{}}"),
            Err(Unusable::NoEnvelope { .. })
        ));
        for data in ["7", "null", "\"a\"", "[]"] {
            assert_eq!(read(&format!(r#"{{"type":"a","data":{data}}}"#)).unwrap_err(), Unusable::NoData, "{data}");
        }
        let many = vec!["{}"; MOST_LINES + 1].join(",");
        assert_eq!(read(&format!(r#"{{"type":"a","data":[{many}]}}"#)).unwrap_err(), Unusable::TooMany);
        assert!(lines("m", SENT, &Bytes::from_static(b"\xff\xfe"), NOW).is_err());
    }
}

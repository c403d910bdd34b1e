//! The body of a message: what it holds, line by line, without looking into the lines.

use std::borrow::Cow;

use bytes::Bytes;
use events::EventTime;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::input::{MESSAGE_ID, MESSAGE_SENT, MESSAGE_TYPE};
use crate::intake::Pushed;
use crate::stamp::Stamp;

/// Most lines of one message: they are committed in one transaction.
pub(super) const MOST_LINES: usize = 1_000;

/// The envelope.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    timestamp: Option<Stamp>,
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
    let data = envelope.data.get();
    let lines: Vec<&RawValue> = match data.as_bytes().first() {
        Some(b'{') => vec![envelope.data],
        Some(b'[') => serde_json::from_str(data).map_err(|_| Unusable::NoData)?,
        _ => return Err(Unusable::NoData),
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
        let name = if alone { id.to_owned() } else { format!("{id}/{number}") };
        let headers =
            [(MESSAGE_ID, Bytes::from(name.clone())), (MESSAGE_TYPE, kind.clone()), (MESSAGE_SENT, sent.clone())];
        Pushed {
            key: format!("webhook:{name}"),
            value: body.slice_ref(line.get().as_bytes()),
            headers: headers.map(|(header, value)| (header.to_owned(), value)).into(),
            received_at: now,
        }
    });
    Ok(pushed.collect())
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
        assert_eq!((line.key.as_str(), line.value.as_ref()), ("webhook:msg_1", data.as_bytes()));
        assert_eq!(header(line, MESSAGE_ID), b"msg_1");
        assert_eq!(header(line, MESSAGE_TYPE), b"mention.created");
        assert_eq!(header(line, MESSAGE_SENT), SENT.millis().to_string().as_bytes());
        assert_eq!(line.received_at, NOW);
    }

    #[test]
    fn the_mentions_of_a_batch_have_ids_of_their_own() {
        let lines = read(r#"{"type":"mention.deleted","timestamp":"2026-11-02T02:00:00Z","data":[{"a":1},7,{"a":2}]}"#)
            .unwrap();
        let keys: Vec<(&str, &[u8])> = lines.iter().map(|line| (line.key.as_str(), line.value.as_ref())).collect();
        let expected: [(&str, &[u8]); 3] =
            [("webhook:msg_1/0", b"{\"a\":1}"), ("webhook:msg_1/1", b"7"), ("webhook:msg_1/2", b"{\"a\":2}")];
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

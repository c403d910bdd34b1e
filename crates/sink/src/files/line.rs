//! A record as one line of a file: the same shape as the topic files of `firebreak run`.

use events::{Codec, DecodeError, EventTime, Offset, Partition, Payload, Topic};
use serde::Deserialize;
use stream::Raw;

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) topic: Topic,
    pub(crate) partition: Partition,
}

/// A record as a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    pub(crate) place: Place,
    pub(crate) offset: Offset,
    pub(crate) timestamp: EventTime,
    /// The line with its line feed.
    pub(crate) text: String,
}

impl FileLine {
    /// The line of a record; its value is `null` for a tombstone.
    pub(crate) fn of(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let value = match raw.value.as_deref() {
            None => "null".to_owned(),
            Some(bytes) => {
                let payload = Payload::decode(raw.topic, bytes, codec)?;
                serde_json::to_string(&payload).map_err(|error| DecodeError::Corrupt(error.to_string()))?
            }
        };
        let key = String::from_utf8_lossy(raw.key.as_deref().unwrap_or_default());
        let place = Place { topic: raw.topic, partition: raw.partition };
        let text = format!(
            "{{\"key\":{},\"partition\":{},\"offset\":{},\"timestamp\":\"{}\",\"value\":{value}}}\n",
            serde_json::Value::from(key),
            raw.partition.0,
            raw.offset.0,
            raw.timestamp
        );
        Ok(Self { place, offset: raw.offset, timestamp: raw.timestamp, text })
    }
}

/// The last line of a file: where its reader goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Trailer {
    pub(crate) next_offset: Offset,
}

/// The trailer with its line feed.
pub(crate) fn trailer_line(next: Offset) -> String {
    format!("{{\"next_offset\":{}}}\n", next.0)
}

/// The offset of a record's line; `None` for any other line.
pub(crate) fn line_offset(line: &str) -> Option<Offset> {
    #[derive(Deserialize)]
    struct OnlyOffset {
        offset: Offset,
    }
    serde_json::from_str::<OnlyOffset>(line).ok().map(|line| line.offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_json_whatever_the_key_holds() {
        let raw = Raw {
            topic: Topic::Cases,
            partition: Partition(3),
            offset: Offset(7),
            timestamp: EventTime::parse("2026-11-02T02:05:00Z").unwrap(),
            key: Some("x:\"jo\"\n".into()),
            value: None,
            headers: Vec::new(),
        };
        let line = FileLine::of(&raw, &Codec::default()).unwrap().text;
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{line:?}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["key"], "x:\"jo\"\n");
        assert_eq!(read["value"], serde_json::Value::Null);
        assert_eq!(line_offset(&line), Some(Offset(7)));
    }

    #[test]
    fn the_trailer_is_no_record() {
        let trailer = trailer_line(Offset(9));
        assert_eq!(serde_json::from_str::<Trailer>(&trailer).unwrap().next_offset, Offset(9));
        assert_eq!(line_offset(&trailer), None);
    }
}

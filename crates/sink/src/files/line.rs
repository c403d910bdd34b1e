//! A record as one line of a file: the same shape as the topic files of `firebreak run`.

use events::{Codec, DecodeError, EventTime, Offset, Partition, Payload, Topic};
use serde::Deserialize;
use stream::{Input, Raw};

/// The value of a record as JSON; `null` for a tombstone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredValue(pub String);

impl Input for StoredValue {
    fn decode(raw: &Raw, codec: &Codec) -> Result<Self, DecodeError> {
        let Some(bytes) = raw.value.as_deref() else {
            return Ok(Self("null".into()));
        };
        let payload = Payload::decode(raw.topic, bytes, codec)?;
        serde_json::to_string(&payload).map(Self).map_err(|error| DecodeError::Corrupt(error.to_string()))
    }
}

/// Where a record lay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) topic: Topic,
    pub(crate) partition: Partition,
}

/// The line of a record, with its line feed.
pub(crate) fn record_line(
    place: Place,
    offset: Offset,
    timestamp: EventTime,
    key: &str,
    value: &StoredValue,
) -> String {
    let key = serde_json::Value::from(key);
    format!(
        "{{\"key\":{key},\"partition\":{},\"offset\":{},\"timestamp\":\"{timestamp}\",\"value\":{}}}\n",
        place.partition.0, offset.0, value.0
    )
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
        let place = Place { topic: Topic::Cases, partition: Partition(3) };
        let at = EventTime::parse("2026-11-02T02:05:00Z").unwrap();
        let line = record_line(place, Offset(7), at, "x:\"jo\"\n", &StoredValue("{\"a\":1}".into()));
        assert!(line.ends_with('\n') && line.matches('\n').count() == 1, "{line:?}");
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["key"], "x:\"jo\"\n");
        assert_eq!(read["value"]["a"], 1);
        assert_eq!(line_offset(&line), Some(Offset(7)));
    }

    #[test]
    fn the_trailer_is_no_record() {
        let trailer = trailer_line(Offset(9));
        assert_eq!(serde_json::from_str::<Trailer>(&trailer).unwrap().next_offset, Offset(9));
        assert_eq!(line_offset(&trailer), None);
    }
}

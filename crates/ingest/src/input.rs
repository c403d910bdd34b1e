//! An input record: the bytes of a line, and in its headers what brought it.
//!
//! Headers are for what a line does not say itself: the webhook's message, the place in a watched file, that it was cut.

use bytes::Bytes;
use events::{Codec, DecodeError, EventTime, MentionKind};
use stream::{Input, OVERSIZE_LENGTH, Raw, TableValue};

use crate::source::MAX_LINE;

/// Header: the message's id, with `/n` behind it for the nth record of a batch.
pub(crate) const MESSAGE_ID: &str = "webhook-id";
/// Header: the message's event type.
pub(crate) const MESSAGE_TYPE: &str = "webhook-type";
/// Header: when the message was sent, in milliseconds since 1970.
pub(crate) const MESSAGE_SENT: &str = "webhook-sent";
/// Header: where its file goes on behind this line.
pub(crate) const FILE_CURSOR: &str = "file-cursor";

/// Header: names of watched files that are gone, separated by `/`, which no name has.
pub(crate) const FILES_GONE: &str = "files-gone";

/// A line as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputLine {
    /// Its bytes, without the line end; the first 64 KiB of them when it was cut.
    pub bytes: Bytes,
    /// Whether it was cut.
    pub cut: bool,
    /// The webhook's message that brought it.
    pub(crate) message: Option<Message>,
    /// Where its watched file goes on behind it.
    pub(crate) file: Option<FileCursor>,
    /// Watched files whose places need not be kept any more.
    pub(crate) gone: Vec<String>,
}

impl Input for InputLine {
    fn decode(raw: &Raw, _: &Codec) -> Result<Self, DecodeError> {
        let bytes = raw.value.clone().ok_or_else(|| DecodeError::Corrupt("an input record without a value".into()))?;
        let header = |name: &str| {
            let (_, value) = raw.headers.iter().find(|(header, _)| header == name)?;
            std::str::from_utf8(value).ok()
        };
        let cut = bytes.len() > MAX_LINE || header(OVERSIZE_LENGTH).is_some();
        let message = header(MESSAGE_ID).map(|id| Message {
            id: id.to_owned(),
            sent_at: header(MESSAGE_SENT)
                .and_then(|millis| millis.parse().ok())
                .map_or(raw.timestamp, EventTime::from_millis),
            kind: header(MESSAGE_TYPE).and_then(message_kind),
        });
        let gone = header(FILES_GONE).into_iter().flat_map(|names| names.split('/').map(str::to_owned)).collect();
        Ok(Self { bytes, cut, message, file: header(FILE_CURSOR).and_then(FileCursor::read), gone })
    }
}

/// What a webhook's message says beside the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Stands in for a native id.
    pub(crate) id: String,
    /// Stands in for the time of publication.
    pub(crate) sent_at: EventTime,
    /// Stands in for the kind; `None` when nobody knows the event type.
    pub(crate) kind: Option<MentionKind>,
}

/// Event types of messages. Those of other records say nothing that their line does not.
pub(crate) const MESSAGE_TYPES: [&str; 6] =
    ["mention.created", "mention.updated", "mention.deleted", "action.created", "link.created", "business.created"];

fn message_kind(name: &str) -> Option<MentionKind> {
    match name {
        "mention.updated" => Some(MentionKind::Edit),
        "mention.deleted" => Some(MentionKind::Delete),
        known if MESSAGE_TYPES.contains(&known) => Some(MentionKind::Create),
        _ => None,
    }
}

/// How far a watched file is read: kept in `state.ingest`, moved with what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileCursor {
    /// Hash of the file's first line: another one is another file under the same name.
    pub(crate) head: u64,
    /// How many lines were read.
    pub(crate) line: u64,
    /// How many bytes they have, unpacked.
    pub(crate) position: u64,
}

impl FileCursor {
    /// As text, for header and state.
    pub(crate) fn text(self) -> String {
        format!("{:016x} {} {}", self.head, self.line, self.position)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let (head, line, position) = (parts.next()?, parts.next()?, parts.next()?);
        let head = u64::from_str_radix(head, 16).ok()?;
        parts.next().is_none().then_some(Self { head, line: line.parse().ok()?, position: position.parse().ok()? })
    }
}

impl TableValue for FileCursor {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        Ok(self.text().into_bytes())
    }

    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        let read = std::str::from_utf8(bytes).ok().and_then(Self::read);
        read.ok_or_else(|| "no place in a file".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_file_survives_its_state() {
        let cursor = FileCursor { head: u64::MAX - 7, line: 12, position: 3_456 };
        let codec = Codec::default();
        let bytes = TableValue::write(&cursor, &codec).unwrap();
        assert_eq!(<FileCursor as TableValue>::read(&bytes, &codec).unwrap(), cursor);
        for broken in ["", "12 3", "zz 1 2", "0000000000000001 1 2 3", "0000000000000001 -1 2"] {
            assert!(<FileCursor as TableValue>::read(broken.as_bytes(), &codec).is_err(), "{broken}");
        }
    }
}

//! The record that keeps what will never succeed, with all that is needed to look at it and to send it again.

use events::{Codec, DeadLetter, DecodeError, RecordHeader, Role};
use sha2::{Digest, Sha256};

use crate::{Exit, Raw, RejectReason};

/// A dead letter keeps at most this many bytes of its record.
const KEPT_WHOLE: usize = 1 << 20;
/// Of a larger one it keeps this many.
const KEPT_HEAD: usize = 64 << 10;
/// Characters of a dead letter's detail.
const DETAIL: usize = 1_000;

/// The dead letter of a record that `role` rejects.
pub fn dead_letter(role: Role, raw: &Raw, reason: RejectReason, detail: &str) -> DeadLetter {
    let header = |name: &str| {
        let found = raw.headers.iter().find(|(header, _)| header == name)?;
        std::str::from_utf8(&found.1).ok().map(str::to_owned)
    };
    let value = raw.value.as_deref();
    let (kept, mut sha256) = match value {
        Some(value) if value.len() > KEPT_WHOLE => (value.get(..KEPT_HEAD), Some(hash(value))),
        other => (other, None),
    };
    let mut length = value.map_or(0, <[u8]>::len) as i64;
    if let Some(cut) = header(crate::OVERSIZE_LENGTH).and_then(|length| length.parse().ok()) {
        length = cut;
        sha256 = header(crate::OVERSIZE_SHA256);
    }
    DeadLetter {
        topic: raw.topic.name(),
        partition: raw.partition,
        offset: raw.offset,
        stage: role.name().to_owned(),
        reason: reason.name().to_owned(),
        detail: detail.chars().take(DETAIL).collect(),
        at: raw.timestamp,
        key: raw.key.as_ref().map(|key| key.to_vec()),
        value: kept.map(<[u8]>::to_vec),
        value_length: length,
        value_sha256: sha256,
        headers: raw
            .headers
            .iter()
            .map(|(name, value)| RecordHeader { name: name.clone().into_owned(), value: value.to_vec() })
            .collect(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Why a record that cannot be decoded is rejected.
pub(crate) const fn decode_reason(error: &DecodeError) -> RejectReason {
    match error {
        DecodeError::SchemaUnknown(_) => RejectReason::SchemaUnknown,
        DecodeError::Corrupt(_) => RejectReason::Decode,
    }
}

/// Looks for the schema of a record that cannot be read without it. A schema is there before its first record, so one that is
/// not found is found by no later try.
pub(crate) fn look_up(codec: &Codec, raw: &Raw) -> Result<(), Exit> {
    codec.look_up(raw.value.as_deref().unwrap_or_default()).map_err(|error| Exit::Retry(error.to_string()))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

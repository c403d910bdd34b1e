//! Dead letters: one row for each rejected record, however often it was sent, and the marks of those that were sent again.

use std::time::SystemTime;

use events::DeadLetter;

use super::clean::{instant, maybe, text};
use super::json::Json;
use super::row;

row! {
    /// A rejected record, with its bytes as they were.
    DeadLetterRow {
        topic: String = "text",
        partition: i32 = "integer",
        offset: i64 = "bigint",
        stage: String = "text",
        reason: String = "text",
        detail: String = "text",
        at: SystemTime = "timestamptz",
        key: Option<Vec<u8>> = "bytea",
        value: Option<Vec<u8>> = "bytea",
        value_length: i64 = "bigint",
        value_sha256: Option<String> = "text",
        headers: Json = "jsonb",
        build: String = "text",
    }
}

impl DeadLetterRow {
    pub(super) fn of(letter: &DeadLetter) -> Self {
        Self {
            topic: text(&letter.topic),
            partition: letter.partition.0,
            offset: letter.offset.0,
            stage: text(&letter.stage),
            reason: text(&letter.reason),
            detail: text(&letter.detail),
            at: instant(letter.at),
            key: letter.key.clone(),
            value: letter.value.clone(),
            value_length: letter.value_length,
            value_sha256: maybe(letter.value_sha256.as_deref()),
            headers: Json::of(&letter.headers),
            build: text(&letter.build),
        }
    }
}

row! {
    /// A rejected record was sent again.
    RetriedRow {
        topic: String = "text",
        partition: i32 = "integer",
        offset: i64 = "bigint",
        stage: String = "text",
        retried_at: SystemTime = "timestamptz",
    }
}

impl RetriedRow {
    pub(super) fn of(mark: &DeadLetter) -> Self {
        Self {
            topic: text(&mark.topic),
            partition: mark.partition.0,
            offset: mark.offset.0,
            stage: text(&mark.stage),
            retried_at: instant(mark.at),
        }
    }
}

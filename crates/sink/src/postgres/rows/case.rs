//! Cases.

use std::time::SystemTime;

use events::Case;

use super::clean::{instant, text, word};
use super::json::Json;
use super::row;

row! {
    /// A revision of a case.
    CaseRow {
        case_id: String = "text",
        revision: i64 = "bigint",
        brand: String = "text",
        person: String = "text",
        matter: String = "text",
        theme: Option<String> = "text",
        state: String = "text",
        queue: String = "text",
        route_reason: String = "text",
        intent: String = "text",
        severity: i64 = "bigint",
        opened_at: SystemTime = "timestamptz",
        updated_at: SystemTime = "timestamptz",
        mention_count: i64 = "bigint",
        record: Json = "jsonb",
        book_version: String = "text",
    }
}

impl CaseRow {
    pub(super) fn of(case: &Case) -> Self {
        Self {
            case_id: text(case.case_id.as_str()),
            revision: case.revision,
            brand: text(case.brand.as_str()),
            person: text(case.person.as_str()),
            matter: text(&case.matter),
            theme: case.theme.as_ref().map(|theme| text(theme.as_str())),
            state: word(&case.state),
            queue: text(&case.queue),
            route_reason: text(&case.route_reason),
            intent: case.intent.name().to_owned(),
            severity: case.severity,
            opened_at: instant(case.opened_at),
            updated_at: instant(case.updated_at),
            mention_count: case.mention_count,
            record: Json::of(case),
            book_version: text(case.book_version.as_str()),
        }
    }
}

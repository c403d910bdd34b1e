//! Incidents.

use std::time::SystemTime;

use events::Incident;

use super::clean::{instant, text, word};
use super::json::Json;
use super::row;

row! {
    /// A revision of an incident.
    IncidentRow {
        incident_id: String = "text",
        revision: i64 = "bigint",
        brand: String = "text",
        kind: String = "text",
        theme: Option<String> = "text",
        state: String = "text",
        mode: String = "text",
        severity: i64 = "bigint",
        onset_at: SystemTime = "timestamptz",
        opened_at: Option<SystemTime> = "timestamptz",
        updated_at: SystemTime = "timestamptz",
        resolved_at: Option<SystemTime> = "timestamptz",
        expected: f64 = "double precision",
        observed: i64 = "bigint",
        mentions: i64 = "bigint",
        people: i64 = "bigint",
        record: Json = "jsonb",
        book_version: String = "text",
    }
}

impl IncidentRow {
    pub(super) fn of(incident: &Incident) -> Self {
        let mut record = serde_json::to_value(incident).unwrap_or_default();
        // Counters of distinct people: of use to the stage that adds to them, and kilobytes to everybody else.
        record.as_object_mut().and_then(|fields| fields.remove("persons"));
        Self {
            incident_id: text(incident.incident_id.as_str()),
            revision: incident.revision,
            brand: text(incident.brand.as_str()),
            kind: text(&incident.kind),
            theme: incident.theme.as_ref().map(|theme| text(theme.as_str())),
            state: word(&incident.state),
            mode: word(&incident.mode),
            severity: incident.severity,
            onset_at: instant(incident.onset_at),
            opened_at: incident.opened_at.map(instant),
            updated_at: instant(incident.updated_at),
            resolved_at: incident.resolved_at.map(instant),
            expected: incident.expected,
            observed: incident.observed,
            mentions: incident.mentions,
            people: incident.people,
            record: Json::of(&record),
            book_version: text(incident.book_version.as_str()),
        }
    }
}

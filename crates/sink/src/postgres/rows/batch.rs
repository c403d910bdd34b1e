//! The rows of one write, by table.
//!
//! A statement must not meet the same key twice, so of each key only what counts is kept; and two writers lock keys in the
//! same order, so neither waits for the other in a ring.

use std::collections::BTreeMap;

use super::{CaseRow, DeadLetterRow, DeletedRow, IncidentRow, Kind, MentionRow, NotificationRow, RetriedRow, Row};

/// The rows of one write: each key once, in the order of the keys.
#[derive(Debug, Default)]
pub(in crate::postgres) struct Batch<'a> {
    pub(in crate::postgres) mentions: Vec<&'a MentionRow>,
    pub(in crate::postgres) deleted: Vec<&'a DeletedRow>,
    pub(in crate::postgres) incidents: Vec<&'a IncidentRow>,
    pub(in crate::postgres) cases: Vec<&'a CaseRow>,
    pub(in crate::postgres) notifications: Vec<&'a NotificationRow>,
    pub(in crate::postgres) dead_letters: Vec<&'a DeadLetterRow>,
    pub(in crate::postgres) retried: Vec<&'a RetriedRow>,
}

impl<'a> Batch<'a> {
    pub(in crate::postgres) fn of(rows: &[&'a Row]) -> Self {
        let mut batch = Self::default();
        for Row(kind) in rows {
            match kind {
                Kind::Mention(row) => batch.mentions.push(row),
                Kind::Deleted(row) => batch.deleted.push(row),
                Kind::Incident(row) => batch.incidents.push(row),
                Kind::Case(row) => batch.cases.push(row),
                Kind::Notification(row) => batch.notifications.push(row),
                Kind::DeadLetter(row) => batch.dead_letters.push(row),
                Kind::Retried(row) => batch.retried.push(row),
            }
        }
        keep(&mut batch.mentions, |row| &row.id, |new, known| new.revision > known.revision);
        keep(&mut batch.deleted, |row| &row.id, |new, known| new.deleted_at < known.deleted_at);
        keep(&mut batch.incidents, |row| &row.incident_id, |new, known| new.revision > known.revision);
        keep(&mut batch.cases, |row| &row.case_id, |new, known| new.revision > known.revision);
        keep(&mut batch.notifications, |row| &row.notification_id, |_, _| false);
        let origin = |row: &'a DeadLetterRow| (&row.topic, row.partition, row.offset, &row.stage);
        keep(&mut batch.dead_letters, origin, |_, _| false);
        let origin = |row: &'a RetriedRow| (&row.topic, row.partition, row.offset, &row.stage);
        keep(&mut batch.retried, origin, |_, _| false);
        batch
    }
}

/// Keeps one row of each key: the first, until one `replaces` it.
fn keep<'a, T, K: Ord>(rows: &mut Vec<&'a T>, key: impl Fn(&'a T) -> K, replaces: impl Fn(&T, &T) -> bool) {
    let mut kept: BTreeMap<K, &'a T> = BTreeMap::new();
    for row in rows.drain(..) {
        let known = kept.entry(key(row)).or_insert(row);
        if replaces(row, known) {
            *known = row;
        }
    }
    rows.extend(kept.into_values());
}

//! The statements: one for each table, over whole columns, so that a batch is one round trip a table.
//!
//! Each answers how many rows it inserted, and how many it wrote in all. What a row may replace stands in its `WHERE`, so
//! rows may come in any order, and twice.

use super::rows::{CaseRow, DeadLetterRow, DeletedRow, IncidentRow, MentionRow, NotificationRow, RetriedRow};

/// Moves the offsets, but only from where the writer knows them to stand: counts the ones that stood there.
pub(super) const MOVE: &str = "UPDATE kafka_offset AS known SET next = moved.next \
     FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) AS moved (topic, partition, stood, next) \
     WHERE known.topic = moved.topic AND known.partition = moved.partition AND known.next = moved.stood";

/// The planted defect of one who moves the offsets wherever they stand.
pub(super) const MOVE_BLINDLY: &str = "UPDATE kafka_offset AS known SET next = moved.next \
     FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) AS moved (topic, partition, stood, next) \
     WHERE known.topic = moved.topic AND known.partition = moved.partition";

/// Makes sure that each topic of a partition has an offset: the beginning where nothing is stored yet.
pub(super) const BEGIN: &str = "INSERT INTO kafka_offset (topic, partition, next) \
     SELECT topic, $2::integer, 0 FROM unnest($1::text[]) AS topic ON CONFLICT DO NOTHING";

/// Where a partition stands.
pub(super) const STANDS: &str =
    "SELECT topic, next FROM kafka_offset WHERE topic = ANY ($1::text[]) AND partition = $2::integer";

/// Columns of a mention that a delete empties, and what it leaves there.
const FORGOTTEN: [(&str, &str); 4] =
    [("text", "''"), ("url", "NULL"), ("author_handle", "NULL"), ("author_name", "NULL")];

/// A revision of a mention. What a delete has emptied stays empty.
pub(super) fn mentions() -> String {
    let set =
        MentionRow::COLUMNS.iter().map(|(name, _)| match FORGOTTEN.iter().find(|(forgotten, _)| forgotten == name) {
            Some((_, left)) => {
                format!(r#""{name}" = CASE WHEN known.deleted_at IS NULL THEN excluded."{name}" ELSE {left} END"#)
            }
            None => format!(r#""{name}" = excluded."{name}""#),
        });
    let set: Vec<String> = set.collect();
    let rule =
        format!("DO UPDATE SET {} WHERE known.revision IS NULL OR known.revision < excluded.revision", set.join(", "));
    counted(&insert("mentions", "id", MentionRow::COLUMNS, &rule))
}

/// A delete of a mention, whether it is known or not: the first of several gives the time.
pub(super) fn deleted() -> String {
    let set: Vec<String> = FORGOTTEN.iter().map(|(name, left)| format!("{name} = {left}")).collect();
    let rule = format!(
        "DO UPDATE SET deleted_at = least(known.deleted_at, excluded.deleted_at), {} \
         WHERE known.deleted_at IS NULL OR excluded.deleted_at < known.deleted_at",
        set.join(", ")
    );
    counted(&insert("mentions", "id", DeletedRow::COLUMNS, &rule))
}

/// A revision of an incident.
pub(super) fn incidents() -> String {
    newest("incidents", "incident_id", IncidentRow::COLUMNS)
}

/// A revision of a case.
pub(super) fn cases() -> String {
    newest("cases", "case_id", CaseRow::COLUMNS)
}

/// A notification.
pub(super) fn notifications() -> String {
    counted(&insert("notifications", "notification_id", NotificationRow::COLUMNS, "DO NOTHING"))
}

/// A dead letter.
pub(super) fn dead_letters() -> String {
    counted(&insert("dead_letters", r#"topic, partition, "offset", stage"#, DeadLetterRow::COLUMNS, "DO NOTHING"))
}

/// The mark of a dead letter that was sent again: the first of several gives the time. One whose letter is not here says nothing.
pub(super) fn retried() -> String {
    let names: Vec<String> = RetriedRow::COLUMNS.iter().map(|(name, _)| format!(r#""{name}""#)).collect();
    format!(
        r#"WITH written AS (UPDATE dead_letters AS known SET retried_at = mark.retried_at FROM unnest({}) AS mark ({})
            WHERE known.topic = mark.topic AND known.partition = mark.partition AND known."offset" = mark."offset"
              AND known.stage = mark.stage AND known.retried_at IS NULL RETURNING 1)
           SELECT 0::bigint, count(*) FROM written"#,
        parameters(RetriedRow::COLUMNS),
        names.join(", ")
    )
}

fn newest(table: &str, key: &str, columns: &[(&str, &str)]) -> String {
    let set: Vec<String> = columns.iter().map(|(name, _)| format!(r#""{name}" = excluded."{name}""#)).collect();
    let rule = format!("DO UPDATE SET {} WHERE known.revision < excluded.revision", set.join(", "));
    counted(&insert(table, key, columns, &rule))
}

fn insert(table: &str, key: &str, columns: &[(&str, &str)], rule: &str) -> String {
    let names: Vec<String> = columns.iter().map(|(name, _)| format!(r#""{name}""#)).collect();
    format!(
        "INSERT INTO {table} AS known ({}) SELECT * FROM unnest({}) ON CONFLICT ({key}) {rule}",
        names.join(", "),
        parameters(columns)
    )
}

/// One parameter for each column, which is an array.
fn parameters(columns: &[(&str, &str)]) -> String {
    let values = columns.iter().zip(1..).map(|((_, kind), number)| format!("${number}::{kind}[]"));
    values.collect::<Vec<String>>().join(", ")
}

fn counted(insert: &str) -> String {
    // A row that this statement made was never locked or replaced: its `xmax` is 0.
    format!(
        "WITH written AS ({insert} RETURNING xmax = 0 AS fresh) \
         SELECT count(*) FILTER (WHERE fresh), count(*) FROM written"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_each_column_once_and_casts_its_values() {
        let statement = notifications();
        assert!(statement.contains(r#"("notification_id", "recipient", "#), "{statement}");
        assert!(statement.contains("unnest($1::text[], $2::text[], "), "{statement}");
        assert!(statement.contains(&format!("${}::text[])", NotificationRow::COLUMNS.len())), "{statement}");
    }

    #[test]
    fn what_a_delete_empties_is_a_column_of_a_mention() {
        for (name, _) in FORGOTTEN {
            assert!(MentionRow::COLUMNS.iter().any(|(column, _)| *column == name), "{name}");
        }
    }
}

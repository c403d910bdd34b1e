//! What a record becomes in PostgreSQL: rows of tables, in plain types. Pure: nothing here knows a connection.

mod batch;
mod case;
mod clean;
mod dead_letter;
mod incident;
mod json;
mod mention;
mod notification;

use events::{Codec, Payload};
use stream::store::Unstorable;
use stream::{Raw, RejectReason};
use tokio_postgres::types::ToSql;

pub(super) use batch::Batch;
pub(super) use case::CaseRow;
pub(super) use dead_letter::{DeadLetterRow, RetriedRow};
pub(super) use incident::IncidentRow;
pub(super) use mention::{DeletedRow, MentionRow};
pub(super) use notification::NotificationRow;

/// A column of many rows.
pub(super) type Column<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// A row type: its columns are named once, here, for the struct, the statement and its values.
macro_rules! row {
    ($(#[$doc:meta])* $row:ident { $($field:ident: $kind:ty = $sql:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub(in crate::postgres) struct $row {
            $(pub(super) $field: $kind,)+
        }

        impl $row {
            /// Name and SQL type of each column.
            pub(in crate::postgres) const COLUMNS: &[(&str, &str)] = &[$((stringify!($field), $sql),)+];

            /// The values of rows, column by column.
            pub(in crate::postgres) fn columns<'a>(rows: &[&'a Self]) -> Vec<$crate::postgres::rows::Column<'a>> {
                vec![$(Box::new(rows.iter().map(|row| &row.$field).collect::<Vec<_>>()),)+]
            }
        }
    };
}
use row;

/// A row of one of the tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Mention(Box<MentionRow>),
    Deleted(Box<DeletedRow>),
    Incident(Box<IncidentRow>),
    Case(Box<CaseRow>),
    Notification(Box<NotificationRow>),
    DeadLetter(Box<DeadLetterRow>),
    Retried(Box<RetriedRow>),
}

impl Row {
    /// The row that a record becomes.
    pub(super) fn of(raw: &Raw, codec: &Codec) -> Result<Self, Unstorable> {
        let invalid = |detail: &str| Unstorable { reason: RejectReason::Invalid, detail: detail.to_owned() };
        let bytes = raw.value.as_deref().ok_or_else(|| invalid("a record without a value"))?;
        let kind = match Payload::decode(raw.topic, bytes, codec)? {
            Some(Payload::Classified(mention)) if mention.mention.kind == events::MentionKind::Delete => {
                Kind::Deleted(Box::new(DeletedRow::of(&mention.mention)))
            }
            Some(Payload::Classified(mention)) => Kind::Mention(Box::new(MentionRow::of(&mention, raw))),
            Some(Payload::Incident(incident)) => Kind::Incident(Box::new(IncidentRow::of(&incident))),
            Some(Payload::Case(case)) => Kind::Case(Box::new(CaseRow::of(&case))),
            Some(Payload::Notification(notification)) => {
                Kind::Notification(Box::new(NotificationRow::of(&notification)))
            }
            Some(Payload::DeadLetter(mark)) if mark.is_mark() => Kind::Retried(Box::new(RetriedRow::of(&mark))),
            Some(Payload::DeadLetter(letter)) => Kind::DeadLetter(Box::new(DeadLetterRow::of(&letter))),
            _ => return Err(invalid("no table holds records of this topic")),
        };
        Ok(Self(kind))
    }
}

//! A connection that is ready to write: tables up to date, limits set, statements prepared.

use std::sync::Arc;
use std::time::Duration;

use events::{Offset, Partition, Topic};
use stream::store::{Move, StoreError, Written};
use stream::{Defect, KillPoint};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement, Transaction};

use super::fault::{fault, outside};
use super::migrate::migrate;
use super::rows::{
    Batch, CaseRow, Column, DeadLetterRow, DeletedRow, IncidentRow, MentionRow, NotificationRow, RetriedRow, Row,
};
use super::settings::PostgresSettings;
use super::statements;
use super::tls::Protect;

/// A connection with its prepared statements.
pub(super) struct Session {
    client: Client,
    begin: Statement,
    stands: Statement,
    move_offsets: Statement,
    mentions: Statement,
    deleted: Statement,
    incidents: Statement,
    cases: Statement,
    notifications: Statement,
    dead_letters: Statement,
    retried: Statement,
}

impl Session {
    /// Connects, and brings the tables up to date.
    pub(super) async fn open(settings: &PostgresSettings) -> Result<Self, StoreError> {
        let mut client = connect(settings).await.map_err(|error| outside(&error, &settings.place()))?;
        client.batch_execute(&limits(settings.deadline)).await.map_err(|error| fault(&error))?;
        migrate(&mut client, &settings.schema).await?;
        let path = format!("SET search_path TO {}", settings.schema);
        client.batch_execute(&path).await.map_err(|error| fault(&error))?;
        let blindly = settings.planted.is(Defect::StoreWithoutCompare);
        let move_offsets = if blindly { statements::MOVE_BLINDLY } else { statements::MOVE };
        let prepare = async |statement: &str| client.prepare(statement).await.map_err(|error| fault(&error));
        Ok(Self {
            begin: prepare(statements::BEGIN).await?,
            stands: prepare(statements::STANDS).await?,
            move_offsets: prepare(move_offsets).await?,
            mentions: prepare(&statements::mentions()).await?,
            deleted: prepare(&statements::deleted()).await?,
            incidents: prepare(&statements::incidents()).await?,
            cases: prepare(&statements::cases()).await?,
            notifications: prepare(&statements::notifications()).await?,
            dead_letters: prepare(&statements::dead_letters()).await?,
            retried: prepare(&statements::retried()).await?,
            client,
        })
    }

    /// Whether the connection is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Where a partition stands in each of `topics`.
    pub(super) async fn stands(
        &self,
        topics: &[Topic],
        partition: Partition,
    ) -> Result<Vec<(Topic, Offset)>, StoreError> {
        let names: Vec<String> = topics.iter().map(|topic| topic.name()).collect();
        let parameters: [&(dyn ToSql + Sync); 2] = [&names, &partition.0];
        self.client.execute(&self.begin, &parameters).await.map_err(|error| fault(&error))?;
        let rows = self.client.query(&self.stands, &parameters).await.map_err(|error| fault(&error))?;
        let known = rows.iter().filter_map(|row| Some((Topic::parse(row.get(0))?, Offset(row.get(1)))));
        Ok(known.collect())
    }

    /// Moves the offsets and writes the rows, in one transaction. The offsets come first: whoever lost them has done nothing
    /// yet, and another writer of the same partition waits for this one to end.
    pub(super) async fn write(&mut self, rows: &[&Row], moves: &[Move]) -> Result<Written, StoreError> {
        let batch = Batch::of(rows);
        let txn = self.client.transaction().await.map_err(|error| fault(&error))?;
        let (topics, partitions): (Vec<String>, Vec<i32>) =
            moves.iter().map(|to| (to.topic.name(), to.partition.0)).unzip();
        let (stood, next): (Vec<i64>, Vec<i64>) = moves.iter().map(|to| (to.from.0, to.to.0)).unzip();
        let parameters: [&(dyn ToSql + Sync); 4] = [&topics, &partitions, &stood, &next];
        let moved = txn.execute(&self.move_offsets, &parameters).await.map_err(|error| fault(&error))?;
        if moved != moves.len() as u64 {
            txn.rollback().await.map_err(|error| fault(&error))?;
            return Err(StoreError::Lost);
        }
        let tables = [
            (&self.mentions, batch.mentions.len(), MentionRow::columns(&batch.mentions)),
            (&self.deleted, batch.deleted.len(), DeletedRow::columns(&batch.deleted)),
            (&self.incidents, batch.incidents.len(), IncidentRow::columns(&batch.incidents)),
            (&self.cases, batch.cases.len(), CaseRow::columns(&batch.cases)),
            (&self.notifications, batch.notifications.len(), NotificationRow::columns(&batch.notifications)),
            (&self.dead_letters, batch.dead_letters.len(), DeadLetterRow::columns(&batch.dead_letters)),
            // Behind those that they mark.
            (&self.retried, batch.retried.len(), RetriedRow::columns(&batch.retried)),
        ];
        let mut written = Written::default();
        for (statement, count, columns) in tables.iter().filter(|(_, count, _)| *count > 0) {
            let (inserted, touched) = insert(&txn, statement, columns).await?;
            written.inserted += inserted;
            written.updated += touched.saturating_sub(inserted);
            written.unchanged += (*count as u64).saturating_sub(touched);
        }
        written.unchanged += (rows.len() as u64).saturating_sub(written.inserted + written.updated + written.unchanged);
        KillPoint::BeforeStoreCommit.reach();
        txn.commit().await.map_err(|error| fault(&error))?;
        KillPoint::AfterStoreCommit.reach();
        Ok(written)
    }
}

/// A connection, protected or not. It ends with the client; why it ended is told to whoever waits for an answer.
async fn connect(settings: &PostgresSettings) -> Result<Client, tokio_postgres::Error> {
    let Some(config) = &settings.protection else {
        let (client, connection) = settings.server.connect(NoTls).await?;
        drop(tokio::spawn(connection));
        return Ok(client);
    };
    let (client, connection) = settings.server.connect(Protect(Arc::clone(config))).await?;
    drop(tokio::spawn(connection));
    Ok(client)
}

/// How many rows were inserted, and how many were written in all.
async fn insert(
    txn: &Transaction<'_>,
    statement: &Statement,
    columns: &[Column<'_>],
) -> Result<(u64, u64), StoreError> {
    let parameters: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column.as_ref() as _).collect();
    let counts = txn.query_one(statement, &parameters).await.map_err(|error| fault(&error))?;
    let count = |column: usize| counts.get::<_, i64>(column).unsigned_abs();
    Ok((count(0), count(1)))
}

/// What the server ends by itself: a statement that takes too long, and the transaction of a writer that went silent, which
/// would keep its successor waiting for the offsets.
fn limits(deadline: Duration) -> String {
    let millis = deadline.as_millis();
    format!(
        "SET application_name TO 'firebreak'; SET statement_timeout TO {millis}; \
         SET idle_in_transaction_session_timeout TO {millis}"
    )
}

//! How many incidents and cases PostgreSQL holds now.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use super::stages::SCHEMA;

/// How long an answer may take: the table does not wait for it.
const ANSWER: Duration = Duration::from_millis(500);

/// Somebody who asks, with a connection that is kept.
pub(super) struct Counts {
    url: String,
    connection: Option<(Runtime, Client)>,
}

impl Counts {
    pub(super) const fn of(url: String) -> Self {
        Self { url, connection: None }
    }

    /// Incidents that were opened, and cases; `None` while there is no answer.
    pub(super) fn ask(&mut self) -> Option<(i64, i64)> {
        let (runtime, client) = match self.connection.take().filter(|(_, client)| !client.is_closed()) {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let question = format!(
            "SELECT (SELECT count(*) FROM {SCHEMA}.incidents WHERE opened_at IS NOT NULL), (SELECT count(*) FROM {SCHEMA}.cases)"
        );
        let answer = runtime.block_on(async { timeout(ANSWER, client.query_one(&question, &[])).await });
        let counts = answer.ok().and_then(Result::ok).map(|row| (row.get(0), row.get(1)));
        self.connection = Some((runtime, client));
        counts
    }

    fn connect(&self) -> Option<(Runtime, Client)> {
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let client = runtime.block_on(async {
            let (client, connection) = timeout(ANSWER, tokio_postgres::connect(&self.url, NoTls)).await.ok()?.ok()?;
            // It ends with the client.
            drop(tokio::spawn(connection));
            Some(client)
        })?;
        Some((runtime, client))
    }
}

//! Role `sink.postgres`: mentions, incidents, cases, notifications and dead letters as tables of PostgreSQL.
//!
//! Rows and offsets move in one transaction of the database, and the offsets only from where this writer knows them to
//! stand: so each record counts once, and of two writers that believe to own a partition one is refused. The highest
//! revision wins and a delete is final, in whatever order records come. What becomes of a record is pure (`rows/`), how it is
//! written stands in `statements.rs`, and when in [`stream::store::StoreWorker`].

mod address;
mod fault;
mod migrate;
mod rows;
mod session;
mod settings;
mod statements;
mod tls;

use events::{Codec, Offset, Partition, Role, Topic};
use stream::Raw;
use stream::store::{Move, Store, StoreError, Unstorable, Written};
use tokio::runtime::{Builder, Runtime};

pub use rows::Row;
pub use settings::{PostgresSettings, PostgresSettingsError};
pub use tls::TlsError;

use session::Session;

/// A writer to PostgreSQL, with a connection of its own.
pub struct PostgresStore {
    settings: PostgresSettings,
    /// Drives the connection while somebody waits for it, with a deadline: a blocking client would have none.
    runtime: Runtime,
    session: Option<Session>,
}

impl PostgresStore {
    /// A writer that has not connected yet.
    ///
    /// # Errors
    /// The system gives no timer or no poller.
    pub fn new(settings: PostgresSettings) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { settings, runtime, session: None })
    }

    /// Works on a session within the deadline. A session that may be in the middle of something is thrown away.
    fn work<T>(&mut self, act: impl AsyncFnOnce(&mut Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let Self { settings, runtime, session } = self;
        let kept = session.take().filter(|session| !session.is_closed());
        let deadline = settings.deadline;
        let work = async {
            let mut open = match kept {
                Some(open) => open,
                None => Session::open(settings).await?,
            };
            let done = act(&mut open).await;
            if !matches!(done, Err(StoreError::Away { .. } | StoreError::Broken(_))) {
                *session = Some(open);
            }
            done
        };
        runtime
            .block_on(async { tokio::time::timeout(deadline, work).await })
            .unwrap_or_else(|_| Err(fault::too_late(deadline)))
    }
}

impl Store for PostgresStore {
    type Row = Row;
    const ROLE: Role = Role::SinkPostgres;
    const INPUTS: &'static [Topic] = &[
        Topic::MentionsClassifiedExpress,
        Topic::MentionsClassified,
        Topic::Incidents,
        Topic::Cases,
        Topic::Notifications,
        Topic::DeadLetters,
    ];
    const DEPENDENCY: &'static str = "postgres";

    fn row(raw: &Raw, codec: &Codec) -> Result<Row, Unstorable> {
        Row::of(raw, codec)
    }

    fn next_offsets(&mut self, partition: Partition) -> Result<Vec<(Topic, Offset)>, StoreError> {
        self.work(async |session| session.stands(Self::INPUTS, partition).await)
    }

    fn write(&mut self, rows: &[&Row], moves: &[Move]) -> Result<Written, StoreError> {
        self.work(async |session| session.write(rows, moves).await)
    }
}

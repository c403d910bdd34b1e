//! A schema of its own for each test, and questions to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sink::{PostgresSettings, PostgresStore};
use stream::Defect;
use testkit::postgres::Postgres;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, Row};

static SCHEMAS: AtomicUsize = AtomicUsize::new(0);

/// A schema that only this test uses.
pub(crate) struct Database {
    pub(crate) server: Arc<Postgres>,
    pub(crate) schema: String,
}

impl Database {
    /// In the server that the tests share.
    pub(crate) fn shared() -> Self {
        Self::of(Postgres::shared())
    }

    /// In a server that the test may break.
    pub(crate) fn own() -> Self {
        Self::of(Arc::new(Postgres::start()))
    }

    fn of(server: Arc<Postgres>) -> Self {
        Self { server, schema: format!("test_{}", SCHEMAS.fetch_add(1, Ordering::SeqCst)) }
    }

    /// A writer that has not connected yet.
    pub(crate) fn store(&self) -> PostgresStore {
        self.store_within(Duration::from_secs(20))
    }

    pub(crate) fn store_within(&self, deadline: Duration) -> PostgresStore {
        PostgresStore::new(self.settings(deadline)).unwrap()
    }

    /// A writer that breaks a rule.
    pub(crate) fn store_with(&self, defect: Defect) -> PostgresStore {
        PostgresStore::new(self.settings(Duration::from_secs(20)).with(defect.into())).unwrap()
    }

    fn settings(&self, deadline: Duration) -> PostgresSettings {
        PostgresSettings::new(self.server.url(), &self.schema, deadline).unwrap()
    }

    /// Somebody who looks from outside.
    pub(crate) fn visitor(&self) -> Visitor {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(self.server.url(), NoTls).await.unwrap();
            drop(tokio::spawn(connection));
            client.batch_execute(&format!("SET search_path TO {}", self.schema)).await.unwrap();
            client
        });
        Visitor { runtime, client }
    }
}

/// A connection beside the store's.
pub(crate) struct Visitor {
    runtime: Runtime,
    client: Client,
}

impl Visitor {
    pub(crate) fn ask(&self, question: &str) -> Vec<Row> {
        self.runtime.block_on(self.client.query(question, &[])).unwrap()
    }

    /// The first column of the first row.
    pub(crate) fn number(&self, question: &str) -> i64 {
        self.ask(question)[0].get(0)
    }

    pub(crate) fn execute(&self, statements: &str) {
        self.runtime.block_on(self.client.batch_execute(statements)).unwrap();
    }

    /// From now on each committed move of an offset is noted.
    pub(crate) fn watch_moves(&self) {
        self.execute(
            "CREATE TABLE moves (topic text, partition integer, stood bigint, next bigint);
             CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 EXECUTE format('INSERT INTO %I.moves VALUES ($1, $2, $3, $4)', TG_TABLE_SCHEMA)
                     USING NEW.topic, NEW.partition, OLD.next, NEW.next;
                 RETURN NEW; END $$;
             CREATE TRIGGER note AFTER UPDATE ON kafka_offset FOR EACH ROW EXECUTE FUNCTION note()",
        );
    }

    /// Holds the noted moves against the law: in each partition they follow each other from 0 without gap or overlap, so
    /// each offset was passed in exactly one committed transaction. Returns where the partitions stand, added up.
    pub(crate) fn check_moves(&self) -> i64 {
        let broken = "SELECT count(*) FROM (
                 SELECT stood, lag(next, 1, 0::bigint) OVER (PARTITION BY topic, partition ORDER BY next) AS before FROM moves
             ) AS moves WHERE stood <> before";
        assert_eq!(self.number(broken), 0, "an offset was passed twice, or never");
        self.number("SELECT coalesce(sum(next), 0)::bigint FROM kafka_offset")
    }

    /// The next time a row of `table` is written, at the `when` of its transaction, the server ends the connection.
    pub(crate) fn end_once(&self, table: &str, when: &str) {
        let timing = if when == "commit" { "DEFERRABLE INITIALLY DEFERRED" } else { "NOT DEFERRABLE" };
        self.execute(&format!(
            "CREATE SEQUENCE IF NOT EXISTS struck;
             CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval(format('%I.struck', TG_TABLE_SCHEMA)) = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                 RETURN NULL; END $$;
             CREATE CONSTRAINT TRIGGER strike AFTER INSERT ON {table} {timing} FOR EACH ROW EXECUTE FUNCTION strike()"
        ));
    }
}

//! The tables, brought up to date at the start. Two processes that start at once take turns.

use stream::store::StoreError;
use tokio_postgres::Client;

use super::fault::fault;

/// The steps, in their order, each applied once and never changed after its release.
const STEPS: &[&str] = &[include_str!("migrations/0001_tables.sql"), include_str!("migrations/0002_retried.sql")];

/// Creates the schema and applies the steps that it lacks, all or nothing.
///
/// # Errors
/// The database is away, or the schema is not one of this program's.
pub(super) async fn migrate(client: &mut Client, schema: &str) -> Result<(), StoreError> {
    let mut applied = Vec::new();
    let txn = client.transaction().await.map_err(|error| fault(&error))?;
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('firebreak.' || $1::text, 0))";
    txn.execute(lock, &[&schema]).await.map_err(|error| fault(&error))?;
    let prepare = format!(
        "CREATE SCHEMA IF NOT EXISTS {schema};
         CREATE TABLE IF NOT EXISTS {schema}.migrations (
             step integer PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());"
    );
    // What exists already is told as a notice, which is of no interest.
    let there = "SELECT to_regclass($1::text || '.migrations') IS NOT NULL";
    let there = txn.query_one(there, &[&schema]).await.map_err(|error| fault(&error))?;
    if !there.get::<_, bool>(0) {
        txn.batch_execute(&prepare).await.map_err(|error| fault(&error))?;
    }
    txn.batch_execute(&format!("SET LOCAL search_path TO {schema}")).await.map_err(|error| fault(&error))?;
    for row in txn.query("SELECT digest FROM migrations ORDER BY step", &[]).await.map_err(|error| fault(&error))? {
        applied.push(row.get::<_, String>(0));
    }
    if applied.len() > STEPS.len() {
        return Err(StoreError::Broken(format!(
            "schema `{schema}` has had {} steps of migration, this version knows {}: start the version that made them, or a newer one",
            applied.len(),
            STEPS.len()
        )));
    }
    for (number, step) in (1_i32..).zip(STEPS) {
        let digest = txn.query_one("SELECT md5($1::text)", &[step]).await.map_err(|error| fault(&error))?;
        let digest: String = digest.get(0);
        match applied.get(number.unsigned_abs() as usize - 1) {
            Some(known) if *known == digest => {}
            Some(_) => {
                return Err(StoreError::Broken(format!(
                    "step {number} of schema `{schema}` was applied in another form than this version knows: give this store a schema of its own"
                )));
            }
            None => {
                txn.batch_execute(step).await.map_err(|error| fault(&error))?;
                let note = "INSERT INTO migrations (step, digest) VALUES ($1, $2)";
                txn.execute(note, &[&number, &digest]).await.map_err(|error| fault(&error))?;
            }
        }
    }
    txn.commit().await.map_err(|error| fault(&error))
}

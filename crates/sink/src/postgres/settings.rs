//! Where the database is, and how long it may take.

use std::time::Duration;

use stream::Planted;
use tokio_postgres::Config;

/// How to reach the database.
#[derive(Clone)]
pub struct PostgresSettings {
    pub(super) server: Config,
    pub(super) schema: String,
    pub(super) deadline: Duration,
    pub(super) planted: Planted,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PostgresSettingsError {
    /// The address cannot be read. It may hold a password, so it is not shown.
    #[error(
        "the address of the database cannot be read ({0}): write `postgres://user@host:5432/database`, or `host=… user=… dbname=…`"
    )]
    Url(String),
    /// The schema is no plain name.
    #[error(
        "`{0}` is no name of a schema: use lower-case letters, digits and `_`, at most 40, and begin with a letter"
    )]
    Schema(String),
}

impl PostgresSettings {
    /// A database at `url`, whose tables lie in `schema`; each write or read may take as long as `deadline`, 0.1 s at least.
    ///
    /// # Errors
    /// A setting cannot be used.
    pub fn new(url: &str, schema: &str, deadline: Duration) -> Result<Self, PostgresSettingsError> {
        let server: Config =
            url.parse().map_err(|error: tokio_postgres::Error| PostgresSettingsError::Url(error.to_string()))?;
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        let begins = schema.starts_with(|letter: char| letter.is_ascii_lowercase());
        if !begins || schema.len() > 40 || !schema.chars().all(plain) {
            return Err(PostgresSettingsError::Schema(schema.to_owned()));
        }
        let (schema, deadline) = (schema.to_owned(), deadline.max(Duration::from_millis(100)));
        Ok(Self { server, schema, deadline, planted: Planted::default() })
    }

    /// The same for a store that does something wrong on purpose.
    #[must_use]
    pub fn with(self, planted: Planted) -> Self {
        Self { planted, ..self }
    }
}

impl std::fmt::Debug for PostgresSettings {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresSettings")
            .field("hosts", &self.server.get_hosts())
            .field("database", &self.server.get_dbname())
            .field("schema", &self.schema)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_is_no_plain_name_is_refused() {
        for schema in ["", "1a", "a b", "a\"; DROP", "Über", &"a".repeat(41)] {
            let refused = PostgresSettings::new("postgres://app@localhost/db", schema, Duration::from_secs(1));
            assert!(matches!(refused, Err(PostgresSettingsError::Schema(_))), "{schema}");
        }
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        let settings =
            PostgresSettings::new("postgres://app:secret@localhost/db", "firebreak", Duration::from_secs(1)).unwrap();
        assert!(!format!("{settings:?}").contains("secret"));
        let refused = PostgresSettings::new("postgres://app:secret@localhost:nowhere/db", "a", Duration::from_secs(1));
        assert!(!refused.unwrap_err().to_string().contains("secret"));
    }
}

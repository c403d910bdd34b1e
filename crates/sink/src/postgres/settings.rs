//! Where the database is, and how long it may take.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use stream::Planted;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::address::parameters;
use super::tls::{TlsError, protection};

/// How to reach the database.
#[derive(Clone)]
pub struct PostgresSettings {
    pub(super) server: Config,
    /// How the connection is protected; `None` for not at all.
    pub(super) protection: Option<Arc<ClientConfig>>,
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
    /// How the connection is to be protected.
    #[error("the address of the database: {0}")]
    Tls(#[from] TlsError),
    /// The schema is no plain name.
    #[error(
        "`{0}` is no name of a schema: use lower-case letters, digits and `_`, at most 40, and begin with a letter"
    )]
    Schema(String),
}

impl PostgresSettings {
    /// A database at `url`, in the form and with the words of libpq, whose tables lie in `schema`; each write or read may take as long as `deadline`, 0.1 s at least.
    ///
    /// # Errors
    /// A setting cannot be used.
    pub fn new(url: &str, schema: &str, deadline: Duration) -> Result<Self, PostgresSettingsError> {
        let (ours, theirs) = parameters(url);
        let mut server: Config =
            theirs.parse().map_err(|error: tokio_postgres::Error| PostgresSettingsError::Url(error.to_string()))?;
        let protection = protection(&ours)?;
        server.ssl_mode(if protection.is_some() { SslMode::Require } else { SslMode::Disable });
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        let begins = schema.starts_with(|letter: char| letter.is_ascii_lowercase());
        if !begins || schema.len() > 40 || !schema.chars().all(plain) {
            return Err(PostgresSettingsError::Schema(schema.to_owned()));
        }
        let (schema, deadline) = (schema.to_owned(), deadline.max(Duration::from_millis(100)));
        Ok(Self { server, protection, schema, deadline, planted: Planted::default() })
    }

    /// The same for a store that does something wrong on purpose.
    #[must_use]
    pub fn with(self, planted: Planted) -> Self {
        Self { planted, ..self }
    }

    /// `host:port` of the servers, for people.
    pub(super) fn place(&self) -> String {
        let ports = self.server.get_ports();
        let one = |(number, host): (usize, &Host)| {
            let port = ports.get(number).or(ports.first()).copied().unwrap_or(5_432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => path.display().to_string(),
            }
        };
        self.server.get_hosts().iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
    }
}

impl std::fmt::Debug for PostgresSettings {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresSettings")
            .field("hosts", &self.server.get_hosts())
            .field("tls", &self.protection.is_some())
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
    fn protection_that_depends_on_the_server_is_refused_with_what_to_write() {
        let new = |url: &str| PostgresSettings::new(url, "firebreak", Duration::from_secs(1));
        for mode in ["allow", "prefer", "verify-ca", "sometimes"] {
            let refused = new(&format!("postgres://app@localhost/db?sslmode={mode}")).unwrap_err().to_string();
            assert!(refused.contains(mode) && refused.contains("verify-full"), "{refused}");
        }
        let half = new("host=localhost user=app sslmode=verify-full sslrootcert=/nowhere.pem").unwrap_err().to_string();
        assert!(half.contains("sslrootcert=/nowhere.pem"), "{half}");
        let unprotected = new("postgres://app@localhost/db?sslcert=/c.pem").unwrap_err().to_string();
        assert!(unprotected.contains("`sslcert` is given without"), "{unprotected}");
        assert!(new("postgres://app@localhost/db?sslmode=disable").is_ok());
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

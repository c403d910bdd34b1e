//! The five stages as processes of this executable, and where each tells how it is.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::services::{Services, free_port};
use super::supervisor::Task;

/// The stages, in the order of the pipeline.
pub(super) const STAGES: [&str; 5] = ["ingest", "enrich", "classify", "escalate", "sink"];
/// The schema of the demo's tables.
pub(super) const SCHEMA: &str = "firebreak";

/// How the stages are set up.
pub(super) struct Stages {
    /// The admin port of each.
    pub(super) admin: [(&'static str, String); STAGES.len()],
    /// Where mentions are posted.
    pub(super) webhook: String,
    /// What they are signed with.
    pub(super) secret: String,
}

impl Stages {
    /// Addresses and a secret for one demo.
    ///
    /// # Errors
    /// The system gives no port or no random bytes.
    pub(super) fn new() -> anyhow::Result<Self> {
        let mut admin = STAGES.map(|stage| (stage, String::new()));
        for (_, address) in &mut admin {
            *address = format!("127.0.0.1:{}", free_port()?);
        }
        Ok(Self { admin, webhook: format!("127.0.0.1:{}", free_port()?), secret: secret()? })
    }

    /// The tasks of a supervisor: each stage with its settings, its log in `logs`.
    ///
    /// # Errors
    /// It is not known where this executable is.
    pub(super) fn tasks(
        &self,
        services: &Services,
        partitions: i32,
        book: &Path,
        logs: &Path,
    ) -> anyhow::Result<Vec<Task>> {
        let program = std::env::current_exe().context("this executable is not found")?;
        let task = |(stage, admin): &(&'static str, String)| {
            let mut command = Command::new(&program);
            for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FIREBREAK_")) {
                command.env_remove(name);
            }
            command
                .arg(stage)
                .env("FIREBREAK_ADMIN", admin)
                .env("FIREBREAK_BROKERS", &services.brokers)
                .env("FIREBREAK_CLOCK", "input")
                .env("FIREBREAK_INSTANCE", "demo")
                .env("FIREBREAK_PARTITIONS", partitions.to_string())
                .env("FIREBREAK_REPLICATION", "1");
            match *stage {
                "ingest" => {
                    command.env("FIREBREAK_WEBHOOK", &self.webhook).env("FIREBREAK_WEBHOOK_SECRETS", &self.secret);
                }
                "sink" => {
                    command.env("FIREBREAK_POSTGRES_URL", &services.postgres);
                    command.env("FIREBREAK_POSTGRES_SCHEMA", SCHEMA);
                }
                _ => {}
            }
            if *stage != "sink" {
                command.env("FIREBREAK_BOOK", book);
            }
            Task { name: stage, command, log: logs.join(format!("{stage}.log")) }
        };
        Ok(self.admin.iter().map(task).collect())
    }
}

/// A secret that nobody knows: hex digits are base64 too.
fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 24];
    File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes)).context("no random bytes")?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("whsec_{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_one_that_a_webhook_takes_and_another_each_time() {
        let [one, two] = [secret().unwrap(), secret().unwrap()];
        assert!(webhook::Secret::parse(&one).is_ok());
        assert_ne!(one, two);
    }
}

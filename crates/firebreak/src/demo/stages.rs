//! The five stages as processes of this executable, and where each tells how it is.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use events::PartitionCount;
use stream::service::Clock;

use super::services::free_port;
use super::supervisor::Task;

/// The stages, in the order of the pipeline.
pub const STAGES: [&str; 5] = ["ingest", "enrich", "classify", "escalate", "sink"];
/// The schema of the demo's tables.
pub(super) const SCHEMA: &str = "firebreak";

/// Folder of data products below that of the demo.
pub(super) const PRODUCTS: &str = "products";

/// Where the stages of one installation are found.
pub struct Stages {
    /// The admin port of each.
    pub admin: [(&'static str, String); STAGES.len()],
    /// Where mentions are posted.
    pub webhook: String,
    /// What they are signed with.
    pub secret: String,
}

/// What the stages of one installation are told.
pub struct Setting {
    /// The executable.
    pub program: PathBuf,
    /// `host:port` of a broker.
    pub brokers: String,
    /// What tells its topics from those of others on the cluster.
    pub namespace: String,
    /// What drives time.
    pub clock: Clock,
    /// Partitions of every topic.
    pub partitions: PartitionCount,
    /// Folder of the book.
    pub book: PathBuf,
    /// Where the database is.
    pub postgres: String,
    /// The schema of its tables.
    pub schema: String,
    /// Folder of logs and data products.
    pub out: PathBuf,
}

impl Stages {
    /// Addresses that nobody listens at, and a new secret.
    ///
    /// # Errors
    /// The system gives no port or no random bytes.
    pub fn new() -> anyhow::Result<Self> {
        let mut admin = STAGES.map(|stage| (stage, String::new()));
        for (_, address) in &mut admin {
            *address = format!("127.0.0.1:{}", free_port()?);
        }
        Ok(Self { admin, webhook: format!("127.0.0.1:{}", free_port()?), secret: secret()? })
    }

    /// The tasks of a supervisor: each stage with its settings, and its log.
    pub fn tasks(&self, setting: &Setting) -> Vec<Task> {
        self.admin.iter().map(|(stage, admin)| self.task(stage, admin, setting)).collect()
    }

    fn task(&self, stage: &'static str, admin: &str, setting: &Setting) -> Task {
        let mut command = Command::new(&setting.program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FIREBREAK_")) {
            command.env_remove(name);
        }
        command
            .arg(stage)
            .env("FIREBREAK_ADMIN", admin)
            .env("FIREBREAK_BROKERS", &setting.brokers)
            .env("FIREBREAK_NAMESPACE", &setting.namespace)
            .env("FIREBREAK_CLOCK", if setting.clock == Clock::Input { "input" } else { "wall" })
            .env("FIREBREAK_INSTANCE", "local")
            .env("FIREBREAK_END_WITH_STDIN", "true")
            .env("FIREBREAK_PARTITIONS", setting.partitions.get().to_string())
            .env("FIREBREAK_REPLICATION", "1");
        match stage {
            "ingest" => {
                command.env("FIREBREAK_WEBHOOK", &self.webhook).env("FIREBREAK_WEBHOOK_SECRETS", &self.secret);
            }
            "sink" => {
                command.env("FIREBREAK_POSTGRES_URL", &setting.postgres);
                command.env("FIREBREAK_POSTGRES_SCHEMA", &setting.schema);
                command.env("FIREBREAK_FILES", setting.out.join(PRODUCTS));
            }
            _ => {}
        }
        if stage != "sink" {
            command.env("FIREBREAK_BOOK", &setting.book);
        }
        Task { name: stage, command, log: setting.out.join(format!("{stage}.log")) }
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

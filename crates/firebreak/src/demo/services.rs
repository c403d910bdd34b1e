//! Kafka and PostgreSQL for the demo and the benchmark: in containers where an engine is present, else by the project's scripts.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use stream::service::Stop;

use super::script::Script;

/// The user of the demo's database; it listens on loopback alone.
const POSTGRES_USER: &str = "app";

/// What runs. Dropped, it ends and leaves nothing.
pub struct Services {
    /// `host:port` of the broker.
    pub brokers: String,
    /// Where the database is.
    pub postgres: String,
    /// What is said about them.
    pub told: &'static str,
    _running: Running,
}

enum Running {
    Scripts { _kafka: Script, _postgres: Script },
    Containers { _project: Containers },
}

/// Where things are that services are started with.
pub struct Sources<'a> {
    /// Folder of the scripts.
    pub scripts: &'a Path,
    /// The file for containers.
    pub compose: &'a Path,
    /// Where logs go.
    pub logs: &'a Path,
    /// What `kafka.sh` is told by its environment, where it starts the broker.
    pub kafka: &'a [(&'a str, &'a str)],
}

impl Services {
    /// Starts both.
    ///
    /// # Errors
    /// One does not start, or the process is to end before.
    pub fn start(sources: &Sources<'_>, stop: &Stop) -> anyhow::Result<Self> {
        if engine_is_present() { Self::in_containers(sources) } else { Self::by_scripts(sources, stop) }
    }

    fn by_scripts(sources: &Sources<'_>, stop: &Stop) -> anyhow::Result<Self> {
        let mut command = Command::new(sources.scripts.join("kafka/kafka.sh"));
        command.arg("serve").envs(sources.kafka.iter().copied());
        let (kafka, line) = Script::start(command, &sources.logs.join("kafka.log"), stop)?;
        let brokers = line.strip_prefix("ready ").context("kafka.sh tells no address")?.to_owned();
        let mut command = Command::new(sources.scripts.join("postgres.sh"));
        // As root it runs as another user, who can enter the system's folder of temporary files.
        let folder = std::env::temp_dir().join(format!("firebreak-demo-{}", std::process::id()));
        command.arg("serve").env("DIR", folder).env("PORT", free_port()?.to_string());
        let (database, postgres) = Script::start(command, &sources.logs.join("postgres.log"), stop)?;
        let running = Running::Scripts { _kafka: kafka, _postgres: database };
        Ok(Self {
            brokers,
            postgres,
            told: "by scripts/services, for no container engine is present",
            _running: running,
        })
    }

    fn in_containers(sources: &Sources<'_>) -> anyhow::Result<Self> {
        let (kafka, postgres) = (free_port()?, free_port()?);
        let containers = Containers { file: sources.compose.to_owned(), ports: [kafka, postgres] };
        let log = sources.logs.join("compose.log");
        let errors = std::fs::File::create(&log).with_context(|| format!("cannot create `{}`", log.display()))?;
        let mut up = containers.command(&["up", "--detach", "--wait", "kafka", "postgres"]);
        if !up.stdout(Stdio::null()).stderr(errors).status().context("docker does not start")?.success() {
            bail!("containers do not start: `{}` says why", log.display());
        }
        Ok(Self {
            brokers: format!("127.0.0.1:{kafka}"),
            postgres: format!("postgres://{POSTGRES_USER}@127.0.0.1:{postgres}/postgres"),
            told: "in containers",
            _running: Running::Containers { _project: containers },
        })
    }
}

/// Containers of a project of their own.
struct Containers {
    file: PathBuf,
    ports: [u16; 2],
}

impl Containers {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(["compose", "--project-name"]).arg(format!("firebreak-demo-{}", std::process::id()));
        command.arg("--file").arg(&self.file).args(arguments);
        command.env("KAFKA_PORT", self.ports[0].to_string()).env("POSTGRES_PORT", self.ports[1].to_string());
        command
    }
}

impl Drop for Containers {
    fn drop(&mut self) {
        let mut down = self.command(&["down", "--volumes"]);
        match down.stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(status) if status.success() => {}
            failed => tracing::error!(?failed, "containers are left: `docker compose ls` shows them"),
        }
    }
}

fn engine_is_present() -> bool {
    let asked = Command::new("docker").arg("info").stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// A port on loopback that nobody listens at now.
pub(super) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

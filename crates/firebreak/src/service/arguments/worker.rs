//! How the workers of a stage work.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::Args;
use stream::kafka::{Batching, KafkaSettings, Patience};

use super::Mistakes;
use crate::duration;

/// How the workers of a stage work.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Workers")]
pub struct WorkerArguments {
    /// Threads of each role, one for each core that the process may use.
    #[arg(long, value_name = "N", default_value = "1", env = "FIREBREAK_WORKERS")]
    pub workers: NonZeroUsize,
    /// What tells this process from all others of its stage; by default the host's name. Part of the transactional ids.
    #[arg(long, value_name = "NAME", env = "FIREBREAK_INSTANCE")]
    pub instance: Option<String>,
    /// A transaction has at most so many records.
    #[arg(long, value_name = "N", default_value = "5000", env = "FIREBREAK_MAX_BATCH_RECORDS")]
    pub max_batch_records: NonZeroUsize,
    /// A transaction reads about so many bytes at most.
    #[arg(long, value_name = "BYTES", default_value = "2097152", env = "FIREBREAK_MAX_BATCH_BYTES")]
    pub max_batch_bytes: NonZeroUsize,
    /// A transaction gathers records for so long at most.
    #[arg(long, value_name = "SPAN", default_value = "50ms", value_parser = duration::parse_time, env = "FIREBREAK_MAX_BATCH_AGE")]
    pub max_batch_age: Duration,
    /// A transaction is committed when no record came for so long; 50ms where commits are replicated.
    #[arg(long, value_name = "SPAN", default_value = "5ms", value_parser = duration::parse_time, env = "FIREBREAK_IDLE_COMMIT")]
    pub idle_commit: Duration,
    /// The group gives up a member that is silent for so long.
    #[arg(long, value_name = "SPAN", default_value = "6s", value_parser = duration::parse_time, env = "FIREBREAK_SESSION_TIMEOUT")]
    pub session_timeout: Duration,
    /// How often a member shows that it is there.
    #[arg(long, value_name = "SPAN", default_value = "1500ms", value_parser = duration::parse_time, env = "FIREBREAK_HEARTBEAT_INTERVAL")]
    pub heartbeat_interval: Duration,
    /// A member that does not poll for so long leaves its group.
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = duration::parse_time, env = "FIREBREAK_POLL_INTERVAL")]
    pub poll_interval: Duration,
    /// The broker aborts a transaction that is open for so long.
    #[arg(long, value_name = "SPAN", default_value = "10s", value_parser = duration::parse_time, env = "FIREBREAK_TRANSACTION_TIMEOUT")]
    pub transaction_timeout: Duration,
    /// Go on although the state does not fit the committed offsets, knowing that decisions may be lost or repeated. For one start.
    #[arg(long, env = "FIREBREAK_ACCEPT_STATE")]
    pub accept_state: bool,
}

impl WorkerArguments {
    /// The settings of the cluster with how its workers work.
    pub fn apply(&self, settings: &mut KafkaSettings) {
        settings.batching = Batching {
            records: self.max_batch_records.get(),
            bytes: self.max_batch_bytes.get(),
            age: self.max_batch_age,
            idle: self.idle_commit,
            ..settings.batching
        };
        settings.patience = Patience {
            session: self.session_timeout,
            heartbeat: self.heartbeat_interval,
            poll_interval: self.poll_interval,
            transaction: self.transaction_timeout,
            // The broker looks for transactions that are too old once in a while.
            open_transaction: self.transaction_timeout + Duration::from_secs(2),
            ..settings.patience
        };
    }

    /// The name of this process among those of its stage; `host` is the host's, if it has one.
    pub fn instance(&self, host: Option<String>, mistakes: &mut Mistakes) -> String {
        let Some(instance) = self.instance.clone().or(host).filter(|name| !name.is_empty()) else {
            mistakes.note("this host has no name: set `--instance` or `FIREBREAK_INSTANCE`");
            return String::new();
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !instance.chars().all(allowed) {
            mistakes.note(format!("`--instance {instance}` may only have letters, digits and `.`, `_`, `-`"));
        }
        instance
    }
}

/// The name of this host.
pub fn host_name() -> Option<String> {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    told.map(|name| name.trim().to_owned()).or_else(|| std::env::var("HOSTNAME").ok())
}

//! What every service is told, read and checked.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use events::{PartitionCount, Role, Topic};
use registry::RegistrySettings;
use stream::kafka::{Declared, KafkaSettings};
use stream::service::Clock;

use super::arguments::{
    AdminArguments, ClusterArguments, LayoutArguments, Mistakes, RegistryArguments, WorkerArguments, host_name, planted,
};

/// What every service is told.
#[derive(Debug, Clone, Args)]
pub struct ServiceArguments {
    /// How to reach Kafka.
    #[command(flatten)]
    pub cluster: ClusterArguments,
    /// Where schemas are.
    #[command(flatten)]
    pub registry: RegistryArguments,
    /// How topics are laid out.
    #[command(flatten)]
    pub layout: LayoutArguments,
    /// How workers work.
    #[command(flatten)]
    pub worker: WorkerArguments,
    /// The admin port.
    #[command(flatten)]
    pub admin: AdminArguments,
    /// End in order when standard input ends, so that whoever starts this process and dies leaves nothing behind.
    #[arg(long, help_heading = "Process", env = "FIREBREAK_END_WITH_STDIN")]
    pub end_with_stdin: bool,
}

/// What every service needs, checked.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// How to reach Kafka and how to work with it.
    pub kafka: KafkaSettings,
    /// Where the schema registry is, if there is one.
    pub registry: Option<RegistrySettings>,
    /// How many partitions every topic has.
    pub partitions: PartitionCount,
    /// What drives time.
    pub clock: Clock,
    /// Threads of each role.
    pub workers: usize,
    /// What tells this process from all others of its stage.
    pub instance: String,
    /// Go on although the state does not fit the committed offsets.
    pub accept_state: bool,
    /// Where the admin port is.
    pub admin: SocketAddr,
    /// How long a pass may take.
    pub live_deadline: Duration,
    /// Whether the end of standard input ends the process.
    pub end_with_stdin: bool,
    layout: LayoutArguments,
}

impl ServiceArguments {
    /// The settings, as far as they can be made; what is wrong with them is noted.
    pub fn settings(&self, mistakes: &mut Mistakes) -> ServiceSettings {
        let mut kafka = self.cluster.settings(mistakes);
        self.worker.apply(&mut kafka);
        kafka.planted = planted(mistakes);
        mistakes.extend(kafka.problems());
        let registry = self.registry.settings(mistakes);
        let partitions = self.layout.count(mistakes);
        let (workers, most) = (self.worker.workers.get(), usize::try_from(partitions.get()).unwrap_or_default());
        if workers > most {
            mistakes.note(format!(
                "`--workers {workers}` is more than the {most} partitions of a topic: the others would be idle, lower it"
            ));
        }
        let live_deadline = self.admin.live_deadline;
        let longest =
            [("--connect-timeout", kafka.patience.connect), ("--transaction-timeout", kafka.patience.transaction)];
        for (flag, longest) in longest.into_iter().filter(|(_, longest)| *longest >= live_deadline) {
            mistakes.note(format!(
                "`--live-deadline` is {live_deadline:?}, but a pass may take `{flag}` ({longest:?}): raise the one or lower the \
                 other, or a broker that is away restarts the process"
            ));
        }
        let instance = self.worker.instance(host_name(), mistakes);
        ServiceSettings {
            kafka,
            registry,
            partitions,
            clock: self.layout.clock(),
            workers,
            instance,
            accept_state: self.worker.accept_state,
            admin: self.admin.admin,
            live_deadline,
            end_with_stdin: self.end_with_stdin,
            layout: self.layout.clone(),
        }
    }
}

impl ServiceSettings {
    /// The group of a role.
    pub fn group(role: Role) -> String {
        format!("firebreak.{role}")
    }

    /// The transactional id of a role's worker.
    pub fn transactional_id(&self, role: Role, worker: usize) -> String {
        format!("{role}.{}.{worker}", self.instance)
    }

    /// How these topics must be set up.
    pub fn declared(&self, topics: &[Topic]) -> Vec<Declared> {
        self.layout.declared(topics, self.partitions)
    }
}

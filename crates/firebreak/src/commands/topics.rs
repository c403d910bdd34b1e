//! `firebreak topics`: are the topics of a cluster as declared, and make them so.

use std::io::Write;

use clap::{Args, Subcommand};
use stream::kafka::{Admin, Declared, Difference, KafkaSettings, every_topic};

use crate::failure::Failure;
use crate::service::arguments::{ClusterArguments, LayoutArguments, Mistakes};
use crate::service::{alike, refused};

/// Flags of `firebreak topics`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak topics check --brokers kafka-1:9092
  firebreak topics apply --brokers 127.0.0.1:9092 --replication 1")]
pub struct TopicsArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: TopicsCommand,
}

/// What can be done with topics.
#[derive(Debug, Clone, Subcommand)]
pub enum TopicsCommand {
    /// Compare partitions, replication, cleanup, retention and size of records with what is declared; exit 64 on a difference.
    #[command(after_help = "Example:
  firebreak topics check --replication 1")]
    Check(TopicsOptions),
    /// Create what is missing and set what is set otherwise. What cannot be changed in place is told, and left.
    #[command(after_help = "Example:
  firebreak topics apply --replication 1")]
    Apply(TopicsOptions),
}

/// Which cluster, and how its topics must be.
#[derive(Debug, Clone, Args)]
pub struct TopicsOptions {
    /// How to reach Kafka.
    #[command(flatten)]
    pub cluster: ClusterArguments,
    /// How topics are laid out.
    #[command(flatten)]
    pub layout: LayoutArguments,
}

/// Checks or applies topics.
///
/// # Errors
/// A topic differs, or the cluster cannot be asked.
pub fn topics(arguments: &TopicsArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let (TopicsCommand::Check(options) | TopicsCommand::Apply(options)) = &arguments.command;
    let (settings, declared) = options.settings()?;
    let admin = Admin::new(&settings)?;
    let before = admin.differences(&declared)?;
    let left: Vec<Difference> = match &arguments.command {
        TopicsCommand::Check(_) => before,
        TopicsCommand::Apply(_) => {
            let left = admin.apply(&declared)?;
            let done = before.iter().filter(|difference| difference.can_be_applied());
            for line in alike(done, Difference::done) {
                writeln!(out, "{line}")?;
            }
            left
        }
    };
    if !left.is_empty() {
        out.flush()?;
        return Err(refused(&left));
    }
    writeln!(out, "{} topics are as declared", declared.len())?;
    Ok(())
}

impl TopicsOptions {
    fn settings(&self) -> Result<(KafkaSettings, Vec<Declared>), Failure> {
        let mut mistakes = Mistakes::default();
        let settings = self.cluster.settings(&mut mistakes);
        mistakes.extend(settings.problems());
        let partitions = self.layout.count(&mut mistakes);
        mistakes.none()?;
        Ok((settings, self.layout.declared(&every_topic(), partitions)))
    }
}

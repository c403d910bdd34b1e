//! Reading a cluster's topics from a command: which cluster, with which schemas, and no group joined.

use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;
use events::{Codec, Topic};
use stream::Exit;
use stream::kafka::{KafkaSettings, TopicReader};

use super::arguments::{ClusterArguments, Mistakes, RegistryArguments};
use super::{Schemas, unregistered};
use crate::failure::Failure;

/// How to read the topics of a cluster.
#[derive(Debug, Clone, Args)]
pub struct ReadArguments {
    /// How to reach Kafka.
    #[command(flatten)]
    pub cluster: ClusterArguments,
    /// Where schemas are.
    #[command(flatten)]
    pub registry: RegistryArguments,
}

/// A cluster whose topics can be read.
pub struct Reading {
    /// How to reach it.
    pub kafka: KafkaSettings,
    /// Reads what any build has written.
    pub codec: Codec,
    /// Where schemas are.
    pub schemas: Arc<Schemas>,
    group: &'static str,
}

impl ReadArguments {
    /// The cluster, not connected yet. `group` is one that the user must be allowed to read.
    ///
    /// # Errors
    /// All mistakes of the configuration.
    pub fn open(&self, group: &'static str) -> Result<Reading, Failure> {
        let mut mistakes = Mistakes::default();
        let kafka = self.cluster.settings(&mut mistakes);
        mistakes.extend(kafka.problems());
        let registry = self.registry.settings(&mut mistakes);
        mistakes.none()?;
        let schemas = Schemas::new(&kafka, registry.as_ref(), group);
        Ok(Reading { kafka, codec: schemas.codec(), schemas, group })
    }
}

/// What a command says that met this; it is in no transaction of a worker's.
pub fn told(exit: Exit) -> anyhow::Error {
    match exit {
        Exit::Retry(text) => anyhow!("{text}; the same may work later"),
        Exit::Fenced(text) | Exit::Replaced(text) | Exit::Refused(text) | Exit::Fatal(text) => anyhow!(text),
    }
}

impl Reading {
    /// A reader of its topics.
    pub fn reader(&self) -> TopicReader {
        TopicReader::new(&self.kafka, self.group)
    }

    /// Makes what the codec writes to these topics readable for others.
    ///
    /// # Errors
    /// A schema is not registered, or the registry or the cluster cannot be used.
    pub fn prepare(&self, topics: &[Topic]) -> Result<(), Failure> {
        let missing = self.schemas.prepare(&self.codec, topics).map_err(told)?;
        if missing.is_empty() { Ok(()) } else { Err(unregistered(&missing)) }
    }
}

//! Schemas of records: how this process frames what it writes, and where it finds those of others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use events::{Codec, Framing, SchemaId, SchemaSource, SchemaUnavailable, Topic};
use registry::{Outcome, Registry, RegistryError, RegistrySettings, Subject, register, subjects};
use stream::Exit;
use stream::kafka::{KafkaSettings, SchemaTopic, every_topic};

use crate::failure::Failure;

/// A schema that nobody knows is not looked for again before this is over: a flood of such records costs one look.
const ABSENT: Duration = Duration::from_secs(10);

/// The registry, where one is configured, and topic `schemas`, whose fingerprints older records may carry all the same.
pub struct Schemas {
    namespace: String,
    registry: Option<Registry>,
    topic: SchemaTopic,
    absent: Mutex<BTreeMap<SchemaId, Instant>>,
}

impl Schemas {
    /// Places that have not been connected to yet. `group` is one that the user may read; it is not joined.
    pub fn new(kafka: &KafkaSettings, registry: Option<&RegistrySettings>, group: &str) -> Arc<Self> {
        Arc::new(Self {
            namespace: kafka.namespace.clone(),
            registry: registry.cloned().map(Registry::new),
            topic: SchemaTopic::new(kafka, group),
            absent: Mutex::default(),
        })
    }

    /// A codec that reads what any build has written. It writes once [`Schemas::prepare`] was called.
    pub fn codec(self: &Arc<Self>) -> Codec {
        let framing = if self.registry.is_some() { Framing::Confluent } else { Framing::SingleObject };
        Codec::new(framing).looking_in(Arc::clone(self) as _)
    }

    /// Makes what `codec` writes to these topics readable for others: asks the registry for the ids of the schemas, or puts the
    /// schemas onto their topic. Returns what is missing in the registry.
    ///
    /// # Errors
    /// The registry or the cluster refuses, or cannot be used now.
    pub fn prepare(&self, codec: &Codec, topics: &[Topic]) -> Result<Vec<Subject>, Exit> {
        let Some(registry) = &self.registry else {
            return self.topic.publish().map(|()| Vec::new());
        };
        let mut missing = Vec::new();
        for (subject, schema) in subjects(&self.namespace, topics.iter().copied()) {
            match registry.look_up(&subject, schema.text).map_err(exit)? {
                Some(id) => codec.register(schema.name, id).map_err(|error| Exit::Fatal(error.to_string()))?,
                None => missing.push(subject),
            }
        }
        Ok(missing)
    }

    /// Makes the schemas of this build known where readers look for them. Returns how the registry took them; `None` where they lie
    /// on their topic.
    ///
    /// # Errors
    /// The registry or the cluster refuses, or cannot be used now.
    pub fn register(&self) -> Result<Option<Outcome>, Exit> {
        let Some(registry) = &self.registry else {
            return self.topic.publish().map(|()| None);
        };
        register(registry, &subjects(&self.namespace, every_topic())).map(Some).map_err(exit)
    }
}

impl SchemaSource for Schemas {
    fn find(&self, id: SchemaId) -> Result<Option<String>, SchemaUnavailable> {
        let absent = || self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        if absent().get(&id).is_some_and(|since| since.elapsed() < ABSENT) {
            return Ok(None);
        }
        let found = match (&self.registry, id) {
            (Some(registry), SchemaId::Registry(_)) => registry.find(id)?,
            _ => self.topic.find(id)?,
        };
        if found.is_none() {
            let mut absent = absent();
            absent.retain(|_, since| since.elapsed() < ABSENT);
            absent.insert(id, Instant::now());
        }
        Ok(found)
    }
}

fn exit(error: RegistryError) -> Exit {
    match error {
        RegistryError::Away { .. } => Exit::Retry(error.to_string()),
        RegistryError::Refused { .. } => Exit::Fatal(error.to_string()),
    }
}

/// Says which schemas are not registered, and what to do.
pub fn unregistered(missing: &[Subject]) -> Failure {
    let list: Vec<String> = missing.iter().map(|subject| format!("- `{subject}`")).collect();
    Failure::Configuration(format!(
        "the registry does not have the schemas of this version under:\n{}\n`firebreak schemas register` registers them, \
         unless they break readers",
        list.join("\n")
    ))
}

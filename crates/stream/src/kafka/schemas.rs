//! Writer schemas on the topic `schemas`, where no registry is configured: key is the fingerprint in hex, value the schema.

use std::sync::{Mutex, MutexGuard, PoisonError};

use events::codec::embedded;
use events::{EventTime, PartitionCount, SchemaId, SchemaSource, SchemaUnavailable, Topic};

use super::{KafkaSettings, Sender, TopicReader};
use crate::{Exit, Outgoing};

/// The topic with the schemas of all builds.
pub struct SchemaTopic {
    settings: KafkaSettings,
    reader: Mutex<TopicReader>,
}

impl SchemaTopic {
    /// A place that has not been connected to yet. `group` is one that the user may read; it is not joined.
    pub fn new(settings: &KafkaSettings, group: &str) -> Self {
        Self { settings: settings.clone(), reader: Mutex::new(TopicReader::new(settings, group)) }
    }

    /// Puts the schemas of this build where readers of its records find them. Called before the first record is written, so a
    /// schema that is not found later is nobody's.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn publish(&self) -> Result<(), Exit> {
        let partitions = partitions(&mut self.reader())?;
        let records: Vec<Outgoing> = embedded()
            .map(|schema| {
                let key = schema.fingerprint.to_string();
                Outgoing {
                    topic: Topic::Schemas,
                    partition: partitions.partition(key.as_bytes()),
                    timestamp: EventTime::EPOCH,
                    key: Some(key.into()),
                    value: Some(schema.text.into()),
                    headers: Vec::new(),
                }
            })
            .collect();
        Sender::new(&self.settings)?.send(&records)
    }

    fn look_up(&self, key: &str) -> Result<Option<String>, Exit> {
        let (mut reader, mut found) = (self.reader(), None);
        let partition = partitions(&mut reader)?.partition(key.as_bytes());
        reader.read(Topic::Schemas, partition, &mut |raw| {
            if raw.key.as_deref() == Some(key.as_bytes()) {
                found = raw.value.as_deref().and_then(|text| String::from_utf8(text.to_vec()).ok());
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn reader(&self) -> MutexGuard<'_, TopicReader> {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn partitions(reader: &mut TopicReader) -> Result<PartitionCount, Exit> {
    let count = i32::try_from(reader.partitions(Topic::Schemas)?.len()).ok().and_then(PartitionCount::new);
    count.ok_or_else(|| Exit::Fatal("topic `schemas` has no partition".to_owned()))
}

impl SchemaSource for SchemaTopic {
    /// What a registry numbered is not here.
    fn find(&self, id: SchemaId) -> Result<Option<String>, SchemaUnavailable> {
        let SchemaId::Fingerprint(fingerprint) = id else { return Ok(None) };
        self.look_up(&fingerprint.to_string()).map_err(|exit| SchemaUnavailable(exit.to_string()))
    }
}

//! Writer schemas on the topic `schemas`, where no registry is configured: key is the fingerprint in hex, value the schema.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use events::codec::embedded;
use events::{EventTime, PartitionCount, SchemaId, SchemaSource, SchemaUnavailable, Topic};

use super::{KafkaSettings, Sender, TopicReader};
use crate::{Exit, Outgoing};

/// A schema that was not found is not looked for again before this is over: a flood of such records costs one look.
const ABSENT: Duration = Duration::from_secs(10);

/// Puts the schemas of this build where readers of its records find them. Called before the first record is written, so a
/// schema that is not found later is nobody's.
///
/// # Errors
/// See [`Exit`].
pub fn publish_schemas(settings: &KafkaSettings, partitions: PartitionCount) -> Result<(), Exit> {
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
    Sender::new(settings)?.send(&records)
}

/// The schemas of other builds, looked up when a record needs them.
pub struct SchemaTopic {
    partitions: PartitionCount,
    reader: Mutex<TopicReader>,
    absent: Mutex<BTreeMap<SchemaId, Instant>>,
}

impl SchemaTopic {
    /// A place to look that has not connected yet. `group` is one that the user may read; it is not joined.
    pub fn new(settings: &KafkaSettings, group: &str, partitions: PartitionCount) -> Self {
        let reader = Mutex::new(TopicReader::new(settings, group));
        Self { partitions, reader, absent: Mutex::default() }
    }
}

impl SchemaSource for SchemaTopic {
    fn find(&self, id: SchemaId) -> Result<Option<String>, SchemaUnavailable> {
        // What a registry numbered is not here.
        let SchemaId::Fingerprint(fingerprint) = id else { return Ok(None) };
        let mut absent = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
        if absent.get(&id).is_some_and(|since| since.elapsed() < ABSENT) {
            return Ok(None);
        }
        let key = fingerprint.to_string();
        let mut found = None;
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let read = reader.read(Topic::Schemas, self.partitions.partition(key.as_bytes()), &mut |raw| {
            if raw.key.as_deref() == Some(key.as_bytes()) {
                found = raw.value.as_deref().and_then(|text| String::from_utf8(text.to_vec()).ok());
            }
            Ok(())
        });
        read.map_err(|exit| SchemaUnavailable(exit.to_string()))?;
        if found.is_none() {
            absent.insert(id, Instant::now());
        }
        Ok(found)
    }
}

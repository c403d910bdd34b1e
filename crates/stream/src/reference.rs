//! Reference tables: small compact topics that every process reads whole (`links`, crisis modes, `progress`).
//!
//! A batch sees one version: the worker's owner calls [`ReferenceTable::refresh`] between batches only, and a turn records
//! which version it saw.

use std::collections::BTreeMap;
use std::sync::Arc;

use events::{Codec, Event, ReferenceVersion, Topic};

use crate::{Exit, Raw};

/// A reader of all partitions of a topic that belongs to no group and sees committed records only.
pub trait TableReader: Send {
    /// What was committed since the last call.
    ///
    /// # Errors
    /// See [`Exit`].
    fn read(&mut self) -> Result<Vec<Raw>, Exit>;
}

/// One version of a reference table.
#[derive(Debug, Clone)]
pub struct ReferenceTable<V> {
    topic: Topic,
    entries: Arc<BTreeMap<String, V>>,
    version: i64,
    unreadable: u64,
}

impl<V: Event> ReferenceTable<V> {
    /// An empty table over `topic`, version 0.
    pub fn new(topic: Topic) -> Self {
        Self { topic, entries: Arc::default(), version: 0, unreadable: 0 }
    }

    /// Takes over what was committed since the last call; earlier clones keep what they saw.
    /// A record that cannot be read is counted and leaves the old value: the writer's dead letter, not ours.
    ///
    /// # Errors
    /// The reader's own.
    pub fn refresh(&mut self, reader: &mut dyn TableReader, codec: &Codec) -> Result<(), Exit> {
        let records = reader.read()?;
        if records.is_empty() {
            return Ok(());
        }
        let entries = Arc::make_mut(&mut self.entries);
        for raw in records.into_iter().filter(|raw| raw.topic == self.topic) {
            self.version += 1;
            let key = raw.key.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
            match raw.value.as_deref().map(|value| codec.decode::<V>(value)) {
                None => drop(entries.remove(&key)),
                Some(Ok(value)) => drop(entries.insert(key, value)),
                Some(Err(_)) => self.unreadable += 1,
            }
        }
        Ok(())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    /// All entries, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Records that could not be read.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Which version this is, as a turn records it.
    pub fn version(&self) -> ReferenceVersion {
        ReferenceVersion { topic: self.topic.name(), version: self.version }
    }
}

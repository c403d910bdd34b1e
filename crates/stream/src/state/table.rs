//! A keyed table: a base, and the changes of the turn on top, which are kept and written in key order.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use bytes::Bytes;
use events::{Codec, EventTime, Topic};
use hashbrown::HashMap;
use xxhash_rust::xxh3::Xxh3;

use super::{Change, StateError, StoredTable};

/// A value of a table.
pub trait TableValue: Clone + Send {
    /// Writes the value.
    ///
    /// # Errors
    /// What the encoder says.
    fn write(&self, codec: &Codec) -> Result<Vec<u8>, String>;
    /// Reads a value.
    ///
    /// # Errors
    /// What the decoder says.
    fn read(bytes: &[u8], codec: &Codec) -> Result<Self, String>;
    /// The record's timestamp; `None` takes that of the turn.
    fn timestamp(&self) -> Option<EventTime> {
        None
    }
}

/// A table from text keys to values.
#[derive(Debug)]
pub struct Table<V> {
    name: &'static str,
    topic: Topic,
    codec: Codec,
    /// Looked up by key only: its order shows nowhere.
    base: HashMap<String, Entry<V>>,
    overlay: BTreeMap<String, Changed<V>>,
    checksum: i64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    checksum: i64,
}

/// A change of this turn. Its bytes are made once, for the changelog, the checksum and the merge.
#[derive(Debug)]
struct Changed<V> {
    value: Option<V>,
    encoded: OnceCell<Result<Bytes, String>>,
}

impl<V: TableValue> Changed<V> {
    fn new(value: Option<V>) -> Self {
        Self { value, encoded: OnceCell::new() }
    }

    /// The value's bytes; `None` when the key is removed.
    fn bytes(&self, codec: &Codec) -> Option<&Result<Bytes, String>> {
        let value = self.value.as_ref()?;
        Some(self.encoded.get_or_init(|| value.write(codec).map(Bytes::from)))
    }

    /// Checksum of the entry; 0 when the key is removed or cannot be written, which `changes` reports.
    fn checksum(&self, key: &str, codec: &Codec) -> i64 {
        match self.bytes(codec) {
            Some(Ok(bytes)) => checksum(key.as_bytes(), bytes),
            _ => 0,
        }
    }
}

impl<V: TableValue> Table<V> {
    /// An empty table that lies in `topic`.
    pub fn new(name: &'static str, topic: Topic) -> Self {
        Self { name, topic, codec: Codec::default(), base: HashMap::new(), overlay: BTreeMap::new(), checksum: 0 }
    }

    /// What values that are events are written and read by.
    pub const fn codec(&self) -> &Codec {
        &self.codec
    }

    /// The value of `key`, changes of this turn included.
    pub fn get(&self, key: &str) -> Option<&V> {
        match self.overlay.get(key) {
            Some(changed) => changed.value.as_ref(),
            None => self.base.get(key).map(|entry| &entry.value),
        }
    }

    /// Sets the value of `key`.
    pub fn put(&mut self, key: impl Into<String>, value: V) {
        self.overlay.insert(key.into(), Changed::new(Some(value)));
    }

    /// Removes `key`.
    pub fn remove(&mut self, key: &str) {
        self.overlay.insert(key.to_owned(), Changed::new(None));
    }

    /// All entries, in key order, changes of this turn included. Sorts them first: for inspection, not for each record.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        let unchanged = self.base.iter().filter(|(key, _)| !self.overlay.contains_key(*key));
        let changed = self.overlay.iter().filter_map(|(key, changed)| Some((key.as_str(), changed.value.as_ref()?)));
        let mut entries: Vec<(&str, &V)> =
            unchanged.map(|(key, entry)| (key.as_str(), &entry.value)).chain(changed).collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries.into_iter()
    }
}

/// Checksum of one entry; the table's is the wrapping sum of its entries'.
pub(super) fn checksum(key: &[u8], value: &[u8]) -> i64 {
    let mut hash = Xxh3::new();
    hash.update(&(key.len() as u64).to_le_bytes());
    hash.update(key);
    hash.update(value);
    hash.digest() as i64
}

impl<V: TableValue> StoredTable for Table<V> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn topic(&self) -> Topic {
        self.topic
    }

    fn use_codec(&mut self, codec: &Codec) {
        self.codec = codec.clone();
    }

    fn changes(&self) -> Result<Vec<Change>, StateError> {
        let mut changes = Vec::with_capacity(self.overlay.len());
        for (key, changed) in &self.overlay {
            let value = match changed.bytes(&self.codec) {
                Some(Ok(bytes)) => Some(bytes.clone()),
                Some(Err(detail)) => {
                    return Err(StateError { table: self.name, detail: detail.clone() });
                }
                None if self.base.contains_key(key) => None,
                None => continue,
            };
            let timestamp = changed.value.as_ref().and_then(TableValue::timestamp);
            changes.push(Change { key: Bytes::copy_from_slice(key.as_bytes()), value, timestamp });
        }
        Ok(changes)
    }

    fn merge(&mut self) {
        for (key, changed) in std::mem::take(&mut self.overlay) {
            let sum = changed.checksum(&key, &self.codec);
            let old = match changed.value {
                Some(value) => {
                    self.checksum = self.checksum.wrapping_add(sum);
                    self.base.insert(key, Entry { value, checksum: sum })
                }
                None => self.base.remove(&key),
            };
            if let Some(old) = old {
                self.checksum = self.checksum.wrapping_sub(old.checksum);
            }
        }
    }

    fn discard(&mut self) {
        self.overlay.clear();
    }

    fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        let fail = |detail: String| StateError { table: self.name, detail };
        let key = std::str::from_utf8(key).map_err(|error| fail(error.to_string()))?.to_owned();
        let old = match value {
            Some(bytes) => {
                let value = V::read(bytes, &self.codec).map_err(fail)?;
                let sum = checksum(key.as_bytes(), bytes);
                self.checksum = self.checksum.wrapping_add(sum);
                self.base.insert(key, Entry { value, checksum: sum })
            }
            None => self.base.remove(&key),
        };
        if let Some(old) = old {
            self.checksum = self.checksum.wrapping_sub(old.checksum);
        }
        Ok(())
    }

    fn check(&self) -> (i64, i64) {
        let (mut keys, mut sum) = (self.base.len() as i64, self.checksum);
        for (key, changed) in &self.overlay {
            if let Some(old) = self.base.get(key) {
                keys -= 1;
                sum = sum.wrapping_sub(old.checksum);
            }
            if changed.value.is_some() {
                keys += 1;
                sum = sum.wrapping_add(changed.checksum(key, &self.codec));
            }
        }
        (keys, sum)
    }
}

macro_rules! event_value {
    ($($event:ty: $at:ident),+ $(,)?) => {$(
        impl TableValue for $event {
            fn write(&self, codec: &Codec) -> Result<Vec<u8>, String> {
                codec.encode(self).map_err(|error| error.to_string())
            }
            fn read(bytes: &[u8], codec: &Codec) -> Result<Self, String> {
                codec.decode(bytes).map_err(|error| error.to_string())
            }
            fn timestamp(&self) -> Option<EventTime> {
                Some(self.$at)
            }
        }
    )+};
}

event_value!(events::Case: updated_at, events::Incident: updated_at);

impl TableValue for () {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }
    fn read(_: &[u8], _: &Codec) -> Result<Self, String> {
        Ok(())
    }
}

/// Text values, such as an index from a thread to a case.
impl TableValue for String {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        Ok(self.as_bytes().to_vec())
    }
    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        Self::from_utf8(bytes.to_vec()).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use events::{Case, Framing};

    use super::*;

    fn table(codec: &Codec) -> Table<Case> {
        let mut table = Table::new("cases", Topic::Cases);
        table.use_codec(codec);
        table
    }

    #[test]
    fn events_are_written_and_read_by_the_codec_of_the_worker() {
        let codec = Codec::new(Framing::Confluent);
        codec.register("case", 7).unwrap();
        let example = include_str!("../../../../schemas/case/examples/card-answered-in-time.json");
        let case: Case = serde_json::from_str(example).unwrap();
        let mut written = table(&codec);
        written.put("c", case.clone());
        let bytes = written.changes().unwrap().remove(0).value.unwrap();
        assert_eq!(bytes[..5], [0, 0, 0, 0, 7]);
        let mut restored = table(&codec);
        restored.restore(b"c", Some(&bytes)).unwrap();
        assert_eq!(restored.get("c"), Some(&case));
        assert_eq!(restored.check(), written.check());
        assert!(table(&Codec::default()).restore(b"c", Some(&bytes)).is_err());
    }
}

//! Once only: which (id, revision) passed, and with which person the mention left.
//!
//! The table lies in the topic `seen`, one record per transaction with its new entries in order. Merging an overlay and
//! restoring a record are the same act, so a restored table equals the one that was written, evictions included: these
//! depend on nothing but the sequence of records. What is evicted is evicted before the entries of the next record are
//! taken in; [`check`](StoredTable::check) foresees it.
//!
//! Beside it stands the window of the [`Copies`], made of the same records, and of what the open turn adds.

mod chunk;
mod copies;
mod overlay;
mod store;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use events::{Codec, MentionId, Person, Seen, SeenEntry, Span, Topic};
use stream::{Change, StateError, StoredTable};
use xxhash_rust::xxh3::xxh3_128;

pub(crate) use copies::Company;
use copies::Copies;
use overlay::Overlay;
use store::{Limits, Store};

/// What is known of a mention that was seen before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The person it left with; `None` when it was dropped, so that it never left.
    pub(crate) person: Option<Person>,
    /// Whether a delete was among its revisions.
    pub(crate) deleted: bool,
}

/// Under what an id is kept: worked out once for all that is asked about a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeenKey(u128);

impl SeenKey {
    /// The key of `id`.
    pub(crate) fn of(id: &MentionId) -> Self {
        Self(key(id))
    }
}

/// The (id, revision) pairs that passed, each with its person, over a horizon of event time bounded by count.
#[derive(Debug)]
pub struct SeenTable {
    store: Store,
    overlay: Overlay,
    copies: Copies,
    codec: Codec,
}

impl Default for SeenTable {
    /// 48 hours, at most 4 million ids a partition.
    fn default() -> Self {
        Self::new(Span::hours(48), 4_000_000)
    }
}

impl SeenTable {
    /// Remembers ids for at least `horizon` of event time, but at most `most` of them.
    pub fn new(horizon: Span, most: usize) -> Self {
        let store = Store::new(Limits { horizon, most });
        Self { store, overlay: Overlay::default(), copies: Copies::new(copies::MOST), codec: Codec::default() }
    }

    /// The event time over which every id is known: what is set, or less when the bound by count forgets.
    pub fn horizon(&self) -> Span {
        self.store.horizon()
    }

    /// Bytes in memory, the overlay aside.
    pub fn memory(&self) -> usize {
        self.store.memory() + self.copies.memory()
    }

    /// Whether this revision of the mention with this key passed before.
    pub(crate) fn has(&self, SeenKey(key): SeenKey, revision: i64) -> bool {
        self.overlay.of(key).any(|entry| entry.revision == revision) || self.store.has(key, revision)
    }

    /// What is known of the mention `id`, whose key it is, whatever its revision.
    pub(crate) fn known(&self, SeenKey(key): SeenKey, id: &MentionId) -> Option<Known> {
        let mut known = self.store.known(key, id);
        for entry in self.overlay.of(key) {
            let known = known.get_or_insert(Known { person: None, deleted: false });
            known.deleted |= entry.deleted;
            let left = !entry.person.as_str().is_empty();
            if left && known.person.is_none() {
                known.person = Some(entry.person.clone());
            }
        }
        known
    }

    /// Takes an entry, whose key it is, into the overlay, and tells in which company its words are.
    pub(crate) fn add(&mut self, SeenKey(key): SeenKey, entry: SeenEntry) -> Option<Company> {
        let company = self.copies.add(&entry);
        self.overlay.add(key, entry);
        company
    }

    fn fail(&self, detail: impl ToString) -> StateError {
        StateError { table: self.name(), detail: detail.to_string() }
    }
}

/// An id as a number: its own 128 bits, or a hash of an id that is written otherwise.
fn key(id: &MentionId) -> u128 {
    let text = id.as_str();
    own(text).unwrap_or_else(|| xxh3_128(text.as_bytes()))
}

/// The number that 32 hex digits are, read in halves: arithmetic on 128 bits costs more than twice as much.
fn own(text: &str) -> Option<u128> {
    let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
    let (mut halves, mut worst) = ([0_u64; 2], 0);
    for (half, digits) in halves.iter_mut().zip(digits.as_chunks::<16>().0) {
        for digit in digits {
            let value = DIGITS[usize::from(*digit)];
            worst |= value;
            *half = *half << 4 | u64::from(value);
        }
    }
    let [high, low] = halves.map(u128::from);
    (worst < 16).then_some(high << 64 | low)
}

/// The value of each hex digit; more than 15 for what is none.
static DIGITS: [u8; 256] = {
    let mut digits = [0xf0; 256];
    let mut value = 0;
    while value < 16 {
        digits[b"0123456789abcdef"[value] as usize] = value as u8;
        digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

impl StoredTable for SeenTable {
    fn name(&self) -> &'static str {
        "seen"
    }

    fn topic(&self) -> Topic {
        Topic::Seen
    }

    fn use_codec(&mut self, codec: &Codec) {
        self.codec = codec.clone();
    }

    fn changes(&self) -> Result<Vec<Change>, StateError> {
        let record = self.overlay.record();
        let Some(first) = record.entries.first() else {
            return Ok(Vec::new());
        };
        let timestamp = record.entries.iter().map(|entry| entry.at).max();
        let value = self.codec.encode(record).map_err(|error| self.fail(error))?;
        // Any key will do: the topic is cut by age, not compacted. The first id of the record tells records apart.
        let key = Bytes::copy_from_slice(first.id.as_str().as_bytes());
        Ok(vec![Change { key, value: Some(Bytes::from(value)), timestamp }])
    }

    fn merge(&mut self) {
        self.store.take_in(self.overlay.keyed());
        self.overlay.clear();
        self.copies.merge();
    }

    fn discard(&mut self) {
        self.overlay.clear();
        self.copies.discard();
    }

    fn restore(&mut self, _: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        let Some(bytes) = value else { return Ok(()) };
        let record: Seen = self.codec.decode(bytes).map_err(|error| self.fail(error))?;
        self.store.take_in(record.entries.iter().map(|entry| (key(&entry.id), entry)));
        for entry in &record.entries {
            self.copies.add(entry);
        }
        self.copies.merge();
        Ok(())
    }

    fn check(&self) -> (i64, i64) {
        self.store.check_with(self.overlay.keyed())
    }
}

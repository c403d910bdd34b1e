//! What a turn adds to the table, until its transaction is committed.

use events::{Seen, SeenEntry};
use hashbrown::HashMap;

/// New entries of a turn.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    /// As the turn will write them, in the order in which they came.
    record: Seen,
    /// Their keys.
    keys: Vec<u128>,
    /// Where the entries of an id stand; most ids have one.
    by_id: HashMap<u128, (usize, Vec<usize>)>,
}

impl Overlay {
    pub(super) fn add(&mut self, key: u128, entry: SeenEntry) {
        let at = self.keys.len();
        self.by_id.entry(key).and_modify(|(_, more)| more.push(at)).or_insert((at, Vec::new()));
        self.keys.push(key);
        self.record.entries.push(entry);
    }

    /// The entries of an id, in the order in which they came.
    pub(super) fn of(&self, key: u128) -> impl Iterator<Item = &SeenEntry> {
        let places = self.by_id.get(&key).into_iter();
        let places = places.flat_map(|(first, more)| std::iter::once(first).chain(more));
        places.filter_map(|at| self.record.entries.get(*at))
    }

    /// All entries, as the turn writes them.
    pub(super) const fn record(&self) -> &Seen {
        &self.record
    }

    /// All entries with their keys, in the order in which they came.
    pub(super) fn keyed(&self) -> impl Iterator<Item = (u128, &SeenEntry)> {
        self.keys.iter().copied().zip(&self.record.entries)
    }

    pub(super) fn clear(&mut self) {
        self.by_id.clear();
        self.keys.clear();
        self.record.entries.clear();
    }
}

//! What a turn adds to the table, until its transaction is committed.

use events::SeenEntry;
use hashbrown::HashMap;

/// New entries of a turn.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    entries: Vec<SeenEntry>,
    /// Where the entries of an id stand; most ids have one.
    by_id: HashMap<u128, (usize, Vec<usize>)>,
}

impl Overlay {
    pub(super) fn add(&mut self, key: u128, entry: SeenEntry) {
        let at = self.entries.len();
        self.by_id.entry(key).and_modify(|(_, more)| more.push(at)).or_insert((at, Vec::new()));
        self.entries.push(entry);
    }

    /// The entries of an id, in the order in which they came.
    pub(super) fn of(&self, key: u128) -> impl Iterator<Item = &SeenEntry> {
        let places = self.by_id.get(&key).into_iter();
        let places = places.flat_map(|(first, more)| std::iter::once(first).chain(more));
        places.filter_map(|at| self.entries.get(*at))
    }

    /// All entries, in the order in which they came.
    pub(super) fn entries(&self) -> &[SeenEntry] {
        &self.entries
    }

    pub(super) fn take(&mut self) -> Vec<SeenEntry> {
        self.by_id.clear();
        std::mem::take(&mut self.entries)
    }
}

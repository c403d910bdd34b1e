//! 1,024 entries side by side: 20 bytes each, and the persons they share.

use hashbrown::HashTable;
use xxhash_rust::xxh3::xxh3_64;

/// Entries of a chunk.
pub(super) const CHUNK: usize = 1024;

/// The person is the mention itself.
const OWN: u16 = u16::MAX;
/// The mention never left.
const NOBODY: u16 = u16::MAX - 1;
/// The entry deleted the mention.
const DELETED: u16 = 1 << 15;
/// The revision stands in a table aside.
const ASIDE: u16 = DELETED - 1;

/// An id, a revision and a person. The id is in four parts, so that no byte is lost to alignment.
#[derive(Debug, Clone, Copy)]
struct Entry {
    id: [u32; 4],
    revision: u16,
    person: u16,
}

/// Entries in the order in which they came.
#[derive(Debug)]
pub(super) struct Chunk {
    entries: Vec<Entry>,
    /// The persons' names, one after the other, and where each ends.
    names: Vec<u8>,
    ends: Vec<u32>,
    /// Finds a name again while the chunk is open; freed when it is full.
    by_name: HashTable<u16>,
}

/// The revision of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revision {
    /// It is small, as nearly all are.
    Here(i64),
    /// It stands in a table aside.
    Aside,
}

impl Revision {
    /// How `revision` is kept.
    pub(super) const fn of(revision: i64) -> Self {
        if revision >= 0 && revision < ASIDE as i64 { Self::Here(revision) } else { Self::Aside }
    }
}

impl Chunk {
    pub(super) fn new() -> Self {
        Self { entries: Vec::with_capacity(CHUNK), names: Vec::new(), ends: Vec::new(), by_name: HashTable::new() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= CHUNK
    }

    /// Adds an entry; `person` is a name, the empty name for nobody, `None` for the mention itself.
    pub(super) fn push(&mut self, id: u128, revision: Revision, deleted: bool, person: Option<&str>) {
        let person = match person {
            None => OWN,
            Some("") => NOBODY,
            Some(name) => self.name(name),
        };
        let revision = match revision {
            Revision::Here(small) => small as u16,
            Revision::Aside => ASIDE,
        };
        let id = [(id >> 96) as u32, (id >> 64) as u32, (id >> 32) as u32, id as u32];
        self.entries.push(Entry { id, revision: revision | if deleted { DELETED } else { 0 }, person });
    }

    /// The number of a name in this chunk: below [`CHUNK`], because an entry brings at most one.
    fn name(&mut self, name: &str) -> u16 {
        let hash = xxh3_64(name.as_bytes());
        let (names, ends) = (&self.names, &self.ends);
        if let Some(number) = self.by_name.find(hash, |number| name_at(names, ends, *number) == name.as_bytes()) {
            return *number;
        }
        let number = self.ends.len() as u16;
        self.names.extend_from_slice(name.as_bytes());
        self.ends.push(self.names.len() as u32);
        let (names, ends) = (&self.names, &self.ends);
        self.by_name.insert_unique(hash, number, |number| xxh3_64(name_at(names, ends, *number)));
        number
    }

    /// Gives back what only an open chunk needs.
    pub(super) fn close(&mut self) {
        self.by_name = HashTable::new();
        self.names.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(super) fn id(&self, at: usize) -> Option<u128> {
        let [a, b, c, d] = self.entries.get(at)?.id.map(u128::from);
        Some(a << 96 | b << 64 | c << 32 | d)
    }

    /// The person of an entry, as in [`Chunk::push`].
    pub(super) fn person(&self, at: usize) -> Option<&str> {
        match self.entries.get(at).map(|entry| entry.person) {
            None | Some(NOBODY) => Some(""),
            Some(OWN) => None,
            // The bytes came from a text.
            Some(number) => Some(std::str::from_utf8(name_at(&self.names, &self.ends, number)).unwrap_or_default()),
        }
    }

    pub(super) fn deleted(&self, at: usize) -> bool {
        self.entries.get(at).is_some_and(|entry| entry.revision & DELETED != 0)
    }

    pub(super) fn revision(&self, at: usize) -> Revision {
        match self.entries.get(at).map(|entry| entry.revision & !DELETED) {
            None | Some(ASIDE) => Revision::Aside,
            Some(small) => Revision::Here(i64::from(small)),
        }
    }

    pub(super) fn memory(&self) -> usize {
        size_of::<Self>()
            + self.entries.capacity() * size_of::<Entry>()
            + self.names.capacity()
            + self.ends.capacity() * size_of::<u32>()
            + self.by_name.allocation_size()
    }
}

fn name_at<'a>(names: &'a [u8], ends: &[u32], number: u16) -> &'a [u8] {
    let number = usize::from(number);
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| *end as usize);
    let end = ends.get(number).map_or(start, |end| *end as usize);
    names.get(start..end).unwrap_or_default()
}

//! The committed part of the table, packed.
//!
//! An (id, revision) costs 20 bytes in its [`Chunk`], about 8 in the index (4 bytes and a control byte a slot, half to
//! seven eighths of them in use), and 4 and its name for a person met for the first time in the chunk. An entry has a
//! sequence number, of which the index holds the low 32 bits; a revision too large for the entry stands aside under it.
//! Entries are grouped into buckets by the hour of the highest event time so far, or by a sixteenth of the bound, and
//! forgotten by the bucket, oldest first: so what is left depends only on the records since, wherever reading began.

use std::collections::VecDeque;

use events::{EventTime, MentionId, Person, SeenEntry, Span};
use hashbrown::{HashMap, HashTable};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::Known;
use super::chunk::{CHUNK, Chunk, Revision};

/// How long, and how many at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) horizon: Span,
    pub(super) most: usize,
}

/// Entries that are forgotten together.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Hour of the highest event time when it was opened.
    hour: EventTime,
    /// The sequence number after its last entry.
    end: u64,
    count: u64,
    checksum: i64,
}

/// What is to be forgotten.
struct Due {
    /// The sequence number after it.
    end: u64,
    count: u64,
    checksum: i64,
}

#[derive(Debug)]
pub(super) struct Store {
    limits: Limits,
    index: HashTable<u32>,
    chunks: VecDeque<Chunk>,
    /// Sequence number of the first entry of the first chunk.
    base: u64,
    /// Sequence number of the first entry that is still remembered.
    first: u64,
    /// Sequence number of the next entry.
    next: u64,
    buckets: VecDeque<Bucket>,
    /// The highest event time so far.
    newest: EventTime,
    /// Up to when something is forgotten.
    forgotten: EventTime,
    /// Revisions that are too large for an entry, by its sequence number.
    aside: HashMap<u64, i64>,
}

/// The index is asked with the id's own bits, which are a hash.
const fn hash(key: u128) -> u64 {
    key as u64
}

/// Of what once-only needs. The words that were said are left out: builds before and after know the same sum, and a lost record
/// is missed by its ids.
fn checksum(key: u128, entry: &SeenEntry) -> i64 {
    let person = entry.person.as_str().as_bytes();
    // Key, revision, whether it deleted, person. Most fit into one piece, which is hashed several times faster than parts.
    let mut piece = [0; 25 + LONGEST_PIECE];
    piece[..16].copy_from_slice(&key.to_le_bytes());
    piece[16..24].copy_from_slice(&entry.revision.to_le_bytes());
    piece[24] = u8::from(entry.deleted);
    let (head, rest) = piece.split_at_mut(25);
    if let Some(rest) = rest.get_mut(..person.len()) {
        rest.copy_from_slice(person);
        return xxh3_64(&piece[..25 + person.len()]) as i64;
    }
    let mut hash = Xxh3::new();
    hash.update(head);
    hash.update(person);
    hash.digest() as i64
}

/// Bytes of a person's name that is hashed in one piece.
const LONGEST_PIECE: usize = 71;

/// The name under which a person is kept: nothing for the mention itself, the empty name for nobody.
fn name(entry: &SeenEntry) -> Option<&str> {
    let person = entry.person.as_str();
    let own = person.strip_prefix("mention:").is_some_and(|rest| rest == entry.id.as_str());
    (!own).then_some(person)
}

impl Store {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            index: HashTable::new(),
            chunks: VecDeque::new(),
            base: 0,
            first: 0,
            next: 0,
            buckets: VecDeque::new(),
            newest: EventTime::EPOCH,
            forgotten: EventTime::EPOCH,
            aside: HashMap::new(),
        }
    }

    pub(super) fn has(&self, key: u128, revision: i64) -> bool {
        self.entries(key).any(|(sequence, chunk, at)| match chunk.revision(at) {
            Revision::Here(here) => here == revision,
            Revision::Aside => self.aside.get(&sequence) == Some(&revision),
        })
    }

    pub(super) fn known(&self, key: u128, id: &MentionId) -> Option<Known> {
        let mut known: Option<Known> = None;
        // The index gives the entries of an id in no order: the person is that of the first that left.
        let mut left = u64::MAX;
        for (sequence, chunk, at) in self.entries(key) {
            let known = known.get_or_insert(Known { person: None, deleted: false });
            known.deleted |= chunk.deleted(at);
            let person = match chunk.person(at) {
                Some("") => continue,
                Some(name) if sequence < left => Person::from(name),
                None if sequence < left => Person::new(format!("mention:{id}")),
                _ => continue,
            };
            known.person = Some(person);
            left = sequence;
        }
        known
    }

    /// Forgets what is due, then takes the entries of one record in.
    pub(super) fn take_in<'a>(&mut self, mut entries: impl Iterator<Item = (u128, &'a SeenEntry)>) {
        let Some((key, entry)) = entries.next() else { return };
        self.forget(self.due().end);
        self.push(key, entry);
        for (key, entry) in entries {
            self.push(key, entry);
        }
    }

    /// Number of entries and checksum once `more` are taken in.
    pub(super) fn check_with(
        &self,
        more: impl Iterator<Item = (u128, impl std::borrow::Borrow<SeenEntry>)>,
    ) -> (i64, i64) {
        let mut sum = self.buckets.iter().fold(0i64, |sum, bucket| sum.wrapping_add(bucket.checksum));
        let mut count = self.next - self.first;
        let mut more = more.peekable();
        if more.peek().is_some() {
            let due = self.due();
            count -= due.count;
            sum = sum.wrapping_sub(due.checksum);
        }
        for (key, entry) in more {
            count += 1;
            sum = sum.wrapping_add(checksum(key, entry.borrow()));
        }
        (count as i64, sum)
    }

    /// Bytes in memory.
    pub(super) fn memory(&self) -> usize {
        self.index.allocation_size()
            + self.chunks.iter().map(Chunk::memory).sum::<usize>()
            + self.buckets.capacity() * size_of::<Bucket>()
            + self.aside.allocation_size()
    }

    fn chunk_of(&self, sequence: u64) -> Option<(&Chunk, usize)> {
        let offset = sequence.checked_sub(self.base)? as usize;
        Some((self.chunks.get(offset / CHUNK)?, offset % CHUNK))
    }

    fn id_of(&self, sequence: u64) -> Option<u128> {
        let (chunk, at) = self.chunk_of(sequence)?;
        chunk.id(at)
    }

    /// The entries of an id, in no order.
    fn entries(&self, key: u128) -> impl Iterator<Item = (u64, &Chunk, usize)> {
        self.index.iter_hash(hash(key)).filter_map(move |low| {
            let sequence = widen(self.base, *low);
            let (chunk, at) = self.chunk_of(sequence)?;
            (chunk.id(at) == Some(key)).then_some((sequence, chunk, at))
        })
    }

    fn push(&mut self, key: u128, entry: &SeenEntry) {
        if self.chunks.back().is_none_or(Chunk::is_full) {
            if let Some(full) = self.chunks.back_mut() {
                full.close();
            }
            self.chunks.push_back(Chunk::new());
        }
        let revision = Revision::of(entry.revision);
        if revision == Revision::Aside {
            self.aside.insert(self.next, entry.revision);
        }
        if let Some(open) = self.chunks.back_mut() {
            open.push(key, revision, entry.deleted, name(entry));
        }
        let sequence = self.next;
        self.next += 1;
        // Taken out for a moment, because growing it asks for the ids of all entries.
        let mut index = std::mem::take(&mut self.index);
        index.insert_unique(hash(key), sequence as u32, |low| self.id_of(widen(self.base, *low)).map_or(0, hash));
        self.index = index;
        self.count(entry.at, checksum(key, entry));
    }

    /// Counts the entry just added, in a new bucket when the hour changed or the bucket is large.
    fn count(&mut self, at: EventTime, checksum: i64) {
        self.newest = self.newest.max(at);
        let hour = self.newest.floor(Span::hours(1));
        let large = (self.limits.most / 16).max(1) as u64;
        match self.buckets.back_mut() {
            Some(bucket) if bucket.hour == hour && bucket.count < large => {
                bucket.count += 1;
                bucket.end = self.next;
                bucket.checksum = bucket.checksum.wrapping_add(checksum);
            }
            _ => self.buckets.push_back(Bucket { hour, end: self.next, count: 1, checksum }),
        }
    }

    /// The time over which nothing is forgotten: the bound by count may make it shorter than is set.
    pub(super) fn horizon(&self) -> Span {
        let known = self.newest.max(self.forgotten).since(self.forgotten);
        known.min(self.limits.horizon)
    }

    fn due(&self) -> Due {
        let oldest = self.newest.minus(self.limits.horizon);
        let mut due = Due { end: self.first, count: 0, checksum: 0 };
        for bucket in &self.buckets {
            let old = bucket.hour.plus(Span::hours(1)) <= oldest;
            let left = self.next - due.end;
            if !old && left <= self.limits.most as u64 {
                break;
            }
            due.end = bucket.end;
            due.count += bucket.count;
            due.checksum = due.checksum.wrapping_add(bucket.checksum);
        }
        due
    }

    fn forget(&mut self, end: u64) {
        while self.first < end {
            if let Some(key) = self.id_of(self.first) {
                let low = self.first as u32;
                if let Ok(found) = self.index.find_entry(hash(key), |held| *held == low) {
                    found.remove();
                }
            }
            if !self.aside.is_empty() {
                self.aside.remove(&self.first);
            }
            self.first += 1;
        }
        while let Some(bucket) = self.buckets.pop_front_if(|bucket| bucket.end <= end) {
            self.forgotten = self.forgotten.max(bucket.hour.plus(Span::hours(1)));
        }
        while self.first - self.base >= CHUNK as u64 {
            self.chunks.pop_front();
            self.base += CHUNK as u64;
        }
    }
}

/// The sequence number, not before `base`, of which the index holds the low bits.
fn widen(base: u64, low: u32) -> u64 {
    base + u64::from(low.wrapping_sub(base as u32))
}

//! A sheet on which a stage counts the mentions of one batch before it writes them down as tallies.
//!
//! It only adds up: what is counted, and under which subject, the stage decides. Rows are found by hash and given out in
//! key order, so the order of the hash table never shows. Adding the tallies of two sheets gives the tallies of one sheet
//! over both batches, but for samples and terms, which keep the first and the most frequent of each batch.

use std::cmp::Ordering;

use hashbrown::{HashMap, HashTable};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    BrandId, EventTime, Intent, Lineage, MentionId, MentionKind, Offset, Partition, Persons, SubjectKind, Tally,
    TermCount, Tone,
};

/// Samples that a tally keeps.
const SAMPLES: usize = 5;
/// Terms that a tally keeps.
const TERMS: usize = 16;

/// One mention to count for one brand and one subject.
#[derive(Debug, Clone, Copy)]
pub struct TallyEntry<'a> {
    /// The brand it counts for.
    pub brand: &'a BrandId,
    /// What kind of thing is counted.
    pub subject_kind: SubjectKind,
    /// Which one; `None` for the whole volume.
    pub subject: Option<&'a str>,
    /// Kind of the mention.
    pub kind: MentionKind,
    /// Its intent, where the stage knows it.
    pub intent: Option<Intent>,
    /// Class of its source.
    pub source_class: &'a str,
    /// Its event time, or the minute of it.
    pub minute: EventTime,
    /// Hash of the person who wrote it ([`person_hash`](crate::person_hash)).
    pub person: i64,
    /// Whether it only passes on another post.
    pub repost: bool,
    /// Its tone, where the stage knows it.
    pub tone: Option<Tone>,
    /// Its id, for the samples.
    pub sample: &'a MentionId,
    /// Its terms, each at most once.
    pub terms: &'a [&'a str],
    /// Where it was read.
    pub offset: Offset,
}

/// Counts of one batch.
#[derive(Debug)]
pub struct TallySheet {
    stage: &'static str,
    partition: Partition,
    rows: HashTable<Row>,
}

#[derive(Debug)]
struct Row {
    tally: Tally,
    terms: HashMap<String, i64>,
}

impl TallySheet {
    /// An empty sheet of `stage` for a batch of `partition`.
    pub fn new(stage: &'static str, partition: Partition) -> Self {
        Self { stage, partition, rows: HashTable::new() }
    }

    /// Counts one mention. The minute is taken of its time.
    pub fn count(&mut self, entry: TallyEntry<'_>) {
        let entry = TallyEntry { minute: entry.minute.minute(), ..entry };
        let hash = hash(&entry);
        let (stage, partition) = (self.stage, self.partition);
        let row = self
            .rows
            .entry(hash, |row| row.tally.is_of(&entry), |row| hash_of(&row.tally))
            .or_insert_with(|| Row::new(&entry, stage, partition))
            .into_mut();
        row.add(&entry);
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The tallies, in order of (brand, subject kind, subject, kind, intent, source class, minute).
    pub fn into_tallies(self) -> Vec<Tally> {
        let mut tallies: Vec<Tally> = self.rows.into_iter().map(Row::into_tally).collect();
        tallies.sort_unstable_by(Tally::key_order);
        tallies
    }
}

impl Row {
    fn new(entry: &TallyEntry<'_>, stage: &str, partition: Partition) -> Self {
        let lineage =
            Lineage { stage: stage.to_owned(), partition, first_offset: entry.offset.0, last_offset: entry.offset.0 };
        let tally = Tally {
            brand: entry.brand.clone(),
            subject_kind: entry.subject_kind,
            subject: entry.subject.map(str::to_owned),
            kind: entry.kind,
            intent: entry.intent,
            source_class: entry.source_class.to_owned(),
            minute: entry.minute,
            mentions: 0,
            reposts: 0,
            negative: 0,
            positive: 0,
            persons: Persons::default(),
            samples: Vec::new(),
            terms: Vec::new(),
            lineage,
        };
        Self { tally, terms: HashMap::new() }
    }

    fn add(&mut self, entry: &TallyEntry<'_>) {
        let tally = &mut self.tally;
        tally.mentions += 1;
        tally.reposts += i64::from(entry.repost);
        tally.count_tone(entry.tone);
        tally.persons.insert(entry.person);
        if tally.samples.len() < SAMPLES {
            tally.samples.push(entry.sample.clone());
        }
        tally.lineage.first_offset = tally.lineage.first_offset.min(entry.offset.0);
        tally.lineage.last_offset = tally.lineage.last_offset.max(entry.offset.0);
        for term in entry.terms {
            *self.terms.entry_ref(*term).or_insert(0) += 1;
        }
    }

    fn into_tally(self) -> Tally {
        let mut terms: Vec<TermCount> = self.terms.into_iter().map(|(term, count)| TermCount { term, count }).collect();
        terms.sort_unstable_by(|left, right| right.count.cmp(&left.count).then_with(|| left.term.cmp(&right.term)));
        terms.truncate(TERMS);
        Tally { terms, ..self.tally }
    }
}

impl Tally {
    /// The order in which a batch writes its tallies: that of all that tells two tallies apart.
    pub fn key_order(left: &Self, right: &Self) -> Ordering {
        (left.brand.cmp(&right.brand))
            .then(left.subject_kind.cmp(&right.subject_kind))
            .then_with(|| left.subject.cmp(&right.subject))
            .then((left.kind, left.intent).cmp(&(right.kind, right.intent)))
            .then_with(|| left.source_class.cmp(&right.source_class))
            .then(left.minute.cmp(&right.minute))
    }

    fn is_of(&self, entry: &TallyEntry<'_>) -> bool {
        self.minute == entry.minute
            && self.subject_kind == entry.subject_kind
            && self.kind == entry.kind
            && self.intent == entry.intent
            && self.subject.as_deref() == entry.subject
            && self.source_class == entry.source_class
            && self.brand == *entry.brand
    }
}

fn hash(entry: &TallyEntry<'_>) -> u64 {
    hash_parts(entry.brand, entry.subject, entry.source_class, entry.minute, entry.subject_kind as u8)
}

fn hash_of(tally: &Tally) -> u64 {
    hash_parts(&tally.brand, tally.subject.as_deref(), &tally.source_class, tally.minute, tally.subject_kind as u8)
}

/// Kind and intent are left out: they tell few rows apart, and equality sees them.
fn hash_parts(brand: &BrandId, subject: Option<&str>, source_class: &str, minute: EventTime, subject_kind: u8) -> u64 {
    /// 2^64 divided by the golden ratio: multiplying by it spreads what was mixed in.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let texts = [brand.as_str(), subject.unwrap_or_default(), source_class];
    let mix = |hash: u64, part: u64| (hash.rotate_left(29) ^ part).wrapping_mul(SPREAD);
    let texts = texts.iter().fold(u64::from(subject_kind), |hash, text| mix(hash, xxh3_64(text.as_bytes())));
    mix(texts, minute.millis() as u64)
}

#[cfg(test)]
mod tests;

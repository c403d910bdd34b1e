//! One partition: records in offset order, and which transactions are still open in it.

use std::collections::VecDeque;

use bytes::Bytes;
use events::{EventTime, Offset, Partition, Topic};
use hashbrown::HashMap;

use crate::{Header, Outgoing, Raw};

/// Live keys and superseded records that a compact partition holds before it is compacted by itself.
const SLACK: usize = 1_000;

/// A record at rest.
#[derive(Debug)]
pub(super) struct Entry {
    offset: i64,
    transaction: Option<u64>,
    timestamp: EventTime,
    key: Option<Bytes>,
    value: Option<Bytes>,
    headers: Vec<Header>,
}

impl Entry {
    pub(super) fn raw(&self, topic: Topic, partition: Partition) -> Raw {
        Raw {
            topic,
            partition,
            offset: Offset(self.offset),
            timestamp: self.timestamp,
            key: self.key.clone(),
            value: self.value.clone(),
            headers: self.headers.clone(),
        }
    }
}

/// One partition of one topic.
#[derive(Debug)]
pub(super) struct PartitionLog {
    entries: VecDeque<Entry>,
    /// The first offset that may still be there.
    start: i64,
    /// The high watermark.
    next: i64,
    /// Transactions without a marker here, with their first offset, in offset order.
    open: Vec<(u64, i64)>,
    /// The number of entries that sets off a compaction.
    compact_at: usize,
    /// While held: what readers see ends here, whatever is committed behind it.
    shown: Option<i64>,
}

impl Default for PartitionLog {
    fn default() -> Self {
        Self { entries: VecDeque::new(), start: 0, next: 0, open: Vec::new(), compact_at: SLACK, shown: None }
    }
}

impl PartitionLog {
    pub(super) fn start(&self) -> i64 {
        self.start
    }

    pub(super) fn high_watermark(&self) -> i64 {
        self.next
    }

    /// The last stable offset: below it every transaction is decided.
    pub(super) fn stable(&self) -> i64 {
        self.open.first().map_or(self.next, |(_, first)| *first)
    }

    /// Where readers stop: the last stable offset, or what was shown last while the partition is held.
    pub(super) fn visible(&self) -> i64 {
        self.shown.map_or(self.stable(), |shown| shown.min(self.stable()))
    }

    /// Shows readers what lies below `mark`, and no more until the next call.
    pub(super) fn show(&mut self, mark: i64) {
        self.shown = Some(mark);
    }

    /// The transaction that holds the last stable offset back.
    pub(super) fn oldest_open(&self) -> Option<u64> {
        self.open.first().map(|(transaction, _)| *transaction)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Appends a record; true when it is the first of its transaction here.
    pub(super) fn append(&mut self, record: Outgoing, transaction: Option<u64>) -> bool {
        let Outgoing { topic: _, partition: _, timestamp, key, value, headers } = record;
        let offset = self.next;
        self.next += 1;
        self.entries.push_back(Entry { offset, transaction, timestamp, key, value, headers });
        let Some(transaction) = transaction else { return false };
        if self.open.iter().any(|(open, _)| *open == transaction) {
            return false;
        }
        self.open.push((transaction, offset));
        true
    }

    /// Writes the marker of a transaction, which takes an offset; the records of an aborted one go unless `keep`.
    pub(super) fn close(&mut self, transaction: u64, keep: bool) {
        let Some(at) = self.open.iter().position(|(open, _)| *open == transaction) else {
            return;
        };
        let (_, first) = self.open.remove(at);
        if !keep {
            let from = self.entries.partition_point(|entry| entry.offset < first);
            let rest = self.entries.split_off(from);
            self.entries.extend(rest.into_iter().filter(|entry| entry.transaction != Some(transaction)));
        }
        self.next += 1;
    }

    /// Hands out at most `limit` committed records from `cursor` on, and moves it past them and past what is no record.
    pub(super) fn read(&self, cursor: &mut i64, limit: usize, each: impl FnMut(&Entry)) -> usize {
        self.read_below(self.visible(), cursor, limit, each)
    }

    /// The same for what lies below `end`, committed or not.
    pub(super) fn read_below(&self, end: i64, cursor: &mut i64, limit: usize, mut each: impl FnMut(&Entry)) -> usize {
        if *cursor >= end {
            return 0;
        }
        let from = self.entries.partition_point(|entry| entry.offset < *cursor);
        let mut count = 0;
        for entry in self.entries.range(from..) {
            if entry.offset >= end {
                break;
            }
            if count == limit {
                *cursor = entry.offset;
                return count;
            }
            each(entry);
            count += 1;
        }
        *cursor = end;
        count
    }

    /// Forgets what lies below `low`; what is open stays.
    pub(super) fn forget(&mut self, low: i64) {
        let low = low.min(self.stable());
        while self.entries.front().is_some_and(|entry| entry.offset < low) {
            self.entries.pop_front();
        }
        self.start = self.start.max(low);
    }

    pub(super) fn due_for_compaction(&self) -> bool {
        self.entries.len() >= self.compact_at
    }

    /// Keeps the last record of each key below `end`. Tombstones go below `read_to`: no reader misses a deletion.
    pub(super) fn compact(&mut self, end: i64, read_to: i64) {
        let end = end.min(self.stable());
        let mut last: HashMap<Bytes, i64> = HashMap::new();
        for entry in self.entries.iter().take_while(|entry| entry.offset < end) {
            if let Some(key) = &entry.key {
                last.insert(key.clone(), entry.offset);
            }
        }
        self.entries.retain(|entry| {
            let Some(key) = &entry.key else { return true };
            let superseded = entry.offset < end && last.get(key) != Some(&entry.offset);
            let tombstone = entry.value.is_none() && entry.offset < end.min(read_to);
            !superseded && !tombstone
        });
        self.compact_at = 2 * self.entries.len() + SLACK;
    }
}

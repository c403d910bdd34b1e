//! From records to rows in the store: what cannot be stored, what the store refuses, and how far its offsets move.

use std::collections::{BTreeMap, BTreeSet};

use events::{Offset, Partition, Payload, Topic};

use super::worker::{StoreWorker, Trouble};
use super::{Move, Store, StoreError, Unstorable};
use crate::dead_letter::{dead_letter, look_up};
use crate::{Counts, Exit, Log, Outgoing, Position, Raw, RejectReason, Txn};

/// A record on its way into the store.
pub(super) struct Item<R> {
    raw: Raw,
    /// `None` when it is rejected.
    row: Option<R>,
    rejected: Option<RejectReason>,
}

impl<L: Log, S: Store> StoreWorker<L, S> {
    /// Maps the records, and sends those that can never be stored to `dead-letters`.
    pub(super) fn map(&mut self, records: Vec<Raw>) -> Result<Vec<Item<S::Row>>, Exit> {
        let mut items = Vec::with_capacity(records.len());
        let mut letters = Vec::new();
        for raw in records {
            let mut row = S::row(&raw, &self.settings.codec);
            if row.as_ref().is_err_and(|unstorable| unstorable.reason == RejectReason::SchemaUnknown) {
                look_up(&self.settings.codec, &raw)?;
                row = S::row(&raw, &self.settings.codec);
            }
            let (row, rejected) = match row {
                Ok(row) => (Some(row), None),
                Err(unstorable) => {
                    letters.push(self.letter(&raw, &unstorable)?);
                    (None, Some(unstorable.reason))
                }
            };
            if let Some(why) = self.limit.as_mut().and_then(|limit| limit.observe(rejected.is_some())) {
                return Err(Exit::Fatal(format!(
                    "role `{}` stops: {why}, the last at topic `{}`, partition {}, offset {}; mend the cause and start again",
                    S::ROLE,
                    raw.topic,
                    raw.partition.0,
                    raw.offset.0
                )));
            }
            items.push(Item { raw, row, rejected });
        }
        self.send(letters)?;
        Ok(items)
    }

    fn letter(&self, raw: &Raw, unstorable: &Unstorable) -> Result<Outgoing, Exit> {
        if raw.topic == Topic::DeadLetters {
            return Err(Exit::Fatal(format!(
                "role `{}` stops: a dead letter cannot be stored (topic `{}`, partition {}, offset {}): {}; look at it with \
                 `firebreak dlq show`, mend the cause or start a version that can store it, and start again",
                S::ROLE,
                raw.topic,
                raw.partition.0,
                raw.offset.0,
                unstorable.detail
            )));
        }
        let letter: Payload = dead_letter(S::ROLE, raw, unstorable.reason, &unstorable.detail).into();
        let value = letter.encode(&self.settings.codec).map_err(|error| Exit::Fatal(error.to_string()))?;
        Ok(Outgoing {
            topic: Topic::DeadLetters,
            partition: raw.partition,
            timestamp: raw.timestamp,
            key: raw.key.clone(),
            value: Some(value.into()),
            headers: Vec::new(),
        })
    }

    /// Sends dead letters in a transaction of their own, with unmoved positions, so that a zombie is fenced here too.
    fn send(&mut self, letters: Vec<Outgoing>) -> Result<(), Exit> {
        if letters.is_empty() {
            return Ok(());
        }
        let touched: BTreeSet<Partition> = letters.iter().map(|letter| letter.partition).collect();
        let positions = self.positions(&touched);
        let mut txn = self.log.begin()?;
        for letter in letters {
            txn.send(letter)?;
        }
        txn.commit(&positions)
    }

    pub(super) fn positions(&self, partitions: &BTreeSet<Partition>) -> Vec<(Partition, Position)> {
        partitions.iter().filter_map(|partition| Some((*partition, self.tasks.get(partition)?.clone()))).collect()
    }

    /// Stores the items in order. When the store refuses a row the halves are tried alone, down to the one that it refuses.
    pub(super) fn write(&mut self, mut items: Vec<Item<S::Row>>) -> Result<(), Trouble> {
        let rows: Vec<&S::Row> = items.iter().filter_map(|item| item.row.as_ref()).collect();
        let moves = self.moves(&items);
        match self.store.write(&rows, &moves) {
            Ok(written) => {
                self.observer.wrote(S::ROLE, S::DEPENDENCY, &written);
                self.moved(&items, &moves);
                Ok(())
            }
            Err(StoreError::Refused(_)) if items.len() > 1 => {
                let second = items.split_off(items.len() / 2);
                self.write(items)?;
                self.write(second)
            }
            Err(StoreError::Refused(detail)) => match items.pop() {
                Some(Item { raw, row: Some(_), .. }) => {
                    let unstorable = Unstorable { reason: RejectReason::Refused, detail };
                    let letter = self.letter(&raw, &unstorable)?;
                    self.send(vec![letter])?;
                    self.write(vec![Item { raw, row: None, rejected: Some(unstorable.reason) }])
                }
                _ => Err(StoreError::Broken(format!("the store refuses to move its offsets: {detail}")).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    fn moves(&self, items: &[Item<S::Row>]) -> Vec<Move> {
        let mut to: BTreeMap<(Topic, Partition), Offset> = BTreeMap::new();
        for Item { raw, .. } in items {
            to.insert((raw.topic, raw.partition), Offset(raw.offset.0 + 1));
        }
        let stands = |topic: Topic, partition: Partition| {
            let next = &self.tasks.get(&partition)?.next;
            next.iter().find(|(of, _)| *of == topic).map(|(_, next)| *next)
        };
        let move_of = |((topic, partition), to)| Move {
            topic,
            partition,
            from: stands(topic, partition).unwrap_or_default(),
            to,
        };
        to.into_iter().map(move_of).collect()
    }

    /// The store has moved: so do we.
    fn moved(&mut self, items: &[Item<S::Row>], moves: &[Move]) {
        for Move { topic, partition, to, .. } in moves {
            let next = self.tasks.get_mut(partition).into_iter().flat_map(|task| &mut task.next);
            next.filter(|(of, _)| of == topic).for_each(|(_, next)| *next = *to);
        }
        let mut counts: BTreeMap<Partition, Counts> = BTreeMap::new();
        for Item { raw, rejected, .. } in items {
            let counts = counts.entry(raw.partition).or_default();
            *counts.read.entry(raw.topic).or_default() += 1;
            counts.bytes_read += raw.value.as_ref().map_or(0, |value| value.len() as u64);
            match rejected {
                None => counts.forwarded += 1,
                Some(reason) => *counts.rejected.entry(*reason).or_default() += 1,
            }
        }
        for (partition, counts) in &counts {
            self.observer.committed(S::ROLE, *partition, counts);
        }
    }
}

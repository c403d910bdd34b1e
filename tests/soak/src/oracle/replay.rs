//! A role's partition decided once more, in one thread, from its turns: what it must have written.
//!
//! Turns must follow each other without a gap, and each must go on reading where the one before ended: so a turn that was committed
//! twice, skipped, or read past something shows by itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use events::{BookVersion, Offset, Partition, PartitionCount, Topic, Turn};
use stream::{Outgoing, Raw, Silent, Stage, Tick, Ticks, Worker, WorkerSettings};

use super::log::ReplayLog;

/// One partition of any role.
pub(super) trait Replays: Send {
    /// Takes a record of an input topic.
    fn hear(&mut self, raw: Raw);
    /// Takes a turn.
    ///
    /// # Errors
    /// There is another of that number.
    fn turn(&mut self, turn: Turn) -> Result<(), String>;
    /// Decides what can be decided by now; what was to be written.
    ///
    /// # Errors
    /// A turn that cannot be.
    fn advance(&mut self) -> Result<Vec<Outgoing>, String>;
    /// Turns that could not be decided yet, and records that no turn has read.
    fn waiting(&self) -> (usize, usize);
}

/// One partition of a role.
pub(super) struct Replay<S: Stage> {
    worker: Worker<ReplayLog, S>,
    partition: Partition,
    heard: BTreeMap<Topic, VecDeque<Raw>>,
    /// Where the last turn stopped reading.
    reached: BTreeMap<Topic, Offset>,
    turns: BTreeMap<i64, Turn>,
    last: i64,
}

impl<S: Stage + 'static> Replay<S> {
    /// A partition before its first turn.
    pub(super) fn new(stage: &Arc<S>, partition: Partition, partitions: PartitionCount, book: &BookVersion) -> Self {
        let settings = WorkerSettings { dead_letter_limit: None, ..WorkerSettings::new(partitions, book.clone()) };
        let log = ReplayLog::new(partition, S::INPUTS);
        let mut worker = Worker::new(log, Arc::clone(stage), settings, Arc::new(Silent));
        // It is given its partition, and restores what is not there.
        let _nothing_to_restore = worker.step(Ticks::None);
        let heard = S::INPUTS.iter().map(|topic| (*topic, VecDeque::new())).collect();
        Self { worker, partition, heard, reached: BTreeMap::new(), turns: BTreeMap::new(), last: 0 }
    }

    /// Whether everything that a turn read has come.
    fn is_heard(&self, turn: &Turn) -> bool {
        turn.read.iter().all(|range| {
            let topic = self.heard.iter().find(|(topic, _)| topic.name() == range.topic);
            range.next <= range.first
                || topic.is_some_and(|(_, heard)| heard.iter().any(|raw| raw.offset.0 == range.next.0 - 1))
        })
    }

    /// Takes what a turn read, in the order of the inputs.
    fn read(&mut self, turn: &Turn) -> Result<Vec<Raw>, String> {
        let mut records = Vec::new();
        for topic in S::INPUTS {
            let Some(range) = turn.read.iter().find(|range| range.topic == topic.name()) else { continue };
            let reached = self.reached.insert(*topic, range.next).unwrap_or(Offset(0));
            if range.first < reached {
                return Err(format!("turn {} of {} reads `{topic}` again from {}", turn.turn, self, range.first.0));
            }
            let heard = self.heard.entry(*topic).or_default();
            if let Some(skipped) = heard.front().filter(|raw| raw.offset < range.first) {
                return Err(format!(
                    "turn {} of {} reads `{topic}` from {}, and nobody read offset {}",
                    turn.turn,
                    S::ROLE,
                    range.first.0,
                    skipped.offset.0
                ));
            }
            while heard.front().is_some_and(|raw| raw.offset < range.next) {
                records.extend(heard.pop_front());
            }
        }
        Ok(records)
    }

    fn decide(&mut self, turn: &Turn) -> Result<Vec<Outgoing>, String> {
        let records = self.read(turn)?;
        self.worker.log_mut().give(records);
        let ticks = turn.tick.map_or(Ticks::None, |at| Ticks::All(Tick::confirmed(at)));
        match self.worker.step(ticks) {
            Ok(1) => Ok(self.worker.log_mut().take()),
            Ok(turns) => Err(format!("turn {} of {self} decides nothing: {turns} turns", turn.turn)),
            Err(exit) => Err(format!("turn {} of {self} cannot be: {exit}", turn.turn)),
        }
    }
}

impl<S: Stage + 'static> std::fmt::Display for Replay<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`, partition {}", S::ROLE, self.partition.0)
    }
}

impl<S: Stage + 'static> Replays for Replay<S>
where
    S::State: Send,
{
    fn hear(&mut self, raw: Raw) {
        self.heard.entry(raw.topic).or_default().push_back(raw);
    }

    fn turn(&mut self, turn: Turn) -> Result<(), String> {
        let number = turn.turn;
        if number <= self.last || self.turns.insert(number, turn).is_some() {
            return Err(format!("turn {number} of {self} is there twice"));
        }
        Ok(())
    }

    fn advance(&mut self) -> Result<Vec<Outgoing>, String> {
        let mut written = Vec::new();
        while let Some(turn) = self.turns.get(&(self.last + 1)).filter(|turn| self.is_heard(turn)).cloned() {
            self.turns.remove(&turn.turn);
            self.last = turn.turn;
            written.extend(self.decide(&turn)?);
        }
        Ok(written)
    }

    fn waiting(&self) -> (usize, usize) {
        (self.turns.len(), self.heard.values().map(VecDeque::len).sum())
    }
}

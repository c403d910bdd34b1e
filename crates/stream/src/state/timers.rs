//! Timers in event time: a table of (deadline, key), so that they are restored like everything else.

use std::collections::BTreeSet;
use std::ops::Bound;

use bytes::Bytes;
use events::{Codec, EventTime, Role, Topic};

use super::table::checksum;
use super::{Change, StateError, StoredTable};

/// A timer that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueTimer {
    /// When it was due: the time that its events carry.
    pub deadline: EventTime,
    /// What it is about, in the stage's own words, such as `<case id>/first_reply/warn`.
    pub key: String,
}

/// The timers of one partition, fired in order of (deadline, key).
#[derive(Debug)]
pub struct Timers {
    topic: Topic,
    set: BTreeSet<DueTimer>,
    /// Set in this turn.
    added: BTreeSet<DueTimer>,
    /// Taken off in this turn.
    removed: BTreeSet<DueTimer>,
    /// All of `set` up to here is in `removed`: where the search for the next one starts.
    passed: Option<DueTimer>,
    checksum: i64,
}

impl Timers {
    /// No timers yet; they lie in `state.<role>`.
    pub fn new(role: Role) -> Self {
        let (set, added, removed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { topic: Topic::State(role), set, added, removed, passed: None, checksum: 0 }
    }

    /// Sets a timer. Setting it twice is setting it once.
    pub fn set(&mut self, deadline: EventTime, key: &str) {
        self.change(deadline, key, true);
    }

    /// Takes a timer off, if it is set.
    pub fn cancel(&mut self, deadline: EventTime, key: &str) {
        self.change(deadline, key, false);
    }

    fn change(&mut self, deadline: EventTime, key: &str, on: bool) {
        let timer = DueTimer { deadline, key: key.to_owned() };
        match (self.set.contains(&timer), on) {
            (false, true) => drop(self.added.insert(timer)),
            (false, false) => drop(self.added.remove(&timer)),
            (true, false) => drop(self.removed.insert(timer)),
            (true, true) => {
                if self.removed.remove(&timer) {
                    self.passed = None;
                }
            }
        }
    }

    /// The first timer whose deadline `tick` has reached, taken off.
    pub fn take_due(&mut self, tick: EventTime) -> Option<DueTimer> {
        let first = self.next()?;
        if first.deadline > tick {
            return None;
        }
        if !self.added.remove(&first) {
            self.removed.insert(first.clone());
            self.passed = Some(first.clone());
        }
        Some(first)
    }

    /// The first timer, due or not.
    pub fn next(&self) -> Option<DueTimer> {
        let from = self.passed.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let kept = self.set.range((from, Bound::Unbounded)).find(|timer| !self.removed.contains(*timer));
        kept.into_iter().chain(self.added.first()).min().cloned()
    }
}

/// `<20 digits>/<key>`: text order is (deadline, key) order. Deadlines before the epoch are written as the epoch.
///
/// Each timer is written some three times a turn, so this goes without the formatting machinery.
fn encode(timer: &DueTimer) -> Vec<u8> {
    let mut digits = [b'0'; 20];
    let mut rest = timer.deadline.millis().max(0);
    for digit in digits.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    [&digits, b"/".as_slice(), timer.key.as_bytes()].concat()
}

fn decode(text: &str) -> Option<DueTimer> {
    let (deadline, key) = text.split_once('/')?;
    Some(DueTimer { deadline: EventTime::from_millis(deadline.parse().ok()?), key: key.to_owned() })
}

fn sum(timer: &DueTimer) -> i64 {
    checksum(&encode(timer), b"")
}

impl StoredTable for Timers {
    fn name(&self) -> &'static str {
        "timers"
    }

    fn topic(&self) -> Topic {
        self.topic
    }

    /// Timers are text.
    fn use_codec(&mut self, _: &Codec) {}

    fn changes(&self) -> Result<Vec<Change>, StateError> {
        let change = |timer: &DueTimer, value| Change { key: encode(timer).into(), value, timestamp: None };
        let removed = self.removed.iter().map(|timer| change(timer, None));
        Ok(removed.chain(self.added.iter().map(|timer| change(timer, Some(Bytes::new())))).collect())
    }

    fn merge(&mut self) {
        self.checksum = self.check().1;
        for timer in std::mem::take(&mut self.removed) {
            self.set.remove(&timer);
        }
        self.set.extend(std::mem::take(&mut self.added));
        self.passed = None;
    }

    fn discard(&mut self) {
        self.added.clear();
        self.removed.clear();
        self.passed = None;
    }

    fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        let text = std::str::from_utf8(key).ok().and_then(decode);
        let timer = text.ok_or_else(|| StateError { table: self.name(), detail: "a key is no timer".into() })?;
        let sum = sum(&timer);
        let changed = if value.is_some() { self.set.insert(timer) } else { self.set.remove(&timer) };
        if changed {
            let signed = if value.is_some() { sum } else { sum.wrapping_neg() };
            self.checksum = self.checksum.wrapping_add(signed);
        }
        Ok(())
    }

    fn check(&self) -> (i64, i64) {
        let keys = (self.set.len() + self.added.len() - self.removed.len()) as i64;
        let removed = self.removed.iter().fold(self.checksum, |checksum, timer| checksum.wrapping_sub(sum(timer)));
        (keys, self.added.iter().fold(removed, |checksum, timer| checksum.wrapping_add(sum(timer))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> EventTime {
        EventTime::from_millis(millis)
    }

    #[test]
    fn timers_fire_in_order_of_deadline_and_key_once_each() {
        let mut timers = Timers::new(Role::Care);
        for (deadline, key) in [(20, "b"), (10, "z"), (20, "a"), (30, "c"), (20, "a")] {
            timers.set(at(deadline), key);
        }
        timers.merge();
        timers.set(at(15), "new");
        timers.cancel(at(20), "b");
        let fired: Vec<String> = std::iter::from_fn(|| timers.take_due(at(29))).map(|timer| timer.key).collect();
        assert_eq!(fired, ["z", "new", "a"]);
        assert_eq!(timers.next().map(|timer| timer.key).as_deref(), Some("c"));
    }

    #[test]
    fn an_abort_brings_fired_timers_back_and_a_restore_gives_the_same_check() {
        let mut timers = Timers::new(Role::Care);
        timers.set(at(10), "a");
        timers.set(at(20), "b");
        let changes = timers.changes().unwrap();
        timers.merge();
        let check = timers.check();
        assert!(timers.take_due(at(10)).is_some());
        assert_ne!(timers.check(), check);
        timers.discard();
        assert_eq!(timers.check(), check);
        let mut restored = Timers::new(Role::Care);
        for change in changes {
            restored.restore(&change.key, change.value.as_deref()).unwrap();
        }
        assert_eq!(restored.check(), check);
        assert_eq!(restored.next(), timers.next());
    }
}

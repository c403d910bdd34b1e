//! Timers in event time: a table of (deadline, key), so that they are restored like everything else.

use events::{EventTime, Role, Topic};

use super::{Change, StateError, StoredTable, Table};

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
pub struct Timers(Table<()>);

impl Timers {
    /// No timers yet; they lie in `state.<role>`.
    pub fn new(role: Role) -> Self {
        Self(Table::new("timers", Topic::State(role)))
    }

    /// Sets a timer. Setting it twice is setting it once.
    pub fn set(&mut self, deadline: EventTime, key: &str) {
        self.0.put(encode(deadline, key), ());
    }

    /// Takes a timer off, if it is set.
    pub fn cancel(&mut self, deadline: EventTime, key: &str) {
        self.0.remove(&encode(deadline, key));
    }

    /// The first timer whose deadline `tick` has reached, taken off.
    pub fn take_due(&mut self, tick: EventTime) -> Option<DueTimer> {
        let first = self.next()?;
        if first.deadline > tick {
            return None;
        }
        self.cancel(first.deadline, &first.key);
        Some(first)
    }

    /// The first timer, due or not.
    pub fn next(&self) -> Option<DueTimer> {
        self.0.iter().next().and_then(|(key, ())| decode(key))
    }
}

/// `<20 digits>/<key>`: text order is (deadline, key) order. Deadlines before the epoch sort as the epoch.
fn encode(deadline: EventTime, key: &str) -> String {
    format!("{:020}/{key}", deadline.millis().max(0))
}

fn decode(text: &str) -> Option<DueTimer> {
    let (deadline, key) = text.split_once('/')?;
    Some(DueTimer { deadline: EventTime::from_millis(deadline.parse().ok()?), key: key.to_owned() })
}

impl StoredTable for Timers {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn topic(&self) -> Topic {
        self.0.topic()
    }
    fn changes(&self) -> Result<Vec<Change>, StateError> {
        self.0.changes()
    }
    fn merge(&mut self) {
        self.0.merge();
    }
    fn discard(&mut self) {
        self.0.discard();
    }
    fn restore(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StateError> {
        self.0.restore(key, value)
    }
    fn check(&self) -> (i64, i64) {
        self.0.check()
    }
}

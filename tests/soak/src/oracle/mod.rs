//! The oracle: what must be, computed in one thread from what was accepted and from the turns, while everything happens.
//!
//! Two judgements stand beside each other. *Replay*: every role's turns are decided once more, and what comes out must be what lies in
//! the topics, record for record. *Counts*: mentions, tallies, clocks and dead letters are counted from what was accepted, by code
//! that shares nothing with the stages.

mod balance;
mod clocks;
mod letters;
mod log;
mod once;
mod replay;
mod sums;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use book::Book;
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{BookVersion, Codec, Partition, PartitionCount, Payload, Role, Topic};
use stream::{Raw, Stage};

use balance::Balance;
use clocks::Clocks;
use letters::Letters;
use once::Count;
pub(crate) use once::Once;
use replay::{Replay, Replays};
use sums::Sums;

use crate::load::What;

/// Roles whose turns are replayed.
pub(crate) const ROLES: [Role; 6] = [Role::Enrich, Role::Classify, Role::Watch, Role::Care, Role::Call, Role::Tell];
/// Most violations that are told.
const TOLD: usize = 20;

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Which check found it.
    pub(crate) check: &'static str,
    /// What.
    pub(crate) what: String,
}

/// All that is known.
pub(crate) struct Oracle {
    codec: Codec,
    replays: BTreeMap<(Role, Partition), Box<dyn Replays>>,
    readers: BTreeMap<Topic, Vec<Role>>,
    balance: Balance,
    count: Count,
    sums: Sums,
    clocks: Clocks,
    letters: Letters,
    incidents: BTreeSet<String>,
    records: u64,
    violations: Vec<Violation>,
    found: usize,
}

impl Oracle {
    /// An oracle that has heard nothing.
    pub(crate) fn new(book: &Arc<Book>, partitions: PartitionCount) -> anyhow::Result<Self> {
        let mut this = Self {
            codec: Codec::default(),
            replays: BTreeMap::new(),
            readers: BTreeMap::new(),
            balance: Balance::default(),
            count: Count::default(),
            sums: Sums::default(),
            clocks: Clocks::default(),
            letters: Letters::default(),
            incidents: BTreeSet::new(),
            records: 0,
            violations: Vec::new(),
            found: 0,
        };
        let version = &book.version;
        let of = |error: String| anyhow!("a stage cannot be made of the book: {error}");
        this.add(Enrich::new(Arc::clone(book)).map_err(|error| of(error.to_string()))?, partitions, version);
        this.add(Classify::new(Arc::clone(book)).map_err(|error| of(error.to_string()))?, partitions, version);
        this.add(Watch::new(Arc::clone(book)), partitions, version);
        this.add(Care::new(Arc::clone(book)), partitions, version);
        this.add(Call::new(Arc::clone(book)), partitions, version);
        this.add(Tell::new(Arc::clone(book)), partitions, version);
        Ok(this)
    }

    fn add<S: Stage + 'static>(&mut self, stage: S, partitions: PartitionCount, book: &BookVersion)
    where
        S::State: Send,
    {
        let stage = Arc::new(stage);
        for topic in S::INPUTS {
            self.readers.entry(*topic).or_default().push(S::ROLE);
        }
        for partition in partitions.all() {
            let replay = Replay::new(&stage, partition, partitions, book);
            self.replays.insert((S::ROLE, partition), Box::new(replay));
        }
    }

    /// The topics that it must hear, in the order of the pipeline.
    pub(crate) fn topics() -> Vec<Topic> {
        let own = ROLES.into_iter().flat_map(|role| [Topic::Turns(role), Topic::State(role)]);
        let stateless = [Topic::State(Role::Classify), Topic::State(Role::Tell)];
        [
            Topic::MentionsRaw,
            Topic::MentionsRawExpress,
            Topic::MentionsEnriched,
            Topic::MentionsEnrichedExpress,
            Topic::MentionsClassified,
            Topic::MentionsClassifiedExpress,
            Topic::Tallies,
            Topic::Incidents,
            Topic::Cases,
            Topic::Calls,
            Topic::Notifications,
            Topic::Seen,
            Topic::DeadLetters,
        ]
        .into_iter()
        .chain(own.filter(|topic| !stateless.contains(topic)))
        .collect()
    }

    /// A line goes out to be taken.
    pub(crate) fn posted(&mut self, what: What, bytes: &[u8]) {
        match what {
            What::Revision(revision) => self.count.posted(revision),
            What::Poison => self.letters.posted(bytes),
        }
    }

    /// It was taken.
    pub(crate) fn acknowledged(&mut self, what: What, bytes: &[u8]) {
        match what {
            What::Revision(revision) => self.count.acknowledged(revision),
            What::Poison => self.letters.acknowledged(bytes),
        }
    }

    /// A record that nobody can read is put into a topic, past the webhook.
    pub(crate) fn sent(&mut self, bytes: &[u8]) {
        self.letters.sent(bytes);
    }

    /// A committed record.
    pub(crate) fn hear(&mut self, raw: Raw) {
        self.records += 1;
        if let Err((check, what)) = self.judge(&raw) {
            self.found(check, what);
        }
        for role in self.readers.get(&raw.topic).into_iter().flatten() {
            if let Some(replay) = self.replays.get_mut(&(*role, raw.partition)) {
                replay.hear(raw.clone());
            }
        }
        // A record of ingest is nobody's output here; sinks and ingest write dead letters too.
        let ours = match raw.topic {
            Topic::MentionsRaw | Topic::MentionsRawExpress => false,
            Topic::DeadLetters => self.letter_is_ours(&raw),
            _ => true,
        };
        if ours {
            self.balance.read(&raw);
        }
    }

    /// Decides what the turns allow by now.
    pub(crate) fn advance(&mut self) {
        let mut wrong = Vec::new();
        for replay in self.replays.values_mut() {
            match replay.advance() {
                Ok(written) => {
                    let told = written.iter().filter(|record| record.topic != Topic::Progress);
                    told.for_each(|record| self.balance.due(record));
                }
                Err(what) => wrong.push(what),
            }
        }
        wrong.into_iter().for_each(|what| self.found("turns", what));
        self.count.out_of_order().into_iter().for_each(|what| self.found("mentions", what));
        let overdue: Vec<String> = self.balance.overdue(None).take(TOLD).collect();
        overdue.into_iter().for_each(|what| self.found("replay", what));
    }

    fn judge(&mut self, raw: &Raw) -> Result<(), (&'static str, String)> {
        let Some(value) = raw.value.as_deref() else { return Ok(()) };
        match Payload::decode(raw.topic, value, &self.codec) {
            Err(_) if raw.topic == Topic::MentionsRaw => {}
            Err(error) => return Err(("codec", format!("a record of `{}` cannot be read: {error}", raw.topic))),
            Ok(Some(Payload::Mention(mention))) => self.count.raw(&mention).map_err(|what| ("mentions", what))?,
            Ok(Some(Payload::Enriched(record))) => {
                self.sums.enriched(&record);
                self.clocks.enriched(&record);
                self.count.enriched(raw.topic, &record).map_err(|what| ("mentions", what))?;
            }
            Ok(Some(Payload::Classified(record))) => {
                self.sums.classified(&record);
                self.count.classified(raw.topic, &record).map_err(|what| ("mentions", what))?;
            }
            Ok(Some(Payload::Tally(tally))) => self.sums.tally(&tally),
            Ok(Some(Payload::Incident(incident))) => {
                self.incidents.insert(incident.incident_id.to_string());
            }
            Ok(Some(Payload::Case(case))) => self.clocks.case(*case).map_err(|what| ("clocks", what))?,
            Ok(Some(Payload::Notification(it))) => self.clocks.notification(&it).map_err(|what| ("clocks", what))?,
            Ok(Some(Payload::DeadLetter(letter))) => {
                self.letters.letter(&letter).map_err(|what| ("dead letters", what))?
            }
            Ok(Some(Payload::Turn(turn))) => {
                let role = ROLES.into_iter().find(|role| Topic::Turns(*role) == raw.topic);
                if let Some(replay) = role.and_then(|role| self.replays.get_mut(&(role, raw.partition))) {
                    replay.turn(*turn).map_err(|what| ("turns", what))?;
                }
            }
            Ok(_) => {}
        }
        Ok(())
    }

    fn letter_is_ours(&self, raw: &Raw) -> bool {
        let letter = Payload::decode(raw.topic, raw.value.as_deref().unwrap_or_default(), &self.codec);
        matches!(letter, Ok(Some(Payload::DeadLetter(letter))) if ROLES.iter().any(|role| role.name() == letter.stage))
    }

    fn found(&mut self, check: &'static str, what: String) {
        self.found += 1;
        let violation = Violation { check, what };
        if self.violations.len() < TOLD && !self.violations.contains(&violation) {
            println!("  WRONG  [{check}] {}", violation.what);
            self.violations.push(violation);
        }
    }

    /// Whether everything accepted has gone through, and every turn is replayed.
    pub(crate) fn is_settled(&self) -> bool {
        let idle = |replay: &dyn Replays| replay.waiting() == (0, 0);
        self.balance.len() == 0 && self.replays.values().all(|replay| idle(replay.as_ref())) && self.count.is_settled()
    }

    /// One line about where it stands.
    pub(crate) fn told(&self) -> String {
        let waiting = self.replays.values().map(|replay| replay.waiting());
        let (turns, unread) = waiting.fold((0, 0), |sum, waiting| (sum.0 + waiting.0, sum.1 + waiting.1));
        let Clocks { breached, met, .. } = &self.clocks;
        format!(
            "{} records heard; {} without partner, {turns} turns and {unread} records wait; clocks {met} met, {breached} run out; \
             {} incidents; {} dead letters; {} violations",
            self.records,
            self.balance.len(),
            self.incidents.len(),
            self.letters.len(),
            self.found,
        )
    }

    /// Everything is over: what is left is wrong. Checks that find something are told.
    pub(crate) fn close(&mut self) -> Once {
        let (once, wrong) = self.count.closing();
        wrong.into_iter().for_each(|what| self.found("mentions", what));
        let overdue: Vec<String> = self.balance.overdue(Some(Duration::ZERO)).collect();
        overdue.into_iter().for_each(|what| self.found("replay", what));
        let sums: Vec<String> = self.sums.wrong().collect();
        sums.into_iter().for_each(|what| self.found("tallies", what));
        let clocks: Vec<String> = self.clocks.wrong().collect();
        clocks.into_iter().for_each(|what| self.found("clocks", what));
        let letters: Vec<String> = self.letters.wrong().collect();
        letters.into_iter().for_each(|what| self.found("dead letters", what));
        let waiting: Vec<String> = self
            .replays
            .iter()
            .filter(|(_, replay)| replay.waiting().0 > 0)
            .map(|((role, partition), replay)| {
                format!(
                    "{} turns of `{role}`, partition {} have no predecessor or input",
                    replay.waiting().0,
                    partition.0
                )
            })
            .collect();
        waiting.into_iter().for_each(|what| self.found("turns", what));
        once
    }

    /// Something that another check found.
    pub(crate) fn report(&mut self, check: &'static str, what: impl Into<String>) {
        self.found(check, what.into());
    }

    /// What was found, and how often in all.
    pub(crate) fn violations(&self) -> (&[Violation], usize) {
        (&self.violations, self.found)
    }

    /// Clocks run out although the answer had come, as far as is known now.
    pub(crate) fn early_clocks(&mut self) {
        let clocks: Vec<String> = self.clocks.wrong().collect();
        clocks.into_iter().for_each(|what| self.found("clocks", what));
    }

    /// How many records of all topics were heard.
    pub(crate) const fn records(&self) -> u64 {
        self.records
    }

    /// The highest revision of each mention that stores must have.
    pub(crate) fn highest(&self) -> BTreeMap<u32, u8> {
        self.count.highest()
    }

    /// Ids of all notifications.
    pub(crate) fn notifications(&self) -> BTreeSet<String> {
        self.clocks.notifications().cloned().collect()
    }

    /// Newest revision of each case.
    pub(crate) fn cases(&self) -> BTreeMap<String, i64> {
        self.clocks.cases()
    }
}

//! The loop: one worker = one consumer, one transactional producer, one stage.
//!
//! A pass is [`Worker::prepare`] (poll, restore what was assigned, decide each partition's turn) and [`Worker::commit`]
//! (one transaction for the turns given); [`Worker::step`] is both. The proof of exactly-once is short:
//! 1. What a turn puts out, what it changes and what it read go into one transaction, or nowhere.
//! 2. Changes lie in an overlay until that commit; an abort throws them away and seeks back to the committed position.
//! 3. Prepared turns are committed or given up before the next poll, so a revoked partition never has work in flight.
//! 4. State taken over is checked against the committed offsets *and* the turn number, or the worker refuses to run.

mod assignment;
mod decide;
mod full;
mod limit;
mod observer;
mod sorted;
mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use events::{BookVersion, Codec, EventTime, Partition, PartitionCount};

pub use limit::DeadLetterLimit;
pub use observer::{Counts, Observer, Recorded, RecordingObserver, Silent, StateOrigin};
pub use turn::Prepared;

use crate::progress::{self, Lane};
use crate::{Defect, Exit, KillPoint, Log, Outgoing, Planted, Polled, Position, Stage, State, Txn};

/// What a worker needs to know besides its stage and its log.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// How many partitions every topic has.
    pub partitions: PartitionCount,
    /// Version of the book that the stage was built from.
    pub book_version: BookVersion,
    /// Reads and writes records.
    pub codec: Codec,
    /// Stops a stage that rejects too much; `None` for ingest, which flags the source and goes on.
    pub dead_letter_limit: Option<DeadLetterLimit>,
    /// The way out when the check of restored state refuses: take the state as it is and go on from the committed offsets.
    pub accept_state: bool,
    /// Timers fired in one turn at most.
    pub max_firings: usize,
    /// What the worker does wrong on purpose.
    pub planted: Planted,
}

impl WorkerSettings {
    /// Settings as the design has them.
    pub fn new(partitions: PartitionCount, book_version: BookVersion) -> Self {
        Self {
            partitions,
            book_version,
            codec: Codec::default(),
            dead_letter_limit: Some(DeadLetterLimit::default()),
            accept_state: false,
            max_firings: 1_000,
            planted: Planted::default(),
        }
    }
}

/// Time that a turn may let pass: timers up to `at` fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Stream time from now on.
    pub at: EventTime,
    /// True when upstream's progress had to be left behind.
    pub unconfirmed: bool,
}

impl Tick {
    /// A tick that upstream's progress has reached.
    pub const fn confirmed(at: EventTime) -> Self {
        Self { at, unconfirmed: false }
    }
}

/// The ticks of one pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ticks {
    /// Time stands still.
    #[default]
    None,
    /// The same for every partition.
    All(Tick),
    /// One for each partition; time stands still where there is none.
    Each(BTreeMap<Partition, Tick>),
}

impl Ticks {
    /// The tick of a partition.
    pub fn of(&self, partition: Partition) -> Option<Tick> {
        match self {
            Self::None => None,
            Self::All(tick) => Some(*tick),
            Self::Each(ticks) => ticks.get(&partition).copied(),
        }
    }
}

impl From<Option<Tick>> for Ticks {
    fn from(tick: Option<Tick>) -> Self {
        tick.map_or(Self::None, Self::All)
    }
}

/// What a worker keeps for one partition.
#[derive(Debug)]
struct Task<T> {
    state: T,
    /// The committed position.
    position: Position,
    /// The last tick that a committed turn saw.
    stream_time: EventTime,
}

/// One member of a group with its stage. See the module's text.
pub struct Worker<L: Log, S: Stage> {
    log: L,
    stage: Arc<S>,
    settings: WorkerSettings,
    observer: Arc<dyn Observer>,
    /// Partitions that are ours and restored.
    tasks: BTreeMap<Partition, Task<S::State>>,
    /// State of partitions that are no longer ours: used again when it still equals what was committed.
    retained: BTreeMap<Partition, Task<S::State>>,
    /// Partitions that are ours and not restored yet.
    unrestored: BTreeSet<Partition>,
    /// Partitions of ours that are full: nothing is read of them.
    full: BTreeSet<Partition>,
    /// Whether the group has given anything yet; nothing counts too.
    is_assigned: bool,
    limit: Option<DeadLetterLimit>,
}

impl<L: Log, S: Stage> Worker<L, S> {
    /// A worker that has not polled yet.
    pub fn new(log: L, stage: Arc<S>, settings: WorkerSettings, observer: Arc<dyn Observer>) -> Self {
        let limit = settings.dead_letter_limit.clone();
        Self {
            log,
            stage,
            settings,
            observer,
            tasks: BTreeMap::new(),
            retained: BTreeMap::new(),
            unrestored: BTreeSet::new(),
            full: BTreeSet::new(),
            is_assigned: false,
            limit,
        }
    }

    /// Partitions that are ours and restored.
    pub fn partitions(&self) -> impl Iterator<Item = Partition> {
        self.tasks.keys().copied()
    }

    /// The state of a partition that is ours and restored.
    pub fn state(&self, partition: Partition) -> Option<&S::State> {
        self.tasks.get(&partition).map(|task| &task.state)
    }

    /// Whether the group has given an assignment, be it nothing: part of readiness.
    pub const fn is_assigned(&self) -> bool {
        self.is_assigned
    }

    /// Whether every partition of ours is restored: part of readiness.
    pub fn restored(&self) -> bool {
        self.unrestored.is_empty()
    }

    /// A pass: prepares what there is and commits it in one transaction. Returns how many turns were committed.
    ///
    /// # Errors
    /// [`Exit::Retry`] and [`Exit::Fenced`] after the worker went back to what is committed: call again after a pause.
    /// Others end the worker.
    pub fn step(&mut self, ticks: impl Into<Ticks>) -> Result<usize, Exit> {
        let prepared = self.prepare(ticks)?;
        let turns = prepared.len();
        self.commit(prepared)?;
        Ok(turns)
    }

    /// Polls, takes over or gives up partitions, and decides one turn for each partition that has records or due timers.
    ///
    /// # Errors
    /// As [`Worker::step`]; nothing is then prepared.
    pub fn prepare(&mut self, ticks: impl Into<Ticks>) -> Result<Vec<Prepared>, Exit> {
        let ticks = ticks.into();
        self.restore_assigned()?;
        if let Err(exit) = self.hold_what_is_full() {
            return Err(self.give_up(exit));
        }
        let records = match self.log.poll() {
            Ok(Polled::Records(records)) => records,
            Ok(Polled::Assigned(partitions)) => {
                self.assigned(&partitions);
                self.restore_assigned()?;
                return Ok(Vec::new());
            }
            Ok(Polled::Revoked(partitions)) => {
                self.revoked(&partitions);
                return Ok(Vec::new());
            }
            Ok(Polled::Idle) => Vec::new(),
            Err(exit) => return Err(self.give_up(exit)),
        };
        let mut by_partition = sorted::sorted(records, S::INPUTS);
        for (partition, task) in &mut self.tasks {
            let Some(tick) = ticks.of(*partition) else { continue };
            if task.state.timers().and_then(|timers| timers.next()).is_some_and(|timer| timer.deadline <= tick.at) {
                by_partition.entry(*partition).or_default();
            }
        }
        let mut prepared = Vec::with_capacity(by_partition.len());
        for (partition, records) in by_partition {
            let (count, started) = (records.len(), Instant::now());
            let decided = self.decide(partition, records, ticks.of(partition));
            self.observer.decided(S::ROLE, count, started.elapsed(), decided.is_ok());
            match decided {
                Ok(turn) => prepared.extend(turn),
                Err(exit) => return Err(self.give_up(exit)),
            }
        }
        Ok(prepared)
    }

    /// Commits prepared turns in one transaction. All that [`Worker::prepare`] gave must be committed before the next one.
    ///
    /// # Errors
    /// As [`Worker::step`].
    pub fn commit(&mut self, prepared: Vec<Prepared>) -> Result<(), Exit> {
        if prepared.is_empty() {
            return Ok(());
        }
        let positions: Vec<(Partition, Position)> =
            prepared.iter().map(|turn| (turn.partition, turn.position.clone())).collect();
        let mut reports = Vec::with_capacity(prepared.len());
        let mut outgoing: Vec<Outgoing> = Vec::new();
        for turn in prepared {
            outgoing.extend(turn.outgoing);
            reports.push((turn.partition, turn.stream_time, turn.counts));
        }
        let (started, planted) = (Instant::now(), self.settings.planted);
        if planted.is(Defect::StateMergedEarly) {
            positions.iter().for_each(|(partition, _)| self.merge(*partition));
        }
        let reads_nothing = reports.iter().all(|(_, _, counts)| counts.total_read() == 0);
        let sent = if reads_nothing && planted.is(Defect::TickWithoutOffsets) { &[] } else { positions.as_slice() };
        if let Err(exit) = self.transact(outgoing, sent) {
            return Err(self.give_up(exit));
        }
        self.observer.transacted(S::ROLE, started.elapsed());
        for ((partition, stream_time, counts), (_, position)) in reports.into_iter().zip(positions) {
            self.merge(partition);
            if let Some(task) = self.tasks.get_mut(&partition) {
                task.position = position;
                task.stream_time = stream_time;
            }
            self.observer.committed(S::ROLE, partition, &counts);
        }
        KillPoint::StateMerged.reach();
        Ok(())
    }

    /// Writes up to when the input of partitions of ours is handled, in a transaction that is no turn: offsets and turn numbers
    /// stay, but travel along, so that a zombie is fenced here too.
    ///
    /// # Errors
    /// As [`Worker::step`].
    pub fn write_progress(&mut self, handled_to: &BTreeMap<(Lane, Partition), EventTime>) -> Result<(), Exit> {
        let (mut outgoing, mut positions) = (Vec::new(), BTreeMap::new());
        for ((lane, partition), to) in handled_to {
            let Some(task) = self.tasks.get(partition) else { continue };
            outgoing.push(progress::record(S::ROLE, *lane, *partition, *to, &self.settings.codec)?);
            positions.insert(*partition, task.position.clone());
        }
        if outgoing.is_empty() {
            return Ok(());
        }
        let positions: Vec<(Partition, Position)> = positions.into_iter().collect();
        match self.transact(outgoing, &positions) {
            Ok(()) => Ok(()),
            Err(exit) => Err(self.give_up(exit)),
        }
    }

    /// The committed position of a partition of ours.
    pub fn position(&self, partition: Partition) -> Option<&Position> {
        self.tasks.get(&partition).map(|task| &task.position)
    }

    /// The log, for questions that change nothing of the worker's.
    pub fn log_mut(&mut self) -> &mut L {
        &mut self.log
    }

    /// Decides by another book from the next pass on. Nothing is in flight between passes, so no turn mixes two.
    pub fn decide_by(&mut self, stage: Arc<S>, book_version: BookVersion) {
        self.stage = stage;
        self.settings.book_version = book_version;
    }

    /// The changes of the turn become part of the partition's state.
    fn merge(&mut self, partition: Partition) {
        let tables = self.tasks.get_mut(&partition).map(|task| task.state.tables_mut());
        tables.into_iter().flatten().for_each(crate::StoredTable::merge);
    }

    fn transact(&mut self, outgoing: Vec<Outgoing>, positions: &[(Partition, Position)]) -> Result<(), Exit> {
        let mut txn = self.log.begin()?;
        txn.send_all(outgoing)?;
        txn.commit(positions)
    }

    /// Throws away what is not committed and goes back to what is; the cause comes back.
    fn give_up(&mut self, exit: Exit) -> Exit {
        self.observer.aborted(S::ROLE, &exit);
        for task in self.tasks.values_mut() {
            task.state.tables_mut().into_iter().for_each(crate::StoredTable::discard);
        }
        match &exit {
            Exit::Retry(_) => {
                self.full.clear();
                let rewound: Result<(), Exit> =
                    self.tasks.iter().try_for_each(|(partition, task)| self.log.seek(*partition, &task.position));
                rewound.err().unwrap_or(exit)
            }
            Exit::Fenced(_) => {
                let ours: Vec<Partition> = self.tasks.keys().copied().chain(self.unrestored.iter().copied()).collect();
                self.revoked(&ours);
                exit
            }
            Exit::Replaced(_) | Exit::Refused(_) | Exit::Fatal(_) => exit,
        }
    }
}

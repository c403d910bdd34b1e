//! The loop of a store: poll, map, write with the offsets, tell the group.
//!
//! Why nothing is lost or doubled: rows and offsets move together in the store, from where *this* worker knows them to
//! stand. Whatever goes wrong (a crash, a store that is away, another writer), the way back is one and the same: read the
//! offsets of the store, and go on there if the partition is still ours. While the store is away the log is polled all the
//! same, so the group keeps its member; what comes is thrown away, because taking over seeks back. A record that can never
//! be stored is sent to `dead-letters` before the store's offset passes it: a crash in between sends it twice, under the
//! same topic, partition and offset.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use events::Partition;

use super::{Store, StoreError};
use crate::behind::Behind;
use crate::{Backoff, DeadLetterLimit, Exit, Log, Observer, Polled, Position, Raw, StateOrigin, Txn, WorkerSettings};

/// What a pass of the loop did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// So many records are stored.
    Stored(usize),
    /// Nothing to do now.
    Idle,
    /// The store is away: the next try is due after this pause. Call again before it is over, so that the group is served.
    Held(Duration),
}

/// One member of a group with its store. See the module's text.
pub struct StoreWorker<L: Log, S: Store> {
    pub(super) log: L,
    pub(super) store: S,
    pub(super) settings: WorkerSettings,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) limit: Option<DeadLetterLimit>,
    /// Partitions that are ours, and where the store stands.
    pub(super) tasks: BTreeMap<Partition, Position>,
    /// Partitions that are ours, and where the store stands is to be read.
    unread: BTreeSet<Partition>,
    /// Whether the group has given anything yet; nothing counts too.
    is_assigned: bool,
    /// Partitions of ours that the observer knows of.
    announced: BTreeSet<Partition>,
    backoff: Backoff,
    held_until: Option<Instant>,
    pub(super) lag_told: Option<Instant>,
    pub(super) behind: Behind,
}

/// Why a pass ends early.
pub(super) enum Trouble {
    Store(StoreError),
    Log(Exit),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Exit> for Trouble {
    fn from(exit: Exit) -> Self {
        Self::Log(exit)
    }
}

impl<L: Log, S: Store> StoreWorker<L, S> {
    /// A worker that has not polled yet; `backoff` spaces its tries while the store is away.
    pub fn new(log: L, store: S, settings: WorkerSettings, backoff: Backoff, observer: Arc<dyn Observer>) -> Self {
        let limit = settings.dead_letter_limit.clone();
        Self {
            log,
            store,
            settings,
            observer,
            limit,
            tasks: BTreeMap::new(),
            unread: BTreeSet::new(),
            is_assigned: false,
            announced: BTreeSet::new(),
            backoff,
            held_until: None,
            lag_told: None,
            behind: Behind::default(),
        }
    }

    /// Partitions that are ours and ready.
    pub fn partitions(&self) -> impl Iterator<Item = Partition> {
        self.tasks.keys().copied()
    }

    /// Whether the group has given an assignment, be it nothing: part of readiness.
    pub const fn is_assigned(&self) -> bool {
        self.is_assigned
    }

    /// Whether the store's offsets of every partition of ours are known: part of readiness.
    pub fn ready(&self) -> bool {
        self.unread.is_empty()
    }

    /// The log, for tests that steer it.
    pub const fn log_mut(&mut self) -> &mut L {
        &mut self.log
    }

    /// The store, for tests that look into it.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// One pass: takes over what was assigned, polls once, and stores what came.
    ///
    /// # Errors
    /// What ends the process: [`Exit::Replaced`], [`Exit::Refused`], [`Exit::Fatal`].
    pub fn step(&mut self) -> Result<Pass, Exit> {
        if let Some(pause) = self.held() {
            // Only to serve the group: taking over seeks back to before what comes.
            return self.poll().map(|_| Pass::Held(pause)).or_else(|exit| self.give_up(exit));
        }
        match self.pass() {
            Ok(stored) => {
                if self.unread.is_empty() {
                    self.backoff.reset();
                    self.observer.held_up(S::ROLE, S::DEPENDENCY, false);
                }
                Ok(if stored == 0 { Pass::Idle } else { Pass::Stored(stored) })
            }
            Err(Trouble::Store(error)) => self.step_back(error),
            Err(Trouble::Log(exit)) => self.give_up(exit),
        }
    }

    /// Finishes what is open for every partition of ours: before the process ends.
    ///
    /// # Errors
    /// The store cannot finish it.
    pub fn close(&mut self) -> Result<(), StoreError> {
        let ours: Vec<Partition> = self.tasks.keys().copied().collect();
        ours.into_iter().try_for_each(|partition| self.store.release(partition))
    }

    fn held(&mut self) -> Option<Duration> {
        let pause = self.held_until?.saturating_duration_since(Instant::now());
        if pause.is_zero() {
            self.held_until = None;
            return None;
        }
        Some(pause)
    }

    fn pass(&mut self) -> Result<usize, Trouble> {
        self.take_over()?;
        let records = self.poll()?;
        let records: Vec<Raw> =
            records.into_iter().filter(|record| self.tasks.contains_key(&record.partition)).collect();
        if records.is_empty() {
            self.take_over()?;
            self.store.idle()?;
            self.tell_lag()?;
            return Ok(0);
        }
        let (count, started) = (records.len(), Instant::now());
        let touched: BTreeSet<Partition> = records.iter().map(|record| record.partition).collect();
        let stored = self.map(records).map_err(Trouble::from).and_then(|items| self.write(items));
        self.observer.decided(S::ROLE, count, started.elapsed(), stored.is_ok());
        stored?;
        self.tell_the_group(&touched)?;
        self.tell_lag()?;
        Ok(count)
    }

    /// Polls once; what was assigned waits to be taken over.
    fn poll(&mut self) -> Result<Vec<Raw>, Exit> {
        match self.log.poll()? {
            Polled::Records(records) => return Ok(records),
            Polled::Assigned(partitions) => {
                self.is_assigned = true;
                self.unread.extend(partitions);
            }
            Polled::Revoked(partitions) => self.revoked(&partitions),
            Polled::Idle => {}
        }
        Ok(Vec::new())
    }

    fn revoked(&mut self, partitions: &[Partition]) {
        for partition in partitions {
            self.unread.remove(partition);
            if self.tasks.remove(partition).is_some()
                && let Err(error) = self.store.release(*partition)
            {
                // Whoever owns it now goes on where the store stands, so nothing is lost.
                tracing::warn!(role = %S::ROLE, partition = partition.0, %error, "what was open is left unfinished");
            }
        }
        self.tell_revoked(partitions);
    }

    fn tell_revoked(&mut self, partitions: &[Partition]) {
        let known: Vec<Partition> =
            partitions.iter().copied().filter(|partition| self.announced.remove(partition)).collect();
        if !known.is_empty() {
            self.observer.revoked(S::ROLE, &known);
        }
    }

    fn take_over(&mut self) -> Result<(), Trouble> {
        for partition in self.unread.clone() {
            let next = self.store.next_offsets(partition)?;
            let turn = match self.log.committed(partition) {
                Ok(committed) => committed.turn,
                // Somebody's commit is under way, or nobody answers: the next pass asks again. To ask for every partition
                // before the next poll could take longer than a member may be silent.
                Err(Exit::Retry(_)) => return Ok(()),
                Err(exit) => return Err(exit.into()),
            };
            let position = Position { next, turn };
            self.log.seek(partition, &position)?;
            self.unread.remove(&partition);
            self.tasks.insert(partition, position);
            if self.announced.insert(partition) {
                self.observer.ready(S::ROLE, partition, StateOrigin::Restored, 0);
            }
        }
        Ok(())
    }

    /// Commits where the store stands to the group, for lag tools. When that fails nothing is lost: the next one says more.
    fn tell_the_group(&mut self, touched: &BTreeSet<Partition>) -> Result<(), Exit> {
        let mut positions = self.positions(touched);
        positions.iter_mut().for_each(|(_, position)| position.turn += 1);
        let started = Instant::now();
        match self.log.begin().and_then(|txn| txn.commit(&positions)) {
            Ok(()) => {
                self.tasks.extend(positions);
                self.observer.transacted(S::ROLE, started.elapsed());
                Ok(())
            }
            Err(exit @ Exit::Retry(_)) => {
                self.observer.aborted(S::ROLE, &exit);
                Ok(())
            }
            Err(exit) => Err(exit),
        }
    }

    /// The store did not do it: back to what it holds, after a pause if it is away.
    fn step_back(&mut self, error: StoreError) -> Result<Pass, Exit> {
        self.forget_where_it_stands();
        match error {
            StoreError::Lost => {
                self.observer.retried(S::ROLE, S::DEPENDENCY, "lost");
                tracing::warn!(role = %S::ROLE, "another writer moved the offsets of the store: reading them again");
                Ok(Pass::Idle)
            }
            StoreError::Away { kind, detail } => {
                let pause = self.hold();
                self.observer.retried(S::ROLE, S::DEPENDENCY, kind);
                self.observer.held_up(S::ROLE, S::DEPENDENCY, true);
                let pause_seconds = pause.as_secs_f64();
                tracing::warn!(role = %S::ROLE, store = S::DEPENDENCY, detail, pause_seconds, "the store is away");
                Ok(Pass::Held(pause))
            }
            StoreError::Refused(detail) | StoreError::Broken(detail) => self.give_up(Exit::Fatal(detail)),
        }
    }

    fn hold(&mut self) -> Duration {
        let pause = self.backoff.pause();
        self.held_until = Some(Instant::now() + pause);
        pause
    }

    /// What is ours stays ours, but where the store stands is read again.
    fn forget_where_it_stands(&mut self) {
        self.unread.extend(std::mem::take(&mut self.tasks).into_keys());
    }

    fn give_up(&mut self, exit: Exit) -> Result<Pass, Exit> {
        self.observer.aborted(S::ROLE, &exit);
        match exit {
            // A transaction with dead letters was aborted: its records are read again.
            Exit::Retry(_) => {
                self.forget_where_it_stands();
                Ok(Pass::Held(self.hold()))
            }
            Exit::Fenced(_) => {
                self.forget_where_it_stands();
                let ours: Vec<Partition> = std::mem::take(&mut self.unread).into_iter().collect();
                self.tell_revoked(&ours);
                Ok(Pass::Idle)
            }
            Exit::Replaced(_) | Exit::Refused(_) | Exit::Fatal(_) => Err(exit),
        }
    }
}

//! The worker of a store as a member of the model, with a store in memory that keeps its own offsets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use events::{Codec, EventTime, Offset, Partition, Role, Topic};
use stream::memory::Cluster;
use stream::store::{Move, Store, StoreError, StoreWorker, Unstorable, Written};
use stream::{Backoff, Defect, Exit, Planted, Raw, Silent, WorkerSettings};

use crate::member::Member;
use crate::oracle::Said;
use crate::steered::{Before, Call, PLANNED, SteeredLog};
use crate::world::INPUTS;

type Place = (Topic, Partition);

/// What the database holds: rows by the place of their record, offsets, and every move of these.
#[derive(Debug, Default)]
struct Tables {
    rows: Vec<(Place, Offset)>,
    next: BTreeMap<Place, Offset>,
    moves: Vec<(Place, Offset, Offset)>,
    /// The next write is not answered: it is done by then, or it never will be, by turns.
    fails: bool,
    failed: u32,
}

/// The database.
#[derive(Debug, Default)]
pub(crate) struct Database(Mutex<Tables>);

impl Database {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().expect("nobody panicked over it")
    }
}

/// A connection to it.
pub(crate) struct Connection {
    database: Arc<Database>,
    before: Before,
    planted: Planted,
}

impl Connection {
    fn reach(&self, call: Call) -> Result<(), StoreError> {
        if (self.before)(call) { Err(StoreError::Broken(PLANNED.to_owned())) } else { Ok(()) }
    }
}

impl Store for Connection {
    type Row = (Place, Offset);
    const ROLE: Role = Role::SinkPostgres;
    const INPUTS: &'static [Topic] = INPUTS;
    const DEPENDENCY: &'static str = "memory";

    fn row(raw: &Raw, _: &Codec) -> Result<Self::Row, Unstorable> {
        Ok(((raw.topic, raw.partition), raw.offset))
    }

    fn next_offsets(&mut self, partition: Partition) -> Result<Vec<(Topic, Offset)>, StoreError> {
        self.reach(Call::Committed)?;
        let tables = self.database.tables();
        let next = |topic: &Topic| (*topic, tables.next.get(&(*topic, partition)).copied().unwrap_or_default());
        let mut next: Vec<(Topic, Offset)> = INPUTS.iter().map(next).collect();
        next.sort_unstable();
        Ok(next)
    }

    fn write(&mut self, rows: &[&Self::Row], moves: &[Move]) -> Result<Written, StoreError> {
        self.reach(Call::Send)?;
        let away = || StoreError::Away { kind: "timeout", detail: "no answer".to_owned() };
        let mut tables = self.database.tables();
        let fails = std::mem::take(&mut tables.fails);
        tables.failed += u32::from(fails);
        if fails && tables.failed.is_multiple_of(2) {
            return Err(away());
        }
        let stands = |tables: &Tables, moved: &Move| tables.next.get(&(moved.topic, moved.partition)).copied();
        let compares = !self.planted.is(Defect::StoreWithoutCompare);
        if compares && moves.iter().any(|moved| stands(&tables, moved).unwrap_or_default() != moved.from) {
            return Err(StoreError::Lost);
        }
        for moved in moves {
            let place = (moved.topic, moved.partition);
            let stood = tables.next.insert(place, moved.to).unwrap_or_default();
            tables.moves.push((place, stood, moved.to));
        }
        tables.rows.extend(rows.iter().copied());
        drop(tables);
        if fails { Err(away()) } else { Ok(Written { inserted: rows.len() as u64, ..Written::default() }) }
    }
}

/// The worker of a store.
pub(crate) struct Storing(StoreWorker<SteeredLog, Connection>);

impl Member for Storing {
    type Outside = Database;
    const ROLE: Role = Connection::ROLE;

    fn new(log: SteeredLog, before: Before, outside: &Arc<Database>, settings: WorkerSettings) -> Self {
        // No time passes in the model: the pause is over with the next step.
        let moment = Duration::from_nanos(1);
        let backoff = Backoff::new(moment, moment).expect("a moment is no nothing");
        let connection = Connection { database: Arc::clone(outside), before, planted: settings.planted };
        Self(StoreWorker::new(log, connection, settings, backoff, Arc::new(Silent)))
    }

    fn log_mut(&mut self) -> &mut SteeredLog {
        self.0.log_mut()
    }

    fn has_decided(&self) -> bool {
        false
    }

    fn advance(&mut self, _: EventTime) -> Result<(), Exit> {
        self.0.step().map(drop)
    }

    fn tell(&mut self, _: EventTime) -> Result<(), Exit> {
        Ok(())
    }

    fn fail_once(outside: &Database) {
        outside.tables().fails = true;
    }

    fn recover(outside: &Database) {
        outside.tables().fails = false;
    }

    /// Each record is a row once, and the offsets of each partition were moved without gap or overlap to its last record.
    fn check(outside: &Database, cluster: &Cluster, said: &[Said]) -> Result<(), String> {
        let mut tables = outside.tables();
        let mut stands: BTreeMap<Place, Offset> = BTreeMap::new();
        for (place, stood, next) in &tables.moves {
            let known = stands.insert(*place, *next).unwrap_or_default();
            if known != *stood || next <= stood {
                return Err(format!("the offset of {place:?} was moved to {known:?}, then from {stood:?} to {next:?}"));
            }
        }
        let read = cluster.tap(INPUTS).read();
        let mut wanted: Vec<(Place, Offset)> =
            read.iter().map(|raw| ((raw.topic, raw.partition), raw.offset)).collect();
        wanted.sort_unstable();
        tables.rows.sort_unstable();
        if tables.rows != wanted || wanted.len() < said.len() {
            return Err(format!("of records {wanted:?} these became rows: {:?}", tables.rows));
        }
        let ends: BTreeMap<Place, Offset> =
            wanted.iter().map(|(place, offset)| (*place, Offset(offset.0 + 1))).collect();
        if stands == ends {
            Ok(())
        } else {
            Err(format!("the records end at {ends:?}, the store stands at {stands:?}"))
        }
    }
}

//! What is too much waits in the log.

use events::{EventTime, Offset, Partition, Role, Topic};
use stream::{
    Batch, Context, Decided, DropReason, DueTimer, Fault, Log, Output, Stage, State, StoredTable, Table, Tick, Timers,
    Verdict, Worker,
};

use super::Harness;
use crate::toy::{self, Count, Note, TIMER};
use crate::{build, drive};

const FROM: Topic = Topic::MentionsRaw;
const P: Partition = Partition(0);
/// Notes that a hoard keeps before it is full.
const FULL: i64 = 2;

/// Notes of a partition until their timer is due.
#[derive(Debug)]
struct Hoard {
    notes: Table<String>,
    timers: Timers,
}

impl Default for Hoard {
    fn default() -> Self {
        Self { notes: Table::new("notes", Topic::State(Role::Enrich)), timers: Timers::new(Role::Enrich) }
    }
}

impl State for Hoard {
    const FORMAT: i64 = 1;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.notes, &self.timers]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.notes, &mut self.timers]
    }
    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
    }
    fn is_full(&self, was: bool) -> bool {
        self.notes.check().0 >= if was { FULL / 2 } else { FULL }
    }
}

/// Keeps each note until its timer is due, and then gives it out.
#[derive(Debug, Default)]
struct Keep;

impl Stage for Keep {
    type In = Note;
    type State = Hoard;
    const ROLE: Role = Role::Enrich;
    const INPUTS: &'static [Topic] = Count::INPUTS;
    const DROPS: &'static [DropReason] = &[];

    fn process(&self, batch: Batch<Note>, state: &mut Hoard, _: &Context) -> Result<Decided, Fault> {
        batch.each(|record| {
            let key = record.offset.0.to_string();
            state.timers.set(record.value.at.plus(TIMER), &key);
            state.notes.put(key, record.value.text);
            Ok(Verdict::Forward(Vec::new()))
        })
    }

    fn fire(&self, timer: &DueTimer, state: &mut Hoard, _: &Context) -> Result<Vec<Output>, Fault> {
        let text = state.notes.get(&timer.key).cloned().unwrap_or_default();
        state.notes.remove(&timer.key);
        Ok(vec![toy::output(Topic::Calls, &timer.key, text, timer.deadline)])
    }
}

/// How far a worker has read its partition.
fn read<L: Log>(worker: &Worker<L, Keep>) -> Offset {
    worker.position(P).unwrap().next_of(FROM).unwrap()
}

/// What was given out, whatever its partition.
fn told<H: Harness>(harness: &H) -> Vec<String> {
    let mut texts = harness.texts(Topic::Calls);
    texts.sort();
    texts
}

fn due(at: EventTime) -> Option<Tick> {
    Some(Tick::confirmed(at.plus(TIMER)))
}

/// See the name.
pub fn a_partition_that_is_held_waits_in_the_log_until_it_is_seeked<H: Harness>(harness: &H) {
    let (held, other) = (harness.key_in(P), harness.key_in(Partition(1)));
    let mut log = harness.join("group", "worker", Count::INPUTS);
    drive::own(&mut log, harness.patience());
    harness.say(FROM, &held, "before");
    let texts = |records: Vec<stream::Raw>| records.iter().map(toy::text).collect::<Vec<_>>();
    assert_eq!(texts(drive::read_all(&mut log, harness.patience())), ["before"]);
    let (_, position) = drive::next_turn(&mut log, P, &[]);
    harness.say(FROM, &held, "between");
    // It may be fetched already when it is held.
    harness.settle();
    log.hold(P).unwrap();
    let reached = log.reached(FROM, P).unwrap();
    harness.say(FROM, &held, "behind");
    harness.say(FROM, &other, "elsewhere");
    assert_eq!(texts(drive::read_all(&mut log, harness.patience())), ["elsewhere"]);
    assert_eq!(log.reached(FROM, P).unwrap(), reached, "what is held is not read");
    log.seek(P, &position).unwrap();
    assert_eq!(texts(drive::read_all(&mut log, harness.patience())), ["before", "between", "behind"]);
}

/// See the name.
pub fn a_stage_that_is_full_reads_on_when_there_is_room<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    let log = harness.join(Role::Enrich.name(), "worker", Keep::INPUTS);
    let mut worker = drive::worker(harness, log, Keep);
    ["a", "b"].iter().for_each(|text| harness.say(FROM, &key, text));
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    ["c", "d", "e"].iter().for_each(|text| harness.say_at(FROM, &key, text, build::AT.plus(TIMER)));
    drive::drain(&mut worker, None, harness.patience()).unwrap();
    assert_eq!(read(&worker), Offset(2), "it is full, and reads on");
    drive::drain(&mut worker, due(build::AT), harness.patience()).unwrap();
    assert_eq!(told(harness), ["a", "b"]);
    assert!(read(&worker) > Offset(2), "there is room, and it does not read on");
    drive::drain(&mut worker, due(build::AT.plus(TIMER)), harness.patience()).unwrap();
    assert_eq!(told(harness), ["a", "b", "c", "d", "e"]);
}

/// See the name.
pub fn a_stage_that_is_full_stays_so_when_it_starts_again<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    let join = |id: &str| drive::worker(harness, harness.join(Role::Enrich.name(), id, Keep::INPUTS), Keep);
    let mut first = join("first");
    ["a", "b"].iter().for_each(|text| harness.say(FROM, &key, text));
    drive::drain(&mut first, None, harness.patience()).unwrap();
    drop(first);
    harness.say(FROM, &key, "c");
    let mut second = join("second");
    drive::drain(&mut second, None, harness.patience()).unwrap();
    assert_eq!(read(&second), Offset(2));
    drive::drain(&mut second, due(build::AT), harness.patience()).unwrap();
    assert_eq!(told(harness), ["a", "b", "c"]);
}

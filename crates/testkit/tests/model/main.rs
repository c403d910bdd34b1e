//! The model of the loop: whatever happens to two processes of a role, in whatever order, no note is lost, none counts twice,
//! and each timer fires once, at its deadline; and of two that store, each record becomes a row once.
//!
//! The processes are real workers over the embedded log; only what happens to them is made up. A random schedule is known by
//! its seed: `MODEL_SEED=7 MODEL_SCHEDULES=1` lives through that one alone, and more of them are as many more.

// A step that cannot be taken ends the test where it failed; how much was looked at is told to whoever asks for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod chooser;
mod counting;
mod found;
mod hunt;
mod member;
mod oracle;
mod scene;
mod stage;
mod steered;
mod storing;
mod world;

use std::time::Instant;

use stream::{Defect, Planted};

use crate::counting::Counting;
use crate::hunt::Model;
use crate::member::Member;
use crate::scene::Limits;
use crate::storing::Storing;

/// Small worlds are made and thrown away all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Of a random schedule.
const RANDOM: Limits = Limits {
    actions: 24,
    faults: 4,
    pauses: 5,
    notes: 4,
    repeats: 1,
    waits: 4,
    aborted: 1,
    broad: true,
    crashes_alone: false,
    prune: false,
};

/// Of a walk through all schedules: five actions, of which one may be a fault and some may happen within another.
const WALK: Limits = Limits {
    actions: 5,
    faults: 1,
    pauses: 1,
    notes: 0,
    repeats: 0,
    waits: 1,
    aborted: 0,
    broad: false,
    crashes_alone: false,
    prune: true,
};

/// Of a longer walk: two processes go on, and one crashes once, wherever.
const CRASH: Limits = Limits { actions: 7, waits: 0, crashes_alone: true, ..WALK };

/// What is wrong in the worker or in the log. `TickAlone` lies where the wall's clock is read: it has a test of its own.
const OF_WORKERS: [Defect; 10] = [
    Defect::OffsetsApart,
    Defect::ReadUncommitted,
    Defect::StateMergedEarly,
    Defect::AutoCommit,
    Defect::HorizonLost,
    Defect::TimerStampedLate,
    Defect::TickWithoutOffsets,
    Defect::RestoreToStable,
    Defect::ShowAborted,
    Defect::ForgetFencing,
];

/// What a store gets wrong, or the log for it. The store of the model does `StoreWithoutCompare` as the statement to PostgreSQL
/// does, which has a test of its own. Offsets of the group and its fencing are nothing to a store: it has its own.
const OF_STORES: [Defect; 2] = [Defect::StoreWithoutCompare, Defect::ReadUncommitted];

fn told(variable: &str, else_: u64) -> u64 {
    std::env::var(variable).map_or(else_, |told| told.parse().expect("a number"))
}

#[test]
fn no_random_schedule_loses_or_doubles_a_note() {
    at_random::<Counting>(1_000_000);
}

#[test]
fn no_random_schedule_loses_or_doubles_a_row() {
    at_random::<Storing>(200_000);
}

fn at_random<M: Member>(count: u64) {
    let (first, count) = (told("MODEL_SEED", 0), told("MODEL_SCHEDULES", count));
    let begun = Instant::now();
    if let Err(found) = hunt::at_random(Model::of::<M>(Planted::default(), RANDOM), first, count) {
        panic!("{found}");
    }
    eprintln!("`{}`: {count} random schedules in {:.1} s", M::ROLE, begun.elapsed().as_secs_f64());
}

#[test]
fn no_schedule_of_a_few_steps_loses_or_doubles_a_note() {
    walk::<Counting>(WALK);
}

#[test]
fn no_crash_of_one_of_two_processes_loses_or_doubles_a_note() {
    walk::<Counting>(CRASH);
}

#[test]
fn no_schedule_of_a_few_steps_loses_or_doubles_a_row() {
    walk::<Storing>(WALK);
}

fn walk<M: Member>(limits: Limits) {
    let begun = Instant::now();
    match hunt::all(Model::of::<M>(Planted::default(), limits)) {
        Err(found) => panic!("{found}"),
        Ok(walked) => {
            let (role, actions, took) = (M::ROLE, limits.actions, begun.elapsed().as_secs_f64());
            eprintln!("`{role}`: all {walked:?} schedules of {actions} actions in {took:.1} s");
            assert!(walked.checked > 100_000, "{walked:?}: the walk is cut short");
        }
    }
}

/// The control: a model that cannot fail would prove nothing.
#[test]
fn every_defect_of_a_worker_is_found_at_random_and_on_a_walk() {
    OF_WORKERS.into_iter().for_each(find::<Counting>);
}

/// The same for stores.
#[test]
fn every_defect_of_a_store_is_found_at_random_and_on_a_walk() {
    OF_STORES.into_iter().for_each(find::<Storing>);
}

fn find<M: Member>(defect: Defect) {
    let random = hunt::at_random(Model::of::<M>(defect, RANDOM), 0, 20_000).expect_err(defect.name());
    eprintln!("`{}`, `{}` is found {random}", M::ROLE, defect.name());
    // The walk for those that are right repeats and aborts nothing: it is long enough.
    let (repeats, aborted) = (defect == Defect::HorizonLost, defect == Defect::ReadUncommitted);
    let limits = Limits { repeats: u32::from(repeats), aborted: u32::from(aborted), ..WALK };
    let walked = hunt::all(Model::of::<M>(defect, limits)).expect_err(defect.name());
    eprintln!("`{}`, `{}` is found on a walk after {}", M::ROLE, defect.name(), walked.after);
}

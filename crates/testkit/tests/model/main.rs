//! The model of the loop: whatever happens to two processes of a role, in whatever order, no note is lost, none counts twice,
//! and each timer fires once, at its deadline.
//!
//! The processes are real workers over the embedded log; only what happens to them is made up. A random schedule is known by
//! its seed: `MODEL_SEED=7 MODEL_SCHEDULES=1` lives through that one alone, and more of them are as many more.

// A step that cannot be taken ends the test where it failed; how much was looked at is told to whoever asks for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod chooser;
mod found;
mod hunt;
mod oracle;
mod scene;
mod stage;
mod steered;
mod world;

use std::time::Instant;

use stream::{Defect, Planted};

use crate::scene::Limits;

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

/// What is wrong in the worker or in the log. `StoreWithoutCompare` lies in a statement to PostgreSQL and `TickAlone` where the
/// wall's clock is read: neither is here, and both have tests where they are.
const EXPRESSED: [Defect; 10] = [
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

fn told(variable: &str, else_: u64) -> u64 {
    std::env::var(variable).map_or(else_, |told| told.parse().expect("a number"))
}

#[test]
fn no_random_schedule_loses_or_doubles_a_note() {
    let (first, count) = (told("MODEL_SEED", 0), told("MODEL_SCHEDULES", 1_000_000));
    let begun = Instant::now();
    if let Err(found) = hunt::at_random(Planted::default(), RANDOM, first, count) {
        panic!("{found}");
    }
    eprintln!("{count} random schedules in {:.1} s", begun.elapsed().as_secs_f64());
}

#[test]
fn no_schedule_of_a_few_steps_loses_or_doubles_a_note() {
    walk(WALK);
}

#[test]
fn no_crash_of_one_of_two_processes_loses_or_doubles_a_note() {
    walk(CRASH);
}

fn walk(limits: Limits) {
    let begun = Instant::now();
    match hunt::all(Planted::default(), limits) {
        Err(found) => panic!("{found}"),
        Ok(walked) => {
            eprintln!(
                "all {walked:?} schedules of {} actions in {:.1} s",
                limits.actions,
                begun.elapsed().as_secs_f64()
            );
            assert!(walked.checked > 100_000, "{walked:?}: the walk is cut short");
        }
    }
}

/// The control: a model that cannot fail would prove nothing.
#[test]
fn every_defect_that_can_be_told_here_is_found_at_random_and_on_a_walk() {
    for defect in EXPRESSED {
        let random = hunt::at_random(defect.into(), RANDOM, 0, 20_000).expect_err(defect.name());
        eprintln!("`{}` is found {random}", defect.name());
        // The walk for the right worker repeats nothing: it is long enough.
        let limits = Limits { repeats: u32::from(defect == Defect::HorizonLost), ..WALK };
        let walked = hunt::all(defect.into(), limits).expect_err(defect.name());
        eprintln!("`{}` is found on a walk after {}", defect.name(), walked.after);
    }
}

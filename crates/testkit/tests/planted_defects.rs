//! The contract suite fails on a log that breaks its rules: a suite that cannot fail would prove nothing.

// A step that cannot be taken ends the test where it failed.
#![allow(clippy::unwrap_used)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use events::{EventTime, Role};
use stream::memory::ClusterConfig;
use stream::progress::Board;
use stream::service::{Clock, Pace};
use stream::{Defect, Planted, Silent, Stage, Ticks};
use testkit::contract::{Harness, cases};
use testkit::drive;
use testkit::embedded::Embedded;
use testkit::toy::Count;

/// The cases that fail on an embedded log with this defect, in the suite's order.
fn red(planted: impl Into<Planted>) -> Vec<&'static str> {
    let config = ClusterConfig { planted: planted.into(), ..ClusterConfig::default() };
    let fails = |run: fn(&Embedded)| catch_unwind(AssertUnwindSafe(|| run(&Embedded::with(config))));
    cases().into_iter().filter(|(_, run)| fails(*run).is_err()).map(|(name, _)| name).collect()
}

#[test]
fn without_a_defect_no_case_fails() {
    assert_eq!(red(Planted::default()), Vec::<&str>::new());
}

#[test]
fn a_log_that_shows_aborted_records_is_caught() {
    let red = red(Defect::ShowAborted);
    assert!(red.contains(&"aborted_records_are_never_seen"), "{red:?}");
}

#[test]
fn a_log_that_forgets_fencing_is_caught() {
    let red = red(Defect::ForgetFencing);
    for case in [
        "the_newer_of_two_members_with_one_id_replaces_the_older",
        "an_expelled_member_commits_nothing",
        "an_expelled_member_that_only_fires_timers_commits_nothing",
        "a_worker_stopped_over_a_deadline_fires_nothing_twice",
    ] {
        assert!(red.contains(&case), "{case}: {red:?}");
    }
}

#[test]
fn a_log_that_reads_what_is_not_committed_is_caught() {
    let red = red(Defect::ReadUncommitted);
    for case in ["records_of_an_open_transaction_are_not_seen", "an_expelled_member_commits_nothing"] {
        assert!(red.contains(&case), "{case}: {red:?}");
    }
}

#[test]
fn a_log_that_commits_what_was_polled_is_caught() {
    let red = red(Defect::AutoCommit);
    assert!(red.contains(&"a_transaction_that_fails_leaves_the_offsets_as_they_were"), "{red:?}");
}

#[test]
fn a_log_that_restores_to_the_last_stable_offset_is_caught() {
    let red = red(Defect::RestoreToStable);
    for case in [
        "a_restore_waits_for_a_transaction_that_is_open_below_the_table_end",
        "a_restore_waits_for_a_marker_that_is_not_written_yet",
    ] {
        assert!(red.contains(&case), "{case}: {red:?}");
    }
}

#[test]
fn a_log_that_commits_offsets_apart_is_caught() {
    let red = red(Defect::OffsetsApart);
    assert!(red.contains(&"a_transaction_that_fails_leaves_the_offsets_as_they_were"), "{red:?}");
}

/// The first tick of each partition, of which nobody has said yet that all before it is read.
fn first_ticks(planted: Planted) -> Vec<EventTime> {
    let embedded = Embedded::new();
    let log = embedded.join("group", "worker", Count::INPUTS);
    let mut worker = drive::worker(&embedded, log, Count::default());
    drive::drain(&mut worker, None, embedded.patience()).unwrap();
    let (board, observer) = (Arc::new(Board::default()), Arc::new(Silent));
    let mut pace = Pace::new(Role::Enrich, Clock::Wall, embedded.partitions(), board, observer, planted);
    pace.keep(&mut worker).unwrap();
    match pace.ticks() {
        Ticks::Each(ticks) => ticks.values().map(|tick| tick.at).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn time_that_ignores_upstream_passes_what_is_unread() {
    assert_eq!(first_ticks(Planted::default()), [EventTime::EPOCH; 4]);
    assert!(first_ticks(Defect::TickAlone.into()).iter().all(|tick| *tick > EventTime::EPOCH));
}

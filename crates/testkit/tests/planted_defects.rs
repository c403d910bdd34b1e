//! The contract suite fails on a log that breaks its rules: a suite that cannot fail would prove nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use stream::Defect;
use stream::memory::ClusterConfig;
use testkit::contract::cases;
use testkit::embedded::Embedded;

/// The cases that fail on an embedded log with this defect, in the suite's order.
fn red(defect: Option<Defect>) -> Vec<&'static str> {
    let fails = |run: fn(&Embedded)| {
        catch_unwind(AssertUnwindSafe(|| run(&Embedded::with(ClusterConfig { defect, ..ClusterConfig::default() }))))
    };
    cases().into_iter().filter(|(_, run)| fails(*run).is_err()).map(|(name, _)| name).collect()
}

#[test]
fn without_a_defect_no_case_fails() {
    assert_eq!(red(None), Vec::<&str>::new());
}

#[test]
fn a_log_that_shows_aborted_records_is_caught() {
    let red = red(Some(Defect::ShowAborted));
    assert!(red.contains(&"aborted_records_are_never_seen"), "{red:?}");
}

#[test]
fn a_log_that_forgets_fencing_is_caught() {
    let red = red(Some(Defect::ForgetFencing));
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
fn a_log_that_commits_offsets_apart_is_caught() {
    let red = red(Some(Defect::OffsetsApart));
    assert!(red.contains(&"a_transaction_that_fails_leaves_the_offsets_as_they_were"), "{red:?}");
}

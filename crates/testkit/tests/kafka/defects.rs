//! The contract suite fails on a Kafka log that breaks its rules: a suite that cannot fail would prove nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use stream::Defect;
use testkit::contract::cases;
use testkit::kafka::Kafka;

/// Of these cases, those that fail on a Kafka log with this defect.
fn red(defect: Defect, named: &[&'static str]) -> Vec<&'static str> {
    let fails = |run: fn(&Kafka)| {
        let mut settings = Kafka::settings();
        settings.planted = defect.into();
        catch_unwind(AssertUnwindSafe(|| run(&Kafka::with(settings)))).is_err()
    };
    let cases = cases();
    let run =
        |name: &&str| cases.iter().find(|(case, _)| case == name).map(|(_, run)| *run).expect("a case of this name");
    named.iter().copied().filter(|name| fails(run(name))).collect()
}

#[test]
fn a_log_that_shows_aborted_records_is_caught() {
    let named = ["aborted_records_are_never_seen"];
    assert_eq!(red(Defect::ShowAborted, &named), named);
}

#[test]
fn a_log_that_forgets_fencing_is_caught() {
    let named = [
        "the_newer_of_two_members_with_one_id_replaces_the_older",
        "an_expelled_member_commits_nothing",
        "an_expelled_member_that_only_fires_timers_commits_nothing",
        "a_worker_stopped_over_a_deadline_fires_nothing_twice",
    ];
    assert_eq!(red(Defect::ForgetFencing, &named), named);
}

#[test]
fn a_log_that_commits_offsets_apart_is_caught() {
    let named = ["a_transaction_that_fails_leaves_the_offsets_as_they_were"];
    assert_eq!(red(Defect::OffsetsApart, &named), named);
}

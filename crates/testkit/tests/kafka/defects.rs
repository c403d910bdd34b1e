//! The contract suite fails on a Kafka log that breaks its rules: a suite that cannot fail would prove nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use events::{Offset, Partition, Topic};
use stream::{Defect, Log, Planted, Polled};
use testkit::contract::{Harness, cases};
use testkit::drive;
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

#[test]
fn a_log_that_reads_what_is_not_committed_is_caught() {
    let named = ["records_of_an_open_transaction_are_not_seen", "an_expelled_member_commits_nothing"];
    assert_eq!(red(Defect::ReadUncommitted, &named), named);
}

#[test]
fn a_log_that_restores_to_the_last_stable_offset_is_caught() {
    let named = ["a_restore_waits_for_a_transaction_that_is_open_below_the_table_end"];
    assert_eq!(red(Defect::RestoreToStable, &named), named);
}

/// Where partition 0 stands after a record of it was polled, and polls went on for a while, or until it stands elsewhere.
fn stands_after_a_poll(planted: Planted) -> Offset {
    let mut settings = Kafka::settings();
    settings.planted = planted;
    let kafka = Kafka::with(settings);
    let mut log = kafka.join("group", "member", &[Topic::MentionsRaw]);
    drive::own(&mut log, kafka.patience());
    kafka.say(Topic::MentionsRaw, &kafka.key_in(Partition(0)), "polled");
    kafka.settle();
    assert_eq!(drive::read_all(&mut log, kafka.patience()).len(), 1);
    let mut stands = || {
        assert!(matches!(log.poll(), Ok(Polled::Idle)));
        log.committed(Partition(0)).unwrap().next_of(Topic::MentionsRaw).unwrap()
    };
    (0..30).map(|_| stands()).find(|next| *next != Offset(0)).unwrap_or_default()
}

#[test]
fn a_log_that_commits_what_was_polled_is_caught() {
    assert_eq!(stands_after_a_poll(Planted::default()), Offset(0));
    assert_eq!(stands_after_a_poll(Defect::AutoCommit.into()), Offset(1));
}

//! A crash at every step of a small run of two chained stages changes nothing that anybody can read.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use events::{EventTime, Partition, Span, Topic};
use stream::Defect;
use stream::memory::ClusterConfig;
use stream::{Stage, Tick};
use testkit::build;
use testkit::contract::Harness;
use testkit::crash::{CrashPlan, Process};
use testkit::embedded::Embedded;
use testkit::toy::{self, Count, Total};

type Written = (Partition, Option<Bytes>, Option<Bytes>, EventTime);

/// What outside readers and the next owner see, offsets and position records aside: those count markers.
fn outcome(embedded: &Embedded) -> BTreeMap<Topic, Vec<Written>> {
    let own = [Topic::State(Count::ROLE), Topic::State(Total::ROLE)];
    let topics = Topic::PUBLIC.into_iter().chain(own);
    let written = |topic: Topic| {
        let records = embedded.read(topic).into_iter().filter(|raw| raw.key.as_deref() != Some(b"position"));
        records.map(|raw| (raw.partition, raw.key, raw.value, raw.timestamp)).collect()
    };
    topics.map(|topic| (topic, written(topic))).collect()
}

/// Three slices of input through two stages, each slice drained before the next, with time passing in between.
fn run(plan: &CrashPlan) -> (BTreeMap<Topic, Vec<Written>>, usize) {
    run_on(&Embedded::new(), plan)
}

fn run_on(embedded: &Embedded, plan: &CrashPlan) -> (BTreeMap<Topic, Vec<Written>>, usize) {
    let mut first = Process::start(embedded, plan, Arc::new(Count::default()));
    let mut second = Process::start(embedded, plan, Arc::new(Total));
    for slice in 0..3 {
        let now = build::AT.plus(Span::seconds(40 * slice));
        for i in 0..5 {
            let lane = if i == 3 { Topic::MentionsRawExpress } else { Topic::MentionsRaw };
            let text = if i == 4 { "drop".to_owned() } else { format!("{slice}.{i}") };
            embedded.say_at(lane, &format!("k{}", i % 3), &text, now);
        }
        embedded.append(toy::bytes(Topic::MentionsRaw, Partition(2), "k", b"poison", now));
        let tick = Some(Tick::confirmed(now.plus(Span::seconds(30))));
        first.drain(tick);
        second.drain(tick);
    }
    (outcome(embedded), first.crashes() + second.crashes())
}

#[test]
fn a_crash_at_any_step_changes_no_topic() {
    let whole = CrashPlan::default();
    let (expected, crashes) = run(&whole);
    assert_eq!(crashes, 0);
    assert_eq!(expected[&Topic::MentionsClassified].len(), 12);
    assert_eq!(expected[&Topic::DeadLetters].len(), 3);
    assert_eq!(expected[&Topic::Calls].len(), 3, "the timers of the first slice's keys fired");
    let steps = whole.passed();
    assert!(steps > 200, "{steps} steps");
    for step in 0..steps {
        let plan = CrashPlan::default();
        plan.crash_after(step);
        let (topics, crashes) = run(&plan);
        assert_eq!(crashes, 1, "step {step}");
        assert_eq!(topics, expected, "after a crash at step {step} of {steps}");
    }
}

#[test]
fn a_second_crash_while_starting_again_changes_no_topic_either() {
    let (expected, _) = run(&CrashPlan::default());
    let steps = {
        let plan = CrashPlan::default();
        run(&plan);
        plan.passed()
    };
    for step in (0..steps).step_by(7) {
        for again in [1, 3, 6, 12] {
            let plan = CrashPlan::default();
            plan.crash_after(step);
            plan.then_after(again);
            let (topics, _) = run(&plan);
            assert_eq!(topics, expected, "after crashes at step {step} and {again} steps later");
        }
    }
}

/// The control: the comparison notices a log that shows what a crash left behind.
#[test]
fn a_crash_on_a_log_that_shows_aborted_records_is_noticed() {
    let config = ClusterConfig { planted: Defect::ShowAborted.into(), ..ClusterConfig::default() };
    let (expected, _) = run(&CrashPlan::default());
    let differs = (0..200).step_by(5).any(|step| {
        let plan = CrashPlan::default();
        plan.crash_after(step);
        // State that is not what was committed is refused, and that ends the run with a panic.
        catch_unwind(AssertUnwindSafe(|| run_on(&Embedded::with(config), &plan).0 != expected)).unwrap_or(true)
    });
    assert!(differs);
}

//! A process that dies: nothing is lost, and what is repeated is repeated under its own id.

use std::collections::{BTreeMap, BTreeSet};

use stream::Exit;
use stream::memory::Cluster;
use testkit::build::AT;
use testkit::crash::{CrashPlan, CrashingLog};
use testkit::embedded::Embedded;

use crate::fixture::{append, dead_letters, member, notifier, over, settings};
use crate::receiver::{Reaction, Receiver};

#[test]
fn a_restart_goes_on_with_the_tries_that_are_left() {
    let receiver = Receiver::start((0..9).map(|_| Reaction::Answer(500, "")));
    let cluster = Embedded::new().cluster;
    let mut first = notifier(&cluster, settings(&receiver.url()), AT);
    append(&cluster, 0, "n1");
    first.until("three tries have failed", |_| receiver.ids().len() == 3);
    // Its outcome becomes state with the next look at it.
    first.drain_steps(8);
    let now = first.now;
    drop(first);
    let mut second = notifier(&cluster, settings(&receiver.url()), now);
    second.until("it is given up", |_| !dead_letters(&cluster).is_empty());
    assert_eq!(receiver.ids(), ["n1"; 5]);
}

#[test]
fn what_is_under_way_when_the_process_ends_is_sent_again_under_its_id() {
    let (answer, slow) = crate::receiver::signal();
    let receiver = Receiver::start([slow]);
    let cluster = Embedded::new().cluster;
    let mut first = notifier(&cluster, settings(&receiver.url()), AT);
    append(&cluster, 0, "n1");
    first.until("it is under way", |notifier| notifier.pending() == 1);
    let now = first.now;
    drop(first);
    let mut second = notifier(&cluster, settings(&receiver.url()), now);
    second.until("it is delivered", |notifier| receiver.ids().len() == 2 && notifier.is_done());
    drop(answer);
    assert_eq!(receiver.ids(), ["n1"; 2]);
}

/// Lives until all is delivered, dying as planned and coming back. Returns how often it died.
fn live(cluster: &Cluster, plan: &CrashPlan, receiver: &Receiver) -> usize {
    let mut now = AT;
    for died in 0..10 {
        let log = CrashingLog::new(member(cluster, "notify"), plan);
        let mut notifier = over(cluster, log, settings(&receiver.url()), now);
        let mut quiet = 0;
        let ended = loop {
            match notifier.step() {
                Ok(0) if notifier.is_done() && notifier.worker.partitions().count() > 0 => quiet += 1,
                Ok(_) => quiet = 0,
                Err(exit) => break Err(exit),
            }
            notifier.now = notifier.now.plus(events::Span::seconds(1));
            if quiet > 2 {
                break Ok(());
            }
            std::thread::yield_now();
        };
        now = notifier.now;
        drop(notifier);
        match ended {
            Ok(()) => return died,
            Err(exit) => assert_eq!(exit, Exit::Fatal("crashed as planned".into())),
        }
        cluster.expel("notify");
    }
    panic!("it died ten times");
}

#[test]
fn a_crash_at_any_step_loses_no_notification_and_repeats_only_under_the_same_id() {
    let fill = |cluster: &Cluster| (0..6).for_each(|i| drop(append(cluster, i % 2, &format!("n{i}"))));
    let reactions = || [Reaction::Answer(500, ""), Reaction::HangUp];
    // How many steps a life has depends on how fast the receiver answers: the plan is tried until it strikes nobody.
    for step in 0.. {
        let (cluster, plan, receiver) = (Embedded::new().cluster, CrashPlan::default(), Receiver::start(reactions()));
        fill(&cluster);
        plan.crash_after(step);
        let died = live(&cluster, &plan, &receiver);
        let mut bodies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for request in receiver.requests() {
            bodies.entry(request.id).or_default().insert(request.body);
        }
        assert_eq!(bodies.keys().collect::<Vec<_>>(), ["n0", "n1", "n2", "n3", "n4", "n5"], "step {step}");
        assert!(bodies.values().all(|bodies| bodies.len() == 1), "step {step}: an id with two bodies");
        assert_eq!(dead_letters(&cluster), Vec::new(), "step {step}");
        if died == 0 {
            assert!(step > 30, "nobody died at step {step}: the plan did not strike");
            return;
        }
    }
}

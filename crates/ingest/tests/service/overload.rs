//! A receiver that gets more than it can commit, or cannot commit: bounded memory, and senders that know what to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use events::Role;
use ingest::ReceiptClock;
use ingest::intake::Intake;
use stream::Observer;
use stream::memory::Cluster;

use crate::fixture::{SECRET, Service, member, mentions, message, observed, settings, settle, signed, until};
use crate::http::post;

/// Room for exactly one message of less than 16 KiB.
const ONE: usize = 16 << 10;

#[test]
fn a_sender_that_is_faster_than_the_commits_is_told_to_wait() {
    let mut service = Service::with(settings(), Intake::new(ONE), ReceiptClock::Wall);
    let body = message("m1");
    let headers = signed(SECRET, "msg_1", body.as_bytes());
    let (address, intake) = (service.address, service.intake.clone());
    std::thread::scope(|scope| {
        let first = scope.spawn(|| post(address, &headers, body.as_bytes()));
        let deadline = Instant::now() + Duration::from_secs(5);
        while intake.waiting() == 0 {
            assert!(Instant::now() < deadline, "the first message never came");
        }
        let second = post(address, &headers, body.as_bytes());
        assert_eq!((second.status, second.header("retry-after")), (429, Some("1")));
        until(&mut service.worker, |_| first.is_finished());
        assert_eq!(first.join().unwrap().status, 202);
    });
    assert_eq!(service.post(&headers, body.as_bytes()).status, 202, "there is room again");
}

#[test]
fn a_hundred_senders_at_once_never_hold_more_than_the_room_and_lose_nothing_that_was_answered() {
    let mut service = Service::with(settings(), Intake::new(4 * ONE), ReceiptClock::Wall);
    let address = service.address;
    let outcomes = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..100)
            .map(|sender| {
                scope.spawn(move || {
                    let body = message(&format!("m{sender}"));
                    post(address, &signed(SECRET, &format!("msg_{sender}"), body.as_bytes()), body.as_bytes()).status
                })
            })
            .collect();
        until(&mut service.worker, |_| senders.iter().all(|sender| sender.is_finished()));
        senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(outcomes.iter().all(|status| [202, 429].contains(status)), "{outcomes:?}");
    let accepted = outcomes.iter().filter(|status| **status == 202).count();
    assert!(accepted > 0);
    assert_eq!(mentions(&service.cluster).len(), accepted);
}

/// Lets the session of the worker run out once, between its decision and its commit.
#[derive(Debug)]
struct RunsOut {
    cluster: Cluster,
    armed: AtomicBool,
}

impl Observer for RunsOut {
    fn decided(&self, _: Role, _: usize, _: Duration, _: bool) {
        if self.armed.swap(false, Ordering::SeqCst) {
            assert!(self.cluster.expel("worker"));
        }
    }
}

#[test]
fn a_commit_that_fails_is_told_and_the_message_can_be_sent_again() {
    let mut service = Service::start();
    let cluster = service.cluster.clone();
    let runs_out = Arc::new(RunsOut { cluster: cluster.clone(), armed: AtomicBool::new(true) });
    service.worker =
        observed(&cluster, member(&cluster, "worker"), ReceiptClock::Wall, &service.intake, runs_out.clone());
    settle(&mut service.worker);
    let body = message("m1");
    let headers = signed(SECRET, "msg_1", body.as_bytes());
    let failed = service.post(&headers, body.as_bytes());
    assert_eq!((failed.status, failed.header("retry-after")), (503, Some("5")));
    assert!(!runs_out.armed.load(Ordering::SeqCst));
    assert_eq!(mentions(&cluster).len(), 0);
    assert_eq!(service.post(&headers, body.as_bytes()).status, 202);
    assert_eq!(mentions(&cluster).len(), 1);
}

#[test]
fn a_message_that_nobody_commits_in_time_is_told_to_come_again() {
    let mut impatient = settings();
    impatient.patience = Duration::from_millis(300);
    let mut service = Service::with(impatient, Intake::new(1 << 20), ReceiptClock::Wall);
    let body = message("m1");
    let headers = signed(SECRET, "msg_1", body.as_bytes());
    let late = post(service.address, &headers, body.as_bytes());
    assert_eq!((late.status, late.header("retry-after")), (503, Some("5")));
    assert_eq!(service.post(&headers, body.as_bytes()).status, 202);
    // What was in hand when it was told so is committed all the same: enrich drops the repeat.
    assert!((1..=2).contains(&mentions(&service.cluster).len()));
}

#[test]
fn a_receiver_that_stops_answers_what_it_has_in_hand_and_takes_nothing_more() {
    let mut service = Service::start();
    let body = message("m1");
    let headers = signed(SECRET, "msg_1", body.as_bytes());
    let (address, intake) = (service.address, service.intake.clone());
    std::thread::scope(|scope| {
        let reply = scope.spawn(|| post(address, &headers, body.as_bytes()));
        let deadline = Instant::now() + Duration::from_secs(5);
        while intake.waiting() == 0 {
            assert!(Instant::now() < deadline, "the message never came");
        }
        service.stop();
        while std::net::TcpStream::connect(address).is_ok() {
            assert!(Instant::now() < deadline, "it still takes connections");
        }
        assert!(!service.is_stopped() && !intake.is_done(), "a message is in hand");
        until(&mut service.worker, |_| intake.is_done());
        assert_eq!(reply.join().unwrap().status, 202);
    });
    let deadline = Instant::now() + Duration::from_secs(5);
    while !service.is_stopped() {
        assert!(Instant::now() < deadline, "the server does not end");
    }
    assert_eq!(mentions(&service.cluster).len(), 1);
}

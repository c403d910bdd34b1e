//! A receiver that works, that fails, that is slow, and that is gone.

use std::time::{Duration, Instant};

use events::{Role, Span, Topic};
use serde_json::Value;
use stream::memory::ClusterConfig;
use testkit::build::AT;
use testkit::embedded::Embedded;

use crate::fixture::{append, dead_letters, notifier, origin, settings};
use crate::receiver::{Reaction, Receiver, signal};

#[test]
fn a_notification_is_delivered_once_signed_and_under_its_own_id() {
    let (receiver, cluster) = (Receiver::start([]), Embedded::new().cluster);
    let mut notifier = notifier(&cluster, settings(&receiver.url()), AT);
    append(&cluster, 0, "n1");
    append(&cluster, 1, "n2");
    notifier.drain(4);
    let mut ids = receiver.ids();
    ids.sort();
    assert_eq!(ids, ["n1", "n2"]);
    let body: Value = serde_json::from_str(&receiver.requests()[0].body).unwrap();
    assert_eq!(
        (body["type"].as_str(), body["timestamp"].as_str()),
        (Some("notification.created"), Some("2026-11-02T02:05:00Z"))
    );
    assert_eq!(body["data"]["recipient"], "oncall:bags");
    assert_eq!(body["data"]["summary"], "first reply is due");
    assert!(notifier.is_done());
}

#[test]
fn a_failure_is_tried_again_after_its_pause_under_the_same_id_with_the_same_bytes() {
    let receiver = Receiver::start([Reaction::Answer(500, ""), Reaction::Answer(302, "location: /elsewhere\r\n")]);
    let cluster = Embedded::new().cluster;
    let mut notifier = notifier(&cluster, settings(&receiver.url()), AT);
    append(&cluster, 0, "n1");
    notifier.until("the first try has failed", |notifier| notifier.pending() == 1 && receiver.ids().len() == 1);
    notifier.until("the second try is made", |_| receiver.ids().len() == 2);
    notifier.until("the third try succeeds", |notifier| notifier.is_done());
    let requests = receiver.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| *request == requests[0]), "{requests:?}");
    assert_eq!(dead_letters(&cluster), Vec::new());
}

#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    let receiver = Receiver::start([Reaction::Answer(429, "retry-after: 30\r\n")]);
    let cluster = Embedded::new().cluster;
    let mut settings = settings(&receiver.url());
    // The outcome is known at the end of the turn: time stands still until then.
    settings.grace = Duration::from_secs(10);
    let mut notifier = notifier(&cluster, settings, AT);
    append(&cluster, 0, "n1");
    while notifier.pending() == 0 {
        notifier.step().unwrap();
    }
    notifier.pass(29);
    notifier.pass(0);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(receiver.ids().len(), 1, "it asked for 30 s");
    notifier.pass(1);
    notifier.until("it is delivered", |notifier| notifier.is_done());
    assert_eq!(receiver.ids(), ["n1", "n1"]);
}

#[test]
fn after_five_tries_it_is_a_dead_letter_with_the_bytes_of_its_record() {
    let receiver = Receiver::start((0..9).map(|_| Reaction::Answer(503, "")));
    let cluster = Embedded::new().cluster;
    let mut notifier = notifier(&cluster, settings(&receiver.url()), AT);
    let bytes = append(&cluster, 2, "n1");
    let began = notifier.now;
    notifier.until("it is given up", |_| !dead_letters(&cluster).is_empty());
    assert_eq!(receiver.ids().len(), 5);
    let took = notifier.now.since(began).as_millis() / 1_000;
    assert!((372..450).contains(&took), "five tries within {took} s of its clock");
    let letters = dead_letters(&cluster);
    let letter = &letters[0];
    assert_eq!((letter.stage.clone(), letter.topic.clone()), origin());
    assert_eq!((letter.partition.0, letter.offset.0, letter.value.as_deref()), (2, 0, Some(bytes.as_slice())));
    assert_eq!((letter.key.as_deref(), letter.reason.as_str()), (Some(b"oncall:bags".as_slice()), "refused"));
    assert_eq!(letter.detail, "the webhook answered 503, at the last of 5 tries");
    notifier.drain(4);
    assert_eq!((receiver.ids().len(), letters.len()), (5, 1));
    assert!(notifier.is_done());
}

#[test]
fn a_receiver_that_is_gone_for_good_is_asked_once() {
    let receiver = Receiver::start([Reaction::Answer(410, "")]);
    let cluster = Embedded::new().cluster;
    let mut notifier = notifier(&cluster, settings(&receiver.url()), AT);
    append(&cluster, 0, "n1");
    notifier.until("it is given up", |_| !dead_letters(&cluster).is_empty());
    append(&cluster, 0, "n2");
    notifier.drain(4);
    assert_eq!(receiver.ids(), ["n1", "n2"]);
    assert_eq!(dead_letters(&cluster).len(), 1);
}

#[test]
fn a_slow_receiver_holds_up_neither_the_worker_nor_the_notifications_behind() {
    let (answer, slow) = signal();
    let (receiver, cluster) = (Receiver::start([slow]), Embedded::new().cluster);
    let mut settings = settings(&receiver.url());
    settings.timeout = Duration::from_secs(30);
    let mut notifier = notifier(&cluster, settings, AT);
    notifier.drain(4);
    append(&cluster, 0, "slow");
    let began = Instant::now();
    notifier.until("the slow one waits", |notifier| notifier.pending() == 1);
    append(&cluster, 0, "quick");
    notifier.until("the other one is delivered", |_| receiver.ids().len() == 2);
    notifier.drain_steps(20);
    let took = began.elapsed();
    assert!(took < Duration::from_secs(10), "the worker was held up for {took:?}");
    assert_eq!(notifier.pending(), 1, "the slow one is still under way, and not sent again");
    answer.send(()).unwrap();
    notifier.until("the slow one has ended", |notifier| notifier.is_done());
    assert_eq!(receiver.ids(), ["slow", "quick"]);
}

#[test]
fn a_flood_to_a_receiver_that_takes_its_time_is_delivered_once_each_and_does_not_flood_the_state() {
    let receiver = Receiver::start((0..400).map(|_| Reaction::AnswerAfter(Duration::from_millis(40))));
    let cluster = Embedded::new().cluster;
    let mut notifier = notifier(&cluster, settings(&receiver.url()), AT);
    notifier.drain(4);
    (0..400).for_each(|i| drop(append(&cluster, i % 4, &format!("n{i:03}"))));
    let began = Instant::now();
    let start = notifier.now;
    while !(receiver.ids().len() == 400 && notifier.is_done()) {
        assert!(began.elapsed() < Duration::from_secs(40), "not delivered: {}", receiver.ids().len());
        notifier.now = start.plus(Span::millis(began.elapsed().as_millis() as i64));
        let pass = Instant::now();
        notifier.step().unwrap();
        assert!(pass.elapsed() < Duration::from_secs(5), "a pass took {:?}", pass.elapsed());
    }
    let mut ids = receiver.ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 400);
    let records = cluster.tap(&[Topic::State(Role::SinkNotify)]).read().len();
    assert!(records < 400 * 16, "{records} records of state for 400 notifications");
}

#[test]
fn a_receiver_that_never_answers_is_left_after_the_timeout_and_tried_again() {
    let (_never, silent) = signal();
    let (receiver, cluster) = (Receiver::start([silent]), Embedded::new().cluster);
    let mut settings = settings(&receiver.url());
    settings.timeout = Duration::from_millis(300);
    let mut notifier = notifier(&cluster, settings, AT);
    append(&cluster, 0, "n1");
    notifier.until("it is delivered", |notifier| receiver.ids().len() == 2 && notifier.is_done());
    assert_eq!(receiver.ids(), ["n1", "n1"]);
}

#[test]
fn a_receiver_that_dies_in_its_answer_and_comes_back_gets_it_again() {
    let receiver = Receiver::start([Reaction::HangUp]);
    let (address, cluster) = (receiver.address, Embedded::new().cluster);
    let mut notifier = notifier(&cluster, settings(&receiver.url()), AT);
    append(&cluster, 0, "n1");
    notifier.until("it waits for its second try", |notifier| notifier.pending() == 1 && receiver.ids().len() == 1);
    let first = receiver.requests();
    drop(receiver);
    for _ in 0..3 {
        notifier.pass(1);
    }
    let receiver = Receiver::at(address, []);
    notifier.until("it is delivered", |notifier| notifier.is_done());
    assert_eq!(receiver.requests(), first, "the same id and the same bytes");
    assert_eq!(dead_letters(&cluster), Vec::new());
}

#[test]
fn a_receiver_that_cannot_prove_who_it_is_gets_nothing() {
    let (receiver, cluster) = (Receiver::start([]), Embedded::new().cluster);
    let mut notifier = notifier(&cluster, settings(&receiver.url().replace("http:", "https:")), AT);
    append(&cluster, 0, "n1");
    notifier.until("it is given up", |_| !dead_letters(&cluster).is_empty());
    assert_eq!(dead_letters(&cluster)[0].reason, "timeout");
    assert_eq!(receiver.ids(), Vec::<String>::new());
}

#[test]
fn what_a_silent_receiver_does_not_take_waits_in_the_log_and_comes_later() {
    // It takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let cluster = Embedded::with(ClusterConfig { poll_records: 400, ..ClusterConfig::default() }).cluster;
    let many = 2_000;
    (0..many).for_each(|number| drop(append(&cluster, 0, &format!("n{number}"))));
    let mut waiting = notifier(&cluster, settings(&format!("http://{}/", silent.local_addr().unwrap())), AT);
    waiting.drain_steps(12);
    // Three polls until there are a thousand.
    assert_eq!(waiting.pending(), 1_200, "more or less is read than there is room for");
    let now = waiting.now;
    drop(waiting);
    let receiver = Receiver::start([]);
    let mut notifier = notifier(&cluster, settings(&receiver.url()), now);
    notifier.until("all are delivered", |notifier| notifier.is_done() && receiver.ids().len() >= many);
    let mut ids = receiver.ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), many);
    assert_eq!(dead_letters(&cluster), Vec::new());
}

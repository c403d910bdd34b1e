//! Groups whose partitions the brokers share out: only what moves stops, and nothing is lost or doubled for it.

use std::time::{Duration, Instant};

use events::{Partition, Role, Topic};
use stream::kafka::{GroupProtocol, KafkaLog};
use stream::{Log, Polled, Stage, Worker};
use testkit::contract::Harness;
use testkit::drive;
use testkit::kafka::Kafka;
use testkit::toy::Count;

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;

fn harness() -> Kafka {
    let mut settings = Kafka::settings();
    settings.group_protocol = GroupProtocol::Consumer;
    Kafka::with(settings)
}

fn worker(harness: &Kafka, id: &str) -> Worker<KafkaLog, Count> {
    drive::worker(harness, harness.join(Role::Enrich.name(), id, Count::INPUTS), Count::default())
}

#[test]
fn a_member_that_comes_takes_only_what_moves_to_it_and_the_same_of_every_topic() {
    let harness = harness();
    let inputs = [FROM, Topic::MentionsRawExpress];
    let mut first = harness.join("group", "first", &inputs);
    let all: Vec<Partition> = harness.partitions().all().collect();
    assert_eq!(drive::own(&mut first, harness.patience()), all);
    let mut second = harness.join("group", "second", &inputs);
    let (mut taken, mut given) = (Vec::new(), Vec::new());
    let deadline = Instant::now() + Duration::from_secs(30);
    while given.len() < all.len() / 2 {
        assert!(Instant::now() < deadline, "{taken:?} was taken and {given:?} given");
        match first.poll().unwrap() {
            Polled::Revoked(partitions) => taken.extend(partitions),
            Polled::Assigned(partitions) => panic!("{partitions:?} was given to one who has it"),
            _ => {}
        }
        if let Polled::Assigned(partitions) = second.poll().unwrap() {
            given.extend(partitions);
        }
    }
    taken.sort_unstable();
    given.sort_unstable();
    assert_eq!(taken, given);
}

#[test]
fn members_that_come_and_go_lose_and_double_no_note() {
    const ROUNDS: usize = 40;
    let harness = harness();
    let keys: Vec<String> = harness.partitions().all().map(|partition| harness.key_in(partition)).collect();
    let mut first = worker(&harness, "first");
    let mut second = None;
    for round in 0..ROUNDS {
        for key in &keys {
            harness.say(FROM, key, &round.to_string());
        }
        match round {
            10 => second = Some(worker(&harness, "second")),
            25 => second = None,
            30 => second = Some(worker(&harness, "third")),
            _ => {}
        }
        drive::drain(&mut first, None, 1).unwrap();
        if let Some(second) = &mut second {
            drive::drain(second, None, 1).unwrap();
        }
    }
    let expected: Vec<String> = (0..ROUNDS).map(|round| format!("{round}#{}", round + 1)).collect();
    let deadline = Instant::now() + Duration::from_secs(30);
    while harness.texts(TO).len() < expected.len() * keys.len() && Instant::now() < deadline {
        drive::drain(&mut first, None, 1).unwrap();
        if let Some(second) = &mut second {
            drive::drain(second, None, 1).unwrap();
        }
    }
    for key in &keys {
        assert_eq!(harness.texts_of(TO, key), expected);
    }
}

//! State that moves: restart, restore, rebalance, shutdown.

use events::{Partition, Role, Topic};
use stream::{Stage, Worker};

use super::Harness;
use crate::drive;
use crate::toy::Count;

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;
const P: Partition = Partition(0);

fn join<H: Harness>(harness: &H, id: &str) -> Worker<H::Log, Count> {
    drive::worker(harness, harness.join(Role::Enrich.name(), id, Count::INPUTS), Count::default())
}

/// Two workers of one group step by turns until neither has anything to do.
fn drain_both<H: Harness>(harness: &H, one: &mut Worker<H::Log, Count>, two: &mut Worker<H::Log, Count>) {
    for _ in 0..2 * harness.patience() {
        drive::drain(one, None, 1).unwrap();
        drive::drain(two, None, 1).unwrap();
    }
}

/// See the name.
pub fn a_restore_waits_for_a_transaction_that_is_open_below_the_table_end<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    harness.say(FROM, &key, "a");
    let mut first = join(harness, "first");
    drive::drain(&mut first, None, harness.patience()).unwrap();
    drop(first);
    // Another process dies in a transaction that has written to the table.
    let dying = harness.join("elsewhere", "dying", &[Topic::Business]);
    let mut open = harness.note(Topic::State(Role::Enrich), "counts/x", "never committed");
    open.partition = P;
    harness.die_in_transaction(dying, vec![open]);
    harness.say(FROM, &key, "b");
    let mut second = join(harness, "second");
    drive::drain(&mut second, None, harness.patience()).unwrap();
    assert!(!second.restored(), "the table's end was taken before the open transaction was decided");
    assert_eq!(harness.texts(TO), ["a#1"]);
    harness.expel("dying");
    harness.time_out_transactions();
    drive::drain(&mut second, None, harness.patience()).unwrap();
    assert!(second.restored());
    assert_eq!(harness.texts(TO), ["a#1", "b#2"]);
}

/// See the name.
pub fn a_worker_that_starts_in_the_middle_goes_on_as_if_nothing_had_happened<H: Harness>(harness: &H) {
    let mut expected = Vec::new();
    for i in 0..12 {
        let mut worker = join(harness, "worker");
        harness.say(FROM, "a", &i.to_string());
        expected.push(format!("{i}#{}", i + 1));
        drive::drain(&mut worker, None, harness.patience()).unwrap();
        // Read and decided, but not committed when it ends.
        harness.say(FROM, "b", &i.to_string());
        drive::prepare(&mut worker, None, harness.patience());
    }
    drive::drain(&mut join(harness, "worker"), None, harness.patience()).unwrap();
    assert_eq!(harness.texts_of(TO, "a"), expected);
    assert_eq!(harness.texts_of(TO, "b"), expected);
}

/// See the name.
pub fn state_moves_with_its_partitions<H: Harness>(harness: &H) {
    let keys: Vec<String> = harness.partitions().all().map(|partition| harness.key_in(partition)).collect();
    let say = |text: &str| keys.iter().for_each(|key| harness.say(FROM, key, text));
    let mut one = join(harness, "one");
    say("alone");
    drive::drain(&mut one, None, harness.patience()).unwrap();
    let mut two = join(harness, "two");
    say("joined");
    drain_both(harness, &mut one, &mut two);
    assert!(one.partitions().count() > 0 && two.partitions().count() > 0, "both have their share");
    assert!(one.partitions().all(|partition| !two.partitions().any(|other| other == partition)));
    drop(one);
    say("left");
    drive::drain(&mut two, None, harness.patience()).unwrap();
    for key in keys {
        assert_eq!(harness.texts_of(TO, &key), ["alone#1", "joined#2", "left#3"], "{key}");
    }
}

/// See the name.
pub fn a_worker_that_shuts_down_gives_its_partitions_up_at_once<H: Harness>(harness: &H) {
    let (mut one, mut two) = (join(harness, "one"), join(harness, "two"));
    drain_both(harness, &mut one, &mut two);
    assert!(two.partitions().count() < harness.partitions().get() as usize);
    drop(one);
    // Nobody is expelled: leaving is enough.
    drive::drain(&mut two, None, harness.patience()).unwrap();
    assert_eq!(two.partitions().collect::<Vec<_>>(), harness.partitions().all().collect::<Vec<_>>());
}

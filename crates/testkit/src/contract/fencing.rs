//! Zombies: members that believe they own what they lost.

use std::sync::Arc;

use events::{Partition, Role, Topic};
use stream::{Exit, Log, RecordingObserver, Stage, Tick, Txn};

use super::Harness;
use crate::toy::{Count, TIMER};
use crate::{build, drive};

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;
const P: Partition = Partition(0);

/// See the name.
pub fn the_newer_of_two_members_with_one_id_replaces_the_older<H: Harness>(harness: &H) {
    let mut older = harness.join("group", "worker", &[FROM]);
    drive::own(&mut older, harness.patience());
    let mut open = older.begin().unwrap();
    open.send(harness.note(TO, "a", "of the older")).unwrap();
    harness.sent(TO, 1);
    let mut newer = harness.join("other group", "worker", &[FROM]);
    let mut txn = newer.begin().unwrap();
    txn.send(harness.note(TO, "a", "of the newer")).unwrap();
    txn.commit(&[]).unwrap();
    // What the older had open is aborted at once, so it holds nobody back.
    assert_eq!(harness.texts(TO), ["of the newer"]);
    let refused = open.commit(&[]);
    assert!(matches!(refused, Err(Exit::Replaced(_))), "{refused:?}");
    let refused = older.begin().map(drop);
    assert!(matches!(refused, Err(Exit::Replaced(_))), "{refused:?}");
    assert_eq!(harness.texts(TO), ["of the newer"]);
}

/// See the name.
pub fn an_expelled_member_commits_nothing<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    harness.say(FROM, &key, "a");
    let mut zombie = harness.join("group", "zombie", &[FROM]);
    drive::own(&mut zombie, harness.patience());
    let read = drive::read_all(&mut zombie, harness.patience());
    let position = drive::next_turn(&mut zombie, P, &read);
    expelled_commit_is_fenced(harness, &mut zombie, &position);
    let mut heir = harness.join("group", "heir", &[FROM]);
    drive::own(&mut heir, harness.patience());
    assert_eq!(drive::read_all(&mut heir, harness.patience()).len(), 1, "what the zombie read is read again");
}

/// See the name.
pub fn an_expelled_member_that_only_fires_timers_commits_nothing<H: Harness>(harness: &H) {
    let mut zombie = harness.join("group", "zombie", &[FROM]);
    drive::own(&mut zombie, harness.patience());
    let position = drive::next_turn(&mut zombie, P, &[]);
    expelled_commit_is_fenced(harness, &mut zombie, &position);
}

fn expelled_commit_is_fenced<H: Harness>(harness: &H, zombie: &mut H::Log, position: &(Partition, stream::Position)) {
    let before = zombie.committed(P).unwrap();
    let mut txn = zombie.begin().unwrap();
    txn.send(harness.note(TO, "a", "of the zombie")).unwrap();
    harness.sent(TO, 1);
    harness.expel("zombie");
    let refused = txn.commit(std::slice::from_ref(position));
    assert!(matches!(refused, Err(Exit::Fenced(_))), "{refused:?}");
    assert!(harness.read(TO).is_empty(), "a fenced commit shows nothing");
    let mut heir = harness.join("group", "first heir", &[FROM]);
    drive::own(&mut heir, harness.patience());
    assert_eq!(heir.committed(P).unwrap(), before, "a fenced commit moves nothing");
}

fn due() -> Option<Tick> {
    Some(Tick::confirmed(build::AT.plus(TIMER)))
}

/// See the name.
pub fn a_worker_stopped_over_a_deadline_fires_nothing_twice<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    let join =
        |id: &str| drive::worker(harness, harness.join(Role::Enrich.name(), id, Count::INPUTS), Count::default());
    let mut zombie = join("zombie");
    harness.say(FROM, &key, "a");
    drive::drain(&mut zombie, None, harness.patience()).unwrap();
    // It has decided that the timer is due, and is stopped before it commits.
    let prepared = drive::prepare(&mut zombie, due(), harness.patience());
    harness.expel("zombie");
    let mut heir = join("heir");
    drive::drain(&mut heir, due(), harness.patience()).unwrap();
    assert_eq!(harness.texts(Topic::Calls), ["due#1"]);
    let refused = zombie.commit(prepared);
    assert!(matches!(refused, Err(Exit::Fenced(_))), "{refused:?}");
    drop(heir);
    drive::drain(&mut zombie, due(), harness.patience()).unwrap();
    assert_eq!(harness.texts(Topic::Calls), ["due#1"]);
}

/// See the name.
pub fn a_partition_that_comes_back_after_a_mere_timer_is_restored_and_not_reused<H: Harness>(harness: &H) {
    let (restored, reused) = comes_back(harness, due());
    assert!(restored >= 1, "state that missed a turn was used again ({reused} reused)");
    assert_eq!(harness.texts(Topic::Calls), ["due#1"], "the timer that fired elsewhere fired again");
}

/// See the name.
pub fn a_partition_that_comes_back_untouched_is_reused<H: Harness>(harness: &H) {
    let (restored, reused) = comes_back(harness, None);
    assert_eq!(restored, 0, "state that is still right was read again");
    assert_eq!(reused, harness.partitions().get() as u64);
}

/// A worker loses its partitions to another, which may fire a timer, and gets them back and goes on. Returns for how many
/// partitions it restored the state and for how many it used it again.
fn comes_back<H: Harness>(harness: &H, tick: Option<Tick>) -> (u64, u64) {
    let key = harness.key_in(P);
    let heard = Arc::new(RecordingObserver::default());
    let log = harness.join(Role::Enrich.name(), "first", Count::INPUTS);
    let mut first = drive::observed(harness, log, Count::default(), heard.clone());
    harness.say(FROM, &key, "a");
    drive::drain(&mut first, None, harness.patience()).unwrap();
    let before = heard.of(Role::Enrich);
    harness.expel("first");
    let log = harness.join(Role::Enrich.name(), "second", Count::INPUTS);
    let mut second = drive::worker(harness, log, Count::default());
    drive::drain(&mut second, tick, harness.patience()).unwrap();
    drop(second);
    drive::drain(&mut first, None, harness.patience()).unwrap();
    harness.say(FROM, &key, "b");
    drive::drain(&mut first, due(), harness.patience()).unwrap();
    assert_eq!(harness.texts(TO), ["a#1", "b#2"]);
    let after = heard.of(Role::Enrich);
    (after.restored - before.restored, after.reused - before.reused)
}

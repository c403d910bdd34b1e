//! Offsets and turn numbers: part of the transaction, or not committed at all.

use events::{Offset, Partition, Topic};
use stream::{Exit, Log, Txn};

use super::Harness;
use crate::{drive, toy};

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;
const P: Partition = Partition(0);

/// See the name.
pub fn offsets_and_turn_become_committed_with_the_transaction<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    let mut log = harness.join("group", "worker", &[FROM]);
    drive::own(&mut log, harness.patience());
    harness.say(FROM, &key, "a");
    let read = drive::read_all(&mut log, harness.patience());
    let position = drive::next_turn(&mut log, P, &read);
    let mut txn = log.begin().unwrap();
    txn.send(harness.note(TO, &key, "a")).unwrap();
    txn.commit(std::slice::from_ref(&position)).unwrap();
    assert_eq!(log.committed(P).unwrap(), position.1);
    assert_eq!((position.1.turn, harness.texts(TO)), (1, vec!["a".to_owned()]));
}

/// See the name.
pub fn a_topic_without_a_commit_stands_at_its_start<H: Harness>(harness: &H) {
    harness.say(FROM, &harness.key_in(P), "a");
    let mut log = harness.join("group", "worker", &[Topic::MentionsRawExpress, FROM]);
    drive::own(&mut log, harness.patience());
    let committed = log.committed(P).unwrap();
    assert_eq!(committed.next, [(FROM, Offset(0)), (Topic::MentionsRawExpress, Offset(0))]);
    assert_eq!(committed.turn, 0);
}

/// See the name.
pub fn a_turn_that_moved_no_offset_is_committed_with_its_number<H: Harness>(harness: &H) {
    let mut log = harness.join("group", "worker", &[FROM]);
    drive::own(&mut log, harness.patience());
    let before = log.committed(P).unwrap();
    let position = drive::next_turn(&mut log, P, &[]);
    log.begin().unwrap().commit(&[position]).unwrap();
    let after = log.committed(P).unwrap();
    assert_eq!((after.next, after.turn), (before.next, before.turn + 1));
}

/// See the name.
pub fn a_transaction_that_fails_leaves_the_offsets_as_they_were<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    harness.say(FROM, &key, "a");
    let mut log = harness.join("group", "worker", &[FROM]);
    drive::own(&mut log, harness.patience());
    let read = drive::read_all(&mut log, harness.patience());
    let position = drive::next_turn(&mut log, P, &read);
    let mut txn = log.begin().unwrap();
    txn.send(harness.note(TO, &key, "a")).unwrap();
    harness.sent(TO, 1);
    // The group still counts this member in when another one takes its transactional id.
    let mut newer = harness.join("other group", "worker", &[FROM]);
    let failed = txn.commit(std::slice::from_ref(&position));
    assert!(matches!(failed, Err(Exit::Replaced(_))), "{failed:?}");
    drop(log);
    drive::own(&mut newer, harness.patience());
    let mut third = harness.join("group", "third", &[FROM]);
    drive::own(&mut third, harness.patience());
    assert_eq!(third.committed(P).unwrap().turn, 0);
    let again = drive::read_all(&mut third, harness.patience());
    assert_eq!(again.iter().map(toy::text).collect::<Vec<_>>(), ["a"]);
    assert!(harness.read(TO).is_empty());
}

/// See the name.
pub fn a_member_that_starts_again_reads_on_from_what_is_committed<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    for text in ["a", "b", "c"] {
        harness.say(FROM, &key, text);
    }
    let mut log = harness.join("group", "worker", &[FROM]);
    drive::own(&mut log, harness.patience());
    let read = drive::read_all(&mut log, harness.patience());
    let first = drive::next_turn(&mut log, P, read.get(..1).unwrap());
    log.begin().unwrap().commit(&[first]).unwrap();
    drop(log);
    let mut again = harness.join("group", "worker", &[FROM]);
    drive::own(&mut again, harness.patience());
    let rest = drive::read_all(&mut again, harness.patience());
    assert_eq!(rest.iter().map(toy::text).collect::<Vec<_>>(), ["b", "c"]);
}

//! What readers see of transactions: what is committed, all of it, in order, and nothing else.

use events::{Partition, Topic};
use stream::{Log, Outgoing, Txn};

use super::Harness;
use crate::{drive, toy};

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;

fn writer<H: Harness>(harness: &H, id: &str) -> H::Log {
    let mut log = harness.join(&format!("group of {id}"), id, &[FROM]);
    drive::own(&mut log, harness.patience());
    log
}

fn write<L: Log>(log: &mut L, records: impl IntoIterator<Item = Outgoing>) {
    let mut txn = log.begin().unwrap();
    for record in records {
        txn.send(record).unwrap();
    }
    txn.commit(&[]).unwrap();
}

/// See the name.
pub fn committed_records_are_read_in_the_order_of_their_commit<H: Harness>(harness: &H) {
    let key = harness.key_in(Partition(1));
    let mut log = writer(harness, "writer");
    for i in 0..3 {
        write(&mut log, (0..2).map(|j| harness.note(TO, &key, &format!("{i}{j}"))));
    }
    assert_eq!(harness.texts(TO), ["00", "01", "10", "11", "20", "21"]);
    let mut reader = harness.join("readers", "reader", &[TO]);
    drive::own(&mut reader, harness.patience());
    let read = drive::read_all(&mut reader, harness.patience());
    assert_eq!(read, harness.read(TO), "a member sees what any committed reader sees");
}

/// See the name.
pub fn records_of_an_open_transaction_are_not_seen<H: Harness>(harness: &H) {
    let mut log = writer(harness, "writer");
    let mut reader = harness.join("readers", "reader", &[TO]);
    drive::own(&mut reader, harness.patience());
    let mut txn = log.begin().unwrap();
    txn.send(harness.note(TO, "a", "open")).unwrap();
    harness.sent(TO, 1);
    assert!(drive::read_all(&mut reader, harness.patience()).is_empty());
    assert!(harness.read(TO).is_empty());
    txn.commit(&[]).unwrap();
    assert_eq!(drive::read_all(&mut reader, harness.patience()).len(), 1);
}

/// See the name.
pub fn aborted_records_are_never_seen<H: Harness>(harness: &H) {
    let mut log = writer(harness, "writer");
    for text in ["lost", "kept"] {
        let mut txn = log.begin().unwrap();
        txn.send(harness.note(TO, "a", text)).unwrap();
        harness.sent(TO, 1);
        if text == "kept" {
            txn.commit(&[]).unwrap();
        }
    }
    assert_eq!(harness.texts(TO), ["kept"]);
    let mut reader = harness.join("readers", "reader", &[TO]);
    drive::own(&mut reader, harness.patience());
    let read = drive::read_all(&mut reader, harness.patience());
    assert_eq!(read.iter().map(toy::text).collect::<Vec<_>>(), ["kept"]);
    let mut restored = Vec::new();
    let partition = harness.partitions().partition(b"a");
    let take = &mut |raw| {
        restored.push(toy::text(&raw));
        Ok(())
    };
    log.read_table(TO, partition, take).unwrap();
    assert_eq!(restored, ["kept"]);
}

/// See the name.
pub fn no_reader_passes_an_open_transaction<H: Harness>(harness: &H) {
    let (mut early, mut late) = (writer(harness, "early"), writer(harness, "late"));
    let mut reader = harness.join("readers", "reader", &[TO]);
    drive::own(&mut reader, harness.patience());
    let mut open = early.begin().unwrap();
    open.send(harness.note(TO, "a", "first")).unwrap();
    harness.sent(TO, 1);
    write(&mut late, [harness.note(TO, "a", "second")]);
    assert!(drive::read_all(&mut reader, harness.patience()).is_empty(), "a reader passed an open transaction");
    open.commit(&[]).unwrap();
    let read = drive::read_all(&mut reader, harness.patience());
    assert_eq!(read.iter().map(toy::text).collect::<Vec<_>>(), ["first", "second"]);
}

/// See the name.
pub fn the_records_of_a_partition_keep_their_order_whoever_reads_them<H: Harness>(harness: &H) {
    let (mut one, mut two) = (writer(harness, "one"), writer(harness, "two"));
    let key = harness.key_in(Partition(0));
    for i in 0..20 {
        let log = if i % 2 == 0 { &mut one } else { &mut two };
        let mut txn = log.begin().unwrap();
        txn.send(harness.note(TO, &key, &i.to_string())).unwrap();
        if i % 5 != 0 {
            txn.commit(&[]).unwrap();
        }
    }
    let expected: Vec<String> = (0..20).filter(|i| i % 5 != 0).map(|i| i.to_string()).collect();
    let mut reader = harness.join("readers", "reader", &[TO]);
    drive::own(&mut reader, harness.patience());
    let read = drive::read_all(&mut reader, harness.patience());
    assert_eq!(read.iter().map(toy::text).collect::<Vec<_>>(), expected);
    assert!(read.is_sorted_by(|left, right| left.offset < right.offset));
}

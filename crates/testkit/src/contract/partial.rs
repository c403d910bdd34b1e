//! A committed transaction that becomes visible one partition after the other, as Kafka shows it for a moment with each.

use events::{EventTime, Offset, Partition, Role, Topic};
use stream::progress::{HoldBack, Lane};
use stream::{Log, Position, Stage, Txn};

use super::Harness;
use crate::toy::Count;
use crate::{build, drive, toy};

const FROM: Topic = Topic::MentionsRaw;
const TO: Topic = Topic::MentionsEnriched;
const P: Partition = Partition(0);

/// See the name.
pub fn a_transaction_may_become_visible_one_partition_after_the_other<H: Harness>(harness: &H) {
    let mut log = harness.join("group", "writer", &[FROM]);
    drive::own(&mut log, harness.patience());
    harness.hold_markers(&[(TO, Partition(0)), (TO, Partition(1))]);
    let position = drive::next_turn(&mut log, P, &[]);
    let mut txn = log.begin().unwrap();
    for partition in [Partition(0), Partition(1)] {
        txn.send(harness.note(TO, &harness.key_in(partition), &partition.0.to_string())).unwrap();
    }
    txn.commit(&[position]).unwrap();
    assert_eq!(log.committed(P).unwrap().turn, 1, "the transaction is committed, seen or not");
    assert!(harness.read(TO).is_empty());
    harness.release_markers(TO, Partition(1));
    assert_eq!(harness.texts(TO), ["1"]);
    harness.release_markers(TO, Partition(0));
    assert_eq!(harness.texts(TO), ["0", "1"]);
}

/// See the name.
pub fn a_restore_waits_for_a_marker_that_is_not_written_yet<H: Harness>(harness: &H) {
    let key = harness.key_in(P);
    let join =
        |id: &str| drive::worker(harness, harness.join(Role::Enrich.name(), id, Count::INPUTS), Count::default());
    let mut first = join("first");
    drive::drain(&mut first, None, harness.patience()).unwrap();
    let places = [Topic::State(Role::Enrich), TO, Topic::Turns(Role::Enrich)];
    harness.hold_markers(&places.map(|topic| (topic, P)));
    harness.say(FROM, &key, "a");
    drive::drain(&mut first, None, harness.patience()).unwrap();
    drop(first);
    harness.say(FROM, &key, "b");
    // The offsets are committed, the table's last records are not to be seen yet: the state would be one turn old.
    let mut second = join("second");
    drive::drain(&mut second, None, harness.patience()).unwrap();
    assert!(!second.restored());
    places.into_iter().for_each(|topic| harness.release_markers(topic, P));
    drive::drain(&mut second, None, harness.patience()).unwrap();
    assert_eq!(harness.texts(TO), ["a#1", "b#2"]);
}

/// See the name.
pub fn progress_is_taken_over_only_after_what_was_committed_before_it<H: Harness>(harness: &H) {
    let upstream = (Role::Enrich, Lane::Main, P);
    let mut writer = harness.join("upstream", "upstream", &[FROM]);
    drive::own(&mut writer, harness.patience());
    let mut reader = harness.join("reader", "reader", &[TO]);
    drive::own(&mut reader, harness.patience());
    harness.hold_markers(&[(TO, P), (Topic::Progress, P)]);
    send(&mut writer, harness.note(TO, &harness.key_in(P), "decided before noon"));
    // Upstream's progress is written after it, and becomes visible before it.
    send(&mut writer, harness.note(Topic::Progress, &harness.key_in(P), "noon"));
    harness.release_markers(Topic::Progress, P);
    assert_eq!(harness.texts(Topic::Progress), ["noon"]);
    let mut held = HoldBack::new([upstream], build::AT);
    held.heard(upstream, build::AT);
    assert!(held.wants_marks());
    let marks = reader.high_watermarks(&[(TO, P)]).unwrap();
    held.marks(marks.into_iter().map(|mark| (TO, mark)).collect());
    let mut handled = Vec::new();
    for released in [false, true] {
        if released {
            harness.release_markers(TO, P);
        }
        handled.extend(drive::read_all(&mut reader, harness.patience()));
        let reached: Offset = reader.reached(TO, P).unwrap();
        held.handled(&Position { next: vec![(TO, reached)], turn: 0 });
        let expected = if released { build::AT } else { EventTime::EPOCH };
        assert_eq!(held.handled_to(), expected, "time passed {} unread records", 1 - handled.len());
    }
    assert_eq!(handled.iter().map(toy::text).collect::<Vec<_>>(), ["decided before noon"]);
}

fn send<L: Log>(log: &mut L, record: stream::Outgoing) {
    let mut txn = log.begin().unwrap();
    txn.send(record).unwrap();
    txn.commit(&[]).unwrap();
}

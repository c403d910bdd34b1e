use bytes::Bytes;
use events::{EventTime, Offset, Partition, PartitionCount, Role, Topic};

use super::{Cluster, ClusterConfig, Member, Retention};
use crate::{Exit, Log, Outgoing, Polled, Position, Raw, Txn};

const IN: Topic = Topic::MentionsRaw;
const EXPRESS: Topic = Topic::MentionsRawExpress;
const OUT: Topic = Topic::MentionsEnriched;
const TABLE: Topic = Topic::State(Role::Enrich);
const P: Partition = Partition(0);

fn cluster(partitions: i32, retention: Retention) -> Cluster {
    Cluster::new(ClusterConfig {
        partitions: PartitionCount::new(partitions).unwrap(),
        retention,
        ..Default::default()
    })
}

fn record(topic: Topic, partition: Partition, key: &str, value: &str) -> Outgoing {
    let value = (!value.is_empty()).then(|| Bytes::copy_from_slice(value.as_bytes()));
    let key = Some(Bytes::copy_from_slice(key.as_bytes()));
    Outgoing { topic, partition, timestamp: EventTime::EPOCH, key, value, headers: Vec::new() }
}

fn settle(member: &mut Member) -> Vec<Partition> {
    let mut owned = Vec::new();
    loop {
        match member.poll().unwrap() {
            Polled::Assigned(partitions) => {
                for partition in &partitions {
                    let committed = member.committed(*partition).unwrap();
                    member.seek(*partition, &committed).unwrap();
                }
                owned = partitions;
            }
            Polled::Revoked(_) => {}
            Polled::Records(_) | Polled::Idle => return owned,
        }
    }
}

fn records(member: &mut Member) -> Vec<Raw> {
    match member.poll().unwrap() {
        Polled::Records(records) => records,
        _ => Vec::new(),
    }
}

fn position(topic: Topic, next: i64, turn: i64) -> Position {
    Position { next: vec![(topic, Offset(next))], turn }
}

#[test]
fn a_marker_takes_an_offset() {
    let cluster = cluster(1, Retention::KeepAll);
    let mut member = cluster.join("g", "w", &[IN]);
    settle(&mut member);
    for _ in 0..2 {
        let mut txn = member.begin().unwrap();
        txn.send(record(OUT, P, "k", "v")).unwrap();
        txn.commit(&[]).unwrap();
    }
    let offsets: Vec<i64> = cluster.tap(&[OUT]).read().iter().map(|raw| raw.offset.0).collect();
    assert_eq!(offsets, [0, 2]);
    assert_eq!(member.high_watermarks(&[(OUT, P)]).unwrap(), [Offset(4)]);
}

#[test]
fn polling_reaches_the_high_watermark_although_positions_do_not() {
    let cluster = cluster(1, Retention::KeepAll);
    let mut writer = cluster.join("g", "writer", &[OUT]);
    let mut reader = cluster.join("h", "reader", &[IN]);
    assert!(matches!(reader.reached(IN, P), Err(Exit::Fenced(_))));
    settle(&mut reader);
    let mut txn = writer.begin().unwrap();
    txn.send(record(IN, P, "k", "v")).unwrap();
    txn.commit(&[]).unwrap();
    assert_eq!(reader.reached(IN, P).unwrap(), Offset(0));
    assert_eq!(records(&mut reader)[0].offset, Offset(0));
    assert_eq!(reader.high_watermarks(&[(IN, P)]).unwrap(), [reader.reached(IN, P).unwrap()]);
}

#[test]
fn a_commit_of_an_older_generation_is_fenced() {
    let cluster = cluster(2, Retention::KeepAll);
    let mut member = cluster.join("g", "a", &[IN]);
    settle(&mut member);
    let other = cluster.join("g", "b", &[IN]);
    let mut txn = member.begin().unwrap();
    txn.send(record(OUT, P, "k", "v")).unwrap();
    assert!(matches!(txn.commit(&[(P, position(IN, 0, 1))]), Err(Exit::Fenced(_))));
    assert!(cluster.tap(&[OUT]).read().is_empty());
    drop(other);
}

#[test]
fn range_gives_every_partition_to_one_member_and_differs_by_one_at_most() {
    let cluster = cluster(24, Retention::KeepAll);
    let mut members: Vec<Member> = (0..5).map(|i| cluster.join("g", &format!("w{i}"), &[IN, EXPRESS])).collect();
    let owned: Vec<Vec<Partition>> = members.iter_mut().map(settle).collect();
    assert_eq!(owned.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 5, 5, 4]);
    assert_eq!(owned.concat(), cluster.partitions().all().collect::<Vec<_>>());
}

#[test]
fn members_that_subscribe_differently_own_nothing() {
    let cluster = cluster(4, Retention::KeepAll);
    let mut one = cluster.join("g", "a", &[IN]);
    let mut two = cluster.join("g", "b", &[IN, EXPRESS]);
    assert!(settle(&mut one).is_empty() && settle(&mut two).is_empty());
    drop(two);
    assert_eq!(settle(&mut one).len(), 4);
}

#[test]
fn a_poll_returns_no_more_than_its_limit_and_the_next_goes_on() {
    let config = ClusterConfig { partitions: PartitionCount::new(2).unwrap(), poll_records: 3, ..Default::default() };
    let cluster = Cluster::new(config);
    let mut member = cluster.join("g", "w", &[IN, EXPRESS]);
    settle(&mut member);
    for i in 0..4 {
        cluster.append(record(IN, Partition(i % 2), "k", &i.to_string())).unwrap();
    }
    cluster.append(record(EXPRESS, Partition(1), "k", "first")).unwrap();
    let read = |raws: Vec<Raw>| raws.iter().map(|raw| (raw.topic, raw.partition.0, raw.offset.0)).collect::<Vec<_>>();
    assert_eq!(read(records(&mut member)), [(EXPRESS, 1, 0), (IN, 0, 0), (IN, 0, 1)]);
    assert_eq!(read(records(&mut member)), [(IN, 1, 0), (IN, 1, 1)]);
    assert!(records(&mut member).is_empty());
}

#[test]
fn an_expelled_member_comes_back_as_a_new_one() {
    let cluster = cluster(2, Retention::KeepAll);
    let mut member = cluster.join("g", "w", &[IN]);
    settle(&mut member);
    assert!(cluster.expel("w"));
    assert!(!cluster.expel("w"));
    assert!(matches!(member.poll(), Ok(Polled::Revoked(_))));
    assert!(matches!(member.poll(), Ok(Polled::Assigned(partitions)) if partitions.len() == 2));
}

#[test]
fn a_killed_member_keeps_its_partitions_until_it_is_expelled() {
    let cluster = cluster(2, Retention::KeepAll);
    let mut dead = cluster.join("g", "a", &[IN]);
    settle(&mut dead);
    dead.kill();
    let mut other = cluster.join("g", "b", &[IN]);
    assert_eq!(settle(&mut other), [Partition(1)]);
    assert!(cluster.expel("a"));
    assert_eq!(settle(&mut other).len(), 2);
}

#[test]
fn an_abandoned_transaction_is_aborted_when_its_time_is_over_or_its_id_comes_back() {
    let cluster = cluster(1, Retention::KeepAll);
    for by_time in [true, false] {
        let mut member = cluster.join("g", "w", &[IN]);
        let mut txn = member.begin().unwrap();
        txn.send(record(OUT, P, "k", "lost")).unwrap();
        txn.abandon();
        member.kill();
        let mut other = cluster.join("h", "other", &[IN]);
        assert!(matches!(other.read_table(OUT, P, &mut |_| Ok(())), Err(Exit::Retry(why)) if why.contains("`w`")));
        if by_time {
            assert_eq!(cluster.time_out_transactions(), 1);
        } else {
            cluster.join("g", "w", &[IN]);
        }
        assert_eq!(other.read_table(OUT, P, &mut |raw| Err(Exit::Fatal(format!("{raw:?}")))), Ok(()));
    }
}

#[test]
fn compaction_keeps_the_last_record_of_each_key_and_takes_tombstones_off() {
    let cluster = cluster(1, Retention::KeepAll);
    for (key, value) in [("a", "1"), ("b", "1"), ("a", "2"), ("b", "")] {
        cluster.append(record(TABLE, P, key, value)).unwrap();
    }
    cluster.compact(TABLE);
    let left = cluster.tap(&[TABLE]).read();
    assert_eq!(
        left.iter().map(|raw| (raw.offset.0, raw.value.clone())).collect::<Vec<_>>(),
        [(2, Some(Bytes::from("2")))]
    );
}

#[test]
fn a_reader_of_a_table_sees_a_deletion_although_the_table_was_compacted() {
    let cluster = cluster(1, Retention::KeepAll);
    cluster.append(record(TABLE, P, "a", "1")).unwrap();
    let mut tap = cluster.tap(&[TABLE]);
    assert_eq!(tap.read().len(), 1);
    cluster.append(record(TABLE, P, "a", "")).unwrap();
    cluster.compact(TABLE);
    assert_eq!(tap.read().iter().map(|raw| raw.value.clone()).collect::<Vec<_>>(), [None]);
    cluster.compact(TABLE);
    assert!(cluster.is_empty());
}

#[test]
fn a_table_with_few_keys_stays_small_however_often_they_change() {
    let cluster = cluster(1, Retention::KeepAll);
    for i in 0..50_000 {
        cluster.append(record(TABLE, P, &format!("k{}", i % 10), &i.to_string())).unwrap();
    }
    assert!(cluster.len() <= 1_020, "{}", cluster.len());
}

#[test]
fn compaction_does_not_pass_an_open_transaction() {
    let cluster = cluster(1, Retention::KeepAll);
    let mut member = cluster.join("g", "w", &[IN]);
    cluster.append(record(TABLE, P, "a", "1")).unwrap();
    let mut txn = member.begin().unwrap();
    txn.send(record(TABLE, P, "a", "2")).unwrap();
    cluster.compact(TABLE);
    drop(txn);
    assert_eq!(cluster.tap(&[TABLE]).read()[0].value, Some(Bytes::from("1")));
}

/// Appends, reads, writes on and commits; two groups and a tap read, so only what all three have passed may go.
#[test]
fn memory_does_not_grow_with_the_input() {
    let cluster = cluster(3, Retention::ForgetRead);
    let mut first = cluster.join("first", "a", &[IN]);
    let mut second = cluster.join("second", "b", &[OUT]);
    let mut tap = cluster.tap(&[OUT, Topic::DeadLetters]);
    settle(&mut first);
    settle(&mut second);
    let mut seen = 0;
    for round in 0..2_000 {
        for i in 0..10 {
            cluster.append(record(IN, Partition(i % 3), "k", &round.to_string())).unwrap();
        }
        for (member, topic) in [(&mut first, IN), (&mut second, OUT)] {
            for partition in cluster.partitions().all() {
                let records = match topic {
                    IN if partition.0 > 0 => break,
                    _ => records(member),
                };
                let mut positions = Vec::new();
                let mut txn = member.begin().unwrap();
                for raw in &records {
                    positions.retain(|(partition, _)| *partition != raw.partition);
                    positions.push((raw.partition, position(topic, raw.offset.0 + 1, round)));
                    // `Calls` has no reader, `Turns` neither.
                    let to = if topic == IN { OUT } else { Topic::Calls };
                    txn.send(Outgoing { topic: to, ..record(to, raw.partition, "k", "v") }).unwrap();
                    txn.send(record(TABLE, raw.partition, &format!("{round}-{}", raw.offset.0), "v")).unwrap();
                }
                txn.commit(&positions).unwrap();
            }
        }
        seen += tap.read().len();
        assert!(cluster.len() <= 40, "{} records after round {round}", cluster.len());
    }
    assert_eq!(seen, 20_000);
    assert!(matches!(first.read_table(TABLE, P, &mut |_| Ok(())), Err(Exit::Fatal(_))));
}

#[test]
fn what_one_reader_has_not_passed_is_not_forgotten() {
    let cluster = cluster(1, Retention::ForgetRead);
    let mut fast = cluster.join("fast", "a", &[IN]);
    let mut slow = cluster.join("slow", "b", &[IN]);
    settle(&mut fast);
    settle(&mut slow);
    cluster.append(record(IN, P, "k", "v")).unwrap();
    assert_eq!(records(&mut fast).len(), 1);
    fast.begin().unwrap().commit(&[(P, position(IN, 1, 1))]).unwrap();
    assert_eq!(records(&mut slow).len(), 1);
    assert_eq!(cluster.len(), 1);
    slow.begin().unwrap().commit(&[(P, position(IN, 1, 1))]).unwrap();
    assert!(cluster.is_empty());
}

#[test]
fn what_is_held_back_is_seen_only_when_it_is_shown_and_other_topics_at_once() {
    let cluster = cluster(1, Retention::ForgetRead);
    let mut reader = cluster.join("g", "reader", &[IN, EXPRESS]);
    let mut tap = cluster.tap(&[IN]);
    settle(&mut reader);
    cluster.show(&cluster.marks(&[IN]));
    cluster.append(record(IN, P, "held", "v")).unwrap();
    cluster.append(record(EXPRESS, P, "free", "v")).unwrap();
    let keys = |records: Vec<Raw>| -> Vec<Bytes> { records.into_iter().filter_map(|raw| raw.key).collect() };
    assert_eq!(keys(records(&mut reader)), ["free"]);
    assert_eq!(tap.read(), []);
    let marks = cluster.marks(&[IN]);
    cluster.append(record(IN, P, "later", "v")).unwrap();
    cluster.show(&marks);
    assert_eq!(keys(records(&mut reader)), ["held"]);
    assert_eq!(keys(tap.read()), ["held"]);
}

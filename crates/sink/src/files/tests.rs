use std::fs::File;

use events::{BookVersion, EventTime, PartitionCount};
use proptest::prelude::*;

use super::*;

const PARTITION: Partition = Partition(3);
const TOPIC: Topic = Topic::Cases;

fn record(offset: i64) -> Record<StoredValue> {
    Record {
        topic: TOPIC,
        offset: Offset(offset),
        timestamp: EventTime::FIRST.plus(Span::seconds(offset)),
        key: format!("k{offset}"),
        value: StoredValue(format!("{{\"n\":{offset}}}")),
    }
}

fn context() -> Context {
    Context {
        stream_time: EventTime::EPOCH,
        unconfirmed: false,
        book_version: BookVersion::from("b"),
        partitions: PartitionCount::DEFAULT,
    }
}

/// Reads records `from` to `to` (exclusive) in one turn.
fn turn(store: &FileStore, from: i64, to: i64) -> Result<Decided, Fault> {
    let records = (from..to).map(record).collect();
    store.process(Batch::new(PARTITION, records), &mut NoState, &context())
}

/// Offsets of all published records, in the order of the files.
fn published(root: &Path) -> Vec<i64> {
    let folder = root.join(TOPIC.name()).join(PARTITION.0.to_string());
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ndjson"));
    files.sort();
    let lines = files.iter().flat_map(|path| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    lines.filter_map(|line| line::line_offset(&line)).map(|offset| offset.0).collect()
}

fn next(store: &FileStore) -> i64 {
    let offsets = store.next_offsets(PARTITION).unwrap();
    offsets.into_iter().find(|(topic, _)| *topic == TOPIC).unwrap().1.0
}

fn small_files() -> Roll {
    Roll { bytes: 300, after: Span::hours(1) }
}

#[test]
fn what_was_read_is_published_once_and_ends_with_the_next_offset() {
    let root = tempfile::tempdir().unwrap();
    let store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    turn(&store, 0, 4).unwrap();
    turn(&store, 2, 6).unwrap();
    assert!(published(root.path()).is_empty(), "a file that is being written must not be seen");
    store.finish().unwrap();
    assert_eq!(published(root.path()), (0..6).collect::<Vec<_>>());
    let file = root.path().join("cases/3/00000000000000000000.ndjson");
    assert!(fs::read_to_string(file).unwrap().ends_with("\n{\"next_offset\":6}\n"));
}

#[test]
fn after_a_crash_the_newest_file_decides_where_to_go_on() {
    let root = tempfile::tempdir().unwrap();
    let store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    turn(&store, 0, 5).unwrap();
    store.finish().unwrap();
    turn(&store, 5, 9).unwrap();
    drop(store);
    let again = FileStore::resume(root.path(), "a", Roll::default()).unwrap();
    assert_eq!(next(&again), 5, "the crash lost an open file, so reading goes on where the published one ends");
    turn(&again, 5, 12).unwrap();
    again.finish().unwrap();
    assert_eq!(published(root.path()), (0..12).collect::<Vec<_>>());
    let left = fs::read_dir(root.path().join("cases/3")).unwrap().count();
    turn(&again, 12, 13).unwrap();
    again.finish().unwrap();
    let after = fs::read_dir(root.path().join("cases/3")).unwrap().count();
    assert_eq!(after, left, "one file more, and the part of the crash is swept away");
}

#[test]
fn of_two_writers_one_publishes_and_the_other_goes_on_behind_it() {
    let root = tempfile::tempdir().unwrap();
    let first = FileStore::resume(root.path(), "a", Roll::default()).unwrap();
    let second = FileStore::resume(root.path(), "b", Roll::default()).unwrap();
    turn(&first, 0, 10).unwrap();
    turn(&second, 0, 6).unwrap();
    second.finish().unwrap();
    turn(&second, 6, 8).unwrap();
    first.finish().unwrap();
    second.finish().unwrap();
    assert_eq!(published(root.path()), (0..10).collect::<Vec<_>>());
}

#[test]
fn a_folder_of_another_run_is_refused() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("old.ndjson"), "{}\n").unwrap();
    let refused = FileStore::create(root.path(), "a", Roll::default()).err().unwrap();
    assert!(refused.to_string().contains("choose a new folder"), "{refused}");
}

#[test]
fn a_changed_file_is_refused_and_named() {
    let root = tempfile::tempdir().unwrap();
    let store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    turn(&store, 0, 3).unwrap();
    store.finish().unwrap();
    let file = root.path().join("cases/3/00000000000000000000.ndjson");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.strip_suffix("{\"next_offset\":3}\n").unwrap()).unwrap();
    let refused = store.next_offsets(PARTITION).unwrap_err();
    assert!(refused.to_string().contains("00000000000000000000.ndjson"), "{refused}");
}

#[test]
fn a_full_disk_stops_the_store_with_a_remedy_and_publishes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    store.create = |_| File::options().write(true).open("/dev/full");
    let Err(Fault::Broken(message)) = turn(&store, 0, 3) else { panic!("a full disk went unnoticed") };
    assert!(message.contains("no space is left") && message.contains("cases/3"), "{message}");
    store.finish().unwrap();
    assert!(published(root.path()).is_empty());
}

#[test]
fn a_file_is_published_when_its_first_record_is_old() {
    let root = tempfile::tempdir().unwrap();
    let store = FileStore::create(root.path(), "a", Roll { bytes: 1 << 20, after: Span::seconds(3) }).unwrap();
    turn(&store, 0, 5).unwrap();
    assert_eq!(published(root.path()), vec![0, 1, 2]);
}

#[derive(Debug, Clone)]
enum Move {
    Read(usize, i64),
    Publish(usize),
    Crash(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        6 => (0..2usize, 1..5i64).prop_map(|(writer, count)| Move::Read(writer, count)),
        2 => (0..2usize).prop_map(Move::Publish),
        1 => (0..2usize).prop_map(Move::Crash),
    ];
    proptest::collection::vec(one, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_schedule_of_two_writers_and_crashes_leaves_each_record_once(moves in moves()) {
        let root = tempfile::tempdir().unwrap();
        let fresh = |name| FileStore::resume(root.path(), name, small_files()).unwrap();
        let mut writers = [fresh("a"), fresh("b")];
        let mut reading = [0, 0];
        for step in moves {
            match step {
                Move::Read(writer, count) => {
                    turn(&writers[writer], reading[writer], reading[writer] + count).unwrap();
                    reading[writer] += count;
                }
                Move::Publish(writer) => writers[writer].finish().unwrap(),
                Move::Crash(writer) => {
                    writers[writer] = fresh("c");
                    reading[writer] = next(&writers[writer]);
                }
            }
        }
        let end = reading[0].max(reading[1]).max(1);
        turn(&writers[0], reading[0], end).unwrap();
        writers[0].finish().unwrap();
        prop_assert_eq!(published(root.path()), (0..end).collect::<Vec<_>>());
    }
}

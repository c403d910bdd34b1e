use std::fs::File;

use events::EventTime;
use proptest::prelude::*;

use super::*;

const PARTITION: Partition = Partition(3);
const TOPIC: Topic = Topic::Cases;

fn line(offset: i64) -> FileLine {
    let raw = Raw {
        topic: TOPIC,
        partition: PARTITION,
        offset: Offset(offset),
        timestamp: EventTime::FIRST.plus(Span::seconds(offset)),
        key: Some(format!("k{offset}").into()),
        value: None,
        headers: Vec::new(),
    };
    FileStore::row(&raw, &Codec::default()).unwrap()
}

/// Stores records `from` to `to` (exclusive) in one write.
fn turn(store: &mut FileStore, from: i64, to: i64) -> Result<Written, StoreError> {
    let lines: Vec<FileLine> = (from..to).map(line).collect();
    let moves = [Move { topic: TOPIC, partition: PARTITION, from: Offset(from), to: Offset(to) }];
    store.write(&lines.iter().collect::<Vec<_>>(), &moves)
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

fn next(store: &mut FileStore) -> i64 {
    let offsets = store.next_offsets(PARTITION).unwrap();
    offsets.into_iter().find(|(topic, _)| *topic == TOPIC).unwrap().1.0
}

fn small_files() -> Roll {
    Roll { bytes: 300, after: Span::hours(1) }
}

#[test]
fn what_was_read_is_published_once_and_ends_with_the_next_offset() {
    let root = tempfile::tempdir().unwrap();
    let mut store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    turn(&mut store, 0, 4).unwrap();
    turn(&mut store, 2, 6).unwrap();
    assert!(published(root.path()).is_empty(), "a file that is being written must not be seen");
    store.release(PARTITION).unwrap();
    assert_eq!(published(root.path()), (0..6).collect::<Vec<_>>());
    let file = root.path().join("cases/3/00000000000000000000.ndjson");
    assert!(fs::read_to_string(file).unwrap().ends_with("\n{\"next_offset\":6}\n"));
}

#[test]
fn after_a_crash_the_newest_file_decides_where_to_go_on() {
    let root = tempfile::tempdir().unwrap();
    let mut store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    turn(&mut store, 0, 5).unwrap();
    store.release(PARTITION).unwrap();
    turn(&mut store, 5, 9).unwrap();
    drop(store);
    let mut again = FileStore::resume(root.path(), "a", Roll::default()).unwrap();
    assert_eq!(next(&mut again), 5, "the crash lost an open file, so reading goes on where the published one ends");
    turn(&mut again, 5, 12).unwrap();
    again.release(PARTITION).unwrap();
    assert_eq!(published(root.path()), (0..12).collect::<Vec<_>>());
    let left = fs::read_dir(root.path().join("cases/3")).unwrap().count();
    turn(&mut again, 12, 13).unwrap();
    again.release(PARTITION).unwrap();
    let after = fs::read_dir(root.path().join("cases/3")).unwrap().count();
    assert_eq!(after, left, "one file more, and the part of the crash is swept away");
}

#[test]
fn of_two_writers_one_publishes_and_the_other_goes_on_behind_it() {
    let root = tempfile::tempdir().unwrap();
    let mut first = FileStore::resume(root.path(), "a", Roll::default()).unwrap();
    let mut second = FileStore::resume(root.path(), "b", Roll::default()).unwrap();
    turn(&mut first, 0, 10).unwrap();
    turn(&mut second, 0, 6).unwrap();
    second.release(PARTITION).unwrap();
    turn(&mut second, 6, 8).unwrap();
    first.release(PARTITION).unwrap();
    second.release(PARTITION).unwrap();
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
    let mut store = FileStore::create(root.path(), "a", Roll::default()).unwrap();
    turn(&mut store, 0, 3).unwrap();
    store.release(PARTITION).unwrap();
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
    let Err(StoreError::Broken(message)) = turn(&mut store, 0, 3) else { panic!("a full disk went unnoticed") };
    assert!(message.contains("no space is left") && message.contains("cases/3"), "{message}");
    store.release(PARTITION).unwrap();
    assert!(published(root.path()).is_empty());
}

#[test]
fn a_file_is_published_when_its_first_record_is_old() {
    let root = tempfile::tempdir().unwrap();
    let mut store = FileStore::create(root.path(), "a", Roll { bytes: 1 << 20, after: Span::seconds(3) }).unwrap();
    turn(&mut store, 0, 5).unwrap();
    assert_eq!(published(root.path()), vec![0, 1, 2]);
}

#[test]
fn a_file_is_published_when_it_is_open_for_long_and_nothing_comes() {
    let root = tempfile::tempdir().unwrap();
    let mut store = FileStore::create(root.path(), "a", Roll { bytes: 1 << 20, after: Span::hours(1) }).unwrap();
    turn(&mut store, 0, 3).unwrap();
    store.idle().unwrap();
    assert!(published(root.path()).is_empty());
    store.roll.after = Span::millis(0);
    store.idle().unwrap();
    assert_eq!(published(root.path()), vec![0, 1, 2]);
}

#[derive(Debug, Clone)]
enum Act {
    Read(usize, i64),
    Publish(usize),
    Crash(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let one = prop_oneof![
        6 => (0..2usize, 1..5i64).prop_map(|(writer, count)| Act::Read(writer, count)),
        2 => (0..2usize).prop_map(Act::Publish),
        1 => (0..2usize).prop_map(Act::Crash),
    ];
    proptest::collection::vec(one, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_schedule_of_two_writers_and_crashes_leaves_each_record_once(acts in acts()) {
        let root = tempfile::tempdir().unwrap();
        let fresh = |name| FileStore::resume(root.path(), name, small_files()).unwrap();
        let mut writers = [fresh("a"), fresh("b")];
        let mut reading = [0, 0];
        for act in acts {
            match act {
                Act::Read(writer, count) => {
                    turn(&mut writers[writer], reading[writer], reading[writer] + count).unwrap();
                    reading[writer] += count;
                }
                Act::Publish(writer) => writers[writer].release(PARTITION).unwrap(),
                Act::Crash(writer) => {
                    writers[writer] = fresh("c");
                    reading[writer] = next(&mut writers[writer]);
                }
            }
        }
        let end = reading[0].max(reading[1]).max(1);
        turn(&mut writers[0], reading[0], end).unwrap();
        writers[0].release(PARTITION).unwrap();
        prop_assert_eq!(published(root.path()), (0..end).collect::<Vec<_>>());
    }
}

//! A watched folder whose files come, grow, and change.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use events::PartitionCount;
use ingest::intake::{IngestWorker, Intake};
use ingest::{Directory, ReceiptClock};
use stream::memory::{Cluster, Member};
use testkit::embedded::Embedded;

use crate::fixture::{dead_letters, member, mentions, settle, until, worker};

fn line(id: &str) -> String {
    format!(r#"{{"source":"crm","native_id":"{id}","published_at":"2026-11-02T02:05:00Z","text":"a"}}"#)
}

fn append(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join(name)).unwrap();
    file.write_all(bytes.as_ref()).unwrap();
}

fn watch(cluster: &Cluster, id: &str, folder: &Path) -> IngestWorker<Member> {
    let intake = Intake::new(1 << 20);
    let worker = worker(cluster, member(cluster, id), ReceiptClock::Wall, &intake);
    worker.watching(Directory::watch(folder).unwrap())
}

fn ids(cluster: &Cluster) -> Vec<String> {
    let mut ids: Vec<String> = mentions(cluster).into_iter().map(|mention| mention.native_id).collect();
    ids.sort();
    ids
}

/// Passes until these mentions are there, each once.
fn expect(worker: &mut IngestWorker<Member>, cluster: &Cluster, expected: &[&str]) {
    until(worker, |_| ids(cluster).len() >= expected.len());
    // Long enough for the folder to be listed once more.
    let again = std::time::Instant::now() + Duration::from_millis(300);
    until(worker, |_| std::time::Instant::now() > again);
    assert_eq!(ids(cluster), expected);
}

#[test]
fn lines_are_read_as_they_are_complete_and_a_restart_goes_on_behind_them() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    let mut first = watch(&cluster, "first", folder.path());
    append(folder.path(), "a.ndjson", format!("{}\n\n{}\n{{\"source\":\"cr", line("1"), line("2")));
    expect(&mut first, &cluster, &["1", "2"]);
    let rest = line("3");
    append(folder.path(), "a.ndjson", format!("{}\n", rest.strip_prefix("{\"source\":\"cr").unwrap()));
    expect(&mut first, &cluster, &["1", "2", "3"]);
    drop(first);
    append(folder.path(), "a.ndjson", line("4") + "\n");
    let mut second = watch(&cluster, "second", folder.path());
    expect(&mut second, &cluster, &["1", "2", "3", "4"]);
    assert_eq!(dead_letters(&cluster), Vec::new());
}

#[test]
fn a_last_line_without_its_end_is_read_once_it_is_whole_and_never_twice() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    append(folder.path(), "a.ndjson", line("1"));
    let mut first = watch(&cluster, "first", folder.path());
    expect(&mut first, &cluster, &["1"]);
    append(folder.path(), "a.ndjson", format!("\n{}", line("2")));
    expect(&mut first, &cluster, &["1", "2"]);
    drop(first);
    append(folder.path(), "a.ndjson", format!("\nnot JSON\n{}\n", line("3")));
    let mut second = watch(&cluster, "second", folder.path());
    expect(&mut second, &cluster, &["1", "2", "3"]);
    let letters = dead_letters(&cluster);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].key.as_deref(), Some(b"a.ndjson:3".as_slice()), "its number counts every line once");
}

#[test]
fn another_file_under_the_same_name_is_read_from_its_beginning() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    let mut worker = watch(&cluster, "worker", folder.path());
    append(folder.path(), "a.ndjson", format!("{}\n{}\n", line("1"), line("2")));
    expect(&mut worker, &cluster, &["1", "2"]);
    // Renamed over it, as rotation does.
    append(folder.path(), "new.part", format!("{}\n{}\n{}\n", line("3"), line("4"), line("5")));
    fs::rename(folder.path().join("new.part"), folder.path().join("a.ndjson")).unwrap();
    expect(&mut worker, &cluster, &["1", "2", "3", "4", "5"]);
    // Cut and written anew, as copying and truncating does.
    fs::write(folder.path().join("a.ndjson"), line("6") + "\n").unwrap();
    expect(&mut worker, &cluster, &["1", "2", "3", "4", "5", "6"]);
}

#[test]
fn packed_files_are_read_and_one_that_is_still_being_written_is_read_on_later() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for id in ["g1", "g2", "g3"] {
        writeln!(packed, "{}", line(id)).unwrap();
        packed.flush().unwrap();
    }
    let packed = packed.finish().unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(
        format!("{}\n{}\n", line("z1"), line("z2")).as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    append(folder.path(), "a.ndjson.gz", &packed[..packed.len() - 20]);
    append(folder.path(), "b.jsonl.zst", &zstd);
    append(folder.path(), "c.txt", line("never"));
    append(folder.path(), ".hidden.ndjson", line("never"));
    let mut first = watch(&cluster, "first", folder.path());
    until(&mut first, |_| ids(&cluster).len() >= 4);
    append(folder.path(), "a.ndjson.gz", &packed[packed.len() - 20..]);
    expect(&mut first, &cluster, &["g1", "g2", "g3", "z1", "z2"]);
    drop(first);
    let mut second = watch(&cluster, "second", folder.path());
    expect(&mut second, &cluster, &["g1", "g2", "g3", "z1", "z2"]);
}

#[test]
fn a_line_that_is_too_long_is_a_dead_letter_and_those_behind_it_are_read() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    append(folder.path(), "a.ndjson", format!("{}\n{}\n{}\n", line("1"), "x".repeat(2 << 20), line("2")));
    let mut worker = watch(&cluster, "worker", folder.path());
    expect(&mut worker, &cluster, &["1", "2"]);
    let letters = dead_letters(&cluster);
    assert_eq!((letters.len(), letters[0].reason.as_str(), letters[0].value_length), (1, "oversize", 2 << 20));
    assert!(letters[0].value_sha256.is_some());
}

#[test]
fn two_processes_share_the_files_of_one_folder() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    let mut expected = Vec::new();
    let (mut first, mut second) = (watch(&cluster, "first", folder.path()), watch(&cluster, "second", folder.path()));
    settle(&mut first);
    let owns = |worker: &mut IngestWorker<Member>| worker.worker_mut().partitions().count();
    while owns(&mut first) != 2 || owns(&mut second) != 2 {
        first.step(Duration::ZERO).unwrap();
        second.step(Duration::ZERO).unwrap();
    }
    for file in 0..12 {
        append(folder.path(), &format!("{file:02}.ndjson"), format!("{}\n", line(&format!("{file:02}"))));
        expected.push(format!("{file:02}"));
    }
    let share = |name: &str| PartitionCount::new(4).unwrap().partition(name.as_bytes());
    let mine: Vec<_> = first.worker_mut().partitions().collect();
    let own = (0..12).filter(|file| mine.contains(&share(&format!("{file:02}.ndjson")))).count();
    assert!((1..12).contains(&own), "both have some");
    until(&mut first, |_| ids(&cluster).len() >= own);
    assert_eq!(ids(&cluster).len(), own);
    until(&mut second, |_| ids(&cluster).len() >= 12);
    assert_eq!(ids(&cluster), expected);
}

#[test]
fn a_large_file_is_read_in_many_transactions_and_every_file_has_its_turn() {
    let (folder, cluster) = (tempfile::tempdir().unwrap(), Embedded::new().cluster);
    let large: String = (0..12_000).map(|number| line(&format!("l{number:05}")) + "\n").collect();
    append(folder.path(), "a.ndjson", large);
    append(folder.path(), "b.ndjson", line("b") + "\n");
    let mut worker = watch(&cluster, "worker", folder.path());
    until(&mut worker, |_| ids(&cluster).first().is_some_and(|id| id == "b"));
    assert!(ids(&cluster).len() < 12_001, "the small file waited for all of the large one");
    until(&mut worker, |_| ids(&cluster).len() >= 12_001);
    assert_eq!(ids(&cluster).len(), 12_001);
}

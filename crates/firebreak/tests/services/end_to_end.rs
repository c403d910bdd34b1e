//! Five stages as five processes: nothing is lost and nothing doubled, whatever befalls them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use events::{Codec, Role, Topic, Turn};
use testkit::kafka::{Broker, Deed};

use crate::installation::{BOOK, Installation, run};
use crate::process::{Process, firebreak, until};

/// The stages behind ingest, with the role whose turns show that it works.
const BEHIND: [(&str, Role); 4] =
    [("enrich", Role::Enrich), ("classify", Role::Classify), ("escalate", Role::Care), ("sink", Role::SinkNotify)];

/// A crisis with duplicates, edits, deletes and lines that are none, in so many files of about the same length.
fn crisis(folder: &Path, files: usize) -> Vec<PathBuf> {
    let made = firebreak()
        .args(["simulate", "atm-card", "--hours", "24", "--scale", "0.5", "--seed", "7", "--duplicates", "0.05"])
        .args(["--poison", "0.01", "--edits", "0.03", "--deletes", "0.01"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    // Some lines are no text at all.
    let lines: Vec<&[u8]> = made.stdout.split_inclusive(|byte| *byte == b'\n').collect();
    let parts = lines.chunks(lines.len().div_ceil(files)).enumerate();
    parts
        .map(|(i, part)| {
            let path = folder.join(format!("part-{i}.ndjson"));
            fs::write(&path, part.concat()).unwrap();
            path
        })
        .collect()
}

fn start(installation: &Installation, stage: &str, files: &Path) -> Process {
    // Small transactions: many of them are open when a process is killed.
    let mut arguments = vec!["--max-batch-records", "20"];
    if stage == "sink" {
        arguments.extend(["--files", files.to_str().unwrap()]);
    }
    installation.start(stage, &arguments)
}

fn ingest(installation: &Installation, file: &Path) -> Process {
    installation.start("ingest", &["--max-batch-records", "20", "--input", file.to_str().unwrap()])
}

/// How often each record of the classified topics lies in the published files: by topic, partition and offset.
fn stored(files: &Path) -> BTreeMap<(String, i64, i64), usize> {
    let mut counts = BTreeMap::new();
    for topic in ["mentions.classified", "mentions.classified.express"] {
        let partitions = fs::read_dir(files.join(topic)).into_iter().flatten().map(Result::unwrap);
        for file in partitions.flat_map(|partition| fs::read_dir(partition.path()).unwrap()).map(Result::unwrap) {
            assert!(file.path().extension().is_some_and(|ending| ending == "ndjson"), "{file:?} is not published");
            for line in fs::read_to_string(file.path()).unwrap().lines() {
                let record: serde_json::Value = serde_json::from_str(line).unwrap();
                // The last line says where the next file begins.
                let Some(offset) = record["offset"].as_i64() else { continue };
                let partition = record["partition"].as_i64().unwrap();
                *counts.entry((topic.to_owned(), partition, offset)).or_default() += 1;
            }
        }
    }
    counts
}

#[test]
fn every_accepted_mention_is_classified_and_stored_exactly_once_although_every_stage_is_killed() {
    let installation = Installation::new("input");
    let parts = crisis(installation.folder.path(), 1 + BEHIND.len());
    let expected = run(&parts, &installation.path("run"));
    let files = installation.path("files");
    let mut stages: BTreeMap<&str, Process> =
        BEHIND.into_iter().map(|(stage, _)| (stage, start(&installation, stage, &files))).collect();
    stages.values_mut().for_each(Process::ready);

    // The first part is read by an ingest that dies in the middle, and goes on where it stood.
    let begun = installation.written(Topic::Turns(Role::Ingest));
    let mut first = ingest(&installation, &parts[0]);
    until("ingest works", || (installation.written(Topic::Turns(Role::Ingest)) > begun).then_some(()));
    first.signal("-KILL");
    first.end();
    let mut again = ingest(&installation, &parts[0]);
    assert!(again.end().success(), "{}", again.log());

    for ((stage, role), part) in BEHIND.into_iter().zip(&parts[1..]) {
        let begun = installation.written(Topic::Turns(role));
        let mut ingest = ingest(&installation, part);
        until(&format!("{stage} works"), || (installation.written(Topic::Turns(role)) > begun).then_some(()));
        stages[stage].signal("-KILL");
        assert!(!stages.get_mut(stage).unwrap().end().success());
        stages.insert(stage, start(&installation, stage, &files));
        assert!(ingest.end().success(), "{}", ingest.log());
    }

    let all: usize = expected.values().sum();
    until("everything is classified", || {
        stages.iter_mut().for_each(|(stage, process)| assert!(process.runs(), "{stage} ended:\n{}", process.log()));
        (installation.classified().values().sum::<usize>() >= all).then_some(())
    });
    let classified = [Topic::MentionsClassified, Topic::MentionsClassifiedExpress];
    let records = classified.map(|topic| installation.read(topic));
    until("everything is stored", || {
        let read =
            classified.map(|topic| stages["sink"].metric("firebreak_records_read_total", &format!("\"{topic}\"")));
        let lag = stages["sink"].metric("firebreak_partition_lag_records", "");
        (lag == 0.0 && read.iter().sum::<f64>() > 0.0).then_some(())
    });
    for (stage, process) in &mut stages {
        let asked = Instant::now();
        process.signal("-TERM");
        assert_eq!(process.end().code(), Some(0), "{stage}:\n{}", process.log());
        assert!(asked.elapsed() < Duration::from_secs(5), "{stage} took {:?}", asked.elapsed());
    }
    assert_eq!(installation.classified(), expected);
    let stored = stored(&files);
    assert!(stored.values().all(|times| *times == 1), "doubled: {stored:?}");
    assert_eq!(stored.len(), records.iter().map(Vec::len).sum::<usize>());
}

#[test]
fn the_older_of_two_processes_with_one_instance_ends_and_names_the_setting() {
    let installation = Installation::new("wall");
    // Enrich writes its progress once a second, also when there is nothing to read.
    let mut older = installation.start("enrich", &[]);
    older.ready();
    let mut command = installation.command(&["enrich", "--book", BOOK, "--instance", "enrich"]);
    command.env("FIREBREAK_ADMIN", "127.0.0.1:0").env("FIREBREAK_SESSION_TIMEOUT", "2s");
    let mut newer = Process::start(command, &installation.path("newer.log"));
    assert_eq!(older.end().code(), Some(1), "{}", older.log());
    assert!(older.log().contains("--instance"), "{}", older.log());
    newer.ready();
}

#[test]
fn a_stage_refuses_topics_that_are_not_as_declared_and_names_both_ways_out() {
    let installation = Installation::new("wall");
    let refused = installation
        .command(&["classify", "--book", BOOK, "--admin", "127.0.0.1:0", "--partitions", "8"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(64), "{refused:?}");
    let told = String::from_utf8_lossy(&refused.stderr);
    for words in ["`mentions.classified` has 4 partitions, declared are 8", "--partitions", "--namespace"] {
        assert!(told.contains(words), "{told}");
    }
    let checked = installation.run(&["topics", "check", "--clock", "input"]);
    assert_eq!(checked.status.code(), Some(64), "{checked:?}");
    let told = String::from_utf8_lossy(&checked.stderr);
    assert!(told.contains("retention.ms") && told.contains("firebreak topics apply"), "{told}");
}

#[test]
fn a_broker_that_is_away_at_the_start_is_waited_for_by_a_process_that_lives_and_is_not_ready() {
    let broker = Broker::start();
    let installation = Installation::at(&broker, "wall");
    broker.suffer(Deed::Stop);
    let mut patient = installation.start("classify", &["--connect-timeout", "1s"]);
    let status = |process: &Process, path| process.page(path).map(|(status, _)| status);
    until("the admin port answers", || status(&patient, "/livez").filter(|status| *status == 200));
    until("the cluster is not ready", || patient.log().contains("the cluster is not ready yet").then_some(()));
    assert_eq!(status(&patient, "/readyz"), Some(503));
    assert_eq!(status(&patient, "/startupz"), Some(503));
    let mut impatient = installation.start("enrich", &["--connect-timeout", "1s"]);
    until("it waits too", || status(&impatient, "/livez"));
    impatient.signal("-TERM");
    assert_eq!(impatient.end().code(), Some(0), "one that waits ends when it is asked to");
    broker.suffer(Deed::Run);
    patient.ready();
    assert_eq!(status(&patient, "/startupz"), Some(200));
}

#[test]
fn a_changed_book_decides_without_a_restart_and_its_version_is_stamped() {
    let installation = Installation::new("input");
    let book = installation.path("book");
    fs::create_dir(&book).unwrap();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../books/bank")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), book.join(entry.file_name())).unwrap();
    }
    let mut enrich = installation.start("enrich", &["--book", book.to_str().unwrap()]);
    enrich.ready();
    let parts = crisis(installation.folder.path(), 20);
    assert!(ingest(&installation, &parts[0]).end().success());
    let versions = || {
        let turns = installation.read(Topic::Turns(Role::Enrich));
        let version =
            |raw: &stream::Raw| Codec::default().decode::<Turn>(raw.value.as_ref().unwrap()).unwrap().book_version;
        turns.iter().map(version).collect::<std::collections::BTreeSet<_>>()
    };
    until("the first part is enriched", || (!versions().is_empty()).then_some(()));
    let brand = book.join("brand.yaml");
    let text = fs::read_to_string(&brand).unwrap();
    fs::write(&brand, format!("themes: 3\n{text}")).unwrap();
    until("a broken book is told", || enrich.log().contains("the changed book is not taken").then_some(()));
    fs::write(&brand, text.replacen("name: Tern Bank", "name: Tern Bank Ltd", 1)).unwrap();
    until("the changed book decides", || enrich.log().contains("another book decides").then_some(()));
    assert!(ingest(&installation, &parts[1]).end().success());
    until("the second part is enriched by the other book", || (versions().len() == 2).then_some(()));
    assert_eq!(enrich.metric("firebreak_build_info", "book="), 1.0, "the old book is shown no more");
}

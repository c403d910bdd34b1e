//! Five stages as five processes: nothing is lost and nothing doubled, whatever befalls them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use events::{Role, Topic};
use firebreak::demo::decisions::Decisions;
use firebreak::demo::lead::Lead;
use firebreak::demo::proof::{Topics, rows};
use testkit::postgres::Postgres;

use crate::installation::{Installation, PARTITIONS, run};
use crate::process::{DEADLINE, Process, until};
use crate::sender::{Sender, crisis};

/// The stages, each with the role whose turns show that it works.
const STAGES: [(&str, Role); 5] = [
    ("ingest", Role::Ingest),
    ("enrich", Role::Enrich),
    ("classify", Role::Classify),
    ("escalate", Role::Care),
    ("sink", Role::SinkNotify),
];
const SCHEMA: &str = "end_to_end";

fn start(installation: &Installation, stage: &str, sender: &Sender, database: &Postgres) -> Process {
    // Small transactions: many of them are open when a process is killed.
    let command = installation.service(stage, &["--max-batch-records", "20"]);
    let files = installation.path("files");
    installation.launch(stage, command, |command| match stage {
        "ingest" => sender.receive(command),
        "sink" => {
            command.env("FIREBREAK_FILES", &files);
            command.env("FIREBREAK_POSTGRES_URL", database.url()).env("FIREBREAK_POSTGRES_SCHEMA", SCHEMA);
        }
        _ => {}
    })
}

/// How often each record of the classified topics lies in the published files: by topic, partition and offset.
fn stored(files: &Path) -> BTreeMap<(String, i64, i64), usize> {
    let mut counts = BTreeMap::new();
    for topic in ["mentions.classified", "mentions.classified.express"] {
        let partitions = fs::read_dir(files.join(topic)).into_iter().flatten().map(Result::unwrap);
        for file in partitions.flat_map(|partition| fs::read_dir(partition.path()).unwrap()).map(Result::unwrap) {
            if file.path().extension().is_some_and(|ending| ending == "part") {
                // What a killed writer left: its successor published the same beginning under its first offset.
                let first = file.file_name().to_string_lossy().split('.').next().unwrap().to_owned();
                assert!(file.path().with_file_name(format!("{first}.ndjson")).exists(), "{file:?} is not published");
                continue;
            }
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

/// What a run decided, from its folder.
fn decided(run: &Path) -> Decisions {
    let records = |topic: Topic| {
        let text = fs::read_to_string(run.join(format!("{topic}.ndjson"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    Decisions::of_records(records(Topic::Cases), records(Topic::Incidents)).unwrap()
}

/// Waits until the services have decided what a run decided.
fn agreed(installation: &Installation, decided: &Decisions) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let differences = decided.compared_with(&Decisions::of_topics(&installation.settings).unwrap());
        if differences.is_none() {
            let (cases, incidents) = differences.agreed;
            assert!(cases > 500 && incidents > 0, "too little can be compared: {differences}");
            return;
        }
        assert!(Instant::now() < deadline, "{differences}\n{differences:#?}");
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn every_accepted_mention_is_classified_and_stored_exactly_once_although_every_stage_is_killed() {
    let (installation, database) = (Installation::new("input"), Postgres::shared());
    let lines = crisis(0.5);
    let expected = run(&lines, installation.folder.path());
    let sender = Sender::new();
    let mut stages: BTreeMap<&str, Process> =
        STAGES.into_iter().map(|(stage, _)| (stage, start(&installation, stage, &sender, &database))).collect();
    stages.values_mut().for_each(Process::ready);

    let mut lead = Lead::new(&installation.settings, PARTITIONS).unwrap();
    for ((stage, role), part) in STAGES.into_iter().zip(lines.chunks(lines.len().div_ceil(STAGES.len()))) {
        let begun = installation.written(Topic::Turns(role));
        std::thread::scope(|scope| {
            let sent = scope.spawn(|| sender.replay(part, &mut lead));
            until(&format!("{stage} works"), || (installation.written(Topic::Turns(role)) > begun).then_some(()));
            stages[stage].signal("-KILL");
            assert!(!stages.get_mut(stage).unwrap().end().success());
            stages.insert(stage, start(&installation, stage, &sender, &database));
            sent.join().unwrap();
        });
    }

    let all: usize = expected.values().sum();
    until("everything is classified", || {
        stages.iter_mut().for_each(|(stage, process)| assert!(process.runs(), "{stage} ended:\n{}", process.log()));
        (installation.classified().values().sum::<usize>() >= all).then_some(())
    });
    let classified = [Topic::MentionsClassified, Topic::MentionsClassifiedExpress];
    let records = classified.map(|topic| installation.read(topic));
    until("everything is stored", || {
        let lag = stages["sink"].metric("firebreak_partition_lag_records", "");
        let read =
            classified.map(|topic| stages["sink"].metric("firebreak_records_read_total", &format!("\"{topic}\"")));
        (lag == 0.0 && read.iter().sum::<f64>() > 0.0).then_some(())
    });
    let topics = Topics::read(&installation.settings).unwrap();
    until("everything is in PostgreSQL", || {
        topics.stored(&rows(database.url(), SCHEMA).unwrap()).is_exact().then_some(())
    });
    agreed(&installation, &decided(&installation.path("run")));
    for (stage, process) in &mut stages {
        let asked = Instant::now();
        process.signal("-TERM");
        assert_eq!(process.end().code(), Some(0), "{stage}:\n{}", process.log());
        assert!(asked.elapsed() < Duration::from_secs(5), "{stage} took {:?}", asked.elapsed());
    }
    assert_eq!(installation.classified(), expected);
    assert!(topics.classified().is_exact(), "{}", topics.classified());
    let stored = stored(&installation.path("files"));
    assert!(stored.values().all(|times| *times == 1), "doubled: {stored:?}");
    assert_eq!(stored.len(), records.iter().map(Vec::len).sum::<usize>());
}

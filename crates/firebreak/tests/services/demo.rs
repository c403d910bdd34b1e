//! The demo: it proves what it shows although a stage is killed, and leaves nothing behind.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::process::{Process, firebreak, until};

/// A demo that runs, and the folder of its logs.
struct Demo {
    process: Process,
    folder: tempfile::TempDir,
}

impl Demo {
    fn start(hours: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command: Command = firebreak();
        command.args([
            "demo",
            "missing-plane",
            "--hours",
            hours,
            "--scale",
            "0.2",
            "--rate",
            "300",
            "--partitions",
            "4",
        ]);
        command.arg("--out").arg(folder.path().join("out"));
        let process = Process::start(command, &folder.path().join("demo.log"));
        Self { process, folder }
    }

    /// The first word behind `words` in what it says.
    fn told(&self, words: &str) -> Option<String> {
        let text = self.process.log();
        let (_, rest) = text.rsplit_once(words)?;
        Some(rest.split_whitespace().next()?.trim_end_matches(',').to_owned())
    }

    fn pid(&self, stage: &str) -> PathBuf {
        let pid = until("the stage is started", || self.told(&format!("{stage} runs as process ")));
        Path::new("/proc").join(pid)
    }

    fn is_ready(&mut self) {
        until("all are ready", || {
            assert!(self.process.runs(), "it ended:\n{}", self.process.log());
            self.process.log().contains("all are ready").then_some(())
        });
    }

    /// Whether something answers where its Kafka was.
    fn kafka_answers(&self) -> bool {
        TcpStream::connect(self.told("Kafka at ").unwrap()).is_ok()
    }
}

const STAGES: [&str; 5] = ["ingest", "enrich", "classify", "escalate", "sink"];

#[test]
fn it_proves_that_nothing_is_lost_or_doubled_although_a_stage_is_killed_and_leaves_nothing() {
    let mut demo = Demo::start("2");
    demo.is_ready();
    let pids = STAGES.map(|stage| demo.pid(stage));
    let classify = pids[2].file_name().unwrap().to_str().unwrap();
    assert!(Command::new("kill").args(["-KILL", classify]).status().unwrap().success());
    let killed = Instant::now();
    until("it is started again", || demo.process.log().contains("classify ended (signal: 9").then_some(()));
    assert!(killed.elapsed() < Duration::from_secs(1), "{:?}", killed.elapsed());
    assert!(demo.kafka_answers());
    let again = Path::new("/proc").join(demo.told("runs again as process ").unwrap());
    assert!(demo.process.end().success(), "{}", demo.process.log());
    let log = demo.process.log();
    let proof: Vec<&str> = log.lines().filter(|line| line.ends_with(" 0 lost, 0 doubled")).collect();
    assert_eq!(proof.len(), 2, "{log}");
    for (line, unit) in proof.into_iter().zip(["records", "rows"]) {
        let words: Vec<&str> = line.split([' ', ',']).collect();
        assert!(words[1].parse::<usize>().unwrap() > 500 && words[2] == unit && words[1] == words[4], "{line}");
    }
    assert!(pids.iter().chain([&again]).all(|process| !process.exists()), "a stage is left");
    assert!(!demo.kafka_answers(), "Kafka is left");
}

#[test]
fn a_demo_that_is_killed_leaves_no_stage_and_no_kafka() {
    let mut demo = Demo::start("24");
    demo.is_ready();
    let pids = STAGES.map(|stage| demo.pid(stage));
    demo.process.signal("-KILL");
    assert!(!demo.process.end().success());
    until("every stage has ended", || pids.iter().all(|process| !process.exists()).then_some(()));
    until("Kafka has ended", || (!demo.kafka_answers()).then_some(()));
}

#[test]
fn ctrl_c_stops_everything_that_it_started() {
    let mut demo = Demo::start("24");
    demo.is_ready();
    let pids = STAGES.map(|stage| demo.pid(stage));
    demo.process.signal("-INT");
    assert_eq!(demo.process.end().code(), Some(1));
    assert!(demo.process.log().contains("nothing is left running"), "{}", demo.process.log());
    assert!(pids.iter().all(|process| !process.exists()), "a stage is left");
    assert!(!demo.kafka_answers(), "Kafka is left");
    assert!(demo.folder.path().join("out/ingest.log").exists());
}

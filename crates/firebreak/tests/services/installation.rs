//! An installation: topics of its own in the Kafka that all tests share, and the processes that work on them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use events::{ClassifiedMention, Codec, PartitionCount, Payload, Topic};
use stream::kafka::{Admin, KafkaSettings, TopicReader, every_topic};
use stream::{Exit, Raw};
use testkit::kafka::{Broker, Kafka};

use crate::process::{DEADLINE, Process, firebreak};

pub(crate) const BOOK: &str = "books/bank";
/// Partitions of every topic.
pub(crate) const PARTITIONS: PartitionCount = PartitionCount::new(4).unwrap();

/// An installation.
pub(crate) struct Installation {
    pub(crate) settings: KafkaSettings,
    pub(crate) folder: tempfile::TempDir,
    clock: &'static str,
    /// Where its schema registry is, if it has one.
    registry: Option<String>,
}

impl Installation {
    /// With topics as declared; `clock` is what drives time.
    pub(crate) fn new(clock: &'static str) -> Self {
        Self::at(Broker::shared(), clock)
    }

    /// The same on a broker of the test's own.
    pub(crate) fn at(broker: &Broker, clock: &'static str) -> Self {
        Self::with(Kafka::settings_for(broker), clock)
    }

    /// The same on a broker that these settings reach.
    pub(crate) fn with(settings: KafkaSettings, clock: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let this = Self { settings, folder, clock, registry: None };
        let applied = this.run(&["topics", "apply"]);
        assert!(applied.status.success(), "{applied:?}");
        this
    }

    /// The same with a schema registry.
    pub(crate) fn with_registry(mut self, url: &str) -> Self {
        self.registry = Some(url.to_owned());
        self
    }

    /// A command over this installation.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = firebreak();
        command
            .args(arguments)
            .env("FIREBREAK_BROKERS", &self.settings.bootstrap)
            .env("FIREBREAK_NAMESPACE", &self.settings.namespace)
            .env("FIREBREAK_PARTITIONS", PARTITIONS.get().to_string())
            .env("FIREBREAK_REPLICATION", "1")
            .env("FIREBREAK_CLOCK", self.clock)
            .envs(self.registry.iter().map(|url| ("FIREBREAK_REGISTRY", url)));
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The command of a service; its instance is its stage's name.
    pub(crate) fn service(&self, stage: &str, arguments: &[&str]) -> Command {
        let mut command = self.command(&[stage]);
        command
            .args(arguments)
            .env("FIREBREAK_ADMIN", "127.0.0.1:0")
            .env("FIREBREAK_INSTANCE", stage)
            .env("FIREBREAK_SESSION_TIMEOUT", "2s")
            .env("FIREBREAK_HEARTBEAT_INTERVAL", "300ms");
        if stage != "sink" {
            command.env("FIREBREAK_BOOK", BOOK);
        }
        command
    }

    /// Starts a service that `more` is told.
    pub(crate) fn launch(&self, stage: &str, mut command: Command, more: impl FnOnce(&mut Command)) -> Process {
        more(&mut command);
        Process::start(command, &self.path(&format!("{stage}.log")))
    }

    /// Starts a service with these arguments.
    pub(crate) fn start(&self, stage: &str, arguments: &[&str]) -> Process {
        self.launch(stage, self.service(stage, arguments), |_| {})
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The ends of all logs, for one who must find out why a test failed.
    fn show_logs(&self) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "log") {
                let log = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                let told: Vec<&str> = log.lines().filter(|line| !line.contains("\"INFO\"")).collect();
                println!("{}:\n{}", path.display(), told[told.len().saturating_sub(5)..].join("\n"));
            }
        }
    }

    /// Everything that is committed in a topic.
    pub(crate) fn read(&self, topic: Topic) -> Vec<Raw> {
        let mut records = Vec::new();
        let take = &mut |raw| {
            records.push(raw);
            Ok(())
        };
        let mut settings = self.settings.clone();
        // What was open when a process was killed is decided after the transaction's own timeout.
        settings.patience.open_transaction = DEADLINE;
        TopicReader::new(&settings, "test").read_all(topic, take).unwrap();
        records
    }

    /// How many records a topic's partitions have had so far, markers included.
    pub(crate) fn written(&self, topic: Topic) -> i64 {
        let mut reader = TopicReader::new(&self.settings, "test");
        let partitions = reader.partitions(topic).unwrap();
        let places: Vec<_> = partitions.into_iter().map(|partition| (topic, partition)).collect();
        let begun = Instant::now();
        loop {
            match reader.high_watermarks(&places) {
                // Partitions of a topic that is new may have no leader yet that everybody knows of.
                Err(Exit::Retry(_)) if begun.elapsed() < DEADLINE => thread::sleep(Duration::from_millis(100)),
                told => return told.unwrap().into_iter().map(|offset| offset.0).sum(),
            }
        }
    }

    /// How often each revision of each mention is classified, both lanes together.
    pub(crate) fn classified(&self) -> BTreeMap<(String, i64), usize> {
        let records = [Topic::MentionsClassified, Topic::MentionsClassifiedExpress].map(|topic| self.read(topic));
        count(records.iter().flatten())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_logs();
        }
        // The broker is shared with others, and must not be left full.
        drop(Admin::new(&self.settings).and_then(|admin| admin.delete(&every_topic())));
    }
}

fn count<'a>(records: impl Iterator<Item = &'a Raw>) -> BTreeMap<(String, i64), usize> {
    let codec = Codec::default();
    let mut counts = BTreeMap::new();
    for raw in records {
        let Some(Payload::Classified(mention)) =
            Payload::decode(raw.topic, raw.value.as_ref().unwrap(), &codec).unwrap()
        else {
            panic!("no classified mention");
        };
        *counts.entry(id(&mention)).or_default() += 1;
    }
    counts
}

fn id(mention: &ClassifiedMention) -> (String, i64) {
    let mention = &mention.mention;
    (mention.id.to_string(), mention.revision)
}

/// What `firebreak run` makes of lines in `folder`: how often each revision of each mention is classified.
pub(crate) fn run(lines: &[Vec<u8>], folder: &Path) -> BTreeMap<(String, i64), usize> {
    let (input, out) = (folder.join("mentions.ndjson"), folder.join("run"));
    std::fs::write(&input, lines.join(&b'\n')).unwrap();
    let mut command = firebreak();
    command.args(["run", "--book", BOOK, "--out"]);
    let ran = command.arg(&out).arg("--input").arg(&input).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let mut counts = BTreeMap::new();
    for lane in ["mentions.classified", "mentions.classified.express"] {
        for line in std::fs::read_to_string(out.join(format!("{lane}.ndjson"))).unwrap().lines() {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            let mention = &record["value"]["mention"];
            let id = mention["id"].as_str().unwrap().to_owned();
            *counts.entry((id, mention["revision"].as_i64().unwrap())).or_default() += 1;
        }
    }
    counts
}

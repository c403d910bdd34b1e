//! Notifications in an embedded log, and a worker whose time the test makes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{Codec, DeadLetter, EventTime, Partition, Role, Span, Topic};
use sink::notify::{NotifySettings, WebhookNotify};
use stream::memory::{Cluster, Member};
use stream::{Exit, Log, Outgoing, Silent, Stage, Tick, Worker, WorkerSettings};
use testkit::build::{self, AT};
use webhook::Secret;

use crate::receiver::SECRET;

pub(crate) const GROUP: &str = "firebreak.sink.notify";

pub(crate) fn settings(url: &str) -> NotifySettings {
    let mut settings = NotifySettings::new(url, Secret::parse(SECRET).unwrap()).unwrap();
    settings.timeout = Duration::from_secs(5);
    settings
}

/// Appends a notification to `partition`; returns its bytes.
pub(crate) fn append(cluster: &Cluster, partition: i32, id: &str) -> Vec<u8> {
    let value = Codec::default().encode(&build::notification(id)).unwrap();
    let (topic, partition, key) = (Topic::Notifications, Partition(partition), Some("oncall:bags".into()));
    let record =
        Outgoing { topic, partition, timestamp: AT, key, value: Some(value.clone().into()), headers: Vec::new() };
    cluster.append(record).unwrap();
    value
}

pub(crate) fn dead_letters(cluster: &Cluster) -> Vec<DeadLetter> {
    let codec = Codec::default();
    let records = cluster.tap(&[Topic::DeadLetters]).read();
    records.iter().map(|raw| codec.decode(raw.value.as_deref().unwrap()).unwrap()).collect()
}

/// A worker of the role, with a clock of the test's.
pub(crate) struct Notifier<L: Log> {
    pub(crate) worker: Worker<L, WebhookNotify>,
    pub(crate) now: EventTime,
}

pub(crate) fn member(cluster: &Cluster, id: &str) -> Member {
    cluster.join(GROUP, id, WebhookNotify::INPUTS)
}

/// A notifier over an embedded log.
pub(crate) fn notifier(cluster: &Cluster, settings: NotifySettings, now: EventTime) -> Notifier<Member> {
    over(cluster, member(cluster, "notify"), settings, now)
}

/// A notifier over `log`.
pub(crate) fn over<L: Log>(cluster: &Cluster, log: L, settings: NotifySettings, now: EventTime) -> Notifier<L> {
    let stage = Arc::new(WebhookNotify::new(settings, Arc::new(Silent)).unwrap());
    let mut worker = WorkerSettings::new(cluster.partitions(), build::book_version());
    worker.dead_letter_limit = None;
    Notifier { worker: Worker::new(log, stage, worker, Arc::new(Silent)), now }
}

impl<L: Log> Notifier<L> {
    /// One pass at the time that it is; returns how many turns were committed.
    pub(crate) fn step(&mut self) -> Result<usize, Exit> {
        self.worker.step(Some(Tick::confirmed(self.now)))
    }

    /// Passes, a quarter of a second of its clock apart, until nothing is done for `passes` of them.
    pub(crate) fn drain(&mut self, passes: usize) {
        let mut idle = 0;
        while idle < passes {
            idle = if self.step().unwrap() > 0 { 0 } else { idle + 1 };
            self.now = self.now.plus(Span::millis(250));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Passes, a quarter of a second of its clock apart, until `done`.
    pub(crate) fn until(&mut self, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !done(self) {
            assert!(Instant::now() < deadline, "{what}: not after 20 s");
            self.step().unwrap();
            self.now = self.now.plus(Span::millis(250));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// So many passes, a quarter of a second of its clock apart.
    pub(crate) fn drain_steps(&mut self, passes: usize) {
        for _ in 0..passes {
            self.step().unwrap();
            self.now = self.now.plus(Span::millis(250));
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Lets time pass, and fires what is then due.
    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now = self.now.plus(Span::seconds(seconds));
        self.step().unwrap();
    }

    /// Notifications on their way.
    pub(crate) fn pending(&self) -> usize {
        self.worker.partitions().filter_map(|partition| self.worker.state(partition)).map(|state| state.pending()).sum()
    }

    /// Whether all that was read is delivered or a dead letter.
    pub(crate) fn is_done(&self) -> bool {
        self.worker.restored() && self.pending() == 0
    }
}

/// Role and topic of the dead letters of this role.
pub(crate) fn origin() -> (String, String) {
    (Role::SinkNotify.name().to_owned(), Topic::Notifications.name())
}

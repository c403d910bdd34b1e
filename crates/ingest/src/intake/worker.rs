//! The worker of ingest as a service: what was pushed, or read from a watched folder, in one transaction with its answers.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use events::{EventTime, Partition, PartitionCount, Role};
use stream::{Exit, Log, Observer, Worker, WorkerSettings};

use super::queue::Push;
use super::{Intake, Pushed, PushedLog};
use crate::directory::Directory;
use crate::input::FILES_GONE;
use crate::source::received;
use crate::{Ingest, ReceiptClock};

/// Most records of a transaction; one push more than fits is taken whole.
const MOST: usize = 5_000;
/// How often the group is served at least, pushes or not.
const SERVE: Duration = Duration::from_millis(100);

/// One member of ingest's group. It must live on a thread of its own: its calls wait.
pub struct IngestWorker<L: Log> {
    worker: Worker<PushedLog<L>, Ingest>,
    partitions: PartitionCount,
    clock: ReceiptClock,
    observer: Arc<dyn Observer>,
    intake: Arc<Intake>,
    directory: Option<Directory>,
    served: Option<Instant>,
    /// The latest receipt that a line tells, where lines tell it.
    told: EventTime,
    committed_to: Option<EventTime>,
}

impl<L: Log> IngestWorker<L> {
    /// A worker over a log that has joined with [`PushedLog::SUBSCRIBES`]. Its stage flags a bad source and goes on, so a limit
    /// of dead letters in `settings` does not count here.
    pub fn new(
        log: L,
        stage: Arc<Ingest>,
        settings: WorkerSettings,
        observer: Arc<dyn Observer>,
        intake: Arc<Intake>,
    ) -> Self {
        let (clock, partitions) = (stage.clock(), settings.partitions);
        let settings = WorkerSettings { dead_letter_limit: None, ..settings };
        Self {
            worker: Worker::new(PushedLog::new(log), stage, settings, Arc::clone(&observer)),
            observer,
            partitions,
            clock,
            intake,
            directory: None,
            served: None,
            told: EventTime::FIRST,
            committed_to: None,
        }
    }

    /// The same, which also reads the files of a folder.
    #[must_use]
    pub fn watching(self, directory: Directory) -> Self {
        Self { directory: Some(directory), ..self }
    }

    /// Whether the group has given an assignment, be it nothing.
    pub const fn is_assigned(&self) -> bool {
        self.worker.is_assigned()
    }

    /// Whether every partition of ours is restored.
    pub fn is_restored(&self) -> bool {
        self.worker.restored()
    }

    /// The worker behind it: its partitions, whether they are restored, and to write progress.
    pub const fn worker_mut(&mut self) -> &mut Worker<PushedLog<L>, Ingest> {
        &mut self.worker
    }

    /// Up to when lines are committed, where they tell their receipt: what such a process writes to `progress`.
    pub const fn committed_to(&self) -> Option<EventTime> {
        self.committed_to
    }

    /// One pass: serves the group, takes what was pushed (waiting up to `wait` for a first one) and what files have more, and
    /// commits it in one transaction. Pushes are answered after that. Returns how many records were committed.
    ///
    /// # Errors
    /// As [`Worker::step`]; what was taken is then not answered, and comes again.
    pub fn step(&mut self, wait: Duration) -> Result<usize, Exit> {
        if self.served.is_none_or(|served| served.elapsed() >= SERVE) {
            self.serve()?;
        }
        let Some(home) = self.worker.partitions().next() else {
            self.served = None;
            self.intake.forget_stale();
            // Nothing can be committed: whoever passes again and again must not burn a core for it.
            thread::sleep(wait);
            return Ok(0);
        };
        let read = self.read_files();
        let mut pushes = self.intake.take(MOST, if read == 0 { wait } else { Duration::ZERO });
        let count = read + self.hand_over(home, &mut pushes);
        if count == 0 {
            return Ok(0);
        }
        // Without a turn nothing of it was committed: whoever waits is told so when its push is dropped.
        if self.commit()? == 0 {
            return Ok(0);
        }
        for push in pushes {
            self.observer.waited(Role::Ingest, false, push.waited());
            push.answer();
        }
        if self.clock == ReceiptClock::Input {
            self.committed_to = Some(self.told);
        }
        Ok(count)
    }

    /// Serves the group.
    fn serve(&mut self) -> Result<(), Exit> {
        self.served = None;
        self.worker.step(None).inspect_err(|_| rewind(&mut self.directory))?;
        self.served = Some(Instant::now());
        Ok(())
    }

    fn commit(&mut self) -> Result<usize, Exit> {
        let turns = self.worker.step(None);
        if !matches!(turns, Ok(1..)) {
            self.worker.log_mut().forget();
            rewind(&mut self.directory);
        }
        turns
    }

    /// Reads what files have more; returns how many lines.
    fn read_files(&mut self) -> usize {
        let Some(directory) = &mut self.directory else { return 0 };
        let worker = &self.worker;
        let stands = |partition, name: &str| worker.state(partition).map(|state| state.file(name));
        let mut reads = directory.read_on(self.partitions, now(), stands);
        for read in &mut reads {
            let gone = worker.state(read.partition).map(|state| state.forgettable(|name| directory.has(name)));
            if let (Some(gone), Some(line)) = (gone.filter(|gone| !gone.is_empty()), read.lines.first_mut()) {
                line.headers.push((FILES_GONE.into(), gone.join("/").into()));
            }
        }
        let count = reads.iter().map(|read| read.lines.len()).sum();
        reads.into_iter().for_each(|read| self.push(read.partition, read.lines));
        count
    }

    /// Hands pushes to the log, all in one partition, so that triage looks at the whole stream of this process; returns how
    /// many records.
    fn hand_over(&mut self, home: Partition, pushes: &mut [Push]) -> usize {
        let mut count = 0;
        for push in pushes {
            let records = std::mem::take(&mut push.records);
            count += records.len();
            self.push(home, records);
        }
        count
    }

    fn push(&mut self, partition: Partition, mut records: Vec<Pushed>) {
        if self.clock == ReceiptClock::Input {
            for record in &mut records {
                self.told = received(&record.value).map_or(self.told, |told| told.max(self.told));
                record.received_at = self.told;
            }
        }
        self.worker.log_mut().push(partition, records);
    }
}

fn rewind(directory: &mut Option<Directory>) {
    directory.iter_mut().for_each(Directory::rewind);
}

/// The time of the wall clock.
pub(crate) fn now() -> EventTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    EventTime::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

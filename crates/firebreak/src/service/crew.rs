//! The threads of a service: each worker on its own, and whoever hears how it ended.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use events::{BookVersion, Codec, Role};
use stream::kafka::KafkaLog;
use stream::progress::{Board, Wait, waits};
use stream::service::{Current, Health, Member, Pace, RoleMember, Stop, drive};
use stream::store::{Store, StoreWorker};
use stream::{Backoff, Exit, Observer, Stage, Worker, WorkerSettings};

use super::process::Event;
use super::world::backoff;
use super::{ServiceSettings, background};

/// Starts the workers of a service.
pub struct Crew {
    pub(super) settings: Arc<ServiceSettings>,
    pub(super) codec: Codec,
    pub(super) book_version: BookVersion,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) health: Arc<Health>,
    pub(super) stop: Arc<Stop>,
    pub(super) board: Arc<Board>,
    pub(super) events: Sender<Event>,
    /// How many files and connections the process may have open.
    pub(super) open_files: u64,
    pub(super) running: usize,
    /// Whether a thread posts the progress of others.
    pub(super) posting: bool,
}

/// What tells the main thread that a worker ended, also when it panicked.
struct Report {
    role: Role,
    worker: usize,
    ended: Option<Result<(), Exit>>,
    events: Sender<Event>,
}

impl Drop for Report {
    fn drop(&mut self) {
        let ended = self.ended.take().unwrap_or_else(|| Err(Exit::Fatal("its thread panicked".to_owned())));
        // The main thread hears until every worker has reported.
        drop(self.events.send(Event::Ended { role: self.role, worker: self.worker, ended }));
    }
}

impl Crew {
    /// Starts the workers of a stage.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn stage<S: Stage + 'static>(&mut self, current: Arc<Current<S>>) -> anyhow::Result<()> {
        for worker in 0..self.settings.workers {
            let (settings, current) = (Arc::clone(&self.settings), Arc::clone(&current));
            let (board, observer) = (Arc::clone(&self.board), Arc::clone(&self.observer));
            let codec = self.codec.clone();
            self.spawn(S::ROLE, worker, move || {
                let (stage, book_version) = current.get();
                let log = join(&settings, S::ROLE, worker, S::INPUTS)?;
                let of_worker = worker_settings(&settings, &codec, book_version);
                let (board, heard_by) = (Arc::clone(&board), Arc::clone(&observer));
                let planted = settings.kafka.planted;
                let pace = Pace::new(S::ROLE, settings.clock, settings.partitions, board, heard_by, planted);
                let member = Worker::new(log, stage, of_worker, Arc::clone(&observer));
                Ok(RoleMember::new(member, pace, Arc::clone(&current)))
            })?;
        }
        if waits(S::ROLE).iter().all(Wait::is_for_nobody) { Ok(()) } else { self.post_progress(S::ROLE) }
    }

    /// Starts the workers of a store, each with one that `make` makes.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn store<T: Store + 'static>(
        &mut self,
        make: impl Fn(usize) -> Result<T, Exit> + Clone + Send + 'static,
    ) -> anyhow::Result<()> {
        for worker in 0..self.settings.workers {
            let (settings, observer) = (Arc::clone(&self.settings), Arc::clone(&self.observer));
            let (codec, book_version, make) = (self.codec.clone(), self.book_version.clone(), make.clone());
            let pauses = backoff()?;
            self.spawn(T::ROLE, worker, move || {
                let store = make(worker)?;
                let log = join(&settings, T::ROLE, worker, T::INPUTS)?;
                let of_worker = worker_settings(&settings, &codec, book_version.clone());
                Ok(StoreWorker::new(log, store, of_worker, pauses.clone(), Arc::clone(&observer)))
            })?;
        }
        Ok(())
    }

    /// Who listens to the workers.
    pub fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.observer)
    }

    /// Starts one worker, which joins by `join`.
    pub(super) fn spawn<M: Member>(
        &mut self,
        role: Role,
        worker: usize,
        join: impl FnMut() -> Result<M, Exit> + Send + 'static,
    ) -> anyhow::Result<()> {
        let (health, stop) = (self.health.worker(role, worker), Arc::clone(&self.stop));
        let (pauses, events) = (backoff()?, self.events.clone());
        self.thread(format!("{role}-{worker}"), move || {
            let mut report = Report { role, worker, ended: None, events };
            report.ended = Some(drive(join, &health, &stop, pauses));
        })?;
        self.running += 1;
        Ok(())
    }

    /// Reads how far other roles are; once for all workers of the process.
    fn post_progress(&mut self, role: Role) -> anyhow::Result<()> {
        if std::mem::replace(&mut self.posting, true) {
            return Ok(());
        }
        let (settings, board) = (Arc::clone(&self.settings), Arc::clone(&self.board));
        let (codec, stop, events) = (self.codec.clone(), Arc::clone(&self.stop), self.events.clone());
        let pauses: Backoff = backoff()?;
        self.thread("progress".to_owned(), move || {
            let group = ServiceSettings::group(role);
            let posted = background::post_progress(&settings.kafka, &group, (&board, &codec), &stop, pauses);
            if let Err(exit) = posted {
                drop(events.send(Event::Failed(exit)));
            }
        })?;
        Ok(())
    }

    pub(super) fn thread(&self, name: String, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
        thread::Builder::new().name(name).spawn(run).map(drop)
    }
}

pub(super) fn join(
    settings: &ServiceSettings,
    role: Role,
    worker: usize,
    inputs: &[events::Topic],
) -> Result<KafkaLog, Exit> {
    let id = settings.transactional_id(role, worker);
    let mut kafka = settings.kafka.clone();
    if role == Role::Ingest {
        // What comes in is pushed, not polled: to wait for records would only hold up those that wait for their answer.
        kafka.batching.wait = Duration::ZERO;
    }
    KafkaLog::join(&kafka, &ServiceSettings::group(role), &id, inputs)
}

pub(super) fn worker_settings(settings: &ServiceSettings, codec: &Codec, book_version: BookVersion) -> WorkerSettings {
    WorkerSettings {
        codec: codec.clone(),
        accept_state: settings.accept_state,
        planted: settings.kafka.planted,
        ..WorkerSettings::new(settings.partitions, book_version)
    }
}

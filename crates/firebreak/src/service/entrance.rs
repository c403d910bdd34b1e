//! The entrance: the workers of ingest, the folder that they watch and the server that feeds them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use events::{EventTime, Role};
use ingest::intake::{IngestWorker, Intake, PushedLog};
use ingest::webhook::{WebhookServer, WebhookSettings};
use ingest::{Directory, Ingest};
use stream::kafka::KafkaLog;
use stream::progress::SOURCES;
use stream::service::{Current, Member, Passed, Stop};
use stream::{Exit, Observer};
use tokio::runtime::Builder;

use super::Crew;
use super::crew::{join, worker_settings};

/// How long a pass waits for something to come in.
const WAIT: Duration = Duration::from_millis(50);
/// How often it is looked whether the server is to stop.
const LOOK: Duration = Duration::from_millis(50);
/// How long what was taken in may still be committed at the end.
const LAST: Duration = Duration::from_secs(4);
/// How often a worker says how far its input goes.
const TELL: Duration = Duration::from_millis(100);

/// Where mentions come in.
pub struct Entrance {
    /// The folder that is watched.
    pub folder: Option<PathBuf>,
    /// Where senders post, and how they are received.
    pub webhook: Option<(SocketAddr, WebhookSettings)>,
    /// Bytes that may wait for their commit.
    pub room: usize,
}

impl Crew {
    /// Starts the workers of ingest, and the server.
    ///
    /// # Errors
    /// An address is taken, or the system gives no thread.
    pub fn ingest(&mut self, current: &Arc<Current<Ingest>>, entrance: Entrance) -> anyhow::Result<()> {
        let intake = Intake::new(entrance.room);
        for worker in 0..self.settings.workers {
            let (settings, current) = (Arc::clone(&self.settings), Arc::clone(current));
            let (observer, codec, intake) = (Arc::clone(&self.observer), self.codec.clone(), Arc::clone(&intake));
            let folder = entrance.folder.clone();
            self.spawn(Role::Ingest, worker, move || {
                let (stage, book_version) = current.get();
                let log = join(&settings, Role::Ingest, worker, PushedLog::<KafkaLog>::SUBSCRIBES)?;
                let of_worker = worker_settings(&settings, &codec, book_version);
                let mut member = IngestWorker::new(log, stage, of_worker, Arc::clone(&observer), Arc::clone(&intake));
                if let Some(folder) = &folder {
                    let watched = Directory::watch(folder).map_err(|error| {
                        Exit::Retry(format!("the folder `{}` cannot be read: {error}", folder.display()))
                    })?;
                    member = member.watching(watched);
                }
                let (edition, told) = (0, EventTime::EPOCH);
                let (current, intake) = (Arc::clone(&current), Arc::clone(&intake));
                let observer = Arc::clone(&observer);
                Ok(IngestMember { worker: member, current, edition, intake, observer, told, tell: Instant::now() })
            })?;
        }
        match entrance.webhook {
            Some((address, settings)) => self.receive(address, settings, intake),
            None => {
                intake.close();
                Ok(())
            }
        }
    }

    fn receive(&self, address: SocketAddr, mut settings: WebhookSettings, intake: Arc<Intake>) -> anyhow::Result<()> {
        // The other half is for brokers, files and the admin port.
        let half = usize::try_from(self.open_files / 2).unwrap_or(usize::MAX);
        settings.connections = settings.connections.min(half);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let server = runtime
            .block_on(WebhookServer::bind(address, settings, intake, Arc::clone(&self.observer)))
            .with_context(|| format!("the webhook cannot be received at {address}: set `--webhook`"))?;
        tracing::info!(webhook = %server.address()?, "receives");
        let stop = Arc::clone(&self.stop);
        self.thread("webhook".to_owned(), move || runtime.block_on(server.serve(wanted(&stop))))?;
        Ok(())
    }
}

async fn wanted(stop: &Stop) {
    while !stop.is_wanted() {
        tokio::time::sleep(LOOK).await;
    }
}

/// A worker of ingest with the stage of the moment.
struct IngestMember {
    worker: IngestWorker<KafkaLog>,
    current: Arc<Current<Ingest>>,
    edition: u64,
    intake: Arc<Intake>,
    observer: Arc<dyn Observer>,
    /// What was told of how far the input goes, and when.
    told: EventTime,
    tell: Instant,
}

impl IngestMember {
    /// Says how far the input goes that tells its own times: what time follows by `--clock input`.
    fn tell(&mut self) -> Result<(), Exit> {
        let to = self.worker.committed_to().filter(|to| *to > self.told && self.tell.elapsed() >= TELL);
        let Some(to) = to else { return Ok(()) };
        let (_, lane, partition) = SOURCES;
        self.worker.worker_mut().write_progress(&BTreeMap::from([((lane, partition), to)]))?;
        self.observer.progressed(Role::Ingest, to);
        (self.told, self.tell) = (to, Instant::now());
        Ok(())
    }
}

impl Member for IngestMember {
    fn pass(&mut self) -> Result<Passed, Exit> {
        if let Some((stage, book_version)) = self.current.newer_than(&mut self.edition) {
            self.worker.worker_mut().decide_by(stage, book_version);
        }
        let committed = self.worker.step(WAIT)?;
        self.tell()?;
        Ok(if committed > 0 { Passed::Committed } else { Passed::Idle })
    }

    fn is_ready(&self) -> bool {
        self.worker.is_assigned() && self.worker.is_restored()
    }

    /// The server has stopped taking requests in: those in hand are committed and answered.
    fn close(mut self) -> Result<(), Exit> {
        let deadline = Instant::now() + LAST;
        while !self.intake.is_done() && Instant::now() < deadline {
            self.worker.step(WAIT)?;
        }
        Ok(())
    }
}

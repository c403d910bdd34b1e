//! A receiver over an embedded log, whose worker the test drives.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use book::Book;
use events::{Codec, DeadLetter, Mention, Topic};
use ingest::intake::{IngestWorker, Intake, PushedLog};
use ingest::webhook::{WebhookServer, WebhookSettings};
use ingest::{Ingest, ReceiptClock};
use stream::memory::{Cluster, Member};
use stream::{Exit, Log, Observer, Silent, WorkerSettings};
use testkit::build;
use testkit::embedded::Embedded;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use webhook::{Secret, Verifier, sign};

use crate::http::{Reply, post};

pub(crate) const GROUP: &str = "firebreak.ingest";
pub(crate) const SECRET: &str = "whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC";
pub(crate) const NEXT_SECRET: &str = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=";
/// Passes before a worker is given up.
const DEADLINE: Duration = Duration::from_secs(20);

/// A book with one brand.
pub(crate) fn book() -> Arc<Book> {
    Arc::new(build::book(vec![build::brand("skyline", "Skyline")]))
}

pub(crate) fn verifier(secrets: &[&str]) -> Verifier {
    let secrets = secrets.iter().map(|secret| Secret::parse(secret).unwrap()).collect();
    Verifier::new(secrets, Duration::from_secs(300)).unwrap()
}

pub(crate) fn settings() -> WebhookSettings {
    WebhookSettings::new(verifier(&[SECRET]))
}

/// A worker over `log` that keeps time by `clock`.
pub(crate) fn worker<L: Log>(cluster: &Cluster, log: L, clock: ReceiptClock, intake: &Arc<Intake>) -> IngestWorker<L> {
    observed(cluster, log, clock, intake, Arc::new(Silent))
}

/// The same, which tells `observer`.
pub(crate) fn observed<L: Log>(
    cluster: &Cluster,
    log: L,
    clock: ReceiptClock,
    intake: &Arc<Intake>,
    observer: Arc<dyn Observer>,
) -> IngestWorker<L> {
    let settings = WorkerSettings::new(cluster.partitions(), build::book_version());
    let stage = Arc::new(Ingest::new(book()).by(clock));
    IngestWorker::new(log, stage, settings, observer, Arc::clone(intake))
}

/// A new member of ingest's group.
pub(crate) fn member(cluster: &Cluster, id: &str) -> Member {
    cluster.join(GROUP, id, PushedLog::<Member>::SUBSCRIBES)
}

/// Passes until `done`; a pass that was aborted is followed by another.
pub(crate) fn until<L: Log>(worker: &mut IngestWorker<L>, mut done: impl FnMut(&mut IngestWorker<L>) -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !done(worker) {
        assert!(Instant::now() < deadline, "not after {DEADLINE:?}");
        match worker.step(Duration::from_millis(5)) {
            Ok(_) | Err(Exit::Retry(_) | Exit::Fenced(_)) => {}
            Err(exit) => panic!("{exit}"),
        }
    }
}

/// Passes until partitions are taken over.
pub(crate) fn settle<L: Log>(worker: &mut IngestWorker<L>) {
    until(worker, |worker| worker.worker_mut().partitions().next().is_some());
}

/// All accepted mentions, main lane first.
pub(crate) fn mentions(cluster: &Cluster) -> Vec<Mention> {
    let codec = Codec::default();
    let records = cluster.tap(&[Topic::MentionsRaw, Topic::MentionsRawExpress]).read();
    records.iter().map(|raw| codec.decode(raw.value.as_deref().unwrap()).unwrap()).collect()
}

pub(crate) fn dead_letters(cluster: &Cluster) -> Vec<DeadLetter> {
    let codec = Codec::default();
    let records = cluster.tap(&[Topic::DeadLetters]).read();
    records.iter().map(|raw| codec.decode(raw.value.as_deref().unwrap()).unwrap()).collect()
}

pub(crate) fn unix_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// The headers of a message signed now.
pub(crate) fn signed(secret: &str, id: &str, body: &[u8]) -> Vec<(&'static str, String)> {
    let (now, secret) = (unix_now(), Secret::parse(secret).unwrap());
    vec![
        (webhook::ID, id.to_owned()),
        (webhook::TIMESTAMP, now.to_string()),
        (webhook::SIGNATURE, sign(&secret, id, now, body)),
    ]
}

/// A message with one mention.
pub(crate) fn message(native_id: &str) -> String {
    format!(
        r#"{{"type":"mention.created","timestamp":"2026-11-02T02:05:00Z","data":{{"source":"crm","native_id":"{native_id}","published_at":"2026-11-02T02:05:00Z","text":"skyline lost my bag"}}}}"#
    )
}

/// A receiver with its worker.
pub(crate) struct Service {
    pub(crate) cluster: Cluster,
    pub(crate) worker: IngestWorker<Member>,
    pub(crate) intake: Arc<Intake>,
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Service {
    pub(crate) fn start() -> Self {
        Self::with(settings(), Intake::new(64 << 20), ReceiptClock::Wall)
    }

    pub(crate) fn with(settings: WebhookSettings, intake: Arc<Intake>, clock: ReceiptClock) -> Self {
        let cluster = Embedded::new().cluster;
        let mut worker = worker(&cluster, member(&cluster, "worker"), clock, &intake);
        settle(&mut worker);
        let (address, stop, server) = serve(settings, &intake, Arc::new(Silent));
        Self { cluster, worker, intake, address, stop: Some(stop), server: Some(server) }
    }

    /// Posts a signed message and lets the worker work until it is answered.
    pub(crate) fn send(&mut self, id: &str, body: &str) -> Reply {
        let headers = signed(SECRET, id, body.as_bytes());
        self.post(&headers, body.as_bytes())
    }

    /// Posts and lets the worker work until the answer is there.
    pub(crate) fn post(&mut self, headers: &[(&str, String)], body: &[u8]) -> Reply {
        let address = self.address;
        std::thread::scope(|scope| {
            let reply = scope.spawn(|| post(address, headers, body));
            until(&mut self.worker, |_| reply.is_finished());
            reply.join().unwrap()
        })
    }

    /// Asks the server to stop.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Whether the server has ended.
    pub(crate) fn is_stopped(&self) -> bool {
        self.server.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
        // A test that failed must not hide behind this one.
        drop(self.server.take().map(JoinHandle::join));
    }
}

/// Serves on a thread of its own until the sender is dropped.
pub(crate) fn serve(
    settings: WebhookSettings,
    intake: &Arc<Intake>,
    observer: Arc<dyn Observer>,
) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let (told, address) = std::sync::mpsc::channel();
    let intake = Arc::clone(intake);
    let server = std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let any = SocketAddr::from(([127, 0, 0, 1], 0));
            let server = WebhookServer::bind(any, settings, intake, observer).await.unwrap();
            told.send(server.address().unwrap()).unwrap();
            server.serve(async { drop(stopped.await) }).await;
        });
    });
    (address.recv().unwrap(), stop, server)
}

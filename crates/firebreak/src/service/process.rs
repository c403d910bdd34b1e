//! The main thread of a service: starts everything, hears how it goes, and ends it in order.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use events::{BookVersion, Role, Topic};
use stream::Exit;
use stream::metrics::Metrics;
use stream::progress::Board;
use stream::service::{Health, Stop};

use super::crew::Crew;
use super::world::{self, failed};
use super::{Books, Schemas, ServiceSettings, control, descriptors};
use crate::failure::Failure;

/// After this long an orderly end is given up: well below the grace period of a pod.
const LAST_MOMENT: Duration = Duration::from_secs(20);

/// What the main thread hears.
pub(super) enum Event {
    /// The process is asked to end.
    Signal,
    /// A worker ended.
    Ended { role: Role, worker: usize, ended: Result<(), Exit> },
    /// Something that all workers need failed for good.
    Failed(Exit),
}

/// Runs a service until it ends. `topics` are those that its roles touch; `start` starts their workers.
///
/// # Errors
/// What ended it before it was asked to.
pub fn serve(
    settings: ServiceSettings,
    book: Option<Books>,
    topics: &BTreeSet<Topic>,
    role: Role,
    start: impl FnOnce(&mut Crew) -> anyhow::Result<()>,
) -> Result<(), Failure> {
    let book_version = book.as_ref().map_or_else(|| BookVersion::from("none"), |book| book.version().clone());
    let metrics = Arc::new(Metrics::new(&book_version)?);
    let (health, stop) = (Arc::new(Health::new(settings.live_deadline)), Arc::new(Stop::default()));
    let (events, heard) = channel();
    let listener = TcpListener::bind(settings.admin)
        .with_context(|| format!("the admin port cannot be opened at {}: set `--admin`", settings.admin))?;
    let admin = listener.local_addr()?;
    let open_files = descriptors::raise();
    tracing::info!(%admin, %book_version, open_files, configuration = ?settings, "starts");
    control::start(listener, Arc::clone(&health), Arc::clone(&metrics), role, events.clone())?;
    if settings.end_with_stdin {
        control::end_with_stdin(events.clone())?;
    }
    let group = ServiceSettings::group(role);
    let schemas = Schemas::new(&settings.kafka, settings.registry.as_ref(), &group);
    let mut crew = Crew {
        settings: Arc::new(settings),
        codec: schemas.codec(),
        book_version,
        observer: Arc::clone(&metrics) as _,
        health,
        stop,
        board: Arc::new(Board::default()),
        events,
        open_files,
        running: 0,
        posting: false,
    };
    let topics: Vec<Topic> = topics.iter().copied().collect();
    if !wait_for_world(&crew, &schemas, topics, &heard)? {
        return Ok(());
    }
    start(&mut crew)?;
    if let Some(book) = book {
        let stop = Arc::clone(&crew.stop);
        thread::Builder::new().name("book".to_owned()).spawn(move || book.watch(&metrics, &stop))?;
    }
    attend(&crew, &heard)
}

/// Waits for the cluster on a thread of its own. A signal ends the wait at once, for nothing is in hand: what the thread still
/// asks of the cluster is left behind.
fn wait_for_world(
    crew: &Crew,
    schemas: &Arc<Schemas>,
    topics: Vec<Topic>,
    heard: &Receiver<Event>,
) -> Result<bool, Failure> {
    let (settings, stop) = (Arc::clone(&crew.settings), Arc::clone(&crew.stop));
    let (schemas, codec) = (Arc::clone(schemas), crew.codec.clone());
    let ready = thread::Builder::new()
        .name("world".to_owned())
        .spawn(move || world::ready(&settings, (&schemas, &codec), &topics, &stop))?;
    while !ready.is_finished() {
        if let Ok(Event::Signal) = heard.recv_timeout(Duration::from_millis(50)) {
            end(crew);
            return Ok(false);
        }
    }
    ready.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Hears until every worker has ended.
fn attend(crew: &Crew, heard: &Receiver<Event>) -> Result<(), Failure> {
    let (mut running, mut failure, mut deadline) = (crew.running, None, None);
    while running > 0 {
        let wait = deadline.map_or(LAST_MOMENT, |deadline: Instant| deadline.saturating_duration_since(Instant::now()));
        let why = match heard.recv_timeout(wait) {
            Ok(Event::Ended { ended: Ok(_), .. }) => {
                running -= 1;
                continue;
            }
            Ok(Event::Ended { role, worker, ended: Err(exit) }) => {
                running -= 1;
                Some(failed(role, worker, exit))
            }
            Ok(Event::Failed(exit)) => Some(exit.into()),
            Ok(Event::Signal) => None,
            Err(RecvTimeoutError::Timeout) if deadline.is_none() => continue,
            Err(_) => {
                tracing::error!(seconds = LAST_MOMENT.as_secs(), "workers do not end: the process ends without them");
                std::process::exit(1);
            }
        };
        failure = failure.or(why);
        deadline.get_or_insert_with(|| {
            end(crew);
            Instant::now() + LAST_MOMENT
        });
    }
    tracing::info!("ended");
    failure.map_or(Ok(()), Err)
}

/// Asks every thread to end; from now on the process is not ready.
fn end(crew: &Crew) {
    tracing::info!("ends: finishes what is in hand, commits it and leaves its groups");
    crew.health.end();
    crew.stop.want();
}

//! Threads that deliver, so that the log's worker never waits for a receiver.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use stream::KillPoint;

use super::NotifySettings;
use super::outcome::{Outcome, Silence};

/// Most deliveries that wait for a thread: the others wait in the state.
const MOST_WAITING: usize = 1_000;
/// From so many on, those that waited in the state come first. While notifications come faster than the receiver takes them, new
/// ones would fill all of the room as soon as there is some, and an older one would wait for as long as that goes on.
const MOST_NEW: usize = MOST_WAITING / 2;
/// Most bytes of an answer that are read, so that its connection can be used again.
const MOST_ANSWER: u64 = 64 << 10;

/// What is to be delivered.
struct Job {
    id: String,
    body: Vec<u8>,
    ticket: Ticket,
}

/// Tells how a delivery ended. Clones are of the same delivery.
#[derive(Debug, Clone, Default)]
pub(super) struct Ticket(Arc<OnceLock<Outcome>>);

impl Ticket {
    /// How it ended; `None` while it has not.
    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.0.get()
    }
}

/// Delivers on threads of its own. Dropped, it begins nothing more and waits for nothing.
pub(super) struct Courier {
    jobs: Sender<Job>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    waiting: AtomicUsize,
    closed: AtomicBool,
    /// How many deliveries have ended.
    ended: Mutex<u64>,
    one_ended: Condvar,
}

impl Courier {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn new(settings: &NotifySettings) -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let (queue, shared) = (Arc::new(Mutex::new(queue)), Arc::new(Shared::default()));
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(settings.timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections_per_host(settings.at_once)
            .user_agent(concat!("firebreak/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .into();
        for number in 0..settings.at_once.max(1) {
            let (agent, settings, queue, shared) =
                (agent.clone(), settings.clone(), Arc::clone(&queue), Arc::clone(&shared));
            let work = move || work(&agent, &settings, &queue, &shared);
            thread::Builder::new().name(format!("notify-{number}")).spawn(work)?;
        }
        Ok(Self { jobs, shared })
    }

    /// Begins a new delivery under `id`; `None` when too many wait already.
    pub(super) fn send(&self, id: &str, body: &[u8]) -> Option<Ticket> {
        self.send_below(MOST_NEW, id, body)
    }

    /// The same for one that waited in the state.
    pub(super) fn send_waited(&self, id: &str, body: &[u8]) -> Option<Ticket> {
        self.send_below(MOST_WAITING, id, body)
    }

    fn send_below(&self, most: usize, id: &str, body: &[u8]) -> Option<Ticket> {
        if self.waiting() >= most {
            return None;
        }
        let ticket = Ticket::default();
        self.shared.waiting.fetch_add(1, Ordering::AcqRel);
        // The threads live as long as this.
        self.jobs.send(Job { id: id.to_owned(), body: body.to_vec(), ticket: ticket.clone() }).ok()?;
        Some(ticket)
    }

    /// Deliveries that have not ended.
    pub(super) fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Acquire)
    }

    /// Waits until all have ended, for `patience` at most.
    pub(super) fn wait<'a>(&self, tickets: impl Iterator<Item = &'a Ticket> + Clone, patience: Duration) {
        let deadline = Instant::now() + patience;
        let mut ended = self.shared.ended();
        while tickets.clone().any(|ticket| ticket.outcome().is_none()) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            ended = self.shared.one_ended.wait_timeout(ended, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
    }
}

impl Shared {
    fn ended(&self) -> MutexGuard<'_, u64> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(agent: &Agent, settings: &NotifySettings, queue: &Mutex<Receiver<Job>>, shared: &Shared) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if shared.closed.load(Ordering::Acquire) {
            return;
        }
        // A bug of the client must not leave a delivery without an end.
        let outcome = catch_unwind(AssertUnwindSafe(|| deliver(agent, settings, &job)));
        let outcome = outcome.unwrap_or(Outcome::Silent(Silence::Connection));
        shared.waiting.fetch_sub(1, Ordering::AcqRel);
        let _set_once = job.ticket.0.set(outcome);
        *shared.ended() += 1;
        shared.one_ended.notify_all();
    }
}

/// One try.
fn deliver(agent: &Agent, settings: &NotifySettings, job: &Job) -> Outcome {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    KillPoint::BeforeWebhook.reach();
    let answer = agent
        .post(settings.url())
        .header("content-type", "application/json")
        .header(webhook::ID, &job.id)
        .header(webhook::TIMESTAMP, now.to_string())
        .header(webhook::SIGNATURE, webhook::sign(&settings.secret, &job.id, now, &job.body))
        .send(job.body.as_slice());
    match answer {
        Ok(mut answer) => {
            KillPoint::WebhookSent.reach();
            let retry_after = answer.headers().get("retry-after").and_then(|text| text.to_str().ok());
            let outcome = Outcome::of(answer.status().as_u16(), retry_after, now);
            // What it says besides does not matter, but the connection can be used again.
            drop(answer.body_mut().with_config().limit(MOST_ANSWER).read_to_vec());
            outcome
        }
        Err(error) => Outcome::Silent(silence(&error)),
    }
}

fn silence(error: &ureq::Error) -> Silence {
    match error {
        ureq::Error::Timeout(_) => Silence::Timeout,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => Silence::Tls,
        _ => Silence::Connection,
    }
}

#[cfg(test)]
mod tests {
    use webhook::Secret;

    use super::*;

    #[test]
    fn new_deliveries_leave_room_for_those_that_waited() {
        // It takes connections and never answers.
        let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", receiver.local_addr().unwrap());
        let secret = Secret::parse("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC").unwrap();
        let courier = Courier::new(&NotifySettings::new(&url, secret).unwrap()).unwrap();
        let new = (0..MOST_WAITING).map_while(|number| courier.send(&number.to_string(), b"{}")).count();
        assert_eq!(new, MOST_NEW);
        let waited = (0..MOST_WAITING).map_while(|number| courier.send_waited(&number.to_string(), b"{}")).count();
        assert_eq!(waited, MOST_WAITING - MOST_NEW);
    }
}

//! The HTTP server of the receiver.
//!
//! Memory is bounded before it is used: there is a place for so many connections, each with so much of a head, and a request takes
//! room in the [`Intake`] for each part of its body before it keeps it, and gives it back with its answer. What is only announced,
//! or waited for, takes none: so nobody who sends little keeps others out.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use events::{EventTime, Role};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use stream::Observer;
use stream::admin::{Door, Entry};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::answer::Told;
use super::body::lines;
use super::{Answer, WebhookSettings};
use crate::intake::{Intake, Room, now};

/// What metrics call this source.
const SOURCE: &str = "webhook";
/// What metrics call this port.
const PORT: &str = "webhook";
/// The longest head of a request, in bytes: three headers are ours, and those of proxies are short.
const LONGEST_HEAD: usize = 16 << 10;
/// Most header lines of it.
const MOST_HEADERS: usize = 64;
/// Pause after a connection could not be accepted, as when there are no more file handles.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// A bound server that does not serve yet.
pub struct WebhookServer {
    listener: TcpListener,
    receiver: Arc<Receiver>,
}

/// What a request needs.
struct Receiver {
    settings: WebhookSettings,
    intake: Arc<Intake>,
    observer: Arc<dyn Observer>,
}

impl WebhookServer {
    /// Listens on `address`. TLS is the business of whatever stands in front of it.
    ///
    /// # Errors
    /// The address cannot be taken.
    pub async fn bind(
        address: SocketAddr,
        settings: WebhookSettings,
        intake: Arc<Intake>,
        observer: Arc<dyn Observer>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, receiver: Arc::new(Receiver { settings, intake, observer }) })
    }

    /// Where it listens: tells the port when any was asked for.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop`, then ends when all requests in hand are answered. Whoever drops this before cuts them off, and
    /// they are sent again. Either way the intake is closed.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let _closes = Closes(Arc::clone(&self.receiver.intake));
        let (stopping, stopped) = watch::channel(());
        tokio::select! {
            () = self.accept(stopped) => {}
            () = stop => {}
        }
        drop(self);
        let _nobody_is_connected = stopping.send(());
        // Every connection holds a receiver of `stopping` until it has ended.
        stopping.closed().await;
    }

    async fn accept(&self, stopped: watch::Receiver<()>) {
        let door = Door::new(self.receiver.settings.connections);
        let observer = &self.receiver.observer;
        loop {
            match self.listener.accept().await {
                Ok((connection, _)) => match door.enter() {
                    Ok((entry, made_way)) => {
                        made_way.into_iter().for_each(|let_go| observer.let_go(Role::Ingest, PORT, let_go.name()));
                        let (receiver, stopped) = (Arc::clone(&self.receiver), stopped.clone());
                        drop(tokio::spawn(converse(receiver, connection, entry, stopped)));
                    }
                    Err(let_go) => observer.let_go(Role::Ingest, PORT, let_go.name()),
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
}

/// Closes the intake however serving ends, so that its workers can end.
struct Closes(Arc<Intake>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Serves one connection until it ends, has to make way for another, or until the request in hand is answered after `stopped`.
async fn converse(receiver: Arc<Receiver>, connection: TcpStream, entry: Entry, mut stopped: watch::Receiver<()>) {
    let patience = receiver.settings.patience;
    let service = service_fn(|request| {
        let (receiver, entry) = (&receiver, &entry);
        async move { Ok::<_, Infallible>(receiver.answer(request, entry).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience).max_headers(MOST_HEADERS).max_buf_size(LONGEST_HEAD);
    let mut conversation = pin!(builder.serve_connection(TokioIo::new(connection), service));
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = entry.asked_to_leave() => return,
        _ = stopped.changed() => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    // How it ended is the sender's affair: what was answered is committed.
    if let Err(error) = ended {
        tracing::debug!(%error, "a webhook's connection ended");
    }
}

impl Receiver {
    async fn answer(&self, request: Request<Incoming>, entry: &Entry) -> Response<Full<Bytes>> {
        let told = self.receive(request, entry).await.unwrap_or_else(|told| told);
        self.observer.answered(Role::Ingest, SOURCE, told.answer.outcome());
        response(told)
    }

    async fn receive(&self, request: Request<Incoming>, entry: &Entry) -> Result<Told, Told> {
        let (head, body) = request.into_parts();
        if head.uri.path() != self.settings.path {
            return Err(Told::of(Answer::NotFound, "there is no webhook under this path"));
        }
        if head.method != Method::POST {
            return Err(Told::of(Answer::NotAllowed, "a webhook is posted"));
        }
        if head.headers.get(CONTENT_ENCODING).is_some_and(|packed| packed != "identity") {
            return Err(Told::of(Answer::Packed, "send the body as it was signed, not packed"));
        }
        let (mut room, body) = match timeout(self.settings.patience, self.read(body)).await {
            Ok(read) => read?,
            Err(_) => return Err(Told::of(Answer::TooSlow, "the body did not come in time")),
        };
        let _answered = entry.works();
        let now = now();
        let header = |name: &str| head.headers.get(name).map(HeaderValue::as_bytes);
        let signed = self.settings.verifier.verify(header, &body, now.millis().div_euclid(1_000))?;
        let sent = EventTime::from_millis(signed.timestamp.saturating_mul(1_000));
        let lines = lines(signed.id, sent, &body, now)?;
        let count = lines.len();
        if !room.settle(body.len()) {
            return Err(overloaded());
        }
        let committed = self.intake.push(room, lines);
        match timeout(self.settings.patience, committed).await {
            Ok(Ok(())) => Ok(Told::of(Answer::Committed(count), "")),
            // Its push was let go, or nobody knows yet.
            Ok(Err(_)) | Err(_) => Err(Told::of(Answer::NotCommitted, "not committed now: send it again")),
        }
    }

    /// The whole body, and the room that it takes.
    async fn read(&self, mut body: Incoming) -> Result<(Room, Bytes), Told> {
        let largest = self.settings.largest_body;
        let too_large = || Told::of(Answer::TooLarge, &format!("a body has at most {largest} bytes"));
        let announced = body.size_hint().exact().map_or(Ok(largest), usize::try_from);
        let announced = announced.ok().filter(|bytes| *bytes <= largest).ok_or_else(too_large)?;
        let (mut room, mut read) = (self.intake.no_room(), Vec::new());
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Told::of(Answer::Malformed, "the body ended early"))?;
            let Ok(part) = frame.into_data() else { continue };
            let bytes = read.len() + part.len();
            if bytes > largest {
                return Err(too_large());
            }
            if bytes > read.capacity() {
                let capacity = bytes.max(announced.min(2 * read.capacity()));
                if !room.grow(capacity) {
                    return Err(overloaded());
                }
                read.reserve_exact(capacity - read.len());
            }
            read.extend_from_slice(&part);
        }
        Ok((room, read.into()))
    }
}

fn overloaded() -> Told {
    Told::of(Answer::Overloaded, "more comes than can be committed: wait")
}

fn response(told: Told) -> Response<Full<Bytes>> {
    let Told { answer, body } = told;
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = answer.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if answer == Answer::NotAllowed {
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

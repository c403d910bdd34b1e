//! The admin port of a service: `/livez`, `/readyz`, `/startupz` for probes and `/metrics` for Prometheus.
//!
//! What a page says is pure ([`page`]); [`serve`] does the input and output, on a runtime that no client of Kafka shares, so
//! a probe is answered whatever a broker does.

mod door;
mod page;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use events::Role;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

pub use door::{Door, Entry, LetGo, Working};
pub use page::{Page, page};

use crate::Observer;
use crate::metrics::Metrics;
use crate::service::Health;

/// Most connections at a time: probes and a few scrapers need a handful.
const CONNECTIONS: usize = 64;
/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 16 << 10;
/// Most header lines of it.
const MOST_HEADERS: usize = 64;
/// What metrics call this port.
const PORT: &str = "admin";
/// A client that sends its request slower is let go.
const SLOW: Duration = Duration::from_secs(5);
/// After a connection could not be taken, for want of descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves the pages to everybody who connects, until it is dropped. It runs inside a [`tokio::task::LocalSet`] or a runtime
/// of one thread. Metrics of its own are those of `role`.
///
/// # Errors
/// The socket cannot be used.
pub async fn serve(
    listener: std::net::TcpListener,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    role: Role,
) -> io::Result<()> {
    let door = Door::new(CONNECTIONS);
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => match door.enter() {
                Ok((entry, made_way)) => {
                    made_way.into_iter().for_each(|let_go| metrics.let_go(role, PORT, let_go.name()));
                    drop(tokio::spawn(answer(stream, entry, Arc::clone(&health), Arc::clone(&metrics))));
                }
                Err(let_go) => metrics.let_go(role, PORT, let_go.name()),
            },
            Err(error) => {
                tracing::warn!(%error, "a connection to the admin port is not taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn answer(stream: TcpStream, entry: Entry, health: Arc<Health>, metrics: Arc<Metrics>) {
    let respond = service_fn(|request: Request<hyper::body::Incoming>| {
        let page = match *request.method() {
            Method::GET | Method::HEAD => page(request.uri().path(), &health, &metrics),
            _ => Page::new(405, "the admin port is only read from".to_owned()),
        };
        std::future::ready(Ok::<_, Infallible>(response(page)))
    });
    let mut connection = http1::Builder::new();
    connection.timer(TokioTimer::new()).header_read_timeout(SLOW).max_headers(MOST_HEADERS).max_buf_size(LONGEST_HEAD);
    tokio::select! {
        ended = connection.serve_connection(TokioIo::new(stream), respond) => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection to the admin port ends early");
            }
        }
        () = entry.asked_to_leave() => {}
    }
}

fn response(page: Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(page.text));
    // Every page has a status that there is.
    *response.status_mut() = page.status.try_into().unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    response
}

//! The admin port of a service: `/livez`, `/readyz`, `/startupz` for probes and `/metrics` for Prometheus.
//!
//! What a page says is pure ([`page`]); [`serve`] does the input and output, on a runtime that no client of Kafka shares, so
//! a probe is answered whatever a broker does.

mod page;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

pub use page::{Page, page};

use crate::metrics::Metrics;
use crate::service::Health;

/// A client that sends its request slower is let go.
const SLOW: Duration = Duration::from_secs(5);
/// After a connection could not be taken, for want of descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves the pages to everybody who connects, until it is dropped. It runs inside a [`tokio::task::LocalSet`] or a runtime
/// of one thread.
///
/// # Errors
/// The socket cannot be used.
pub async fn serve(listener: std::net::TcpListener, health: Arc<Health>, metrics: Arc<Metrics>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(stream, Arc::clone(&health), Arc::clone(&metrics)))),
            Err(error) => {
                tracing::warn!(%error, "a connection to the admin port is not taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn answer(stream: TcpStream, health: Arc<Health>, metrics: Arc<Metrics>) {
    let respond = service_fn(|request: Request<hyper::body::Incoming>| {
        let page = match *request.method() {
            Method::GET | Method::HEAD => page(request.uri().path(), &health, &metrics),
            _ => Page::new(405, "the admin port is only read from".to_owned()),
        };
        std::future::ready(Ok::<_, Infallible>(response(page)))
    });
    let mut connection = http1::Builder::new();
    connection.timer(TokioTimer::new()).header_read_timeout(SLOW);
    if let Err(error) = connection.serve_connection(TokioIo::new(stream), respond).await {
        tracing::debug!(%error, "a connection to the admin port ends early");
    }
}

fn response(page: Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(page.text));
    // Every page has a status that there is.
    *response.status_mut() = page.status.try_into().unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    response
}

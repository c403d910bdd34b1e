//! Proxies between the stages and the brokers, one for each broker, which can cut, delay or reset the connections of one stage.
//!
//! Whose a connection is, its first request says: the client id stands in the header of every request of Kafka's protocol
//! (size, api key, version, correlation id, then the client id with its length), and that of a stage begins with its name.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

/// Brokers.
pub(crate) const NODES: usize = 3;
/// How much later a delayed chunk arrives.
const LATE: Duration = Duration::from_millis(200);
const CHUNK: usize = 64 << 10;

/// What befalls the connections between a stage and a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// Nothing passes, and nobody is told.
    Cut,
    /// All passes late.
    Delay,
    /// They are reset, also those that come anew.
    Reset,
}

/// A trouble: of which stage, with which broker.
pub(crate) type Befalls = (&'static str, usize, Trouble);
/// The troubles of now, in the order in which they came.
type Now = Vec<Befalls>;

/// Proxies that run until the process ends.
pub(crate) struct Proxies {
    /// Where clients begin, in the order of the brokers.
    pub(crate) ports: [u16; NODES],
    brokers: Arc<Mutex<Vec<SocketAddr>>>,
    trouble: watch::Sender<Now>,
}

impl Proxies {
    /// Listens on free ports; [`Proxies::lead_to`] says where they lead.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let (trouble, now) = watch::channel(Now::new());
        let brokers: Arc<Mutex<Vec<SocketAddr>>> = Arc::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mut ports = [0; NODES];
        for (node, port) in ports.iter_mut().enumerate() {
            let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
            *port = listener.local_addr()?.port();
            let (brokers, now) = (Arc::clone(&brokers), now.clone());
            runtime.spawn(async move {
                while let Ok((client, _)) = listener.accept().await {
                    let broker = brokers.lock().unwrap_or_else(PoisonError::into_inner).get(node).copied();
                    if let Some(broker) = broker {
                        // A connection that ends takes nothing with it.
                        drop(tokio::spawn(connection(client, node, broker, now.clone())));
                    }
                }
            });
        }
        thread::Builder::new().name("proxies".to_owned()).spawn(move || {
            runtime.block_on(std::future::pending::<()>());
        })?;
        Ok(Self { ports, brokers, trouble })
    }

    /// The brokers' own ports for what comes through here: two above those that they tell.
    pub(crate) fn lead_to(&self, addresses: &str) -> anyhow::Result<()> {
        let proxied = |address: &str| {
            let address: SocketAddr = address.parse().with_context(|| format!("`{address}` is no address"))?;
            Ok(SocketAddr::new(address.ip(), address.port() + 2))
        };
        let brokers = addresses.split(',').map(proxied).collect::<anyhow::Result<_>>()?;
        *self.brokers.lock().unwrap_or_else(PoisonError::into_inner) = brokers;
        Ok(())
    }

    /// `host:port` of each, for clients to begin with.
    pub(crate) fn bootstrap(&self) -> String {
        self.ports.map(|port| format!("127.0.0.1:{port}")).join(",")
    }

    /// From now on, beside what is there already.
    pub(crate) fn trouble(&self, befalls: Befalls) {
        self.trouble.send_modify(|now| now.push(befalls));
    }

    /// This one is over.
    pub(crate) fn over(&self, befell: Befalls) {
        self.trouble.send_modify(|now| {
            if let Some(at) = now.iter().position(|befalls| *befalls == befell) {
                now.remove(at);
            }
        });
    }
}

/// The newest trouble that is this connection's.
fn mine(now: &watch::Receiver<Now>, stage: &str, node: usize) -> Option<Trouble> {
    let now = now.borrow();
    now.iter().rev().find(|(of, at, _)| *of == stage && *at == node).map(|(_, _, trouble)| *trouble)
}

/// Passes bytes on both ways until one side ends, or it is reset.
async fn connection(
    mut client: TcpStream,
    node: usize,
    broker: SocketAddr,
    now: watch::Receiver<Now>,
) -> io::Result<()> {
    let mut first = vec![0; CHUNK];
    let length = client.read(&mut first).await?;
    first.truncate(length);
    let stage = stage_of(&first);
    if mine(&now, stage, node) == Some(Trouble::Reset) {
        return reset(&client);
    }
    let mut server = TcpStream::connect(broker).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    server.write_all(&first).await?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (up, down) = (
        pass(from_client, to_server, (stage, node), now.clone()),
        pass(from_server, to_client, (stage, node), now.clone()),
    );
    let mut change = now;
    tokio::select! {
        passed = up => passed,
        passed = down => passed,
        // Dropping both halves with bytes unread resets the connection.
        () = async {
            loop {
                if mine(&change, stage, node) == Some(Trouble::Reset) || change.changed().await.is_err() {
                    return;
                }
            }
        } => Ok(()),
    }
}

/// Passes bytes on one way; waits while nothing may pass.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (stage, node): (&'static str, usize),
    mut now: watch::Receiver<Now>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = from.read(&mut chunk).await?;
        if length == 0 {
            return Ok(());
        }
        if mine(&now, stage, node) == Some(Trouble::Delay) {
            sleep(LATE).await;
        }
        while mine(&now, stage, node) == Some(Trouble::Cut) {
            if now.changed().await.is_err() {
                return Ok(());
            }
        }
        to.write_all(chunk.get(..length).unwrap_or_default()).await?;
    }
}

fn reset(client: &TcpStream) -> io::Result<()> {
    client.set_zero_linger()
}

/// The stage whose client sends this request; empty for any other.
fn stage_of(request: &[u8]) -> &'static str {
    let length = request.get(12..14).and_then(|bytes| bytes.try_into().ok()).map_or(0, i16::from_be_bytes);
    let end = 14 + usize::try_from(length).unwrap_or_default();
    let client = request.get(14..end).unwrap_or_default();
    let stages = crate::fleet::STAGES.into_iter();
    stages.filter(|stage| client.starts_with(stage.as_bytes())).max_by_key(|stage| stage.len()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_tells_the_stage_by_its_client_id() {
        let request = |client: &str| {
            let mut bytes = vec![0, 0, 0, 40, 0, 18, 0, 3, 0, 0, 0, 1];
            bytes.extend((client.len() as i16).to_be_bytes());
            bytes.extend(client.as_bytes());
            bytes
        };
        assert_eq!(stage_of(&request("enrich.e1.0")), "enrich");
        assert_eq!(stage_of(&request("escalate.care.x.0")), "escalate");
        assert_eq!(stage_of(&request("firebreak.reader")), "");
        assert_eq!(stage_of(&[0, 1, 2]), "");
    }
}

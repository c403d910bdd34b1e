//! An HTTP receiver that answers as it is told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver as Signal, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use webhook::{Secret, Verifier};

pub(crate) const SECRET: &str = "whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC";

/// What happens to a request.
pub(crate) enum Reaction {
    /// It is answered with a status and headers.
    Answer(u16, &'static str),
    /// It is answered with success after this.
    AnswerAfter(Duration),
    /// It is answered with success once this signal comes.
    WaitFor(Signal<()>),
    /// The connection ends in the middle of the answer.
    HangUp,
}

/// A request whose signature was valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) body: String,
}

/// Listens until it is dropped.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    reactions: Mutex<VecDeque<Reaction>>,
    requests: Mutex<Vec<Request>>,
    ended: AtomicBool,
}

impl Receiver {
    /// Answers the first requests so, and all others with 200.
    pub(crate) fn start(reactions: impl IntoIterator<Item = Reaction>) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), reactions)
    }

    /// The same at a known address.
    pub(crate) fn at(address: SocketAddr, reactions: impl IntoIterator<Item = Reaction>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        shared.reactions.lock().unwrap().extend(reactions);
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for connection in listener.incoming() {
                    if shared.ended.load(Ordering::SeqCst) {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || shared.converse(connection.unwrap()));
                }
            }
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/notify", self.address)
    }

    /// Requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Their ids, in the order of their coming.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.id).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        drop(self.accepting.take().map(JoinHandle::join));
    }
}

impl Shared {
    fn converse(&self, mut stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = read(&mut reader) {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            self.requests.lock().unwrap().push(request);
            let reaction = self.reactions.lock().unwrap().pop_front();
            let (status, headers) = match reaction {
                Some(Reaction::Answer(status, headers)) => (status, headers),
                Some(Reaction::AnswerAfter(pause)) => {
                    thread::sleep(pause);
                    (200, "")
                }
                Some(Reaction::WaitFor(signal)) => {
                    // A test that is over sends none.
                    let _over = signal.recv();
                    (200, "")
                }
                Some(Reaction::HangUp) => {
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-le").unwrap();
                    return;
                }
                None => (200, ""),
            };
            let answer = format!("HTTP/1.1 {status} As told\r\n{headers}content-length: 2\r\n\r\nok");
            if stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// A signal that a reaction can wait for.
pub(crate) fn signal() -> (Sender<()>, Reaction) {
    let (send, receive) = channel();
    (send, Reaction::WaitFor(receive))
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.to_owned())),
            None if line.trim_end().is_empty() => break,
            None => assert!(line.starts_with("POST /notify "), "{line}"),
        }
    }
    let header = |name: &str| headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str());
    let mut body = vec![0; header("content-length").unwrap().parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let verifier = Verifier::new(vec![Secret::parse(SECRET).unwrap()], Duration::from_secs(60)).unwrap();
    let signed = verifier.verify(|name| header(name).map(str::as_bytes), &body, now).unwrap();
    Some(Request { id: signed.id.to_owned(), body: String::from_utf8(body).unwrap() })
}

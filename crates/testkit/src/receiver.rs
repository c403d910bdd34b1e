//! A receiver of notifications by webhook: takes each, and remembers its id and its words.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What was received: by id, every wording.
#[derive(Debug, Clone, Default)]
pub struct Receiver(Arc<Mutex<BTreeMap<String, BTreeSet<String>>>>);

impl Receiver {
    /// Listens on loopback for as long as the process lives; returns the address to notify.
    ///
    /// # Panics
    /// There is no port.
    pub fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("a bound port");
        let this = self.clone();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let this = this.clone();
                // Who dies in the middle of a request leaves half of one.
                thread::spawn(move || while this.answer(&connection).is_some() {});
            }
        });
        format!("http://{address}/notify")
    }

    /// What was received so far.
    pub fn received(&self) -> MutexGuard<'_, BTreeMap<String, BTreeSet<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, mut connection: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(connection);
        let (mut id, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("webhook-id") => id = value.to_owned(),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().ok()?,
                _ if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.received().entry(id).or_default().insert(String::from_utf8(body).ok()?);
        connection.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok()
    }
}

//! The webhook and the admin port of a real ingest while others do their worst: who is honest is served, and memory stays bounded.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use webhook::{ID, SIGNATURE, Secret, TIMESTAMP, sign};

use crate::installation::Installation;
use crate::process::{Process, until};
use crate::sender::{SECRET, Sender, crisis};

/// What memory may grow by while connections are held: the door's places with their buffers take a tenth of it.
const GROWTH_KIB: u64 = 96 << 10;

fn service(installation: &Installation, sender: &Sender) -> Process {
    let mut ingest = installation.launch("ingest", installation.service("ingest", &[]), |it| sender.receive(it));
    ingest.ready();
    ingest
}

/// The port of its log's line, such as `"webhook":"127.0.0.1:1"`.
fn address(process: &Process, port: &str) -> SocketAddr {
    let log = process.log();
    let (_, after) = log.rsplit_once(&format!("\"{port}\":\"")).unwrap();
    after.split('"').next().unwrap().parse().unwrap()
}

/// Resident memory in KiB.
fn resident(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Connections to the webhook that are held; a place is for 1,024 of them.
const HELD: usize = 2_600;
/// Of those that were closed come again at each look.
const AGAIN: usize = 40;

/// How a hostile connection begins; all of them go on with a byte now and then.
const BEGINNINGS: [&[u8]; 5] = [
    b"",
    b"POST /webhook HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    b"POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n{",
    b"POST /webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n",
    // An answer, and then nothing.
    b"GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n",
];

/// Holds `count` connections to `address` until `stop`: each sends a byte now and then, and some that were closed come again. Counts
/// those that came.
fn besiege(address: SocketAddr, count: usize, stop: &AtomicBool, came: &AtomicUsize) {
    let connect = |number: usize| {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok()?;
        came.fetch_add(1, Ordering::Relaxed);
        stream.set_nonblocking(true).unwrap();
        stream.write_all(BEGINNINGS[number % BEGINNINGS.len()]).ok()?;
        Some(stream)
    };
    let mut held: Vec<Option<TcpStream>> = (0..count).map(connect).collect();
    while !stop.load(Ordering::Relaxed) {
        let mut again = AGAIN;
        for (number, stream) in held.iter_mut().enumerate() {
            let open = stream.as_mut().is_some_and(|stream| is_open(stream) && stream.write(b"x").is_ok());
            if !open && again > 0 {
                *stream = connect(number);
                again -= 1;
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn is_open(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0; 512]) {
        Ok(read) => read > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}

/// As many files as the system allows at all: this process holds the other ends.
fn raise_limit() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}

#[test]
fn thousands_of_connections_that_send_little_keep_neither_an_honest_sender_nor_a_probe_out_and_memory_is_bounded() {
    raise_limit();
    let (installation, sender) = (Installation::new("wall"), Sender::new());
    let ingest = service(&installation, &sender);
    let (webhook, admin) = (address(&ingest, "webhook"), address(&ingest, "admin"));
    let lines = crisis(0.05);
    sender.send(&lines[..50]);
    let before = resident(&ingest);
    let (stop, came) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for part in 0..2 {
            let (stop, came) = (&stop, &came);
            scope.spawn(move || besiege(webhook, HELD / 2, stop, came));
            if part == 0 {
                scope.spawn(move || besiege(admin, 300, stop, came));
            }
        }
        // Also when an assertion below fails.
        let _stops = Stops(&stop);
        until("all have come", || (came.load(Ordering::Relaxed) > HELD + 300).then_some(()));
        let mut slowest = Duration::ZERO;
        for number in 0..40 {
            let asked = Instant::now();
            assert_eq!(ingest.page("/livez").map(|(status, _)| status), Some(200), "probe {number}");
            assert_eq!(honest(webhook, number), 202, "message {number}");
            slowest = slowest.max(asked.elapsed());
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(slowest < Duration::from_secs(2), "an honest sender and a probe waited {slowest:?}");
    });
    let grown = resident(&ingest).saturating_sub(before);
    assert!(grown < GROWTH_KIB, "memory grew by {grown} KiB");
    for port in ["webhook", "admin"] {
        let let_go = ingest.metric("firebreak_connections_let_go_total", &format!("port=\"{port}\""));
        assert!(let_go > 0.0, "{port}");
    }
    assert_eq!(ingest.metric("firebreak_source_requests_total", "\"overloaded\""), 0.0);
}

/// Tells the besiegers to stop, however a test ends.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A request whose body is signed as of `sent`; `signature` may change the signature.
fn request(id: &str, sent: i64, body: &str, signature: impl Fn(String) -> String) -> Vec<u8> {
    let signature = signature(sign(&Secret::parse(SECRET).unwrap(), id, sent, body.as_bytes()));
    let length = body.len();
    format!(
        "POST /webhook HTTP/1.1\r\nHost: a\r\n{ID}: {id}\r\n{TIMESTAMP}: {sent}\r\n{SIGNATURE}: {signature}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn message(number: usize) -> String {
    format!(
        r#"{{"type":"mention.created","data":{{"source":"x","native_id":"honest-{number}","published_at":"2026-11-02T02:00:00Z","text":"the card machine at Leeds is down"}}}}"#
    )
}

/// Sends bytes on a connection of their own; everything that is answered until the other side ends it, or falls silent.
fn answers(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    // The other side may have had enough before all is sent.
    let _enough = stream.write_all(bytes);
    let mut answer = Vec::new();
    let mut part = [0; 4_096];
    while let Ok(read @ 1..) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn statuses(answer: &str) -> Vec<u16> {
    answer.split("HTTP/1.1 ").skip(1).map(|answer| answer.get(..3).unwrap().parse().unwrap()).collect()
}

/// An honest message; its status.
fn honest(address: SocketAddr, number: usize) -> u16 {
    let mut bytes = request(&format!("msg-honest-{number}"), now(), &message(number), |signature| signature);
    let host = b"Host: a\r\n";
    let at = bytes.windows(host.len()).position(|window| window == host).unwrap();
    bytes.splice(at..at, *b"Connection: close\r\n");
    statuses(&answers(address, &bytes)).first().copied().unwrap_or_default()
}

#[test]
fn what_is_too_large_unsigned_out_of_time_or_no_http_is_refused_and_what_came_before_it_is_answered() {
    let (installation, sender) = (Installation::new("wall"), Sender::new());
    let ingest = service(&installation, &sender);
    let (webhook, admin) = (address(&ingest, "webhook"), address(&ingest, "admin"));
    let as_is = |signature: String| signature;
    let sent = |bytes: &[u8]| statuses(&answers(webhook, bytes));

    // Refused by what is announced, before a byte of it is read.
    assert_eq!(sent(b"POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000000\r\n\r\n"), [413]);
    let mut chunks = b"POST /webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..40 {
        chunks.extend_from_slice(b"10000\r\n");
        chunks.extend(std::iter::repeat_n(b' ', 0x10000));
        chunks.extend_from_slice(b"\r\n");
    }
    assert_eq!(sent(&chunks), [413], "2.5 MiB that announced nothing");

    let many: String = (0..200).map(|number| format!("X-{number}: a\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "a".repeat(64 << 10));
    for (flood, port) in [(&many, webhook), (&long, webhook), (&many, admin), (&long, admin)] {
        let flood = format!("POST /webhook HTTP/1.1\r\nHost: a\r\n{flood}\r\n");
        assert_eq!(statuses(&answers(port, flood.as_bytes())), [431]);
    }

    let body = message(1_000);
    let wrong = |at: usize| move |signature: String| flipped(&signature, at);
    for at in [3, 20, 45] {
        assert_eq!(sent(&request("msg-wrong", now(), &body, wrong(at))), [401], "wrong at letter {at}");
    }
    assert_eq!(sent(&request("msg-short", now(), &body, |signature| signature.chars().take(20).collect())), [401]);
    assert_eq!(sent(&request("msg-old", now() - 3_600, &body, as_is)), [401], "a replay after its time");
    let good = request("msg-good", now(), &body, as_is);
    assert_eq!(sent(&good), [202]);
    assert_eq!(sent(&good), [202], "a replay within its time is a repeat, and enrich knows its mention");
    let other_body = String::from_utf8(good.clone()).unwrap().replace("Leeds", "Derby");
    assert_eq!(sent(other_body.as_bytes()), [401], "a signature is for its body");

    let garbage = [good.as_slice(), b"\x00\xff\x16\x03\x01 not HTTP at all\r\n\r\n"].concat();
    assert_eq!(sent(&garbage), [202, 400], "what came before is answered");
    assert_eq!(sent(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), [400], "TLS to a port without");
    assert_eq!(honest(webhook, 2_000), 202);
    assert_eq!(ingest.page("/livez").map(|(status, _)| status), Some(200));
}

/// The signature with another letter at `at`.
fn flipped(signature: &str, at: usize) -> String {
    let mut letters: Vec<char> = signature.chars().collect();
    letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
    letters.into_iter().collect()
}

//! Who posts mentions to the webhook of a test's ingest.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use firebreak::demo::lead::Lead;
use firebreak::demo::poster::{Posted, Poster};
use stream::service::Stop;
use webhook::Secret;

use crate::process::{firebreak, free_address};

pub(crate) const SECRET: &str = "whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC";

/// Lines of a message.
const MESSAGE: usize = 50;

/// A sender, and the address that it posts to: an ingest that is started again is found there.
pub(crate) struct Sender {
    address: String,
    poster: Poster,
    sent: AtomicUsize,
}

impl Sender {
    pub(crate) fn new() -> Self {
        let address = free_address();
        let poster = Poster::new(vec![format!("http://{address}/webhook")], Secret::parse(SECRET).unwrap());
        Self { address, poster, sent: AtomicUsize::new(0) }
    }

    /// Tells an ingest to take what this sender sends.
    pub(crate) fn receive(&self, ingest: &mut Command) {
        ingest.env("FIREBREAK_WEBHOOK", &self.address).env("FIREBREAK_WEBHOOK_SECRETS", SECRET);
    }

    /// Sends lines in small messages, each until it is taken.
    pub(crate) fn send(&self, lines: &[Vec<u8>]) {
        lines.chunks(MESSAGE).for_each(|lines| self.post(&slices(lines)));
    }

    /// The same, no further ahead of what is decided than a replay may be.
    pub(crate) fn replay(&self, lines: &[Vec<u8>], lead: &mut Lead) {
        for lines in lines.chunks(MESSAGE) {
            let lines = slices(lines);
            let mut rest = &lines[..];
            while !rest.is_empty() {
                let (message, behind) = rest.split_at(Lead::message_length(rest));
                self.post(message);
                lead.posted(message.iter().copied(), &Stop::default()).unwrap();
                rest = behind;
            }
        }
    }

    fn post(&self, lines: &[&[u8]]) {
        let id = format!("msg-{}", self.sent.fetch_add(1, Ordering::Relaxed));
        assert_eq!(self.poster.post(&id, lines, &Stop::default()).unwrap(), Posted::Taken);
    }
}

fn slices(lines: &[Vec<u8>]) -> Vec<&[u8]> {
    lines.iter().map(Vec::as_slice).collect()
}

/// The lines of a crisis with duplicates, edits, deletes, and some that are no mention; `scale` is a factor on its rates.
pub(crate) fn crisis(scale: f64) -> Vec<Vec<u8>> {
    crisis_of("staff-leak", scale)
}

/// The same of another scenario.
pub(crate) fn crisis_of(scenario: &str, scale: f64) -> Vec<Vec<u8>> {
    let made = firebreak()
        .args(["simulate", scenario, "--hours", "24", "--scale", &scale.to_string(), "--seed", "7"])
        .args(["--duplicates", "0.05", "--poison", "0.01", "--edits", "0.03", "--deletes", "0.01"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let lines = made.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter(|line| names_itself(line)).map(<[u8]>::to_vec).collect()
}

/// What lacks one of these is completed by a webhook's message, and by nobody in a run.
fn names_itself(line: &[u8]) -> bool {
    let value = serde_json::from_slice::<serde_json::Value>(line).unwrap_or_default();
    ["source", "native_id", "published_at"].iter().all(|field| value[field].is_string())
}

//! Posts a scenario at a rate, one message after the other, so that receipts come in the order of their times.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use stream::service::Stop;

use super::lead::Lead;
use super::poster::{Posted, Poster, is_json};
use super::proof::{Revision, revision_of};

/// Messages a second, as long as each has a line and is answered in time.
const MESSAGES: f64 = 20.0;
/// Most lines of a message.
const MOST_LINES: usize = 500;

/// How far a feed is, for those who look on.
#[derive(Debug, Default)]
pub(super) struct Sent(AtomicUsize);

impl Sent {
    /// How many lines were answered.
    pub(super) fn lines(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What became of the lines.
#[derive(Debug, Default)]
pub(super) struct Fed {
    /// Lines that were taken.
    pub(super) taken: usize,
    /// Lines that were refused.
    pub(super) refused: usize,
    /// Revisions that were taken, as the lines call them themselves.
    pub(super) revisions: BTreeSet<Revision>,
}

/// Posts lines at `rate` a second, or as fast as they are taken and decided if that is slower, until they are all answered or the
/// process is to end.
///
/// # Errors
/// Nobody takes them, or nobody decides.
pub(super) fn feed(
    poster: &Poster,
    lead: &mut Lead,
    lines: &[&[u8]],
    rate: f64,
    sent: &Sent,
    stop: &Stop,
) -> anyhow::Result<Fed> {
    let (begun, mut fed) = (Instant::now(), Fed::default());
    let mut rest = lines;
    while !rest.is_empty() {
        let due = Duration::from_secs_f64(sent.lines() as f64 / rate);
        if stop.pause(due.saturating_sub(begun.elapsed())) {
            return Ok(fed);
        }
        // What fell behind is caught up with by larger messages.
        let behind = begun.elapsed().as_secs_f64() * rate - sent.lines() as f64;
        let length = message_length(rest, (rate / MESSAGES).max(behind));
        let (message, behind) = rest.split_at(Lead::message_length(&rest[..length]));
        match poster.post(&format!("demo-{}", sent.lines()), message, stop)? {
            Posted::Taken => {
                fed.taken += message.len();
                fed.revisions.extend(message.iter().filter_map(|line| revision_of(line)));
            }
            Posted::Refused(_) => fed.refused += message.len(),
            Posted::Stopped => return Ok(fed),
        }
        sent.0.fetch_add(message.len(), Ordering::Relaxed);
        lead.posted(message.iter().copied(), stop)?;
        rest = behind;
    }
    Ok(fed)
}

/// How many of the next lines go into one message, where so many are due: what is no JSON goes alone.
fn message_length(lines: &[&[u8]], due: f64) -> usize {
    let most = (due as usize).clamp(1, MOST_LINES);
    lines.iter().take(most).take_while(|line| is_json(line)).count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_holds_what_is_due_and_what_is_no_json_goes_alone() {
        let lines: [&[u8]; 6] = [b"{}", b"{}", b"{}", b"<html>", b"{}", b"{}"];
        assert_eq!(message_length(&lines, 2.0), 2);
        assert_eq!(message_length(&lines, 50.0), 3);
        assert_eq!(message_length(&lines[3..], 50.0), 1);
        assert_eq!(message_length(&lines, 0.5), 1);
    }
}

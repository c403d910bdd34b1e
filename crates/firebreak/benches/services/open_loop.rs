//! A load that does not wait for the system: mentions are posted when they are due, and a reader sees when they come out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use events::Topic;
use firebreak::demo::poster::{Posted, Poster};
use testkit::schedule::Schedule;

use crate::installation::Installation;
use crate::pause;
use crate::sight::{self, Hop, Seen};

/// Most messages a second: each is a transaction of ingest, or shares one.
pub(crate) const MESSAGES: u32 = 250;
/// Who posts at once. While all wait for an answer a message is late, and its lateness counts.
const SENDERS: usize = 16;
/// From the last message, before a mention that has not come counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks whether all have come.
const LOOK: Duration = Duration::from_millis(20);

/// What is posted, and where it is looked for.
pub(crate) struct Load<'a> {
    /// Tells its mentions from those of others.
    pub(crate) name: &'a str,
    pub(crate) schedule: Schedule,
    /// The line of a mention of this name and number.
    pub(crate) line: fn(&str, usize) -> Vec<u8>,
    /// Where mentions are seen.
    pub(crate) topics: &'a [(Hop, Topic)],
    /// Whether the mention of this number comes there.
    pub(crate) comes: fn(usize) -> bool,
}

/// What a reader saw of a load.
pub(crate) struct Heard {
    pub(crate) seen: Vec<Seen>,
    /// When the load began, in milliseconds of the wall's clock.
    begun: f64,
    schedule: Schedule,
    /// The longest that the reader itself was kept from looking, in milliseconds.
    pub(crate) stall: f64,
    /// The most that a message was posted after it was due, in milliseconds.
    pub(crate) late: f64,
}

impl Heard {
    /// Milliseconds from when a mention was due until it was seen at a step, sorted.
    pub(crate) fn since_due(&self, hop: Hop) -> Vec<f64> {
        self.sorted(hop, |seen| seen.at - self.begun - self.schedule.due_of(seen.number).as_secs_f64() * 1_000.0)
    }

    /// Milliseconds from acceptance until a mention was seen at a step, sorted.
    pub(crate) fn since_acceptance(&self, hop: Hop) -> Vec<f64> {
        self.sorted(hop, |seen| seen.at - seen.received_at)
    }

    fn sorted(&self, hop: Hop, after: impl Fn(&Seen) -> f64) -> Vec<f64> {
        let mut times: Vec<f64> = self.seen.iter().filter(|seen| seen.hop == hop).map(after).collect();
        times.sort_by(f64::total_cmp);
        times
    }
}

/// How far the senders of a load are.
#[derive(Default)]
struct Sent {
    /// The next message.
    next: AtomicUsize,
    /// Whether no further one is to be begun.
    over: AtomicBool,
    /// The most that one was late, in microseconds.
    late: AtomicUsize,
}

/// Posts a load for as long as `meanwhile` takes, and waits until each of its mentions was seen once at each step.
///
/// # Errors
/// Something does not answer, or a mention is lost or doubled.
pub(crate) fn run<T>(
    installation: &Installation<'_>,
    load: &Load<'_>,
    meanwhile: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(Heard, T)> {
    let stop = installation.world.stop;
    let poster = installation.poster()?;
    let mut hops: Vec<Hop> = load.topics.iter().map(|(hop, _)| *hop).collect();
    hops.dedup();
    let mut taps = sight::taps(&installation.settings, load.topics)?;
    let (sent, most) = (Sent::default(), AtomicUsize::new(usize::MAX));
    let (heard, expected, did) = thread::scope(|scope| {
        let (end, ended) = channel::<()>();
        let most = &most;
        let watching = scope.spawn(move || sight::watch(&mut taps, load.name, &ended, most));
        let (begun, wall) = (Instant::now(), sight::wall()?);
        let (poster, sent) = (&poster, &sent);
        let post = move || send(poster, load, begun, sent, installation);
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(post)).collect();
        let did = meanwhile();
        sent.over.store(true, Ordering::Relaxed);
        for sender in senders {
            sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        let did = did?;
        let messages = 0..sent.next.load(Ordering::Relaxed);
        let mentions = messages.flat_map(|message| load.schedule.mentions(message));
        let expected = mentions.filter(|number| (load.comes)(*number)).count();
        most.store(expected * hops.len(), Ordering::Relaxed);
        let deadline = Instant::now() + PATIENCE;
        while !watching.is_finished() && Instant::now() < deadline {
            pause(stop, LOOK)?;
        }
        drop(end);
        let (seen, stall) = watching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let heard = Heard {
            seen,
            begun: wall,
            schedule: load.schedule,
            stall: stall.as_secs_f64() * 1_000.0,
            late: sent.late.load(Ordering::Relaxed) as f64 / 1_000.0,
        };
        anyhow::Ok((heard, expected, did))
    })?;
    for hop in hops {
        let mut numbers: Vec<usize> =
            heard.seen.iter().filter(|seen| seen.hop == hop).map(|seen| seen.number).collect();
        let came = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        ensure!(came == numbers.len(), "a mention of {} was seen twice in {}", load.name, hop.name());
        let where_to_look = || installation.where_to_look();
        ensure!(came == expected, "{came} of {expected} mentions came to {}: {}", hop.name(), where_to_look());
    }
    Ok((heard, did))
}

/// Posts one message after the other when it is due, until it is over.
fn send(
    poster: &Poster,
    load: &Load<'_>,
    begun: Instant,
    sent: &Sent,
    installation: &Installation<'_>,
) -> anyhow::Result<()> {
    let stop = installation.world.stop;
    while !sent.over.load(Ordering::Relaxed) {
        let message = sent.next.fetch_add(1, Ordering::Relaxed);
        let due = begun + load.schedule.due(message);
        pause(stop, due.saturating_duration_since(Instant::now()))?;
        let micros = due.elapsed().as_micros();
        sent.late.fetch_max(usize::try_from(micros).unwrap_or(usize::MAX), Ordering::Relaxed);
        let mentions = load.schedule.mentions(message);
        let lines: Vec<Vec<u8>> = mentions.map(|mention| (load.line)(load.name, mention)).collect();
        let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
        let posted = poster.post(&format!("{}-{message}", load.name), &lines, stop);
        let posted = posted.with_context(|| installation.where_to_look())?;
        ensure!(posted == Posted::Taken, "a message was not taken: {posted:?}");
    }
    Ok(())
}

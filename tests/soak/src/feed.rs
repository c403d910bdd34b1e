//! Posts the load to the signed webhook and keeps a list of what was taken, on disk before it counts.
//!
//! Mentions go out at a rate by several senders. A third of the complaints is answered by the brand: those that are due while a stage
//! stands still in the last two seconds, others at some moment before.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use firebreak::demo::poster::{Posted, Poster};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use stream::service::Stop;

use crate::load::{Line, Load, What};
use crate::plan::{Fault, HOLD, holds};

/// Between two lots of lines.
const LOT: Duration = Duration::from_millis(40);
const SENDERS: usize = 8;
/// Answers of the brand in one message, at most.
const ANSWERS: usize = 200;
/// Lots that may wait for each sender.
const WAITING: usize = 2;
/// How long the brand has for its first reply to a complaint, as the book says.
const DUE: Duration = Duration::from_secs(20);
/// Answers that come late come so long before that.
const LAST_MOMENT: f64 = 2.0;
/// Of the complaints that are not due in a hold, how many are answered in good time: with those that are, a third of all.
const ANSWERED: f64 = 0.2;
/// How long a brand is hot, and then none: a whole minute of it at least, which the detector sees.
const HOT: Duration = Duration::from_secs(120);
/// After so long it is another brand: for the detector a rise that it has not seen before.
const NEXT_BRAND: Duration = Duration::from_secs(240);

/// What the oracle is told.
#[derive(Debug)]
pub(crate) enum Told {
    /// These lines go out.
    Posted(Vec<Line>),
    /// They were taken.
    Taken(Vec<Line>),
    /// A record that nobody can read goes into a topic.
    Garbage(Vec<u8>),
    /// It is there.
    GarbageThere(Vec<u8>),
    /// A process ended because the state it restored does not fit the committed offsets.
    Refused(String),
}

/// A complaint that is to be answered.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Owed {
    at: Instant,
    number: u32,
    brand: usize,
}

/// What feeds share.
pub(crate) struct Feed<'a> {
    poster: &'a Poster,
    load: Mutex<Load>,
    random: Mutex<ChaCha8Rng>,
    owed: Mutex<BinaryHeap<Reverse<Owed>>>,
    list: Mutex<File>,
    told: Sender<Told>,
    messages: AtomicU64,
    begun: Instant,
    /// When stages stand still, since the beginning.
    held: Vec<(Duration, Duration)>,
}

impl<'a> Feed<'a> {
    /// A feed that begins now; the list of what was taken goes to `list`.
    pub(crate) fn new(
        poster: &'a Poster,
        seed: u64,
        (begun, lasts): (Instant, Duration),
        list: File,
        told: Sender<Told>,
    ) -> Self {
        let held = holds(lasts).filter(|(_, fault)| matches!(fault, Fault::Hold { .. }));
        Self {
            poster,
            load: Mutex::new(Load::new(seed)),
            random: Mutex::new(ChaCha8Rng::seed_from_u64(!seed)),
            owed: Mutex::default(),
            list: Mutex::new(list),
            told,
            messages: AtomicU64::new(0),
            begun,
            held: held.map(|(at, _)| (at, at + HOLD)).collect(),
        }
    }

    /// Feeds `rate` lines a second until `over`. Returns when everything given out was taken; the first message that is not
    /// ends the soak: it `failed`.
    ///
    /// # Errors
    /// Nobody takes it.
    pub(crate) fn run(&self, rate: f64, over: &Stop, (abandon, failed): (&Stop, &Stop)) -> anyhow::Result<()> {
        thread::scope(|scope| {
            let told = |sent: anyhow::Result<()>| sent.inspect_err(|_| failed.want());
            let mut lots = Vec::new();
            let mut senders = Vec::new();
            for _ in 0..SENDERS {
                let (give, take) = sync_channel(WAITING);
                lots.push(give);
                senders.push(scope.spawn(move || told(self.send_all(&take, abandon))));
            }
            senders.push(scope.spawn(move || told(self.answer(over, abandon))));
            self.make(rate, &lots, over);
            drop(lots);
            senders
                .into_iter()
                .try_for_each(|sender| sender.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    fn make(&self, rate: f64, lots: &[SyncSender<Vec<Line>>], over: &Stop) {
        let (begun, mut made) = (Instant::now(), 0.0);
        for give in lots.iter().cycle() {
            if over.pause(LOT) {
                return;
            }
            let due = begun.elapsed().as_secs_f64() * rate - made;
            // What could not go out while nobody took it is not made up for at once.
            let count = due.clamp(1.0, rate * LOT.as_secs_f64() * 4.0) as usize;
            made = (begun.elapsed().as_secs_f64() * rate).max(made + count as f64);
            let elapsed = self.begun.elapsed().as_secs();
            let hot = (elapsed / HOT.as_secs()).is_multiple_of(2).then_some((elapsed / NEXT_BRAND.as_secs()) as usize);
            let mut load = lock(&self.load);
            let lot = (0..count).map(|_| load.next(now(), hot)).collect();
            drop(load);
            if give.send(lot).is_err() {
                // Its sender gave up, and says why.
                return;
            }
        }
    }

    fn send_all(&self, lots: &Receiver<Vec<Line>>, abandon: &Stop) -> anyhow::Result<()> {
        lots.iter().try_for_each(|lot| self.send(lot, abandon))
    }

    /// Posts lines in one message until it is taken.
    fn send(&self, lines: Vec<Line>, abandon: &Stop) -> anyhow::Result<()> {
        let number = self.messages.fetch_add(1, Ordering::Relaxed);
        let posted = SystemTime::now();
        let sent = Instant::now();
        // Nobody listens any more once the soak is over.
        drop(self.told.send(Told::Posted(lines.clone())));
        let bytes: Vec<&[u8]> = lines.iter().map(|line| line.bytes.as_slice()).collect();
        match self.poster.post(&format!("soak-{number}"), &bytes, abandon)? {
            Posted::Stopped => return Ok(()),
            Posted::Refused(status) => anyhow::bail!("message {number} is refused with {status}"),
            Posted::Taken => {}
        }
        self.note(number, posted, &lines)?;
        self.owe(&lines, sent);
        let mut load = lock(&self.load);
        for line in &lines {
            if let What::Revision(revision) = line.what {
                load.taken(revision);
            }
        }
        drop(load);
        drop(self.told.send(Told::Taken(lines)));
        Ok(())
    }

    /// What was taken lies on the disk before it counts as such.
    fn note(&self, number: u64, posted: SystemTime, lines: &[Line]) -> anyhow::Result<()> {
        let at = posted.duration_since(UNIX_EPOCH)?.as_millis();
        let texts: Vec<_> = lines.iter().map(|line| String::from_utf8_lossy(&line.bytes)).collect();
        let mut list = lock(&self.list);
        writeln!(list, "{}", json!({"message": number, "posted_at": at as u64, "lines": texts}))?;
        list.sync_data().context("the list of what was taken cannot be written")
    }

    /// Remembers which of these complaints are answered, and when.
    fn owe(&self, lines: &[Line], sent: Instant) {
        let mut random = lock(&self.random);
        for line in lines {
            let What::Revision(revision) = line.what else { continue };
            let brand = lock(&self.load).brand_of(revision.number);
            let (true, Some(brand)) = (revision.complains, brand) else { continue };
            let due = sent + DUE;
            let since = due.saturating_duration_since(self.begun);
            let at = if self.held.iter().any(|(from, to)| *from <= since && since <= *to) {
                due.checked_sub(Duration::from_secs_f64(random.random_range(0.0..LAST_MOMENT)))
            } else if random.random_bool(ANSWERED) {
                Some(sent + Duration::from_secs_f64(random.random_range(1.0..15.0)))
            } else {
                None
            };
            if let Some(at) = at {
                lock(&self.owed).push(Reverse(Owed { at, number: revision.number, brand }));
            }
        }
    }

    /// Answers what is owed when it is time.
    fn answer(&self, over: &Stop, abandon: &Stop) -> anyhow::Result<()> {
        while !over.pause(Duration::from_millis(20)) {
            let mut lines = Vec::new();
            let mut owed = lock(&self.owed);
            while owed.peek().is_some_and(|Reverse(owed)| owed.at <= Instant::now()) {
                let Some(Reverse(Owed { number, brand, .. })) = owed.pop() else { break };
                lines.push(lock(&self.load).answer(number, brand, now()));
            }
            drop(owed);
            // After a stall many are due at once: a message must stay below what the webhook takes.
            lines.chunks(ANSWERS).try_for_each(|some| self.send(some.to_vec(), abandon))?;
        }
        Ok(())
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The way from those who push to the worker: bounded by bytes, answered after the commit.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use events::EventTime;
use stream::Header;
use tokio::sync::oneshot;

/// What a push takes of the room at least: a queue of tiny ones is bounded too.
const LEAST: usize = 16 * 1024;
/// A push that waited for longer is not committed any more: whoever sent it has been told to send it again, and the time of
/// its receipt, which later stages wait for, would lie too far back.
const STALE: Duration = Duration::from_secs(5);

/// A record that is pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// What dead letters call it.
    pub key: Bytes,
    /// Its bytes.
    pub value: Bytes,
    /// What is known of it besides.
    pub headers: Vec<Header>,
    /// When it was received.
    pub received_at: EventTime,
}

/// Records of one push, and who waits for their commit.
pub(super) struct Push {
    pub(super) records: Vec<Pushed>,
    arrived: Instant,
    committed: oneshot::Sender<()>,
    _room: Room,
}

impl Push {
    /// How long it has waited.
    pub(super) fn waited(&self) -> Duration {
        self.arrived.elapsed()
    }

    /// It is committed. A push that is dropped without this was not, or nobody knows.
    pub(super) fn answer(self) {
        // Who waited may have gone.
        let _gone = self.committed.send(());
    }
}

/// The bounded queue between those who push and the workers of a process.
#[derive(Debug)]
pub struct Intake {
    limit: usize,
    used: AtomicUsize,
    queue: Mutex<Queue>,
    pushed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Push>,
    closed: bool,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push").field("records", &self.records.len()).finish_non_exhaustive()
    }
}

/// Room in an [`Intake`], taken before anything is kept in memory and given back when it is dropped.
#[derive(Debug)]
pub struct Room {
    of: Arc<Intake>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.of.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

impl Room {
    /// Takes more, until it is room for `bytes`; `false` when there is none now.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let grown = self.of.reserve(more);
        if grown {
            self.bytes += more;
        }
        grown
    }

    /// Takes what a push of `bytes` takes at least; `false` when there is none now.
    pub fn settle(&mut self, bytes: usize) -> bool {
        self.grow(bytes.max(LEAST))
    }
}

impl Intake {
    /// An empty one that holds `limit` bytes at most; each push takes 16 KiB at least.
    pub fn new(limit: usize) -> Arc<Self> {
        let (used, queue, pushed) = (AtomicUsize::new(0), Mutex::default(), Condvar::new());
        Arc::new(Self { limit, used, queue, pushed })
    }

    /// Room for a push of `bytes`; `None` when there is none now.
    pub fn room(self: &Arc<Self>, bytes: usize) -> Option<Room> {
        let mut room = self.no_room();
        room.settle(bytes).then_some(room)
    }

    /// Room for nothing yet, which grows with what comes: who only announces much takes nothing.
    pub fn no_room(self: &Arc<Self>) -> Room {
        Room { of: Arc::clone(self), bytes: 0 }
    }

    fn reserve(&self, bytes: usize) -> bool {
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.limit);
        self.used.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).is_ok()
    }

    /// Hands records over. The receiver hears of their commit, or fails: then they are to be pushed again.
    pub fn push(&self, room: Room, records: Vec<Pushed>) -> oneshot::Receiver<()> {
        let (committed, answer) = oneshot::channel();
        let push = Push { records, arrived: Instant::now(), committed, _room: room };
        let mut queue = self.lock();
        if !queue.closed {
            queue.waiting.push_back(push);
            self.pushed.notify_one();
        }
        answer
    }

    /// How many pushes wait to be taken.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Takes nothing any more; what is there can still be committed.
    pub fn close(&self) {
        self.lock().closed = true;
        self.pushed.notify_all();
    }

    /// Whether it is closed and empty: its workers may end.
    pub fn is_done(&self) -> bool {
        let queue = self.lock();
        queue.closed && queue.waiting.is_empty()
    }

    /// What waits, up to `most` records (one push more than fits is never split); waits up to `wait` for a first one.
    pub(super) fn take(&self, most: usize, wait: Duration) -> Vec<Push> {
        let mut queue = self.lock();
        if queue.waiting.is_empty() && !queue.closed && !wait.is_zero() {
            queue = self.pushed.wait_timeout(queue, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
        let (mut taken, mut records) = (Vec::new(), 0);
        while let Some(push) = queue.waiting.pop_front() {
            if push.arrived.elapsed() > STALE {
                continue;
            }
            records += push.records.len();
            if records > most && !taken.is_empty() {
                queue.waiting.push_front(push);
                break;
            }
            taken.push(push);
        }
        taken
    }

    /// Lets go of what waited for too long.
    pub(super) fn forget_stale(&self) {
        self.lock().waiting.retain(|push| push.arrived.elapsed() <= STALE);
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A push is put in or taken out whole.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: &str) -> Pushed {
        Pushed {
            key: Bytes::copy_from_slice(key.as_bytes()),
            value: Bytes::new(),
            headers: Vec::new(),
            received_at: EventTime::EPOCH,
        }
    }

    #[test]
    fn room_is_bounded_and_comes_back_when_a_push_is_answered_or_dropped() {
        let intake = Intake::new(3 * LEAST);
        let (first, second) = (intake.room(1).unwrap(), intake.room(2 * LEAST).unwrap());
        assert!(intake.room(1).is_none() && intake.room(usize::MAX).is_none());
        drop(second);
        let mut answer = intake.push(first, vec![record("a")]);
        assert!(intake.room(2 * LEAST).is_some() && intake.room(3 * LEAST).is_none());
        assert!(answer.try_recv().is_err_and(|why| why == oneshot::error::TryRecvError::Empty));
        intake.take(10, Duration::ZERO).into_iter().for_each(Push::answer);
        assert_eq!(answer.try_recv(), Ok(()));
        assert!(intake.room(3 * LEAST).is_some());
    }

    #[test]
    fn room_grows_with_what_comes_and_a_refused_part_takes_nothing() {
        let intake = Intake::new(2 * LEAST);
        let (mut first, mut second) = (intake.no_room(), intake.no_room());
        assert!(first.grow(LEAST) && second.grow(1) && first.grow(LEAST));
        assert!(!second.grow(LEAST + 1) && !second.grow(usize::MAX));
        assert!(second.settle(1) && !first.grow(LEAST + 1));
        drop(second);
        assert!(first.grow(2 * LEAST) && !intake.no_room().grow(1));
    }

    #[test]
    fn a_push_is_never_split_and_those_behind_it_wait() {
        let intake = Intake::new(1 << 20);
        for count in [3, 2, 2] {
            drop(intake.push(intake.room(0).unwrap(), vec![record("a"); count]));
        }
        let sizes = |pushes: Vec<Push>| pushes.iter().map(|push| push.records.len()).collect::<Vec<_>>();
        assert_eq!(sizes(intake.take(2, Duration::ZERO)), [3]);
        assert_eq!(sizes(intake.take(4, Duration::ZERO)), [2, 2]);
    }

    #[test]
    fn a_closed_intake_takes_nothing_and_gives_what_it_has() {
        let intake = Intake::new(1 << 20);
        drop(intake.push(intake.room(0).unwrap(), vec![record("a")]));
        intake.close();
        let mut late = intake.push(intake.room(0).unwrap(), vec![record("b")]);
        assert!(late.try_recv().is_err_and(|why| why == oneshot::error::TryRecvError::Closed));
        assert!(!intake.is_done());
        assert_eq!(intake.take(10, Duration::from_secs(60)).len(), 1);
        assert!(intake.is_done());
    }
}

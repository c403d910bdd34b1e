//! Looking for a schedule that breaks a law: at random, or one after the other; and making one that was found short.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

use stream::Planted;

use crate::chooser::Chooser;
use crate::member::Member;
use crate::scene::Limits;
use crate::world::{Ending, live};

/// Schedules that a thread takes at once.
const BLOCK: u64 = 64;
/// Choices by which a walk is shared out.
const SHARED: usize = 4;

/// A schedule that breaks a law.
#[derive(Debug)]
pub(crate) struct Found {
    /// Of which seed it is; `None` when it was found on a walk.
    pub(crate) seed: Option<u64>,
    /// How many schedules were lived through until then, this one included.
    pub(crate) after: u64,
    /// Its choices, made few.
    pub(crate) schedule: Vec<u8>,
    /// The law that it breaks, and how it goes.
    pub(crate) broken: String,
    pub(crate) story: Vec<String>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seed = self.seed.map(|seed| format!(" (seed {seed})")).unwrap_or_default();
        writeln!(f, "after {} schedules{seed}: {}", self.after, self.broken)?;
        writeln!(f, "the schedule, shortened, is {:?}:", self.schedule)?;
        self.story.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// What is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Model {
    live: fn(Planted, Limits, Chooser, bool) -> Ending,
    planted: Planted,
    limits: Limits,
}

impl Model {
    /// Two members of this kind, with what is planted, within these limits.
    pub(crate) fn of<M: Member>(planted: impl Into<Planted>, limits: Limits) -> Self {
        Self { live: live::<M>, planted: planted.into(), limits }
    }

    fn live(self, chooser: Chooser) -> Ending {
        (self.live)(self.planted, self.limits, chooser, false)
    }

    fn breaks(self, schedule: &[u8]) -> bool {
        self.live(Chooser::told(schedule.to_vec())).broken.is_some()
    }
}

/// Lives through `count` random schedules from seed `first` on, on every core.
///
/// # Errors
/// The first that breaks a law, by its seed.
pub(crate) fn at_random(model: Model, first: u64, count: u64) -> Result<(), Found> {
    let (next, broken) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    on_every_core(|| {
        loop {
            let from = next.fetch_add(BLOCK, Ordering::Relaxed);
            // Those before the first that is known are looked at all the same: so the answer does not depend on the threads.
            let to = count.min(from + BLOCK).min(broken.load(Ordering::Relaxed));
            if from >= to {
                return;
            }
            let breaks = |at: &u64| model.live(Chooser::random(first + at)).broken.is_some();
            if let Some(at) = (from..to).find(breaks) {
                broken.fetch_min(at, Ordering::Relaxed);
            }
        }
    });
    match broken.into_inner() {
        u64::MAX => Ok(()),
        at => {
            let ending = model.live(Chooser::random(first + at));
            Err(found(model, &ending, Some(first + at), at + 1))
        }
    }
}

/// What a walk has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Walked {
    /// Schedules that were lived through to their end and checked.
    pub(crate) checked: u64,
    /// Schedules that were left where something was done that changes nothing.
    pub(crate) left: u64,
}

/// Lives through every schedule within the limits, on every core.
///
/// # Errors
/// One that breaks a law.
pub(crate) fn all(model: Model) -> Result<Walked, Found> {
    let mut shares = vec![Vec::new()];
    let mut path = Some(Vec::new());
    while let Some(told) = path {
        let ending = model.live(Chooser::systematic(told));
        shares.push(ending.chooser.taken().iter().copied().take(SHARED).collect());
        path = ending.chooser.next_path(0, SHARED);
    }
    shares.remove(0);
    let (next, walked, first) = (AtomicUsize::new(0), Mutex::new(Walked::default()), Mutex::new(None));
    on_every_core(|| {
        while let Some(share) = shares.get(next.fetch_add(1, Ordering::Relaxed)) {
            let fixed = share.len().min(SHARED);
            let mut path = Some(share.clone());
            while let Some(told) = path {
                let ending = model.live(Chooser::systematic(told));
                path = ending.chooser.next_path(fixed, usize::MAX);
                let mut walked = walked.lock().expect("nobody panicked over it");
                *if ending.pruned { &mut walked.left } else { &mut walked.checked } += 1;
                let (after, mut first) = (walked.checked + walked.left, first.lock().expect("nobody panicked over it"));
                if ending.broken.is_some() {
                    first.get_or_insert((ending, after));
                }
                if first.is_some() {
                    return;
                }
            }
        }
    });
    match first.into_inner().expect("nobody panicked over it") {
        None => Ok(walked.into_inner().expect("nobody panicked over it")),
        Some((ending, after)) => Err(found(model, &ending, None, after)),
    }
}

fn on_every_core(work: impl Fn() + Sync) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(&work))));
}

fn found(model: Model, ending: &Ending, seed: Option<u64>, after: u64) -> Found {
    let schedule = shorten(model, ending.chooser.taken().to_vec());
    let told = (model.live)(model.planted, model.limits, Chooser::told(schedule.clone()), true);
    Found { seed, after, schedule, broken: told.broken.unwrap_or_default(), story: told.story }
}

/// Leaves choices out and makes them smaller as long as the schedule breaks a law, whichever.
fn shorten(model: Model, mut schedule: Vec<u8>) -> Vec<u8> {
    loop {
        let before = schedule.clone();
        for length in [16, 8, 4, 2, 1] {
            let mut from = 0;
            while from < schedule.len() {
                let to = (from + length).min(schedule.len());
                let shorter = [&schedule[..from], &schedule[to..]].concat();
                if model.breaks(&shorter) { schedule = shorter } else { from += length }
            }
        }
        for at in 0..schedule.len() {
            for smaller in 0..schedule[at] {
                let calmer = [&schedule[..at], &[smaller], &schedule[at + 1..]].concat();
                if model.breaks(&calmer) {
                    schedule = calmer;
                    break;
                }
            }
        }
        if schedule == before {
            return schedule;
        }
    }
}

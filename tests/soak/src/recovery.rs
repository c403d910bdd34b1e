//! How long it takes from a fall to the first commit after it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use events::{Partition, Role};
use firebreak::demo::scrape::Scraper;
use stream::service::Stop;

use crate::plan::Fault;

/// Between two questions.
const ASK: Duration = Duration::from_millis(100);
/// A replacement that has not committed by then was itself hurt, and is not measured.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// What is being waited for, and what was measured.
#[derive(Default)]
pub(crate) struct Recoveries(Mutex<Measured>);

#[derive(Default)]
struct Measured {
    stages: Vec<Fall>,
    broker: Option<(Instant, BTreeSet<(Role, Partition)>)>,
    times: Times,
}

/// A process that was killed, and its replacement.
#[derive(Clone)]
struct Fall {
    at: Instant,
    stage: &'static str,
    /// Where the replacement tells what it has done.
    admin: String,
    in_place: bool,
    /// Whether something else reached it before it had recovered.
    disturbed: bool,
}

/// Times of recovery.
#[derive(Debug, Default, Clone)]
pub(crate) struct Times {
    /// Of a stage whose replacement has another name, as on another host.
    pub(crate) stage: Vec<Duration>,
    /// Of a stage that starts again in its place.
    pub(crate) stage_in_place: Vec<Duration>,
    /// Those of both that nothing else reached meanwhile: what the stage itself takes.
    pub(crate) undisturbed: Vec<Duration>,
    /// Of a broker: until each partition of enrich and classify has committed again.
    pub(crate) broker: Vec<Duration>,
    /// Replacements that were hurt before they committed.
    pub(crate) given_up: usize,
}

impl Recoveries {
    /// A process of `stage` was killed at a moment, and its replacement answers at `admin`; `disturbed` says whether anything
    /// else is under way that reaches it.
    pub(crate) fn stage_fell(
        &self,
        at: Instant,
        (stage, disturbed): (&'static str, bool),
        admin: String,
        in_place: bool,
    ) {
        self.lock().stages.push(Fall { at, stage, admin, in_place, disturbed });
    }

    /// A fault happens now.
    pub(crate) fn befalls(&self, fault: &Fault) {
        self.lock().stages.iter_mut().for_each(|fall| fall.disturbed |= fault.reaches(fall.stage));
    }

    /// A broker was killed now.
    pub(crate) fn broker_fell(&self) {
        self.lock().broker = Some((Instant::now(), BTreeSet::new()));
    }

    /// A partition of a role has committed a turn that was begun after the last fall, as far as a reader sees.
    pub(crate) fn committed(&self, role: Role, partition: Partition, partitions: usize) {
        if !matches!(role, Role::Enrich | Role::Classify) {
            return;
        }
        let mut measured = self.lock();
        let Some((fell, seen)) = &mut measured.broker else { return };
        // What was in flight when it fell may still be read.
        if fell.elapsed() < ASK {
            return;
        }
        seen.insert((role, partition));
        let took = (seen.len() == 2 * partitions).then(|| fell.elapsed());
        if let Some(took) = took {
            measured.broker = None;
            measured.times.broker.push(took);
        }
    }

    /// Asks replacements whether they have committed, until it is to stop.
    pub(crate) fn ask(&self, stop: &Stop) {
        let scraper = Scraper::default();
        while !stop.pause(ASK) {
            let waiting = self.lock().stages.clone();
            let committed = |fall: &Fall| {
                scraper.scrape(&fall.admin).is_some_and(|scrape| {
                    scrape.sum("firebreak_transactions_total", "\"committed\"") > 0.0
                        || scrape.sum("firebreak_writes_total", "") > 0.0
                })
            };
            for known in waiting.iter().filter(|fall| committed(fall) || fall.at.elapsed() > GIVEN_UP) {
                self.lock().over(known);
            }
        }
    }

    /// What was measured, each sorted.
    pub(crate) fn times(&self) -> Times {
        let mut times = self.lock().times.clone();
        for each in [&mut times.stage, &mut times.stage_in_place, &mut times.undisturbed, &mut times.broker] {
            each.sort();
        }
        times
    }

    fn lock(&self) -> MutexGuard<'_, Measured> {
        // Each part is exchanged whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Measured {
    /// A replacement has committed, or is waited for no longer.
    fn over(&mut self, known: &Fall) {
        let Some(at) = self.stages.iter().position(|fall| fall.admin == known.admin && fall.at == known.at) else {
            return;
        };
        let fall = self.stages.swap_remove(at);
        let took = fall.at.elapsed();
        if took > GIVEN_UP {
            self.times.given_up += 1;
            return;
        }
        if fall.in_place { &mut self.times.stage_in_place } else { &mut self.times.stage }.push(took);
        if !fall.disturbed {
            self.times.undisturbed.push(took);
        }
    }
}

//! How long it takes from a fall to the first commit after it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use events::{Partition, Role};
use firebreak::demo::scrape::Scraper;
use stream::service::Stop;

/// Between two questions.
const ASK: Duration = Duration::from_millis(100);
/// A replacement that has not committed by then was itself hurt, and is not measured.
const GIVEN_UP: Duration = Duration::from_secs(60);

/// What is being waited for, and what was measured.
#[derive(Default)]
pub(crate) struct Recoveries(Mutex<Measured>);

#[derive(Default)]
struct Measured {
    stages: Vec<(Instant, String, bool)>,
    broker: Option<(Instant, BTreeSet<(Role, Partition)>)>,
    elsewhere: Vec<Duration>,
    in_place: Vec<Duration>,
    brokers: Vec<Duration>,
    given_up: usize,
}

/// Times of recovery.
#[derive(Debug, Default)]
pub(crate) struct Times {
    /// Of a stage whose replacement has another name, as on another host.
    pub(crate) stage: Vec<Duration>,
    /// Of a stage that starts again in its place.
    pub(crate) stage_in_place: Vec<Duration>,
    /// Of a broker: until each partition of enrich and classify has committed again.
    pub(crate) broker: Vec<Duration>,
    /// Replacements that were hurt before they committed.
    pub(crate) given_up: usize,
}

impl Recoveries {
    /// A process was killed at a moment, and its replacement answers at `admin`.
    pub(crate) fn stage_fell(&self, at: Instant, admin: String, in_place: bool) {
        self.lock().stages.push((at, admin, in_place));
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
            measured.brokers.push(took);
        }
    }

    /// Asks replacements whether they have committed, until it is to stop.
    pub(crate) fn ask(&self, stop: &Stop) {
        let scraper = Scraper::default();
        while !stop.pause(ASK) {
            let waiting = std::mem::take(&mut self.lock().stages);
            for (fell, admin, in_place) in waiting {
                let committed = scraper.scrape(&admin).is_some_and(|scrape| {
                    scrape.sum("firebreak_transactions_total", "\"committed\"") > 0.0
                        || scrape.sum("firebreak_writes_total", "") > 0.0
                });
                let mut measured = self.lock();
                match (committed, in_place) {
                    (true, true) => measured.in_place.push(fell.elapsed()),
                    (true, false) => measured.elsewhere.push(fell.elapsed()),
                    (false, _) if fell.elapsed() > GIVEN_UP => measured.given_up += 1,
                    (false, _) => measured.stages.push((fell, admin, in_place)),
                }
            }
        }
    }

    /// What was measured, each sorted.
    pub(crate) fn times(&self) -> Times {
        let measured = self.lock();
        let sorted = |times: &[Duration]| {
            let mut times = times.to_vec();
            times.sort();
            times
        };
        Times {
            stage: sorted(&measured.elsewhere),
            stage_in_place: sorted(&measured.in_place),
            broker: sorted(&measured.brokers),
            given_up: measured.given_up,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Measured> {
        // Each part is exchanged whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The detector of spikes: counts a minute in, readings out. It knows nothing of tallies, brands or incidents.
//!
//! Each series has a [`Live`] part (recent minutes) and a [`Baseline`] (what is normal). A [`Detector`] looks at windows of
//! several lengths that end at a minute and says which of them is the least likely, and whether that is an alarm.

mod baseline;
mod live;
mod onset;
mod tail;
mod wire;

pub use baseline::Baseline;
pub use live::Live;
pub use onset::onset;
pub use tail::{SCORE_CAP, score};

use book::Detection;

/// Window lengths in minutes.
pub const WINDOWS: [i64; 5] = [1, 5, 10, 30, 60];
/// Minutes after its end before an hour teaches, so that what comes late counts.
pub const TEACH_LAG: i64 = 10;
/// The budget of false alarms is a ceiling: real brands are more restless than any model of them, so little of it is spent.
const CAUTION: f64 = 300.0;
/// Windows of an hour that end a minute apart are hardly two looks: this many minutes of a longer window count as one.
const LOOK: f64 = 5.0;
/// Minutes in a week.
const WEEK: f64 = 10_080.0;
/// Without a learnt hour, at least this many minutes before a window say what is normal …
const COLD_MINUTES: i64 = 15;
/// … and an alarm needs this many times the usual ratio and mentions.
const COLD_FACTOR: f64 = 4.0;

/// When a rise is a spike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detector {
    min_mentions: u64,
    min_people: i64,
    min_ratio: f64,
    /// Strength from which a window is an alarm.
    threshold: f64,
    /// The shortest window in minutes.
    shortest: i64,
}

/// What one window says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Its last minute.
    pub at: i64,
    /// Its length in minutes.
    pub minutes: i64,
    /// Mentions expected.
    pub expected: f64,
    /// Mentions observed.
    pub observed: u64,
    /// Distinct people observed, at least.
    pub people: i64,
    /// −log10 of the probability of that many.
    pub score: f64,
    /// Whether nothing but the first minutes say what is normal.
    pub cold: bool,
}

impl Reading {
    /// Observed over expected; an expectation below one mention counts as one.
    pub fn ratio(&self) -> f64 {
        self.observed as f64 / self.expected.max(1.0)
    }

    /// How strongly the window speaks for a spike: its score, and more for a long one, because fewer such windows are looked at.
    fn strength(&self) -> f64 {
        self.score + (self.minutes as f64 / LOOK).max(1.0).log10()
    }

    /// Mentions above what was expected.
    pub fn surplus(&self) -> f64 {
        self.observed as f64 - self.expected
    }
}

impl Detector {
    /// The detector for a brand with `series` series: the budget of false alarms is spread over all that is tested.
    pub fn new(detection: &Detection, series: usize) -> Self {
        let tests = WEEK * WINDOWS.len() as f64 * series.max(1) as f64;
        Self {
            min_mentions: detection.min_mentions.max(1).unsigned_abs(),
            min_people: detection.min_people,
            min_ratio: detection.min_ratio,
            threshold: -(detection.false_alarms_per_week / tests / CAUTION).log10(),
            shortest: 1,
        }
    }

    /// The same detector for counts that come every `minutes` minutes.
    #[must_use]
    pub fn every(self, minutes: i64) -> Self {
        Self { shortest: minutes, ..self }
    }

    /// The least likely window that ends at minute `at` and does not begin before `since`; of equally unlikely ones the longest.
    /// None where nothing stands out. An expectation below one mention counts as one, so that what was never heard of is
    /// no certainty.
    pub fn strongest(&self, live: &Live, baseline: &Baseline, at: i64, since: i64) -> Option<Reading> {
        let mut best: Option<Reading> = None;
        for minutes in WINDOWS.into_iter().filter(|minutes| *minutes >= self.shortest && at - minutes + 1 >= since) {
            let reading = self.read(live, baseline, at, minutes);
            let Some(reading) =
                reading.filter(|reading| reading.observed >= self.min_mentions && reading.surplus() > 0.0)
            else {
                continue;
            };
            let reading = Reading {
                score: score(reading.observed, reading.expected.max(1.0), baseline.dispersion(at, minutes)),
                ..reading
            };
            if best.is_none_or(|best| reading.strength() >= best.strength()) {
                best = Some(reading);
            }
        }
        let mut best = best.filter(|best| best.score > 0.0)?;
        best.people = live.people_since(at - best.minutes + 1);
        Some(best)
    }

    /// The least likely window that ends at minute `at`, if it is an alarm.
    pub fn alarm(&self, live: &Live, baseline: &Baseline, at: i64) -> Option<Reading> {
        self.strongest(live, baseline, at, i64::MIN).filter(|reading| self.is_alarm(reading))
    }

    /// Whether a reading is an alarm: unlikely, and large enough in mentions, people and ratio.
    pub fn is_alarm(&self, reading: &Reading) -> bool {
        let factor = if reading.cold { COLD_FACTOR } else { 1.0 };
        reading.strength() >= self.threshold
            && reading.observed as f64 >= factor * self.min_mentions as f64
            && reading.people >= self.min_people
            && reading.ratio() >= factor * self.min_ratio
    }

    /// What the window of `minutes` that ends at minute `at` says, its score left at 0; none while nothing is known.
    pub fn read(&self, live: &Live, baseline: &Baseline, at: i64, minutes: i64) -> Option<Reading> {
        let from = at - minutes + 1;
        let (expected, cold) = match expected(baseline, from, at) {
            Some(expected) => (expected, false),
            None => {
                let known = (from - baseline.since()).min(120);
                if known < COLD_MINUTES {
                    return None;
                }
                (live.sum(from - known, from - 1) as f64 / known as f64 * minutes as f64, true)
            }
        };
        let observed = live.sum(from, at);
        Some(Reading { at, minutes, expected, observed, people: 0, score: 0.0, cold })
    }
}

/// Expected mentions in `[from, to]`.
fn expected(baseline: &Baseline, from: i64, to: i64) -> Option<f64> {
    let mut sum = 0.0;
    let mut minute = from;
    while minute <= to {
        // Minutes of one hour are alike.
        let last = (minute.div_euclid(60) * 60 + 59).min(to);
        sum += baseline.expected(minute)? * (last - minute + 1) as f64;
        minute = last + 1;
    }
    Some(sum)
}

/// Lets `baseline` learn every hour that is due at minute `at`; `disturbed` says whether an incident lay over `[from, to]`.
/// True when it learnt something.
pub fn teach(live: &Live, baseline: &mut Baseline, at: i64, disturbed: impl Fn(i64, i64) -> bool) -> bool {
    let mut learnt = false;
    while let Some(hour) = baseline.due(at, TEACH_LAG) {
        let from = hour * 60;
        let mut fives = [0; 12];
        for (five, start) in fives.iter_mut().zip((from..).step_by(5)) {
            *five = live.sum(start, start + 4);
        }
        baseline.teach(&fives, disturbed(from, from + 59));
        learnt = true;
    }
    learnt
}

#[cfg(test)]
mod tests;

//! What is normal for a series: a profile over the hours of the week, learnt hour by hour.
//!
//! What is known of an hour is a [`Belief`]: the last hours say a little about it, the same hour of other days more, the same
//! hour of other weeks most, each by how many mentions it has shown. How far the belief may be off, and the dispersion (how
//! much more than Poisson the counts scatter) add up to what a count is judged by. The dispersion is learnt on two scales:
//! hours against what was expected of them, and five minutes within their hour. Hours under an incident do not teach.

use events::{Codec, EventTime, Span};
use stream::TableValue;

use super::wire::{Reader, Writer};

const FORMAT: u8 = 1;
/// An hour of the week remembers about this many weeks.
const WEEKS: f32 = 4.0;
/// An hour of the day remembers about this many days.
const DAYS: f32 = 7.0;
/// Relative variance of an hour of the day around the last hours …
const OF_DAY: f64 = 0.15;
/// … and of an hour of the week around the same hour of other days.
const OF_WEEK: f64 = 0.01;
/// Weight of the newest hour in the mean of the last hours.
const RECENT: f64 = 0.3;
/// Weight that an hour keeps per hour that passes, in the comparison of the last hours with what was expected.
const LEVEL_KEEP: f64 = 0.9;
/// Mentions by which that comparison is drawn towards 1.
const LEVEL_PRIOR: f64 = 60.0;
/// Weight that dispersion keeps per hour: about two weeks.
const DISPERSION_KEEP: f64 = 0.997;
/// Dispersion assumed before there is data, of hours and of five minutes, and its weight in hours.
const PRIOR: (f64, f64, f64) = (0.02, 0.05, 12.0);
/// Never less than this: nobody knows a rate better than to 7 %.
const FLOOR: f64 = 0.005;

/// An exponentially weighted mean.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Cell {
    mean: f32,
    weight: f32,
}

impl Cell {
    fn teach(&mut self, value: f64, most: f32) {
        self.weight = (self.weight + 1.0).min(most);
        self.mean += (value as f32 - self.mean) / self.weight;
    }
}

/// What is known of a rate: a gamma distribution, so that counts drawn from it are negative binomial.
#[derive(Debug, Clone, Copy)]
struct Belief {
    /// Mentions an hour.
    mean: f64,
    /// Variance over squared mean.
    doubt: f64,
}

impl Belief {
    /// The belief about something that differs from this by that variance over squared mean.
    fn of_kin(self, variance: f64) -> Self {
        Self { doubt: self.doubt + variance, ..self }
    }

    /// The belief after what `cell` has seen, in hours that scatter by `dispersion`.
    fn seeing(self, cell: Cell, dispersion: f64) -> Self {
        // Hours that scatter more than Poisson tell less.
        let hours = f64::from(cell.weight) / (1.0 + dispersion * self.mean);
        let shape = 1.0 / self.doubt + hours * f64::from(cell.mean);
        Self { mean: shape / (1.0 / (self.doubt * self.mean) + hours), doubt: 1.0 / shape }
    }
}

/// The seasonal baseline of one series, in mentions an hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// First minute that counts: that of the brand, so that a new theme knows that it was silent before.
    since: i64,
    /// The next hour (since the epoch) to learn.
    next_hour: i64,
    /// Hours learnt.
    hours: u32,
    week: Vec<Cell>,
    day: Vec<Cell>,
    recent: f64,
    /// Counts of the last hours, observed and expected, fading.
    level: (f64, f64),
    /// Excess variance and squared mean, fading: of hours, of five minutes.
    scatter: [(f64, f64); 2],
}

impl Baseline {
    /// Nothing is known yet; counting began in minute `since`.
    pub fn new(since: i64) -> Self {
        Self {
            since,
            // An hour that was heard only in part would teach too little.
            next_hour: (since + 59).div_euclid(60),
            hours: 0,
            week: vec![Cell::default(); 168],
            day: vec![Cell::default(); 24],
            recent: 0.0,
            level: (0.0, 0.0),
            scatter: [(0.0, 0.0); 2],
        }
    }

    /// The first minute that counts.
    pub fn since(&self) -> i64 {
        self.since
    }

    /// Hours learnt so far.
    pub fn hours(&self) -> u32 {
        self.hours
    }

    /// The next hour to learn, if it ended at least `lag` minutes before `minute`.
    pub fn due(&self, minute: i64, lag: i64) -> Option<i64> {
        ((self.next_hour + 1) * 60 + lag <= minute).then_some(self.next_hour)
    }

    /// Expected mentions in `minute`; none before the first hour is learnt.
    pub fn expected(&self, minute: i64) -> Option<f64> {
        (self.hours > 0).then(|| self.hourly(minute.div_euclid(60)) / 60.0)
    }

    /// How much a window of `minutes` that ends at minute `at` scatters around what is expected of it beyond Poisson:
    /// variance = mean + dispersion · mean². What the series does and what is not known of it yet add up.
    pub fn dispersion(&self, at: i64, minutes: i64) -> f64 {
        let [long, short] = self.restlessness();
        let doubt = if self.hours > 0 { self.belief(at.div_euclid(60)).doubt } else { OF_DAY };
        (long + short * (5.0 / minutes as f64).min(1.0)).max(FLOOR) + doubt
    }

    /// Learns the next hour from its twelve counts of five minutes; `disturbed` when an incident lay over it.
    pub fn teach(&mut self, fives: &[u64; 12], disturbed: bool) {
        let hour = self.next_hour;
        self.next_hour += 1;
        if disturbed {
            return;
        }
        let count = fives.iter().sum::<u64>() as f64;
        let expected = if self.hours > 0 { self.hourly(hour) } else { count };
        // One wild hour is not worth more than three normal ones.
        let taught = if self.hours >= 24 { count.min(3.0 * expected + 10.0) } else { count };
        if self.hours >= 24 {
            self.learn_scatter(taught, expected, self.belief(hour).doubt, fives);
        }
        self.level = (self.level.0 * LEVEL_KEEP + taught, self.level.1 * LEVEL_KEEP + expected / self.trend());
        self.recent = if self.hours == 0 { taught } else { self.recent + RECENT * (taught - self.recent) };
        // The profile holds the shape; the level on top of it fades by itself.
        let at = EventTime::EPOCH.plus(Span::hours(hour)).hour_of_week();
        self.week[at].teach(taught, WEEKS);
        self.day[at % 24].teach(taught, DAYS);
        self.hours += 1;
    }

    fn hourly(&self, hour: i64) -> f64 {
        self.belief(hour).mean
    }

    /// What is known of an hour.
    fn belief(&self, hour: i64) -> Belief {
        let at = EventTime::EPOCH.plus(Span::hours(hour)).hour_of_week();
        let [long, short] = self.restlessness();
        let dispersion = long + short / 12.0;
        // What fades by a share for each new hour is as good as so many hours.
        let faded = f64::from(self.hours).min((2.0 - RECENT) / RECENT);
        let recent = self.recent.max(1.0 / f64::from(self.hours.max(1)));
        let recent = Belief { mean: recent, doubt: (1.0 / recent + dispersion) / faded.max(1.0) };
        let day = recent.of_kin(OF_DAY).seeing(self.day[at % 24], dispersion);
        let week = day.of_kin(OF_WEEK).seeing(self.week[at], dispersion);
        Belief { mean: week.mean * self.trend(), ..week }.of_kin(1.0 / (LEVEL_PRIOR + self.level.0))
    }

    /// How much hours and five minutes of this series scatter beyond Poisson.
    fn restlessness(&self) -> [f64; 2] {
        let prior = PRIOR.2 * (self.recent * self.recent).max(1.0);
        let learnt = |(excess, square): (f64, f64), assumed: f64, scale: f64| {
            ((excess + assumed * prior * scale) / (square + prior * scale)).max(0.0)
        };
        // Twelve blocks of a twelfth each: their squares sum to a twelfth of the hour's.
        [learnt(self.scatter[0], PRIOR.0, 1.0), learnt(self.scatter[1], PRIOR.1, 1.0 / 12.0)]
    }

    /// How the last hours compare with what the profile expected of them.
    fn trend(&self) -> f64 {
        ((self.level.0 + LEVEL_PRIOR) / (self.level.1 + LEVEL_PRIOR)).clamp(0.5, 2.0)
    }

    fn learn_scatter(&mut self, count: f64, expected: f64, doubt: f64, fives: &[u64; 12]) {
        let [long, short] = &mut self.scatter;
        let residual = count - expected;
        let square = expected * expected;
        // What an expectation is off because little is known is no restlessness of the series.
        let excess = residual * residual - expected - doubt * square;
        *long = (long.0 * DISPERSION_KEEP + excess, long.1 * DISPERSION_KEEP + square);
        let mean = fives.iter().sum::<u64>() as f64 / 12.0;
        let squares: f64 = fives.iter().map(|five| (*five as f64 - mean).powi(2)).sum();
        let excess = squares * 12.0 / 11.0 - 12.0 * mean;
        *short = (short.0 * DISPERSION_KEEP + excess, short.1 * DISPERSION_KEEP + 12.0 * mean * mean);
    }
}

impl TableValue for Baseline {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        let mut out = Writer::new(FORMAT);
        out.number(self.since);
        out.number(self.next_hour);
        out.number(i64::from(self.hours));
        for cell in self.week.iter().chain(&self.day) {
            out.fixed(&cell.mean.to_le_bytes());
            out.fixed(&cell.weight.to_le_bytes());
        }
        let [long, short] = self.scatter;
        for value in [self.recent, self.level.0, self.level.1, long.0, long.1, short.0, short.1] {
            out.fixed(&value.to_le_bytes());
        }
        Ok(out.done())
    }

    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        let mut from = Reader::new(bytes, FORMAT)?;
        let mut baseline = Self::new(from.number()?);
        baseline.next_hour = from.number()?;
        baseline.hours = u32::try_from(from.number()?).map_err(|error| error.to_string())?;
        for cell in baseline.week.iter_mut().chain(&mut baseline.day) {
            *cell = Cell { mean: f32::from_le_bytes(from.fixed()?), weight: f32::from_le_bytes(from.fixed()?) };
        }
        let mut float = || from.fixed().map(f64::from_le_bytes);
        baseline.recent = float()?;
        baseline.level = (float()?, float()?);
        baseline.scatter = [(float()?, float()?), (float()?, float()?)];
        Ok(baseline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(hourly: u64) -> [u64; 12] {
        [hourly / 12; 12]
    }

    #[test]
    fn a_steady_rate_is_expected_exactly() {
        let mut baseline = Baseline::new(0);
        (0..24 * 28).for_each(|_| baseline.teach(&even(120), false));
        let expected = baseline.expected(24 * 28 * 60).unwrap() * 60.0;
        assert!((expected - 120.0).abs() < 1.0, "{expected}");
    }

    #[test]
    fn after_two_days_the_night_is_expected_to_be_quiet() {
        let mut baseline = Baseline::new(0);
        for hour in 0..48 {
            baseline.teach(&even(if hour % 24 < 6 { 24 } else { 240 }), false);
        }
        let night = baseline.expected(50 * 60).unwrap() * 60.0;
        let noon = baseline.expected(60 * 60).unwrap() * 60.0;
        assert!(night < 120.0 && noon > 180.0, "{night} {noon}");
    }

    #[test]
    fn an_hour_under_an_incident_teaches_nothing() {
        let mut baseline = Baseline::new(0);
        (0..72).for_each(|_| baseline.teach(&even(60), false));
        let mut disturbed = baseline.clone();
        disturbed.teach(&even(60_000), true);
        assert_eq!(disturbed.expected(96 * 60), baseline.expected(96 * 60));
        assert_eq!(disturbed.due(1_000_000, 0), Some(73));
    }

    #[test]
    fn it_reads_what_it_wrote() {
        let mut baseline = Baseline::new(12_345);
        (0..200).for_each(|hour| baseline.teach(&even(hour * 12), false));
        let bytes = baseline.write(&Codec::default()).unwrap();
        assert!(bytes.len() < 2_000, "{}", bytes.len());
        assert_eq!(Baseline::read(&bytes, &Codec::default()).unwrap(), baseline);
    }
}

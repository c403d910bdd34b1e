//! What the detector does with series of known truth: statistics over many seeds.

use events::{EventTime, Persons, Span};

use super::*;

/// A generator of Poisson counts, the same everywhere.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 50.0 {
            let normal = (-2.0 * self.next().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * self.next()).cos();
            return (mean + mean.sqrt() * normal).round().max(0.0) as u64;
        }
        let (limit, mut product, mut count) = ((-mean).exp(), self.next(), 0);
        while product > limit {
            product *= self.next();
            count += 1;
        }
        count
    }
}

/// Mentions an hour of a day and a week as they are: quiet nights, quieter weekends, 60 to 200 an hour.
fn shape(minute: i64) -> f64 {
    let at = EventTime::EPOCH.plus(Span::minutes(minute));
    let hour = minute.rem_euclid(1_440) as f64 / 60.0;
    let day = 130.0 - 70.0 * (std::f64::consts::TAU * (hour - 3.0) / 24.0).cos();
    if at.hour_of_week() >= 120 { day * 0.8 } else { day }
}

struct Run {
    live: Live,
    baseline: Baseline,
    detector: Detector,
    noise: Noise,
    person: i64,
    start: i64,
    minute: i64,
    /// Minutes under an alarm and the hour after it do not teach.
    alarmed: Vec<i64>,
}

impl Run {
    /// A series that starts on a Monday at midnight.
    fn new(seed: u64, series: usize) -> Self {
        let start = EventTime::parse("2026-10-05T00:00:00Z").unwrap().millis() / 60_000;
        let detector = Detector::new(&Detection::default(), series);
        let (live, baseline) = (Live::default(), Baseline::new(start));
        Self { live, baseline, detector, noise: Noise(seed), person: 0, start, minute: start, alarmed: Vec::new() }
    }

    fn count(&mut self, mentions: u64) -> Option<Reading> {
        let mut persons = Persons::default();
        for _ in 0..mentions.min(200) {
            self.person += 1;
            persons.insert(self.person.wrapping_mul(0x5851_f42d_4c95_7f2d));
        }
        let alarmed = std::mem::take(&mut self.alarmed);
        let disturbed = |from: i64, to: i64| alarmed.iter().any(|at| (from - 60..=to).contains(at));
        teach(&self.live, &mut self.baseline, self.minute, disturbed);
        self.alarmed = alarmed;
        if mentions > 0 {
            self.live.add(self.minute, mentions, &persons);
        }
        let alarm = self.detector.alarm(&self.live, &self.baseline, self.minute);
        self.alarmed.extend(alarm.map(|alarm| alarm.at));
        self.minute += 1;
        alarm
    }

    fn hours(&mut self, hours: i64, factor: f64) -> Vec<Reading> {
        let mut alarms = Vec::new();
        for _ in 0..hours * 60 {
            let mentions = self.noise.poisson(shape(self.minute) / 60.0 * factor);
            alarms.extend(self.count(mentions));
        }
        alarms
    }
}

#[test]
fn two_quiet_weeks_raise_nothing_over_fifty_seeds() {
    let alarms: Vec<(u64, usize, Reading)> = (0..50u64)
        .flat_map(|seed| {
            // The whole brand, and a theme with a twentieth of its volume.
            let mut quiet = Vec::new();
            for factor in [1.0, 0.05] {
                quiet.extend(Run::new(seed, 12).hours(14 * 24, factor));
            }
            let count = quiet.len();
            quiet.into_iter().take(1).map(move |alarm| (seed, count, alarm))
        })
        .collect();
    assert!(alarms.is_empty(), "{alarms:?}");
}

#[test]
fn a_quiet_series_may_start_at_any_hour_of_the_day() {
    for seed in 0..24u64 {
        let mut run = Run::new(seed, 12);
        run.minute += seed as i64 * 60 + 17;
        run.baseline = Baseline::new(run.minute);
        let alarms = run.hours(72, 1.0);
        assert!(alarms.is_empty(), "started at hour {seed}: {:?}", alarms.first());
    }
}

#[test]
fn a_threefold_hour_is_found_within_the_hour_over_fifty_seeds() {
    for seed in 0..50u64 {
        let mut run = Run::new(seed, 12);
        let before = 24 * 9 + (seed as i64 * 7) % 24;
        assert_eq!(run.hours(before, 1.0), []);
        let alarms = run.hours(1, 3.0);
        let first = alarms.first().unwrap_or_else(|| panic!("seed {seed}: not found"));
        let begun = onset(&run.live, &run.baseline, alarms.last().unwrap(), i64::MIN);
        let truth = run.start + before * 60;
        assert!(first.at - truth < 60, "seed {seed}: {first:?}");
        assert!((begun - truth).abs() <= 10, "seed {seed}: onset {} minutes off", begun - truth);
    }
}

#[test]
fn with_forty_mentions_an_hour_a_threefold_hour_by_day_is_found_and_quiet_weeks_raise_nothing() {
    let mut found = 0;
    for seed in 0..20u64 {
        let mut run = Run::new(seed, 14);
        assert_eq!(run.hours(24 * 9 + 9 + (seed as i64 * 7) % 10, 0.25), [], "seed {seed}");
        found += usize::from(!run.hours(1, 0.75).is_empty());
    }
    assert!(found >= 18, "{found} of 20");
}

#[test]
fn four_hundredfold_is_found_in_its_first_minute() {
    for seed in 0..50u64 {
        let mut run = Run::new(seed, 12);
        assert_eq!(run.hours(48 + (seed as i64 * 5) % 24, 1.0), []);
        let mentions = run.noise.poisson(shape(run.minute) / 60.0 * 400.0);
        let alarm = run.count(mentions).unwrap_or_else(|| panic!("seed {seed}: not found"));
        assert_eq!(onset(&run.live, &run.baseline, &alarm, i64::MIN), alarm.at);
    }
}

#[test]
fn seventy_five_in_ten_minutes_against_twelve_is_read_as_that() {
    let mut run = Run::new(1, 12);
    for minute in 0..3 * 7 * 1_440 {
        let alarm = run.count([2, 1, 1, 1, 1, 1, 1, 1, 2, 1][minute as usize % 10]);
        assert_eq!(alarm, None);
    }
    let alarms: Vec<Reading> = (0..10).filter_map(|minute| run.count(if minute % 2 == 0 { 7 } else { 8 })).collect();
    let peak = alarms.iter().copied().max_by(|left, right| left.score.total_cmp(&right.score)).unwrap();
    assert_eq!((peak.minutes, peak.observed), (10, 75));
    assert!((peak.expected - 12.0).abs() < 0.5, "{peak:?}");
    assert!(alarms[0].at - run.start - 3 * 7 * 1_440 <= 4, "{:?}", alarms[0]);
}

#[test]
fn an_hour_at_six_times_its_rate_is_read_as_that_hour() {
    let mut run = Run::new(2, 12);
    let spread = |hourly: i64, minute: i64| ((minute % 60 + 1) * hourly / 60 - minute % 60 * hourly / 60) as u64;
    for minute in 0..28 * 1_440 {
        assert_eq!(run.count(spread(100, minute)), None);
    }
    for minute in 0..60 {
        assert_eq!(run.count(spread(104, minute)), None, "104 an hour is normal");
    }
    let alarms: Vec<Reading> = (0..60).filter_map(|minute| run.count(spread(600, minute))).collect();
    let peak = alarms.iter().copied().reduce(|best, next| if next.score >= best.score { next } else { best }).unwrap();
    assert_eq!((peak.minutes, peak.observed), (60, 600));
    assert!((peak.expected - 100.0).abs() < 5.0, "{peak:?}");
}

#[test]
fn without_any_past_nothing_is_an_alarm() {
    let mut run = Run::new(3, 12);
    for minute in 0..14 {
        assert_eq!(run.count(500), None, "minute {minute}");
    }
}

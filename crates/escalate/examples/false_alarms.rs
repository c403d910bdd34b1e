//! How the detector does: false alarms and planted hours in generated series at several volumes, and, where `../shared/data`
//! lies beside the repository, on real counts whose anomalies others have marked.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads files and prints"
)]

use std::path::Path;

use book::Detection;
use escalate::watch::detector::{Baseline, Detector, Live, Reading, teach};
use events::{EventTime, Persons, Span};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// As many series as a brand with twenty themes has.
const SERIES: usize = 22;
const DAY: i64 = 1_440;
/// Alarms nearer to each other than this (minutes) are one.
const APART: i64 = 60;

/// Mentions of a series, fed minute by minute.
struct Feed {
    live: Live,
    baseline: Baseline,
    detector: Detector,
    person: i64,
    /// Minutes with an alarm: neither they nor the hour behind them teach.
    alarms: Vec<i64>,
}

impl Feed {
    fn new(first: i64, every: i64) -> Self {
        let detector = Detector::new(&Detection::default(), SERIES).every(every);
        Self { live: Live::default(), baseline: Baseline::new(first), detector, person: 0, alarms: Vec::new() }
    }

    fn count(&mut self, minute: i64, mentions: u64) -> Option<Reading> {
        let alarms = &self.alarms;
        let disturbed = |from: i64, to: i64| alarms.iter().rev().take(200).any(|at| (from - 60..=to).contains(at));
        teach(&self.live, &mut self.baseline, minute, disturbed);
        if mentions == 0 {
            return None;
        }
        let mut persons = Persons::default();
        for _ in 0..mentions.min(50) {
            self.person += 1;
            persons.insert(self.person.wrapping_mul(0x5851_f42d_4c95_7f2d));
        }
        self.live.add(minute, mentions, &persons);
        let alarm = self.detector.alarm(&self.live, &self.baseline, minute);
        self.alarms.extend(alarm.map(|alarm| alarm.at));
        alarm
    }

    /// The first minutes of alarms that lie apart.
    fn episodes(&self) -> Vec<i64> {
        let mut episodes = Vec::new();
        let mut last = i64::MIN / 2;
        for at in &self.alarms {
            if at - last > APART {
                episodes.push(*at);
            }
            last = *at;
        }
        episodes
    }
}

/// A series as brands have them: nights, weekends, and hours and days that are louder or quieter for no reason.
struct Generated {
    hourly: f64,
    seed: u64,
    random: ChaCha8Rng,
}

impl Generated {
    fn new(hourly: f64, seed: u64) -> Self {
        Self { hourly, seed, random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// A number from -1.7 to 1.7 with deviation 1, the same each time it is asked for.
    fn whim(&self, salt: u64, of: i64) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed ^ (salt << 48) ^ of.unsigned_abs());
        (random.random::<f64>() - 0.5) * 12f64.sqrt()
    }

    fn mean(&self, minute: i64) -> f64 {
        let hour = minute.rem_euclid(DAY) as f64 / 60.0;
        let day = 1.0 - 0.6 * (std::f64::consts::TAU * (hour - 4.0) / 24.0).cos();
        let weekend = EventTime::EPOCH.plus(Span::minutes(minute)).hour_of_week() >= 120;
        let shape = day * if weekend { 0.85 } else { 1.0 };
        let whims =
            (1.0 + 0.06 * self.whim(1, minute.div_euclid(60))) * (1.0 + 0.06 * self.whim(2, minute.div_euclid(DAY)));
        self.hourly / 60.0 * shape * whims
    }

    fn draw(&mut self, mean: f64) -> u64 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.random.random::<f64>(), 0);
        while product > limit {
            product *= self.random.random::<f64>();
            count += 1;
        }
        count
    }
}

fn main() {
    generated();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    marked(&data);
    burst(&data);
}

fn generated() {
    let first = EventTime::parse("2026-10-05T00:00:00Z").expect("a time").millis() / 60_000;
    println!("generated, two weeks: false alarms a week in a series, and hours at three times their rate");
    for hourly in [4.0, 12.0, 36.0, 120.0, 600.0] {
        let (mut false_alarms, mut early, mut found, mut planted, mut delay) = (0, 0, 0, 0, 0);
        let seeds = 40;
        for seed in 0..seeds {
            let mut series = Generated::new(hourly, seed);
            let mut feed = Feed::new(first, 1);
            let mut calm: Option<Feed> = None;
            // A day in the second week, at any hour.
            let hour = 7 * 24 + (series.random.next_u64() % (6 * 24)) as i64;
            let plant = first + hour * 60..first + hour * 60 + 60;
            for minute in first..first + 14 * DAY {
                let mean = series.mean(minute);
                let mentions = series.draw(mean);
                let more = if plant.contains(&minute) { series.draw(2.0 * mean) } else { 0 };
                if minute == plant.start {
                    calm = Some(Feed {
                        live: feed.live.clone(),
                        baseline: feed.baseline.clone(),
                        alarms: feed.alarms.clone(),
                        ..feed
                    });
                }
                if let Some(calm) = &mut calm {
                    calm.count(minute, mentions);
                }
                feed.count(minute, mentions + more);
            }
            let quiet = calm.expect("the hour was planted").episodes();
            false_alarms += quiet.len();
            early += quiet.iter().filter(|at| **at < first + 3 * DAY).count();
            planted += 1;
            let alarm = feed.alarms.iter().find(|at| (plant.start..plant.end + 5).contains(at));
            found += usize::from(alarm.is_some());
            delay += alarm.map_or(0, |at| at - plant.start);
        }
        let weeks = seeds as f64 * 2.0;
        println!(
            "  {hourly:>4} an hour: {:.3} a week ({early} of {false_alarms} within three days); {found} of {planted} hours found, after {} minutes on average",
            false_alarms as f64 / weeks,
            delay / (found.max(1) as i64),
        );
    }
}

/// The Twitter series of the Numenta Anomaly Benchmark: counts every five minutes, with windows of anomalies.
fn marked(data: &Path) {
    let Ok(windows) = std::fs::read_to_string(data.join("nab/combined_windows.json")) else {
        println!("nab: no data beside the repository, not measured");
        return;
    };
    let windows: serde_json::Value = serde_json::from_str(&windows).expect("the windows are JSON");
    println!("nab, alarms that lie apart:");
    for name in ["AAPL", "CRM", "FB", "IBM", "PFE"] {
        let file = format!("realTweets/Twitter_volume_{name}.csv");
        let table = std::fs::read_to_string(data.join("nab").join(&file)).expect("the series lies beside its windows");
        let rows: Vec<(i64, u64)> = table.lines().skip(1).filter_map(row).collect();
        let mut feed = Feed::new(rows[0].0, 5);
        for (minute, value) in &rows {
            feed.count(*minute, *value);
        }
        let windows: Vec<(i64, i64)> = windows[&file].as_array().expect("windows").iter().map(window).collect();
        let inside = |at: &i64| windows.iter().any(|(from, to)| (from..=to).contains(&at));
        let episodes = feed.episodes();
        let hit = windows.iter().filter(|(from, to)| episodes.iter().any(|at| (from..=to).contains(&at))).count();
        let weeks = (rows[rows.len() - 1].0 - rows[0].0) as f64 / (7 * DAY) as f64;
        let outside = episodes.iter().filter(|at| !inside(at)).count();
        println!(
            "  {name}: {} alarms, {hit} of {} windows, {outside} outside of them in {weeks:.1} weeks",
            episodes.len(),
            windows.len(),
        );
    }
}

fn window(pair: &serde_json::Value) -> (i64, i64) {
    let minute = |at: usize| pair[at].as_str().and_then(|text| minute_of(text.get(..19)?)).expect("a time");
    (minute(0), minute(1))
}

fn row(line: &str) -> Option<(i64, u64)> {
    let (at, value) = line.split_once(',')?;
    Some((minute_of(at)?, value.trim().parse::<f64>().ok()? as u64))
}

fn minute_of(text: &str) -> Option<i64> {
    let at = EventTime::parse(&format!("{}Z", text.replace(' ', "T"))).ok()?;
    Some(at.millis().div_euclid(60_000))
}

/// Hourly counts of one topic with one great burst; each hour is spread evenly.
fn burst(data: &Path) {
    let Ok(table) = std::fs::read_to_string(data.join("volume/gnip_scotus_hourly_2014.csv")) else {
        println!("volume: no data beside the repository, not measured");
        return;
    };
    let rows: Vec<(i64, u64)> = table.lines().filter_map(hour).collect();
    let mut feed = Feed::new(rows[0].0, 60);
    for (minute, value) in &rows {
        for part in 0..60 {
            let share = |until: u64| value * until / 60;
            feed.count(minute + part as i64, share(part + 1) - share(part));
        }
    }
    let busiest = rows.iter().max_by_key(|(_, value)| *value).expect("rows");
    let time = |minute: i64| EventTime::from_millis(minute * 60_000);
    println!("volume: {} hours, the busiest {} with {} mentions; alarms:", rows.len(), time(busiest.0), busiest.1);
    feed.episodes().iter().for_each(|at| println!("  {}", time(*at)));
}

/// `20140824000000, 3600,27,#scotus`
fn hour(line: &str) -> Option<(i64, u64)> {
    let mut fields = line.split(',').map(str::trim);
    let stamp = fields.next()?;
    let part = |from: usize, to: usize| stamp.get(from..to);
    let text = format!("{}-{}-{} {}:00:00", part(0, 4)?, part(4, 6)?, part(6, 8)?, part(8, 10)?);
    Some((minute_of(&text)?, fields.nth(1)?.parse().ok()?))
}

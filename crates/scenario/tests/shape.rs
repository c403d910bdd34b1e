//! How loud the scenarios are, and what their texts are like.

#[path = "support/lines.rs"]
mod lines;

use std::collections::{BTreeMap, BTreeSet};

use lines::{HOUR, Line, options, read, run};
use scenario::{Options, SCENARIOS};

const MINUTE: i64 = 60_000;

fn mentions(options: &Options) -> Vec<Line> {
    run(options).0.iter().filter_map(|bytes| read(bytes)).collect()
}

fn counts(lines: &[Line], start: i64, step: i64, length: usize) -> Vec<f64> {
    let mut counts = vec![0.0; length];
    for line in lines {
        counts[((line.at - start) / step) as usize] += 1.0;
    }
    counts
}

#[test]
fn a_missing_plane_is_400_fold_within_five_minutes() {
    let options = Options::of("missing-plane").unwrap();
    let minutes = counts(&mentions(&options), options.start.millis(), MINUTE, 72 * 60);
    let onset = 48 * 60;
    let quiet = minutes[..onset].iter().sum::<f64>() / onset as f64;
    let peak = minutes[onset..onset + 6].iter().copied().fold(0.0, f64::max);
    assert!((1.0..3.4).contains(&quiet), "{quiet} a minute before");
    assert!(peak >= 400.0 * quiet, "{peak} at the peak, {quiet} before");
    assert!(minutes[onset] >= 50.0, "{} in the first minute", minutes[onset]);
    assert!(minutes[72 * 60 - 60..].iter().sum::<f64>() < 60.0 * 60.0);
}

#[test]
fn the_first_minute_of_a_surge_is_enough_to_see_it() {
    let expected = [
        ("price-rise", 20.0, 70.0),
        ("hotel-checkout", 20.0, 70.0),
        ("campaign-backfire", 25.0, 80.0),
        ("missing-plane", 60.0, 500.0),
        ("troll-burst", 60.0, 400.0),
        ("bomb-threat", 12.0, 50.0),
        ("staff-leak", 10.0, 50.0),
    ];
    for seed in 1..=2 {
        for (name, least, most) in expected {
            let mut options = Options::of(name).unwrap();
            options.seed = seed;
            let onset = options.onset().millis();
            let lines = mentions(&options);
            let first = lines.iter().filter(|line| (onset..onset + MINUTE).contains(&line.at)).count() as f64;
            let before = lines.iter().filter(|line| (onset - HOUR..onset).contains(&line.at)).count() as f64 / 60.0;
            assert!((least..most).contains(&(first - before)), "{name}, seed {seed}: {first} against {before}");
        }
    }
}

#[test]
fn quiet_weeks_have_no_hour_far_above_its_neighbours() {
    for seed in 1..=3 {
        let mut options = Options::of("two-quiet-weeks").unwrap();
        options.seed = seed;
        let lines = mentions(&options);
        assert!((20_000..60_000).contains(&lines.len()), "{} lines", lines.len());
        let hours = counts(&lines, options.start.millis(), HOUR, 336);
        assert_eq!(loud_hours(&hours), [] as [usize; 0], "seed {seed}");
        options.plant = Some(3.0);
        let planted = counts(&mentions(&options), options.start.millis(), HOUR, 336);
        assert_eq!(loud_hours(&planted), [224], "seed {seed}");
        let ratio = planted[224] / hours[224];
        assert!((2.5..3.5).contains(&ratio), "{ratio}-fold");
    }
}

/// Hours of more than 2.2 times the mean of the two beside them.
fn loud_hours(hours: &[f64]) -> Vec<usize> {
    (1..hours.len() - 1).filter(|hour| hours[*hour] > 1.1 * (hours[hour - 1] + hours[hour + 1])).collect()
}

#[test]
fn planting_an_hour_leaves_all_other_lines_as_they_are() {
    let plain = options("two-quiet-weeks", 48.0);
    let mut planted = plain.clone();
    planted.plant = Some(3.0);
    let before: BTreeSet<Vec<u8>> = run(&plain).0.into_iter().collect();
    let after: BTreeSet<Vec<u8>> = run(&planted).0.into_iter().collect();
    assert!(before.is_subset(&after) && after.len() > before.len() + 100);
}

#[test]
fn a_day_is_louder_than_its_night_and_the_scale_is_a_factor() {
    let mut options = options("two-quiet-weeks", 168.0);
    let lines = mentions(&options);
    let hours = counts(&lines, options.start.millis(), HOUR, 168);
    let at = |hour: usize| (0..7).map(|day| hours[day * 24 + hour]).sum::<f64>();
    assert!(at(15) > 3.0 * at(2), "{} by day, {} by night", at(15), at(2));
    options.scale = 3.0;
    let ratio = mentions(&options).len() as f64 / lines.len() as f64;
    assert!((2.8..3.2).contains(&ratio), "{ratio}");
}

#[test]
fn trolls_are_480_accounts_with_one_text() {
    let lines = mentions(&Options::of("troll-burst").unwrap());
    let normal = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut copies: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    for line in &lines {
        copies.entry(normal(&line.text)).or_default().push(line);
    }
    let most = copies.values().max_by_key(|lines| lines.len()).unwrap();
    let accounts: BTreeSet<String> = most.iter().map(|line| line.person()).collect();
    assert_eq!((most.len(), accounts.len()), (500, 480));
}

#[test]
fn one_person_is_heard_on_three_channels_and_answered_once() {
    let options = Options::of("atm-card").unwrap();
    let (written, truth) = run(&options);
    let lines: Vec<Line> = written.iter().filter_map(|bytes| read(bytes)).collect();
    let matter = &truth.matters[0];
    let own: Vec<&Line> =
        matter.mentions.iter().map(|id| lines.iter().find(|line| line.native_id == *id).unwrap()).collect();
    let sources: Vec<&str> = own.iter().map(|line| line.source.as_str()).collect();
    assert_eq!(sources, ["x", "phone", "email", "x"]);
    assert_eq!(matter.author, own[0].person());
    assert_eq!(own[0].at, options.onset().millis());
    let reply = lines.iter().find(|line| line.parent_id.as_deref() == Some(&own[0].native_id)).unwrap();
    assert!(reply.from_brand && reply.at == own[0].at + 2 * MINUTE);
}

#[test]
fn texts_are_varied_and_of_a_natural_length() {
    for name in ["two-quiet-weeks", "price-rise", "hotel-checkout"] {
        let options = Options::of(name).unwrap();
        let lines: Vec<Line> = mentions(&options).into_iter().filter(|line| !line.repost).collect();
        let distinct: BTreeSet<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let share = distinct.len() as f64 / lines.len() as f64;
        assert!(share > 0.85, "{name}: {share} distinct");
        let long = lines.iter().filter(|line| line.text.len() > 500).count();
        assert!(long * 200 < lines.len(), "{name}: {long} too long");
        assert!(lines.iter().all(|line| line.text.len() >= 12 && !line.text.contains(['{', '}'])));
    }
}

#[test]
fn every_parent_is_an_earlier_line_of_the_same_source() {
    for info in SCENARIOS {
        let mut seen = BTreeSet::new();
        let mut answers = 0;
        for line in mentions(&options(info.name, 24.0)) {
            if let Some(parent) = &line.parent_id {
                assert!(seen.contains(&(line.source.clone(), parent.clone())), "{}", info.name);
                answers += u64::from(line.from_brand);
            }
            seen.insert((line.source, line.native_id));
        }
        assert!(answers > 100, "{}: {answers} answers", info.name);
    }
}

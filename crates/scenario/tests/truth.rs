//! The truth of every scenario against the lines that were written.

#[path = "support/lines.rs"]
mod lines;

use std::collections::{BTreeMap, BTreeSet};

use lines::{DAY, HOUR, Line, options, read, run};
use scenario::{Options, SCENARIOS, ScenarioError, generate, generate_until};

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for info in SCENARIOS {
        let mut options = options(info.name, 9.0);
        options.duplicates = 0.1;
        options.out_of_order = 20.0;
        options.poison = 0.05;
        options.edits = 0.05;
        options.deletes = 0.05;
        let (first, first_truth) = run(&options);
        let (second, second_truth) = run(&options);
        assert!(first == second && first_truth == second_truth, "{}", info.name);
        options.seed = 2;
        assert_ne!(first, run(&options).0, "{}", info.name);
    }
}

#[test]
fn the_truth_counts_what_was_written() {
    for info in SCENARIOS {
        let mut options = options(info.name, 12.0);
        options.duplicates = 0.2;
        options.poison = 0.03;
        options.out_of_order = 30.0;
        options.edits = 0.06;
        options.deletes = 0.04;
        let (written, truth) = run(&options);
        let mut distinct = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let (mut poison, mut duplicates) = (0, 0);
        for bytes in &written {
            let Some(line) = read(bytes) else {
                poison += 1;
                continue;
            };
            duplicates += u64::from(!seen.insert(bytes));
            distinct.insert((line.source, line.native_id, line.revision));
        }
        assert_eq!(truth.lines, written.len() as u64, "{}", info.name);
        assert_eq!((truth.poison, truth.duplicates), (poison, duplicates), "{}", info.name);
        assert_eq!(truth.distinct, distinct.len() as u64, "{}", info.name);
        assert_eq!(truth.lines, truth.distinct + truth.duplicates + truth.poison);
        let share = |count: u64| count as f64 / truth.lines as f64;
        assert!((share(truth.duplicates) - 0.2).abs() < 0.03, "{} duplicates", share(truth.duplicates));
        assert!((share(truth.poison) - 0.03).abs() < 0.015, "{} poison", share(truth.poison));
    }
}

#[test]
fn every_default_has_its_onset_at_two_thirds_and_its_evidence_in_the_lines() {
    for info in SCENARIOS {
        let options = Options::of(info.name).unwrap();
        let (written, truth) = run(&options);
        let lines: Vec<Line> = written.iter().filter_map(|bytes| read(bytes)).collect();
        let ids: BTreeSet<&str> = lines.iter().map(|line| line.native_id.as_str()).collect();
        let onset = options.start.millis() + (info.default_hours * 2_400_000.0) as i64;
        for begins in &truth.onsets {
            assert_eq!((begins.at.millis(), begins.kind.as_str()), (onset, "spike"), "{}", info.name);
            assert!(lines.iter().any(|line| line.at == onset), "{}: nothing at the onset", info.name);
        }
        let evidence = truth.threats.iter().chain(&truth.leaks).chain(&truth.allegations);
        for id in evidence.chain(truth.matters.iter().flat_map(|matter| &matter.mentions)) {
            assert!(ids.contains(id.as_str()), "{}: {id} was not written", info.name);
        }
        let expected = usize::from(!matches!(info.name, "atm-card" | "two-quiet-weeks"));
        assert_eq!(truth.onsets.len(), expected, "{}", info.name);
        assert!(lines.windows(2).all(|pair| pair[0].at <= pair[1].at), "{}", info.name);
        assert!(lines.iter().all(|line| line.at >= options.start.millis() && line.at < options.end().millis()));
    }
}

#[test]
fn the_truth_has_the_fields_that_others_read() {
    let (_, truth) = run(&Options::of("hotel-checkout").unwrap());
    let json = serde_json::to_value(&truth).unwrap();
    let fields = [
        "scenario",
        "seed",
        "book",
        "lines",
        "distinct",
        "duplicates",
        "poison",
        "onsets",
        "threats",
        "leaks",
        "allegations",
        "matters",
        "requests",
    ];
    assert_eq!(json.as_object().unwrap().len(), fields.len());
    assert!(fields.iter().all(|field| !json[*field].is_null()));
    assert_eq!(json["book"], "books/hotel");
    assert_eq!(json["onsets"][0]["theme"], "checkout_time");
    assert_eq!(json["onsets"][0]["at"], "2026-11-04T10:00:00Z");
    let eleven = json["requests"].as_array().unwrap().iter().find(|request| request["value"] == "11:00").unwrap();
    assert!(eleven["persons"].as_u64().unwrap() > 20);
}

#[test]
fn the_loud_one_posts_fifty_times_and_counts_once() {
    let (written, truth) = run(&Options::of("hotel-checkout").unwrap());
    let mut askers: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    let mut by_author: BTreeMap<String, u32> = BTreeMap::new();
    let lines: Vec<Line> = written.iter().filter_map(|bytes| read(bytes)).collect();
    for line in lines.iter().filter(|line| !line.from_brand && line.parent_id.is_none()) {
        let text = line.text.to_lowercase();
        let value = match () {
            () if text.contains("12:30") => ("parking_token", "12:30"),
            () if text.contains("noon") || text.contains("12:00") => ("checkout", "12:00"),
            () if text.contains("11am") || text.contains("11:00") || text.contains("check-out at eleven") => {
                ("checkout", "11:00")
            }
            () => continue,
        };
        askers.entry(value).or_default().insert(line.person());
        if text.contains("11am! 11am!") {
            *by_author.entry(line.person()).or_default() += 1;
        }
    }
    assert_eq!(by_author.values().copied().collect::<Vec<_>>(), [50]);
    for request in &truth.requests {
        let read_back = askers[&(request.parameter.as_str(), request.value.as_str())].len() as u64;
        // A slip of the finger may hide a request from the words that this test looks for.
        assert!(read_back <= request.persons && read_back * 100 >= request.persons * 90, "{request:?} but {read_back}");
    }
}

#[test]
fn no_line_comes_later_than_the_disorder_allows() {
    let mut options = options("missing-plane", 3.0);
    options.out_of_order = 30.0;
    options.duplicates = 0.2;
    let (written, _) = run(&options);
    let mut latest = i64::MIN;
    let mut worst = 0;
    for line in written.iter().filter_map(|bytes| read(bytes)) {
        worst = worst.max(latest.saturating_sub(line.at));
        latest = latest.max(line.at);
    }
    assert!(worst <= 30_000, "{worst} ms");
    assert!(worst > 25_000, "{worst} ms is hardly any disorder");
}

#[test]
fn duplicates_poison_and_disorder_leave_the_texts_alone() {
    let plain = options("price-rise", 9.0);
    let mut broken = plain.clone();
    broken.duplicates = 0.3;
    broken.poison = 0.1;
    broken.out_of_order = 60.0;
    let texts = |options: &Options| -> BTreeSet<Vec<u8>> {
        run(options).0.into_iter().filter(|bytes| read(bytes).is_some()).collect()
    };
    assert_eq!(texts(&plain), texts(&broken));
    let mut edited = plain.clone();
    edited.edits = 0.2;
    assert!(texts(&plain).is_subset(&texts(&edited)));
}

#[test]
fn revisions_follow_their_create_and_a_delete_has_no_text() {
    let mut options = options("staff-leak", 24.0);
    options.edits = 0.2;
    options.deletes = 0.2;
    let (written, _) = run(&options);
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    let (mut edits, mut deletes) = (0, 0);
    for bytes in &written {
        let line = read(bytes).unwrap();
        match line.kind.as_str() {
            "create" => assert_eq!((line.revision, last.insert(line.native_id, 0)), (0, None)),
            kind => {
                let before = last.get_mut(&line.native_id).unwrap();
                assert_eq!(line.revision, *before + 1);
                *before = line.revision;
                edits += u64::from(kind == "edit");
                deletes += u64::from(kind == "delete");
                assert_eq!(kind == "delete", line.text.is_empty());
            }
        }
    }
    assert!(edits > 100 && deletes > 100, "{edits} edits, {deletes} deletes");
}

#[test]
fn wrong_options_are_refused_before_anything_is_written() {
    let error = Options::of("missing-plan").unwrap_err();
    assert!(matches!(&error, ScenarioError::Unknown { .. }) && error.to_string().contains("missing-plane"));
    let mut options = Options::of("missing-plane").unwrap();
    options.hours = 0.0;
    let refused = generate(&options, &mut |_| panic!("a line was written"));
    assert!(matches!(refused, Err(ScenarioError::OutOfRange { setting: "hours", .. })));
    options.hours = 72.0;
    options.start = events::EventTime::from_millis(events::EventTime::END.millis() - HOUR);
    assert!(matches!(generate(&options, &mut |_| ()), Err(ScenarioError::OutOfRange { setting: "start", .. })));
}

#[test]
fn a_writer_that_is_gone_ends_it_at_once() {
    let mut written = 0;
    let options = options("two-quiet-weeks", (DAY / HOUR * 7) as f64);
    let truth = generate_until(&options, &mut |_| {
        written += 1;
        if written == 10 { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    });
    assert_eq!((written, truth.unwrap().lines), (10, 10));
}

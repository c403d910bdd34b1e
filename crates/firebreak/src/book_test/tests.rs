use serde_json::json;

use super::*;

const FILE: &str = "row: C99
partly: [\"the other half\"]
book: ../book
tests:
  - name: a_complaint_opens_a_case
    start: 2026-11-02T00:00:00Z
    until: 1h
    given:
      - at: 5m
        mention: {text: you lost my bag, author: jo}
    expect:
      - topic: cases
        where: {brand: skyline}
        at: 5m
        within: 2s
        last: true
        keys: 1
        fields:
          state: new
          mention_count: {at_least: 1}
      - topic: notifications
        absent: true
      - summary:
          dropped.escalate.noise: {absent: true}
";

fn replayed(state: &str, at: &str) -> Replayed {
    let record = |state: &str| json!({"key": "c1", "partition": 1, "offset": 0, "timestamp": at, "value": {"brand": "skyline", "state": state, "mention_count": 1}});
    let topics = [("cases".to_owned(), vec![record("old"), record(state)])];
    Replayed { topics: topics.into_iter().collect(), ..Replayed::default() }
}

fn outcome(replayed: Replayed) -> Outcome {
    let file = parse::parse("t.yaml", FILE).unwrap();
    judge("t.yaml", &file, |_| Ok(replayed.clone())).unwrap()
}

#[test]
fn a_file_whose_expectations_are_met_passes() {
    let outcome = outcome(replayed("new", "2026-11-02T00:05:01Z"));
    assert!(outcome.passed(), "{outcome}");
    assert_eq!((outcome.row.as_deref(), outcome.partly.len()), (Some("C99"), 1));
}

#[test]
fn a_failure_shows_expected_and_found_side_by_side_with_its_line() {
    let outcome = outcome(replayed("answered", "2026-11-02T00:05:01Z"));
    assert!(!outcome.passed());
    let shown = outcome.to_string();
    assert!(shown.contains("FAIL t.yaml:5: a_complaint_opens_a_case"), "{shown}");
    assert!(shown.contains("t.yaml:12: cases"), "{shown}");
    let row = shown.lines().find(|line| line.contains("! state")).unwrap();
    assert!(row.find("\"new\"") < row.find("\"answered\"") && row.contains("\"new\""), "{row}");
}

#[test]
fn a_record_at_another_time_is_not_the_expected_one() {
    let outcome = outcome(replayed("new", "2026-11-02T00:05:03Z"));
    assert!(outcome.to_string().contains("(timestamp)"), "{outcome}");
    assert!(!outcome.passed());
}

#[test]
fn something_that_must_not_appear_fails_when_it_does() {
    let mut replayed = replayed("new", "2026-11-02T00:05:01Z");
    replayed
        .topics
        .insert("notifications".into(), vec![json!({"key": "n", "timestamp": "2026-11-02T00:05:01Z", "value": {}})]);
    replayed.summary.dropped.insert("escalate.noise".into(), 1);
    let unmet = &outcome(replayed).tests[0].2;
    let about: Vec<_> = unmet.iter().map(|unmet| unmet.about.as_str()).collect();
    assert_eq!(about, ["notifications", "summary.json"]);
}

#[test]
fn every_mistake_is_listed_with_its_place_and_the_nearest_key() {
    let broken = FILE.replace("mention_count", "x").replace("keys: 1", "keyz: 1").replace("until: 1h", "until: soon");
    let broken = broken.replace("topic: notifications", "topic: notification");
    let mistakes = parse::parse("t.yaml", &broken).unwrap_err();
    let all = mistakes.join("\n");
    assert_eq!(mistakes.len(), 3, "{all}");
    assert!(all.contains("t.yaml:7:12: `soon` is no time"), "{all}");
    assert!(all.contains("no key `keyz` here, did you mean `keys`?"), "{all}");
    assert!(all.contains("`notification` is no topic, did you mean `notifications`?"), "{all}");
}

#[test]
fn a_test_that_expects_nothing_is_refused() {
    let (before, _) = FILE.split_once("    expect:").unwrap();
    let mistakes = parse::parse("t.yaml", &format!("{before}    expect: []\n")).unwrap_err();
    assert!(mistakes.join("\n").contains("cannot fail"), "{mistakes:?}");
}

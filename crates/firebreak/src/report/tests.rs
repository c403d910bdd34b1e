use std::fs;

use serde_json::{Value, json};

use super::*;

fn line(key: &str, value: &Value) -> String {
    json!({"key": key, "partition": 0, "offset": 0, "timestamp": "2026-11-04T00:00:00Z", "value": value}).to_string()
        + "\n"
}

fn incident(state: &str, observed: i64) -> Value {
    json!({
        "incident_id": "i1", "revision": 2, "brand": "skyline", "kind": "spike", "theme": "missing_plane", "state": state,
        "mode": "normal", "severity": 80, "onset_at": "2026-11-04T00:00:00Z", "opened_at": "2026-11-04T00:00:40Z",
        "updated_at": "2026-11-04T00:20:00Z", "expected": 3.12, "observed": observed, "window_minutes": 5, "score": 300.0,
        "peak_at": "2026-11-04T00:20:00Z", "mentions": 9210, "people": 7812, "samples": ["aaaa", "bbbb", "cccc"],
        "drivers": [{"kind": "theme", "value": "missing_plane", "count": 8120}, {"kind": "term", "value": "radar", "count": 900}],
        "called": ["oncall:pr"], "book_version": "b"
    })
}

fn mention(id: &str, parent: Option<&str>, text: &str) -> Value {
    json!({
        "mention": {"id": id, "source": "x", "native_id": id, "text": text, "parent_id": parent,
            "author": {"id": "7", "handle": "jo"}, "event_time": "2026-11-04T00:01:00Z"},
        "enrichment": {}, "classification": {}
    })
}

fn case(queue: &str, outcome: &str) -> Value {
    json!({"case_id": "c", "queue": queue, "clocks": [{"name": "first_reply", "outcome": outcome}]})
}

fn out() -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(out.path().join(name), text).unwrap();
    let candidate = json!({"brand": "skyline", "kind": "spike", "state": "candidate", "onset_at": "2026-11-04T00:00:00Z",
        "expected": 1.0, "observed": 9, "window_minutes": 5, "peak_at": "2026-11-04T00:00:00Z", "mentions": 9, "people": 9});
    write(
        "incidents.ndjson",
        line("i0", &candidate) + &line("i1", &incident("open", 50)) + &line("i1", &incident("worsening", 412)),
    );
    write(
        "mentions.classified.ndjson",
        line("p", &mention("zzzz", Some("aaaa"), "an answer that names the id"))
            + &line("p", &mention("aaaa", None, "where is\nSK881? nobody tells us"))
            + &line("p", &mention("cccc", None, "a third one")),
    );
    write("mentions.classified.express.ndjson", line("p", &mention("bbbb", None, "my sister is on that plane")));
    write(
        "cases.ndjson",
        line("c1", &case("pr", "running"))
            + &line("c1", &case("pr", "met"))
            + &line("c2", &case("pr", "breached"))
            + &line("c3", &case("baggage", "running")),
    );
    let summary = Summary {
        read: 52_310,
        accepted: 50_000,
        duplicates: 2_000,
        dropped: [("enrich.not_the_brand".to_owned(), 10), ("ingest.odd".to_owned(), 3)].into_iter().collect(),
        rejected: [("ingest.decode".to_owned(), 300)].into_iter().collect(),
        seconds: 1.25,
        mentions_per_second: 41_848.0,
        max_rss_mib: 210.4,
        stages: [(
            "enrich".to_owned(),
            crate::run::StageRate { read: 52_010, busy_seconds: 0.5, records_per_second: 104_020.0 },
        )]
        .into_iter()
        .collect(),
        ..Summary::default()
    };
    write("summary.json", serde_json::to_string(&summary).unwrap());
    out
}

#[test]
fn the_report_tells_a_service_manager_what_happened() {
    let out = out();
    let report = report(out.path(), &Names::default()).unwrap();
    for expected in [
        "Firebreak read 52,310 mentions in 1.2 seconds.",
        "WHAT WENT WRONG: 1 incident\n",
        "1. skyline: missing_plane (sudden rise)",
        "began      2026-11-04 00:00:00, noticed 2026-11-04 00:00:40, getting worse when the input ended",
        "at worst   412 mentions in 5 minutes by 2026-11-04 00:20:00; about 3.1 would be normal",
        "in all     9,210 mentions from 7,812 people",
        "about      missing_plane (8,120)",
        "words      radar (900)",
        "told       oncall:pr",
        "\"where is SK881? nobody tells us\"  (@jo on x, 2026-11-04 00:01:00)",
        "\"my sister is on that plane\"",
        "PEOPLE WHO NEED AN ANSWER: 3 cases",
        "received before, so counted once",
        "not about a brand of the book",
        "dropped: ingest.odd",
        "could not be read (no JSON, or no UTF-8)",
        "41,848 mentions a second over all, with at most 210 MiB of memory",
        "finding brand and person",
        "cases.ndjson",
    ] {
        assert!(report.contains(expected), "`{expected}` is not in\n{report}");
    }
    assert!(!report.contains("a third one"), "two samples are enough\n{report}");
    assert!(!report.contains("an answer that names the id"), "an answer is not the mention it answers\n{report}");
}

#[test]
fn each_team_has_its_row_by_the_last_state_of_its_cases() {
    let out = out();
    let report = report(out.path(), &Names::default()).unwrap();
    let row = |team: &str| -> Vec<String> {
        let line = report.lines().find(|line| line.trim_start().starts_with(team)).unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(row("pr "), ["pr", "2", "1", "1", "0", "0"]);
    assert_eq!(row("baggage"), ["baggage", "1", "0", "0", "1", "0"]);
}

#[test]
fn a_topic_that_was_not_written_is_said_and_not_guessed() {
    let out = out();
    for name in ["mentions.classified.ndjson", "mentions.classified.express.ndjson", "cases.ndjson"] {
        fs::remove_file(out.path().join(name)).unwrap();
    }
    let report = report(out.path(), &Names::default()).unwrap();
    assert!(report.contains("mention aaaa: its text is not among the topics that were written"), "{report}");
    assert!(report.contains("not known: the topic `cases` was not written"), "{report}");
    fs::remove_file(out.path().join("incidents.ndjson")).unwrap();
    assert!(super::report(out.path(), &Names::default()).unwrap().contains("the topic `incidents` was not written"));
}

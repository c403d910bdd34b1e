//! Bad input, one test each: nothing is lost, nothing is doubled, and the dead letter says what was wrong.

use std::path::Path;
use std::sync::Arc;

use book::Book;
use events::Topic;
use firebreak::run::{Replayed, replay};
use serde_json::{Value, json};

/// The book of the five imaginary brands.
pub(crate) fn five_brands() -> Arc<Book> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("books/five-brands");
    Arc::new(book::load_dir(&folder).unwrap_or_else(|errors| panic!("{errors:#?}")))
}

/// Runs lines over the five brands and checks that the summary balances.
fn run_lines(lines: impl IntoIterator<Item = Vec<u8>>) -> Replayed {
    let replayed =
        replay(lines.into_iter().collect::<Vec<_>>().into_iter(), five_brands(), None, 2, &Topic::PUBLIC).unwrap();
    assert_balanced(&replayed);
    replayed
}

/// read = accepted + duplicates + what ingest dropped and rejected; accepted = classified + what came after it.
pub(crate) fn assert_balanced(replayed: &Replayed) {
    let summary = &replayed.summary;
    let of = |stage: &str| -> u64 {
        let all = summary.dropped.iter().chain(&summary.rejected);
        all.filter(|(reason, _)| reason.starts_with(stage)).map(|(_, count)| count).sum()
    };
    let before = of("ingest.");
    let undecodable: u64 =
        summary.rejected.iter().filter(|(reason, _)| reason.starts_with("enrich.")).map(|(_, n)| n).sum();
    assert_eq!(summary.read, summary.accepted + summary.duplicates + before + undecodable, "{summary:#?}");
    assert_eq!(summary.accepted, summary.classified + of("enrich.") - undecodable + of("classify."), "{summary:#?}");
    let dead = replayed.topics["dead-letters"].len() as u64;
    let rejected: u64 = summary.rejected.values().chain(summary.rejected_later.values()).sum();
    assert_eq!(dead, rejected, "every rejected record lies in dead-letters once");
}

/// A line that is in order.
fn line(native_id: &str, text: &str) -> Value {
    json!({"source": "x", "native_id": native_id, "published_at": "2026-11-02T09:00:00Z", "text": text,
           "author": {"id": "jo", "handle": "jo", "followers": 40}})
}

/// The line's bytes after a change.
fn with(native_id: &str, text: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut line = line(native_id, text);
    change(&mut line);
    line.to_string().into_bytes()
}

fn good() -> Vec<u8> {
    with("good", "@ternbank your machine ate my card", |_| {})
}

fn dead_letter(replayed: &Replayed) -> &Value {
    match replayed.topics["dead-letters"].as_slice() {
        [one] => &one["value"],
        other => panic!("{} dead letters: {other:#?}", other.len()),
    }
}

/// One bad line between two good ones: it alone is rejected, for this reason, with its bytes.
fn rejected(bad: &[u8], reason: &str, detail: &str) {
    let good_too = with("good too", "@ternbank my card is stuck", |_| {});
    let replayed = run_lines([good(), bad.to_vec(), good_too]);
    assert_eq!((replayed.summary.read, replayed.summary.classified), (3, 2));
    assert_eq!(replayed.summary.rejected.get(&format!("ingest.{reason}")), Some(&1), "{:#?}", replayed.summary);
    let letter = dead_letter(&replayed);
    assert_eq!(letter["reason"], reason);
    assert!(letter["detail"].as_str().unwrap().contains(detail), "`{detail}` is not in {}", letter["detail"]);
    match &letter["value"] {
        Value::String(text) => assert_eq!(text.as_bytes(), bad),
        hex => assert_eq!(hex["hex"].as_str().unwrap().len(), 2 * bad.len()),
    }
    assert_eq!(replayed.topics["dead-letters"][0]["key"], "lines:2", "the key names file and line");
}

/// One unusual line is accepted and reaches `mentions.classified` as it is.
fn accepted(line: Vec<u8>) -> Value {
    let replayed = run_lines([line]);
    assert_eq!((replayed.summary.accepted, replayed.summary.classified), (1, 1), "{:#?}", replayed.summary);
    classified(&replayed).remove(0)
}

/// Both lanes of `mentions.classified`.
fn classified(replayed: &Replayed) -> Vec<Value> {
    let lanes = ["mentions.classified.express", "mentions.classified"];
    lanes.iter().flat_map(|lane| &replayed.topics[*lane]).map(|record| record["value"].clone()).collect()
}

#[test]
fn what_is_not_json_is_rejected_as_decode() {
    rejected(b"ATM ate my card", "decode", "JSON");
}

#[test]
fn json_without_text_is_rejected_as_invalid_and_names_the_field() {
    rejected(&with("a", "", |line| drop(line.as_object_mut().unwrap().remove("text"))), "invalid", "text");
}

#[test]
fn a_line_of_ten_megabytes_is_rejected_as_oversize_with_its_head_length_and_hash() {
    let huge = with("huge", &"x".repeat(10 << 20), |_| {});
    let replayed = run_lines([good(), huge.clone()]);
    assert_eq!(replayed.summary.rejected.get("ingest.oversize"), Some(&1));
    let letter = dead_letter(&replayed);
    assert_eq!(letter["value"].as_str().unwrap().as_bytes(), &huge[..64 << 10]);
    assert_eq!(letter["value_length"], huge.len());
    assert_eq!(letter["value_sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn invalid_utf8_is_rejected_with_its_bytes() {
    let mut bad = good();
    let at = bad.windows(4).position(|window| window == b"card").unwrap();
    bad[at] = 0xff;
    rejected(&bad, "invalid", "UTF-8");
}

#[test]
fn a_nul_in_the_text_is_accepted() {
    let value = accepted(with("nul", "@ternbank my card\u{0} is gone", |_| {}));
    assert_eq!(value["mention"]["text"], "@ternbank my card\u{0} is gone");
}

#[test]
fn a_text_of_a_hundred_kilobytes_is_accepted() {
    let text = format!("@ternbank {}", "my card is gone ".repeat(6_400));
    assert_eq!(accepted(with("long", &text, |_| {}))["mention"]["text"], text.as_str());
}

#[test]
fn dates_of_year_1_and_9999_become_the_stream_time_and_are_counted() {
    for date in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let dated = with("odd", "@ternbank my card is gone", |line| line["published_at"] = json!(date));
        let replayed = run_lines([good(), dated]);
        assert_eq!((replayed.summary.classified, replayed.summary.undated), (2, 1), "{date}");
        let odd = classified(&replayed).into_iter().find(|value| value["mention"]["native_id"] == "odd").unwrap();
        assert_eq!(odd["mention"]["event_time"], "2026-11-02T09:00:00Z", "{date}");
    }
}

#[test]
fn a_date_far_ahead_of_its_neighbours_becomes_the_stream_time_and_holds_up_nothing_else() {
    let ahead = with("ahead", "@ternbank my card is gone", |line| line["published_at"] = json!("2098-03-01T09:00:00Z"));
    let later = with("later", "@ternbank my card is gone too", |line| {
        line["published_at"] = json!("2026-11-02T09:00:30Z");
        line["author"]["id"] = json!("another");
    });
    let replayed = run_lines([good(), ahead, later]);
    assert_eq!((replayed.summary.classified, replayed.summary.undated), (3, 1));
    let heard = |id: &str| classified(&replayed).into_iter().find(|value| value["mention"]["native_id"] == id).unwrap();
    assert_eq!(heard("ahead")["mention"]["event_time"], "2026-11-02T09:00:00Z");
    assert_eq!(heard("later")["mention"]["event_time"], "2026-11-02T09:00:30Z");
    let outcomes = replayed.topics["cases"].iter().map(|case| &case["value"]["clocks"][0]["outcome"]);
    assert!(outcomes.into_iter().all(|outcome| outcome == "running"), "{:#?}", replayed.topics["cases"]);
}

#[test]
fn an_unknown_source_is_accepted_as_class_other() {
    let replayed = run_lines([with("new", "@ternbank my card is gone", |line| line["source"] = json!("newnet"))]);
    assert_eq!(replayed.summary.classified, 1);
    assert!(replayed.topics["tallies"].iter().all(|tally| tally["value"]["source_class"] == "other"));
}

#[test]
fn a_missing_author_is_accepted_and_the_mention_is_its_own_person() {
    let value = accepted(with("alone", "@ternbank my card is gone", |line| {
        drop(line.as_object_mut().unwrap().remove("author"))
    }));
    let id = value["mention"]["id"].as_str().unwrap();
    assert_eq!(value["enrichment"]["person"], format!("mention:{id}"));
}

#[test]
fn emoji_only_is_accepted_with_an_undetermined_language() {
    let value = accepted(with("emoji", "😡😡😡", |line| line["brand"] = json!("tern")));
    assert_eq!(value["enrichment"]["language"]["tag"], "und");
}

#[test]
fn an_empty_text_with_media_is_accepted() {
    let value = accepted(with("media", "", |line| {
        line["brand"] = json!("tern");
        line["media"] =
            json!([{"kind": "image", "url": "https://pictures.example/1.jpg", "alt_text": "a cash machine"}]);
    }));
    assert_eq!(value["mention"]["media"][0]["alt_text"], "a cash machine");
}

#[test]
fn an_edit_before_its_create_gives_two_revisions_and_one_first() {
    let edit = with("m", "@ternbank your machine ate my blue card", |line| {
        line["kind"] = json!("edit");
        line["revision"] = json!(1);
    });
    let replayed = run_lines([edit, with("m", "@ternbank your machine ate my card", |_| {})]);
    let values = classified(&replayed);
    assert_eq!(values.len(), 2);
    assert_eq!(values.iter().filter(|value| value["enrichment"]["first"] == true).count(), 1);
}

#[test]
fn a_delete_of_something_never_seen_goes_on() {
    let replayed = run_lines([with("ghost", "", |line| {
        line.as_object_mut().unwrap().remove("text");
        line["kind"] = json!("delete");
    })]);
    assert_eq!((replayed.summary.accepted, replayed.summary.classified), (1, 1), "{:#?}", replayed.summary);
}

#[test]
fn a_create_after_its_delete_goes_on_without_its_text() {
    let delete = with("gone", "", |line| {
        line["kind"] = json!("delete");
        line["revision"] = json!(1);
    });
    let replayed = run_lines([delete, with("gone", "@ternbank call me on 07700 900123", |_| {})]);
    let values = classified(&replayed);
    assert_eq!(values.len(), 2, "{:#?}", replayed.summary);
    assert!(values.iter().all(|value| value["mention"]["text"] == ""), "{values:#?}");
    assert_eq!(replayed.summary.cases, 0);
}

#[test]
fn the_end_of_input_in_the_middle_of_a_line_rejects_that_line_only() {
    let whole = good();
    let half = with("half", "@ternbank my card is gone", |_| {});
    let replayed = run_lines([whole, half[..half.len() / 2].to_vec()]);
    assert_eq!((replayed.summary.classified, replayed.summary.rejected["ingest.decode"]), (1, 1));
}

#[test]
fn the_same_line_twice_is_one_mention_and_a_duplicate() {
    let replayed = run_lines([good(), good(), good()]);
    assert_eq!((replayed.summary.accepted, replayed.summary.duplicates), (1, 2));
}

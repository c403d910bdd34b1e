//! A run is a pure function of its input and its book: the machine's speed and the number of workers do not show.

use std::collections::BTreeMap;
use std::sync::Arc;

use book::Book;
use events::Topic;
use firebreak::run::{Replayed, replay};
use scenario::{Options, generate};
use serde_json::Value;

use crate::bad_input::assert_balanced;
use crate::books::example_book;

/// A scenario with everything that goes wrong on the way.
fn crisis() -> (Arc<Book>, Vec<Vec<u8>>, scenario::Truth) {
    let options = Options {
        hours: 9.0,
        scale: 0.1,
        duplicates: 0.2,
        poison: 0.01,
        out_of_order: 30.0,
        edits: 0.02,
        deletes: 0.01,
        ..Options::of("missing-plane").unwrap()
    };
    let mut lines = Vec::new();
    let truth = generate(&options, &mut |line| lines.push(line.to_vec())).unwrap();
    (example_book("airline"), lines, truth)
}

fn run(book: &Arc<Book>, lines: &[Vec<u8>], workers: usize) -> Replayed {
    let replayed = replay(lines.iter().cloned(), Arc::clone(book), None, workers, &Topic::PUBLIC).unwrap();
    assert_balanced(&replayed);
    replayed
}

#[test]
fn two_runs_give_the_same_records_and_another_number_of_workers_changes_no_decision() {
    let (book, lines, truth) = crisis();
    let one = run(&book, &lines, 1);
    assert_eq!(one.summary.read, truth.lines);
    assert_eq!(one.summary.accepted, truth.distinct);
    assert_eq!(one.summary.duplicates, truth.duplicates);
    assert_eq!(one.summary.rejected.values().sum::<u64>(), truth.poison);
    assert!(one.summary.incidents >= 1 && one.summary.cases > 10, "{:#?}", one.summary);
    let again = run(&book, &lines, 1);
    assert!(one.topics == again.topics, "two runs differ");
    let three = run(&book, &lines, 3);
    for (topic, records) in &one.topics {
        assert_eq!(bare(records), bare(&three.topics[topic]), "{topic}");
    }
    for topic in ["incidents", "cases", "notifications"] {
        assert_eq!(by_key(&one.topics[topic]), by_key(&three.topics[topic]), "{topic}");
    }
}

/// Records without what the number of workers may change, in an order of their own.
fn bare(records: &[Value]) -> Vec<String> {
    let mut bare: Vec<String> = records.iter().map(|record| format!("{} {}", record["key"], record["value"])).collect();
    bare.sort_unstable();
    bare
}

fn by_key(records: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let mut keys: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for record in records {
        keys.entry(record["key"].to_string()).or_default().push(record["value"].clone());
    }
    keys
}

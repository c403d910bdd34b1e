//! The series that the program declares and the contract in `docs/metrics.md` are the same, in both directions, and a
//! registry that was used exposes nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use events::{EventTime, Partition, Role, Span, Topic};
use stream::metrics::{ALL, Metrics};
use stream::store::Written;
use stream::{Counts, DropReason, Exit, Observer, RejectReason, StateOrigin};

/// The contract as people read it.
const CONTRACT: &str = include_str!("../../../docs/metrics.md");

/// Rows of a contract's table: name, type, labels.
fn rows(contract: &str) -> BTreeSet<String> {
    let rows = contract.lines().filter(|line| line.starts_with("| firebreak_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        format!("{} {} [{}]", cells[1], cells[2], cells[3])
    })
    .collect()
}

/// How the declared series and a contract differ.
fn differences(contract: &str) -> Vec<String> {
    let declared: BTreeSet<String> = ALL
        .iter()
        .map(|series| format!("{} {} [{}]", series.name, series.kind.name(), series.labels.join(", ")))
        .collect();
    let contract = rows(contract);
    let missing = contract.difference(&declared).map(|row| format!("only in the contract: {row}"));
    let extra = declared.difference(&contract).map(|row| format!("only in the code: {row}"));
    missing.chain(extra).collect()
}

#[test]
fn the_program_declares_exactly_the_series_of_the_contract() {
    let differences = differences(CONTRACT);
    assert!(
        differences.is_empty(),
        "docs/metrics.md and crates/stream/src/metrics/names.rs differ:\n{}",
        differences.join("\n")
    );
}

#[test]
fn a_series_that_leaves_the_contract_is_found_by_name_type_and_label() {
    let row = CONTRACT.lines().find(|line| line.starts_with("| firebreak_records_total ")).unwrap();
    let without = CONTRACT.replace(row, "");
    assert_eq!(differences(&without).len(), 1, "a series that the contract does not know");
    let promised = format!("{CONTRACT}\n| firebreak_promised_total | counter | stage | never counted |\n");
    assert_eq!(differences(&promised), ["only in the contract: firebreak_promised_total counter [stage]"]);
    for (word, other) in [("counter", "gauge"), ("verdict", "author"), ("firebreak_records_", "firebreak_record_")] {
        assert!(row.contains(word), "{row}");
        let doctored = CONTRACT.replace(row, &row.replacen(word, other, 1));
        assert_eq!(differences(&doctored).len(), 2, "`{other}` instead of `{word}`: {:?}", differences(&doctored));
    }
}

#[test]
fn a_used_registry_exposes_every_series_and_no_other() {
    let metrics = Metrics::new(&"b00c".into()).unwrap();
    let role = Role::Care;
    let mut counts = Counts { forwarded: 1, bytes_read: 2, bytes_produced: 3, fired: 1, ..Counts::default() };
    counts.read.insert(Topic::Actions, 3);
    counts.dropped.insert(DropReason("noise"), 1);
    counts.labels.insert(("sentiment", "unsure"), 1);
    counts.rejected.insert(RejectReason::Decode, 1);
    counts.produced.insert(Topic::Cases, 1);
    metrics.decided(role, 3, Duration::from_millis(1), true);
    metrics.transacted(role, Duration::from_millis(1));
    metrics.committed(role, Partition(1), &counts);
    metrics.aborted(role, &Exit::Fatal("broken".into()));
    metrics.ready(role, Partition(1), StateOrigin::Reused, 0);
    metrics.restored(role, Duration::from_millis(1));
    metrics.lags(role, Topic::Actions, Partition(1), 5);
    metrics.revoked(role, &[Partition(1)]);
    assert!(!metrics.text().unwrap().contains("firebreak_partition_lag_records{"), "a ghost of what was given up");
    metrics.lags(role, Topic::Actions, Partition(2), 5);
    metrics.waited(role, true, Duration::from_millis(1));
    metrics.held_back(role, Span::seconds(3));
    metrics.progressed(role, EventTime::FIRST);
    metrics.remembers(role, Span::hours(48));
    metrics.set_last_pass(role, 0, EventTime::FIRST);
    metrics.wrote(role, "postgres", &Written { inserted: 1, updated: 1, unchanged: 1 });
    metrics.retried(role, "postgres", "closed");
    metrics.held_up(role, "postgres", true);
    metrics.answered(role, "webhook", "committed");
    metrics.let_go(role, "webhook", "waited");
    let text = metrics.text().unwrap();
    let exposed: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .filter_map(|line| line.split(' ').next())
        .collect();
    let declared: BTreeSet<&str> = ALL.iter().map(|series| series.name).collect();
    assert_eq!(exposed, declared);
    assert!(
        text.contains(r#"firebreak_records_total{role="escalate.care",stage="escalate",verdict="rejected"} 1"#),
        "{text}"
    );
}

#[test]
fn counters_end_in_total_and_durations_in_seconds() {
    for series in ALL {
        let counter = series.kind.name() == "counter";
        assert_eq!(series.name.ends_with("_total"), counter, "{}", series.name);
        assert!(!series.name.contains("_ms") && series.name.starts_with("firebreak_"), "{}", series.name);
    }
}

//! The series that the program declares and the contract in `docs/metrics.md` are the same, in both directions, and a
//! registry that was used exposes nothing else.

use std::collections::BTreeSet;
use std::time::Duration;

use events::{Partition, Role, Topic};
use stream::metrics::{ALL, Metrics};
use stream::{Counts, DropReason, Exit, Observer, RejectReason, StateOrigin};

/// Rows of the contract's table: name, type, labels.
fn contract() -> BTreeSet<String> {
    let text = include_str!("../../../docs/metrics.md");
    let rows = text.lines().filter(|line| line.starts_with("| firebreak_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        format!("{} {} [{}]", cells[1], cells[2], cells[3])
    })
    .collect()
}

#[test]
fn the_program_declares_exactly_the_series_of_the_contract() {
    let declared: BTreeSet<String> = ALL
        .iter()
        .map(|series| format!("{} {} [{}]", series.name, series.kind.name(), series.labels.join(", ")))
        .collect();
    let contract = contract();
    let missing: Vec<_> = contract.difference(&declared).collect();
    let extra: Vec<_> = declared.difference(&contract).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "docs/metrics.md and crates/stream/src/metrics/names.rs differ\n  only in the contract: {missing:#?}\n  only in the code: {extra:#?}"
    );
}

#[test]
fn a_used_registry_exposes_every_series_and_no_other() {
    let metrics = Metrics::new(&"b00c".into()).unwrap();
    let role = Role::Care;
    let mut counts = Counts { forwarded: 1, bytes_read: 2, bytes_produced: 3, fired: 1, ..Counts::default() };
    counts.read.insert(Topic::Actions, 3);
    counts.dropped.insert(DropReason("noise"), 1);
    counts.rejected.insert(RejectReason::Decode, 1);
    counts.produced.insert(Topic::Cases, 1);
    metrics.decided(role, 3, Duration::from_millis(1), true);
    metrics.transacted(role, Duration::from_millis(1));
    metrics.committed(role, Partition(1), &counts);
    metrics.aborted(role, &Exit::Fatal("broken".into()));
    metrics.ready(role, Partition(1), StateOrigin::Reused, 0);
    metrics.revoked(role, &[Partition(1)]);
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

//! The section about people who wait for an answer.

use std::collections::BTreeMap;
use std::path::Path;

use events::ClockOutcome;
use serde::Deserialize;

use super::names::Names;
use super::outputs::latest;
use super::text::{counted, table, thousands};

/// What the report needs of a case.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Found {
    queue: String,
    #[serde(default)]
    clocks: Vec<FoundClock>,
}

#[derive(Debug, Clone, Deserialize)]
struct FoundClock {
    outcome: ClockOutcome,
}

/// Cases of a team by how their last clock stands.
#[derive(Debug, Clone, Copy, Default)]
struct Standing {
    all: u64,
    met: u64,
    breached: u64,
    running: u64,
    without: u64,
}

/// The last state of each case.
pub(super) fn read(out: &Path) -> anyhow::Result<Vec<Found>> {
    Ok(latest(out, "cases")?.into_values().collect())
}

/// The section.
pub(super) fn section(cases: &[Found], names: &Names, out: &Path) -> String {
    if !out.join("cases.ndjson").exists() {
        return "\nPEOPLE WHO NEED AN ANSWER\n  not known: the topic `cases` was not written\n".into();
    }
    if cases.is_empty() {
        return "\nPEOPLE WHO NEED AN ANSWER\n  nobody\n".into();
    }
    let mut teams: BTreeMap<&str, Standing> = BTreeMap::new();
    for case in cases {
        let standing = teams.entry(&case.queue).or_default();
        standing.all += 1;
        match case.clocks.last().map(|clock| clock.outcome) {
            Some(ClockOutcome::Met) => standing.met += 1,
            Some(ClockOutcome::Breached) => standing.breached += 1,
            Some(ClockOutcome::Running) => standing.running += 1,
            _ => standing.without += 1,
        }
    }
    let rows: Vec<Vec<String>> = teams
        .iter()
        .map(|(team, standing)| {
            let numbers = [standing.all, standing.met, standing.breached, standing.running, standing.without];
            std::iter::once(names.team(team).to_owned()).chain(numbers.map(thousands)).collect()
        })
        .collect();
    let header = ["team", "cases", "answered in time", "too late", "still in time", "no clock"];
    format!("\nPEOPLE WHO NEED AN ANSWER: {}\n{}", counted(cases.len() as u64, "case", "cases"), table(&header, &rows))
}

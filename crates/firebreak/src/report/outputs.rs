//! The files of OUT: reading them, and saying which to open.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::text::table;

#[derive(Deserialize)]
struct Line<T> {
    key: String,
    value: Option<T>,
}

/// The last value of each key of a topic; nothing when the topic was not written.
pub(super) fn latest<T: DeserializeOwned>(out: &Path, topic: &str) -> anyhow::Result<BTreeMap<String, T>> {
    let path = out.join(format!("{topic}.ndjson"));
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other.with_context(|| format!("cannot read `{}`", path.display()))?,
    };
    let mut found = BTreeMap::new();
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut line = Vec::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        number += 1;
        if reader.read_until(b'\n', &mut line).with_context(|| format!("cannot read `{}`", path.display()))? == 0 {
            return Ok(found);
        }
        let read: Line<T> = serde_json::from_slice(&line)
            .with_context(|| format!("`{}` line {number} is no record of `{topic}`", path.display()))?;
        match read.value {
            Some(value) => drop(found.insert(read.key, value)),
            None => drop(found.remove(&read.key)),
        }
    }
}

/// Which files to open, of those that are there.
pub(super) fn section(out: &Path) -> String {
    let known = [
        ("incidents.ndjson", "each incident and every change of it"),
        ("cases.ndjson", "each case with its team, its clock and its steps"),
        ("notifications.ndjson", "who was told what, and by when to act"),
        ("mentions.classified.ndjson", "each mention with what was understood, and why"),
        (
            "mentions.classified.express.ndjson",
            "the urgent ones: threats, allegations, leaks, distress, the brand's answers",
        ),
        ("dead-letters.ndjson", "what could not be read, whole, with the reason"),
        ("summary.json", "the counts of this run"),
    ];
    let rows: Vec<Vec<String>> = known
        .into_iter()
        .map(|(file, what)| (out.join(file), what))
        .filter(|(path, _)| std::fs::metadata(path).is_ok_and(|found| found.len() > 0))
        .map(|(path, what)| vec![format!("{}  {what}", pad(&path.display().to_string(), out, &known))])
        .collect();
    let list = table(&[""], &rows);
    format!("\nFILES TO OPEN\n{}", list.trim_start_matches('\n'))
}

fn pad(path: &str, out: &Path, known: &[(&str, &str)]) -> String {
    let longest = known.iter().map(|(file, _)| out.join(file).display().to_string().chars().count()).max();
    format!("{path:<width$}", width = longest.unwrap_or_default())
}

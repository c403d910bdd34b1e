//! What was measured: tables for people, and one JSON for programs, which grows part by part.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, thread};

use anyhow::Context;
use serde_json::{Map, Value, json};
use testkit::figures::Figure;

use crate::Plan;
use crate::sight::Hop;

/// Everything that was measured.
pub(crate) struct Report {
    tables: Vec<String>,
    values: Map<String, Value>,
    stall: Figure,
    failures: Vec<String>,
}

impl Report {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut report =
            Self { tables: Vec::new(), values: Map::new(), stall: Figure::default(), failures: Vec::new() };
        report.put(&["machine"], machine());
        report.put(&["size"], plan.size());
        report
    }

    /// Notes a value under a path of names.
    pub(crate) fn put(&mut self, path: &[&str], value: Value) {
        let Some((last, groups)) = path.split_last() else { return };
        let mut place = &mut self.values;
        for name in groups {
            let group = place.entry(*name).or_insert_with(|| json!({}));
            if !group.is_object() {
                *group = json!({});
            }
            let Value::Object(inner) = group else { return };
            place = inner;
        }
        place.insert((*last).to_owned(), value);
    }

    /// Notes a table, to be told at the end.
    pub(crate) fn table(&mut self, table: String) {
        self.tables.push(table);
    }

    /// Notes how long the reader stood still in a run, in milliseconds: no latency is true below it.
    pub(crate) fn stall(&mut self, stall: f64) {
        self.stall.add(stall);
        let told = self.stall.json(0);
        self.put(&["reader_stood_still_ms"], told);
    }

    /// Notes median and 99th percentile at each step on the way.
    pub(crate) fn hops(&mut self, hops: [(Hop, [f64; 2]); 3]) {
        let mut text = String::from("\n  a run of its own with a reader at each step: ms after acceptance\n");
        for (hop, [p50, p99]) in hops {
            // Writing to a String never fails.
            let _written = writeln!(text, "  {:<22} p50 {p50:>6.1}   p99 {p99:>6.1}", hop.name());
            self.put(&["quiet_hops_ms", hop.name()], json!({"p50": tenths(p50), "p99": tenths(p99)}));
        }
        self.table(text);
    }

    /// Notes why the benchmark is of no use; it goes on, and fails at its end.
    pub(crate) fn fail(&mut self, why: String) {
        self.failures.push(why);
    }

    /// Why it is of no use.
    pub(crate) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// All tables.
    pub(crate) fn text(&self) -> String {
        self.tables.concat()
    }

    /// Writes the JSON.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write(&self, file: &Path) -> anyhow::Result<()> {
        fs::write(file, format!("{:#}\n", Value::Object(self.values.clone())))
            .with_context(|| format!("cannot write `{}`", file.display()))
    }
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// What it was measured on.
fn machine() -> Value {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let kib = field("/proc/meminfo", "MemTotal").and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    json!({
        "processor": field("/proc/cpuinfo", "model name"),
        "cores": thread::available_parallelism().map(usize::from).ok(),
        "memory_gib": kib.map(|kib| (kib / 1_048_576.0).round()),
        // What else was going on, in processes that want a processor.
        "load_before": fs::read_to_string("/proc/loadavg").ok().and_then(|told| told.split(' ').next()?.parse::<f64>().ok()),
        "system": fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|release| format!("Linux {}", release.trim())),
    })
}

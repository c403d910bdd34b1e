//! What each stage alone costs, over all runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use firebreak::demo::stages::STAGES;
use serde_json::{Value, json};
use testkit::figures::Figure;

/// The least share of a raw copy that each stage must reach.
const SHARES: [(&str, f64); 4] = [("ingest", 0.5), ("enrich", 0.25), ("classify", 0.12), ("escalate", 0.5)];

/// What one run of a stage cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Records that it read.
    pub(crate) records: f64,
    /// Processor time of the process.
    pub(crate) processor: Duration,
    /// Time that passed.
    pub(crate) took: Duration,
    /// Most memory in MiB.
    pub(crate) peak: f64,
    /// How often a thread was taken from a processor.
    pub(crate) switches: f64,
}

/// A stage over all runs.
#[derive(Debug, Default)]
struct Stage {
    idle: Figure,
    peak: Figure,
    rate: Figure,
    raw: Figure,
    share: Figure,
    bytes: Figure,
    switches: Figure,
}

/// All stages over one input.
#[derive(Debug, Default)]
pub(crate) struct StageTable(BTreeMap<&'static str, Stage>);

impl StageTable {
    /// Notes the memory of a stage that has nothing to do.
    pub(crate) fn idle(&mut self, stage: &'static str, memory: f64) {
        self.0.entry(stage).or_default().idle.add(memory);
    }

    /// Notes one run of a stage beside a copy of what it read, and tells it.
    pub(crate) fn add(&mut self, name: &'static str, measured: &Measured, copied: crate::raw::Copied) -> String {
        let rate = measured.records / measured.processor.as_secs_f64().max(1e-9);
        let stage = self.0.entry(name).or_default();
        stage.rate.add(rate);
        stage.raw.add(copied.rate);
        stage.share.add(rate / copied.rate);
        stage.bytes.add(copied.bytes);
        stage.peak.add(measured.peak);
        stage.switches.add(measured.switches * 1_000.0 / measured.records.max(1.0));
        format!(
            "{name:<10}{:>9.0} records in {:>5.1} s, {rate:>8.0} a second a core; a raw copy {:>9.0}",
            measured.records,
            measured.took.as_secs_f64(),
            copied.rate
        )
    }

    /// For people.
    pub(crate) fn table(&self, title: &str) -> String {
        let mut text = format!("\nRECORDS A SECOND OF PROCESSOR TIME, each stage alone, {title}\n");
        let _written = writeln!(
            text,
            "  {:<10}{:>10}{:>20}{:>7}{:>11}{:>8}{:>17}{:>8}{:>11}{:>15}",
            "stage",
            "records/s",
            "least to most",
            "bytes",
            "raw copy",
            "share",
            "least to most",
            "asked",
            "switches",
            "MiB idle/peak"
        );
        for name in STAGES {
            let Some(stage) = self.0.get(name).filter(|stage| !stage.rate.is_empty()) else { continue };
            let asked = asked(name).map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
            let idle = if stage.idle.is_empty() { "-".to_owned() } else { format!("{:.0}", stage.idle.median()) };
            let _written = writeln!(
                text,
                "  {name:<10}{:>10.0}{:>20}{:>7.0}{:>11.0}{:>8.3}{:>17}{asked:>8}{:>11.1}{:>15}",
                stage.rate.median(),
                format!("{:.0} to {:.0}", stage.rate.min(), stage.rate.max()),
                stage.bytes.median(),
                stage.raw.median(),
                stage.share.median(),
                format!("{:.3} to {:.3}", stage.share.min(), stage.share.max()),
                stage.switches.median(),
                format!("{idle}/{:.0}", stage.peak.median()),
            );
        }
        text + "  switches: how often a thread of it was taken from a processor, in 1,000 records\n"
    }

    /// For programs.
    pub(crate) fn json(&self) -> BTreeMap<&'static str, Value> {
        self.0.iter().filter(|(_, stage)| !stage.rate.is_empty()).map(|(name, stage)| (*name, stage.json())).collect()
    }
}

impl Stage {
    fn json(&self) -> Value {
        let mut value = json!({
            "records_per_second_per_core": self.rate.json(0),
            "raw_copy_records_per_second_per_core": self.raw.json(0),
            "share_of_raw": self.share.json(4),
            "bytes_per_record": self.bytes.json(0),
            "context_switches_per_1000_records": self.switches.json(1),
            "memory_mib": {"peak": self.peak.json(1)},
        });
        if !self.idle.is_empty() {
            value["memory_mib"]["idle"] = self.idle.json(1);
        }
        value
    }
}

fn asked(stage: &str) -> Option<f64> {
    SHARES.into_iter().find(|(name, _)| *name == stage).map(|(_, share)| share)
}

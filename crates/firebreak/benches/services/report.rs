//! What was measured, as a table for people and as JSON for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::Duration;

use events::Topic;
use firebreak::demo::stages::STAGES;
use serde_json::{Map, Value, json};

use crate::Plan;
use crate::figures::{Figure, quantile};

/// Quantiles of the latency: name, share, and the most milliseconds that are allowed.
const QUANTILES: [(&str, f64, Option<f64>); 3] =
    [("p50", 0.5, Some(100.0)), ("p99", 0.99, Some(250.0)), ("p999", 0.999, None)];
/// The least share of a raw copy that each stage must reach.
const SHARES: [(&str, f64); 4] = [("ingest", 0.5), ("enrich", 0.25), ("classify", 0.12), ("escalate", 0.5)];
/// The stage whose input is the raw copy that is told first.
const FIRST_READER: &str = "enrich";

/// A step on a mention's way, where a reader may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hop {
    Raw,
    Enriched,
    Classified,
}

impl Hop {
    pub(crate) const ALL: [Self; 3] = [Self::Raw, Self::Enriched, Self::Classified];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Raw => "mentions.raw",
            Self::Enriched => "mentions.enriched",
            Self::Classified => "mentions.classified",
        }
    }

    /// Both lanes.
    pub(crate) const fn topics(self) -> [Topic; 2] {
        match self {
            Self::Raw => [Topic::MentionsRaw, Topic::MentionsRawExpress],
            Self::Enriched => [Topic::MentionsEnriched, Topic::MentionsEnrichedExpress],
            Self::Classified => [Topic::MentionsClassified, Topic::MentionsClassifiedExpress],
        }
    }
}

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
}

/// A stage over all runs.
#[derive(Debug, Default)]
struct Stage {
    idle: Figure,
    peak: Figure,
    rate: Figure,
    raw: Figure,
    share: Figure,
}

/// Everything that was measured.
pub(crate) struct Report {
    size: Value,
    machine: Value,
    latency: [Figure; QUANTILES.len()],
    stall: Figure,
    hops: BTreeMap<Hop, [f64; 2]>,
    stages: BTreeMap<&'static str, Stage>,
}

impl Report {
    pub(crate) fn new(plan: &Plan) -> Self {
        let size = json!({
            "records": plan.records, "repeats": plan.repeats, "quiet_rate": plan.rate, "quiet_seconds": plan.seconds,
        });
        Self {
            size,
            machine: machine(),
            latency: Default::default(),
            stall: Figure::default(),
            hops: BTreeMap::new(),
            stages: BTreeMap::new(),
        }
    }

    /// Notes the memory of a stage that has nothing to do.
    pub(crate) fn idle(&mut self, stage: &'static str, memory: f64) {
        self.stages.entry(stage).or_default().idle.add(memory);
    }

    /// Notes the sorted latencies of one run, and tells them.
    pub(crate) fn quiet(&mut self, sorted: &[f64], stall: f64) -> String {
        self.stall.add(stall);
        let mut told = format!("{} mentions", sorted.len());
        for ((name, share, _), figure) in QUANTILES.into_iter().zip(&mut self.latency) {
            let value = quantile(sorted, share);
            figure.add(value);
            // Writing to a String never fails.
            let _written = write!(told, ", {name} {value:.1} ms");
        }
        // Writing to a String never fails.
        let _written = write!(told, "; the reader itself stood still for {stall:.0} ms at most");
        told
    }

    /// Notes median and 99th percentile at a step on the way.
    pub(crate) fn hop(&mut self, hop: Hop, quantiles: [f64; 2]) {
        self.hops.insert(hop, quantiles);
    }

    /// Notes one run of a stage beside a copy of what it read, and tells it.
    pub(crate) fn stage(&mut self, name: &'static str, measured: &Measured, raw: f64) -> String {
        let rate = measured.records / measured.processor.as_secs_f64().max(1e-9);
        let stage = self.stages.entry(name).or_default();
        stage.rate.add(rate);
        stage.raw.add(raw);
        stage.share.add(rate / raw);
        stage.peak.add(measured.peak);
        format!(
            "{name:<10}{:>9.0} records in {:>5.1} s, {rate:>8.0} a second a core; a raw copy {raw:>9.0}",
            measured.records,
            measured.took.as_secs_f64()
        )
    }

    /// The tables.
    pub(crate) fn table(&self) -> String {
        let mut text = String::from("\nACCEPTED → VISIBLE IN mentions.classified, quiet system, ms\n");
        let _written = writeln!(text, "  {:<8}{:>9}{:>9}{:>9}{:>10}", "", "median", "least", "most", "allowed");
        for ((name, _, allowed), figure) in QUANTILES.into_iter().zip(&self.latency) {
            let allowed = allowed.map_or_else(|| "-".to_owned(), |allowed| format!("{allowed:.0}"));
            let (median, min, max) = (figure.median(), figure.min(), figure.max());
            let _written = writeln!(text, "  {name:<8}{median:>9.1}{min:>9.1}{max:>9.1}{allowed:>10}");
        }
        let (median, min, max) = (self.stall.median(), self.stall.min(), self.stall.max());
        let _written =
            writeln!(text, "  {:<8}{median:>9.1}{min:>9.1}{max:>9.1}  the reader itself stood still", "stall");
        text.push_str("\n  a run of its own with a reader at each step: ms after acceptance\n");
        for (hop, [p50, p99]) in &self.hops {
            let _written = writeln!(text, "  {:<22} p50 {p50:>6.1}   p99 {p99:>6.1}", hop.name());
        }
        if self.stages.values().all(|stage| stage.rate.is_empty()) {
            return text;
        }
        text.push_str("\nRECORDS A SECOND OF PROCESSOR TIME, each stage alone\n");
        let _written = writeln!(
            text,
            "  {:<10}{:>10}{:>20}{:>11}{:>8}{:>17}{:>8}{:>15}",
            "stage", "records/s", "least to most", "raw copy", "share", "least to most", "asked", "MiB idle/peak"
        );
        for name in STAGES {
            let Some(stage) = self.stages.get(name) else { continue };
            let asked = asked(name).map_or_else(|| "-".to_owned(), |share| format!("{share:.2}"));
            let _written = writeln!(
                text,
                "  {name:<10}{:>10.0}{:>20}{:>11.0}{:>8.3}{:>17}{asked:>8}{:>15}",
                stage.rate.median(),
                format!("{:.0} to {:.0}", stage.rate.min(), stage.rate.max()),
                stage.raw.median(),
                stage.share.median(),
                format!("{:.3} to {:.3}", stage.share.min(), stage.share.max()),
                format!("{:.0}/{:.0}", stage.idle.median(), stage.peak.median()),
            );
        }
        text
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> String {
        let latency = QUANTILES.into_iter().zip(&self.latency);
        let quiet: Map<String, Value> = latency.map(|((name, ..), figure)| (name.to_owned(), figure.json(1))).collect();
        let hops = self.hops.iter();
        let hops: Map<String, Value> = hops
            .map(|(hop, [p50, p99])| (hop.name().to_owned(), json!({"p50": tenths(*p50), "p99": tenths(*p99)})))
            .collect();
        let mut report = json!({
            "machine": self.machine,
            "size": self.size,
            "latency_ms": {"quiet": quiet},
            "reader_stood_still_ms": self.stall.json(0),
            "quiet_hops_ms": hops,
        });
        if let Some(first) = self.stages.get(FIRST_READER).filter(|stage| !stage.raw.is_empty()) {
            let stages: Map<String, Value> =
                self.stages.iter().map(|(name, stage)| ((*name).to_owned(), stage.json())).collect();
            report["raw_copy"] = json!({"records_per_second_per_core": first.raw.json(0)});
            report["stages"] = stages.into();
        }
        format!("{report:#}\n")
    }
}

impl Stage {
    fn json(&self) -> Value {
        json!({
            "records_per_second_per_core": self.rate.json(0),
            "raw_copy_records_per_second_per_core": self.raw.json(0),
            "share_of_raw": self.share.json(4),
            "memory_mib": {"idle": self.idle.json(1), "peak": self.peak.json(1)},
        })
    }
}

fn asked(stage: &str) -> Option<f64> {
    SHARES.into_iter().find(|(name, _)| *name == stage).map(|(_, share)| share)
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

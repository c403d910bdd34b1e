//! How fast the services are over a real Apache Kafka on this machine: `make bench`, or a part of it: `make bench PART=latency`.
//!
//! - `stages`: the yardstick; what each stage does in a second of processor time beside a raw copy; from behind to level.
//! - `latency`: from acceptance to `mentions.classified`, quiet and at steady rates; the express lane under lag and while scaling.
//! - `restore`: from the start of a process to ready, by the size of its state.
//! - `recovery`: how long mentions wait when a process is killed.
//! - `growth`: what grows with partitions, with the book and with what was seen, and how.
//!
//! It goes to the terminal as it is measured, and to `target/bench.json`. What is started is ended by its process id, or ends
//! with this process.
#![cfg(feature = "kafka")]

mod backlog;
mod catch_up;
mod drain;
mod growth;
mod ids;
mod input;
mod installation;
mod latency;
mod load;
mod open_loop;
mod pin;
mod process;
mod quantiles;
mod raw;
mod recovery;
mod report;
mod restore;
mod scaling;
mod sight;
mod table;
mod texts;
mod under_lag;
mod yardstick;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use firebreak::demo::services::{Services, Sources};
use firebreak::signals;
use stream::service::Stop;

use report::Report;

/// The services over Kafka, measured.
#[derive(Debug, Clone, Parser)]
#[command(name = "bench")]
pub(crate) struct Plan {
    /// Lines that each stage is measured with.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    records: usize,
    /// How often each figure is measured.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    repeats: u8,
    /// Mentions a second on the quiet system.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    rate: u32,
    /// Seconds that a quiet system is watched, each time; one with a rate half as long.
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Which parts; all unless some are named.
    #[arg(long, value_name = "PART", value_enum, value_delimiter = ',')]
    part: Vec<Part>,
    /// The express lane is measured under five minutes of lag at so many mentions a second.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    lag_rate: usize,
    /// Raw mentions that wait when enrich and classify start to catch up.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    behind: usize,
    /// Ids of the largest state that is restored, and grown to.
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    ids: usize,
    /// How often a process is killed, each way.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    kills: u32,
    /// What cargo tells every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Stages,
    Latency,
    Restore,
    Recovery,
    Growth,
}

impl Plan {
    fn has(&self, part: Part) -> bool {
        self.part.is_empty() || self.part.contains(&part)
    }

    /// How much is measured, for programs.
    fn size(&self) -> serde_json::Value {
        serde_json::json!({
            "records": self.records, "repeats": self.repeats, "quiet_rate": self.rate, "quiet_seconds": self.seconds,
            "lag_rate": self.lag_rate, "behind": self.behind, "ids": self.ids, "kills": self.kills,
        })
    }
}

fn main() -> ExitCode {
    let plan = Plan::parse();
    match run(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("bench: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(plan: &Plan) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::set_current_dir(&root).with_context(|| format!("cannot go to `{}`", root.display()))?;
    let out = PathBuf::from("target/bench");
    // Files of a run before tell a store where to go on.
    drop(std::fs::remove_dir_all(&out));
    std::fs::create_dir_all(&out).with_context(|| format!("cannot create `{}`", out.display()))?;
    process::processor_time(std::process::id()).context("processor time cannot be measured here")?;
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    signals::hear(move || asked.want())?;

    say("Kafka and PostgreSQL start; a first start fetches Kafka …");
    let broker_core = pin::broker_core();
    let core = broker_core.map_or_else(String::new, |core| core.to_string());
    let sources = Sources {
        scripts: Path::new("scripts/services"),
        compose: Path::new("deploy/compose/compose.yaml"),
        logs: &out,
        // As a broker that stays: all of the just-in-time compiler, and room; on a core of its own.
        kafka: &[("JIT", ""), ("HEAP", "1g"), ("CORE", &core)],
    };
    let services = Services::start(&sources, &stop)?;
    say(&format!("  Kafka at {} and PostgreSQL at {}, {}", services.brokers, services.postgres, services.told));
    say(&format!("  how much is measured: {}", plan.size()));
    let world = installation::World { services: &services, out: &out, stop: &stop, broker_core };
    let mut report = Report::new(plan);
    let measured = measure(plan, &world, &mut report);
    drop(services);
    // What was measured before something failed is true all the same.
    say(&report.text());
    let file = Path::new("target/bench.json");
    report.write(file)?;
    say(&format!("\n{}", file.display()));
    measured?;
    anyhow::ensure!(report.failures().is_empty(), report.failures().join("; "));
    Ok(())
}

fn measure(plan: &Plan, world: &installation::World<'_>, report: &mut Report) -> anyhow::Result<()> {
    if plan.has(Part::Stages) {
        load::measure(plan, world, report)?;
    }
    if plan.has(Part::Latency) {
        latency::measure(plan, world, report)?;
        scaling::measure(plan, world, report)?;
    }
    if plan.has(Part::Stages) || plan.has(Part::Latency) {
        let source = backlog::source(world, "source")?;
        if plan.has(Part::Latency) {
            under_lag::measure(plan, world, &source, report)?;
        }
        if plan.has(Part::Stages) {
            catch_up::measure(plan, world, &source, report)?;
        }
        source.delete()?;
    }
    if plan.has(Part::Restore) {
        restore::measure(plan, world, report)?;
    }
    if plan.has(Part::Recovery) {
        recovery::measure(plan, world, report)?;
    }
    if plan.has(Part::Growth) {
        growth::measure(plan, world, report)?;
    }
    Ok(())
}

/// Tells whoever waits.
#[expect(clippy::print_stdout, reason = "a benchmark tells what it does on the terminal")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Ends early when that is asked for.
///
/// # Errors
/// It is.
pub(crate) fn pause(stop: &Stop, pause: Duration) -> anyhow::Result<()> {
    anyhow::ensure!(!stop.pause(pause), "stopped before the end; nothing is left running");
    Ok(())
}

//! How fast the services are over a real Apache Kafka on this machine: `make bench`.
//!
//! 1. The time from acceptance to `mentions.classified`, as a reader of committed records sees it, on a quiet system.
//! 2. What each stage does in a second of processor time, beside a copy of the same bytes by librdkafka alone.
//!
//! It goes to the terminal as it is measured, and to `target/bench.json`. What is started is ended by its process id, or ends
//! with this process.
#![cfg(feature = "kafka")]

mod figures;
mod input;
mod installation;
mod latency;
mod load;
mod process;
mod raw;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
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
    /// Seconds that a quiet system is watched, each time.
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// Only the first table: the latency of a quiet system.
    #[arg(long)]
    quiet_only: bool,
    /// What cargo tells every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
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
    let sources = Sources {
        scripts: Path::new("scripts/services"),
        compose: Path::new("deploy/compose/compose.yaml"),
        logs: &out,
        // As a broker that stays: all of the just-in-time compiler, and room.
        kafka: &[("JIT", ""), ("HEAP", "1g")],
    };
    let services = Services::start(&sources, &stop)?;
    say(&format!("  Kafka at {} and PostgreSQL at {}, {}", services.brokers, services.postgres, services.told));
    let world = installation::World { services: &services, out: &out, stop: &stop };
    let mut report = Report::new(plan);
    latency::measure(plan, &world, &mut report)?;
    if !plan.quiet_only {
        load::measure(plan, &world, &mut report)?;
    }
    drop(services);
    say(&report.table());
    let file = Path::new("target/bench.json");
    std::fs::write(file, report.json()).with_context(|| format!("cannot write `{}`", file.display()))?;
    say(&format!("\n{}", file.display()));
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

//! Tries to break exactly-once: real Kafka on three brokers, PostgreSQL, the five stages twice each, faults from a seed, and an oracle.
//!
//! `make soak MINUTES=3 SEED=1` runs it. It says what it does with the time; exit 1 when anything was lost, doubled or decided otherwise.

// A soak tells what happens as it happens, and nobody reads its output as data.
#![allow(clippy::print_stdout)]

mod controls;
mod feed;
mod fleet;
mod garbage;
mod load;
mod nemesis;
mod open;
mod oracle;
mod plan;
mod proxy;
mod reader;
mod recovery;
mod report;
mod run;
mod stalls;
mod stores;

use std::fs;
use std::io::stdout;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use stream::service::Stop;

/// Tries to break exactly-once over real services.
#[derive(Debug, Clone, Parser)]
struct Arguments {
    /// Try executables with one defect each instead, until each is caught: `program` must be built with them.
    #[arg(long)]
    controls: bool,
    /// The one defect that every stage has.
    #[arg(long, value_name = "NAME")]
    defect: Option<String>,
    /// Half of the faults of stages befall this one, and it changes hands whenever a broker is hurt.
    #[arg(long, value_name = "STAGE", value_parser = fleet::STAGES)]
    focus: Option<String>,
    /// How long faults happen, in minutes.
    #[arg(long, default_value_t = 3.0)]
    minutes: f64,
    /// What faults and load are made of: the same seed, the same plan.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Lines a second.
    #[arg(long, default_value_t = 350.0)]
    rate: f64,
    /// The executable that is tried.
    #[arg(long, default_value = "target/release/firebreak")]
    program: PathBuf,
    /// Folder of the book.
    #[arg(long, default_value = "tests/soak/book")]
    book: PathBuf,
    /// Folder of logs and lists.
    #[arg(long, default_value = "target/soak")]
    out: PathBuf,
    /// Where the result goes, as JSON.
    #[arg(long, default_value = "target/soak.json")]
    json: PathBuf,
    /// End as soon as something is wrong.
    #[arg(long)]
    until_caught: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let stop = Arc::new(Stop::default());
    let heard = Arc::clone(&stop);
    firebreak::signals::hear(move || heard.want())?;
    if arguments.controls {
        return controls::controls(&arguments, &stop);
    }
    let report = run::soak(&arguments, &stop)?;
    report.tell(&mut stdout().lock())?;
    let json = serde_json::to_string_pretty(&report.json())?;
    fs::write(&arguments.json, json).with_context(|| format!("cannot write `{}`", arguments.json.display()))?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

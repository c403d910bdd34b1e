//! How many instructions each stage takes for a mention, held against `counts.txt`: `cargo run --release -p instructions`.
//!
//! Time on a shared machine says little; instructions are nearly the same in every run. The program runs itself under
//! callgrind and reads what each part took. Exit 1 when a part takes more than it may.

// Whoever runs it reads it on the terminal.
#![allow(clippy::print_stdout)]

mod callgrind;
mod counts;
mod parts;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

/// As in the executable, so that allocations cost what they cost there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where the counts are kept that were accepted.
const ACCEPTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.txt");
/// What callgrind leaves, for a closer look.
const PROFILE: &str = "target/instructions.callgrind";

/// Instructions that the stages take for a mention.
#[derive(Debug, Parser)]
#[command(name = "instructions")]
struct Arguments {
    /// Only run the parts, without counting: what is run under callgrind.
    #[arg(long)]
    run: bool,
    /// Accept what was counted now.
    #[arg(long, conflicts_with = "run")]
    accept: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::set_current_dir(&root).with_context(|| format!("cannot go to `{}`", root.display()))?;
    if arguments.run {
        parts::run()?;
        return Ok(ExitCode::SUCCESS);
    }
    let counted = callgrind::count(&parts::NAMES, Path::new(PROFILE))?;
    let counted = counts::each(&counted, parts::LINES as u64);
    if arguments.accept {
        std::fs::write(ACCEPTED, counts::write(&counted)).with_context(|| format!("cannot write `{ACCEPTED}`"))?;
    }
    let accepted = std::fs::read_to_string(ACCEPTED).with_context(|| format!("cannot read `{ACCEPTED}`"))?;
    let comparison = counts::compare(&counts::read(&accepted)?, &counted);
    println!("{}", comparison.table);
    if comparison.slower.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nslower: {}", comparison.slower.join(", "));
    println!("  where: callgrind_annotate --inclusive=yes {PROFILE}");
    println!("  if it must be so: cargo run --release -p instructions -- --accept");
    Ok(ExitCode::FAILURE)
}

//! `firebreak simulate`: a crisis with known truth, as mentions.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use events::EventTime;
use scenario::{Options, SCENARIOS, Truth};

use crate::failure::Failure;

/// Flags of `firebreak simulate`.
#[derive(Debug, Clone, Args)]
#[command(after_help = examples())]
pub struct SimulateArguments {
    /// Which crisis.
    #[arg(value_name = "SCENARIO", value_parser = PossibleValuesParser::new(SCENARIOS.iter().map(|info| clap::builder::PossibleValue::new(info.name).help(info.what))))]
    pub scenario: String,
    /// The same seed gives the same bytes.
    #[arg(long, value_name = "N", env = "FIREBREAK_SIMULATE_SEED")]
    pub seed: Option<u64>,
    /// When the first hour begins; a Monday by default.
    #[arg(long, value_name = "TIME", env = "FIREBREAK_SIMULATE_START")]
    pub start: Option<String>,
    /// Hours of event time; the crisis begins at two thirds. By default the scenario's own.
    #[arg(long, value_name = "H", env = "FIREBREAK_SIMULATE_HOURS")]
    pub hours: Option<f64>,
    /// Factor on all rates.
    #[arg(long, value_name = "X", env = "FIREBREAK_SIMULATE_SCALE")]
    pub scale: Option<f64>,
    /// Share of the lines that repeat an earlier one.
    #[arg(long, value_name = "F", env = "FIREBREAK_SIMULATE_DUPLICATES")]
    pub duplicates: Option<f64>,
    /// Seconds by which a line may come after one that was published later.
    #[arg(long, value_name = "SECONDS", env = "FIREBREAK_SIMULATE_OUT_OF_ORDER")]
    pub out_of_order: Option<f64>,
    /// Share of the lines that cannot become a mention.
    #[arg(long, value_name = "F", env = "FIREBREAK_SIMULATE_POISON")]
    pub poison: Option<f64>,
    /// Share of the posts that are changed later.
    #[arg(long, value_name = "F", env = "FIREBREAK_SIMULATE_EDITS")]
    pub edits: Option<f64>,
    /// Share of the posts that are taken back later.
    #[arg(long, value_name = "F", env = "FIREBREAK_SIMULATE_DELETES")]
    pub deletes: Option<f64>,
    /// Multiply one hour of `two-quiet-weeks` by this.
    #[arg(long, value_name = "X", env = "FIREBREAK_SIMULATE_PLANT")]
    pub plant: Option<f64>,
    /// Where the mentions go; `-` is standard output.
    #[arg(long, value_name = "FILE", default_value = "-", env = "FIREBREAK_SIMULATE_OUT")]
    pub out: PathBuf,
    /// Where the truth about them goes.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_SIMULATE_TRUTH")]
    pub truth: Option<PathBuf>,
}

fn examples() -> String {
    let width = SCENARIOS.iter().map(|info| info.name.len()).max().unwrap_or_default();
    let list: String = SCENARIOS.iter().map(|info| format!("  {:width$}  {}\n", info.name, info.what)).collect();
    format!(
        "Scenarios:\n{list}
Examples:
  firebreak simulate missing-plane --hours 72 --out mentions.ndjson --truth truth.json
  firebreak simulate price-rise --seed 7 --duplicates 0.2 --out-of-order 30 | head -3"
    )
}

/// Writes the mentions and the truth about them.
///
/// # Errors
/// An option is out of its range, or a file cannot be written.
pub fn simulate(arguments: &SimulateArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let options = options(arguments)?;
    let truth = if arguments.out == Path::new("-") {
        generate(&options, out, "standard output")?
    } else {
        let path = &arguments.out;
        let file = File::create(path).with_context(|| format!("cannot create `{}`", path.display()))?;
        generate(&options, &mut BufWriter::new(file), &path.display().to_string())?
    };
    if let Some(path) = &arguments.truth {
        let text = serde_json::to_string_pretty(&truth)? + "\n";
        std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

fn generate(options: &Options, out: &mut dyn Write, name: &str) -> Result<Truth, Failure> {
    let mut written: io::Result<()> = Ok(());
    let truth = scenario::generate_until(options, &mut |line| {
        written = out.write_all(line).and_then(|()| out.write_all(b"\n"));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    let truth = truth.map_err(|error| Failure::Usage(format!("--{error}")))?;
    written.and_then(|()| out.flush()).with_context(|| format!("cannot write to {name}"))?;
    Ok(truth)
}

fn options(arguments: &SimulateArguments) -> Result<Options, Failure> {
    let usage = |error: scenario::ScenarioError| Failure::Usage(error.to_string());
    let mut options = Options::of(&arguments.scenario).map_err(usage)?;
    if let Some(start) = &arguments.start {
        options.start = EventTime::parse(start).map_err(|error| Failure::Usage(format!("--start: {error}")))?;
    }
    options.seed = arguments.seed.unwrap_or(options.seed);
    options.hours = arguments.hours.unwrap_or(options.hours);
    options.scale = arguments.scale.unwrap_or(options.scale);
    options.duplicates = arguments.duplicates.unwrap_or(options.duplicates);
    options.out_of_order = arguments.out_of_order.unwrap_or(options.out_of_order);
    options.poison = arguments.poison.unwrap_or(options.poison);
    options.edits = arguments.edits.unwrap_or(options.edits);
    options.deletes = arguments.deletes.unwrap_or(options.deletes);
    options.plant = arguments.plant.or(options.plant);
    Ok(options)
}

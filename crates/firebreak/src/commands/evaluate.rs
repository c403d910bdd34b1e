//! `firebreak evaluate`: every head on every set that measures it.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::evaluate::{Report, card, evaluate as score};
use crate::failure::Failure;
use crate::logging::{LogFormat, LoggingArguments};

/// Flags of `firebreak evaluate`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak evaluate --data ../shared/data
  firebreak evaluate --data ../shared/data --in-domain --json target/evaluate.json --card docs/model-card.md")]
pub struct EvaluateArguments {
    /// Folder of the development sets.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_DATA")]
    pub data: PathBuf,
    /// Also train and measure every recipe that comes with the program, and ask the shipped heads as they were before they learnt
    /// from rows of a test; which takes minutes.
    #[arg(long, env = "FIREBREAK_EVALUATE_IN_DOMAIN")]
    pub in_domain: bool,
    /// Write all figures as JSON.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_EVALUATE_JSON")]
    pub json: Option<PathBuf>,
    /// Write the model card.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_EVALUATE_CARD")]
    pub card: Option<PathBuf>,
}

/// Scores all heads and prints a table.
///
/// # Errors
/// The data are not there, or a file cannot be written.
pub fn evaluate(arguments: &EvaluateArguments, logging: &LoggingArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let shows = logging.log_format == LogFormat::Human;
    let report = score(&arguments.data, arguments.in_domain, &mut |what| {
        if shows {
            // A reader of standard error that went away does not end the work.
            drop(writeln!(std::io::stderr(), "{what} …"));
        }
    })?;
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    if let Some(path) = &arguments.card {
        std::fs::write(path, card(&report)?).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    table(&report, out)?;
    Ok(())
}

fn table(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<64} {:>6}  {:<12} {:<8} {:>6}  95 %         ECE  sure",
        "set", "rows", "metric", "who", "figure"
    )?;
    for test in report.tests.iter().chain(&report.in_domain) {
        for (name, score) in &test.systems {
            let error = score.calibration_error.map_or_else(|| "–".to_owned(), |error| format!("{:.1}", error * 100.0));
            writeln!(
                out,
                "{:<64} {:>6}  {:<12} {name:<8} {:>6.1}  {:>4.1}–{:<4.1} {error:>6} {:>5.1}",
                test.name,
                test.rows,
                test.metric,
                score.figure * 100.0,
                score.interval.0 * 100.0,
                score.interval.1 * 100.0,
                score.sure * 100.0
            )?;
        }
        if let Some(note) = test.weights.note() {
            writeln!(out, "    {note}")?;
        }
    }
    writeln!(out, "\n{:<58} {:<10} {:<18} {:>8}", "to reach, in percent", "weights", "line", "measured")?;
    for target in &report.targets {
        let figure = target.figure.map_or_else(|| "–".to_owned(), |figure| format!("{:.1}", figure * 100.0));
        let verdict = target.verdict.words().replace('*', "");
        writeln!(out, "{:<58} {:<10} {:<18} {figure:>8}  {verdict}", target.what, target.weights, target.line)?;
    }
    Ok(())
}

//! `firebreak show`: an incident or a case as it stands, from Kafka.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use events::Topic;

use crate::commands::book::load;
use crate::failure::Failure;
use crate::report::Names;
use crate::service::ReadArguments;
use crate::show::{case_text, find, incident_text};

/// Flags of `firebreak show`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak show incident 07826a09e3e754935118f010b2b58f51 --book books/bank
  firebreak show case c2cf2d091a6739e20447cbab22cf6ef1 --json")]
pub struct ShowArguments {
    /// What to show.
    #[command(subcommand)]
    pub command: ShowCommand,
}

/// What can be shown.
#[derive(Debug, Clone, Subcommand)]
pub enum ShowCommand {
    /// What is going wrong: since when, how badly, what drives it, who was told, step by step.
    #[command(after_help = "Example:
  firebreak show incident 07826a09e3e754935118f010b2b58f51 --book books/bank")]
    Incident(ShowOptions),
    /// Who waits for an answer: the team and why it is theirs, the clocks, the mentions by id, step by step.
    #[command(after_help = "Example:
  firebreak show case c2cf2d091a6739e20447cbab22cf6ef1 --json")]
    Case(ShowOptions),
}

/// Which, and how.
#[derive(Debug, Clone, Args)]
pub struct ShowOptions {
    /// Its id, as notifications carry it.
    #[arg(value_name = "ID")]
    pub id: String,
    /// The record as one line of JSON, in the form of the topic files.
    #[arg(long, env = "FIREBREAK_SHOW_JSON")]
    pub json: bool,
    /// Folder of the brand book, for names instead of ids.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_BOOK")]
    pub book: Option<PathBuf>,
    /// Where Kafka is.
    #[command(flatten)]
    pub cluster: ReadArguments,
}

/// Shows an incident or a case.
///
/// # Errors
/// There is none of this id, or Kafka cannot be read.
pub fn show(arguments: &ShowArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let (options, topic, text): (_, _, fn(&_, &_) -> anyhow::Result<String>) = match &arguments.command {
        ShowCommand::Incident(options) => (options, Topic::Incidents, incident_text),
        ShowCommand::Case(options) => (options, Topic::Cases, case_text),
    };
    let names = match &options.book {
        Some(folder) => Names::of(&load(folder)?),
        None => Names::default(),
    };
    let line = find(&options.cluster.open("firebreak.show")?, topic, &options.id)?;
    if options.json {
        writeln!(out, "{line}")?;
    } else {
        out.write_all(text(&line, &names)?.as_bytes())?;
    }
    Ok(())
}

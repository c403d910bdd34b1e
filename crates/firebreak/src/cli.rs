//! The command line: what can be asked, and who answers.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{book, dlq, evaluate, label, run, schemas, simulate, teach, train};
#[cfg(feature = "kafka")]
use crate::commands::{demo, services, show, topics};
use crate::failure::Failure;
use crate::logging::{self, LogLevel, LoggingArguments};

/// Hears every mention of a brand, says what is going wrong and why, and calls the right people in time.
#[derive(Debug, Parser)]
#[command(
    name = "firebreak",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:
  firebreak simulate missing-plane --hours 72 --out mentions.ndjson
  firebreak run --input mentions.ndjson --book books/airline --out out/first
  firebreak book check books/airline

Every flag can be set in the environment as well: `--log-level` is FIREBREAK_LOG_LEVEL.
Exit codes: 0 done, 1 failed, 2 wrong usage, 64 wrong configuration or book."
)]
pub struct Cli {
    /// How to log.
    #[command(flatten)]
    pub logging: LoggingArguments,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be asked.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole pipeline over files and report what is going wrong.
    Run(run::RunArguments),
    /// Make up a crisis with known truth, as mentions.
    Simulate(simulate::SimulateArguments),
    /// Judge texts: one JSON object a line.
    Label(label::LabelArguments),
    /// Train the weights of a model from a recipe and labelled texts.
    Train(train::TrainArguments),
    /// Ask a teacher about the texts of a recipe, for a head to learn from.
    Teach(teach::TeachArguments),
    /// Score what is judged on labelled texts, against baselines.
    Evaluate(evaluate::EvaluateArguments),
    /// Check and test a brand book.
    Book(book::BookArguments),
    /// Run the stage that takes mentions in, as a service.
    #[cfg(feature = "kafka")]
    Ingest(services::IngestArguments),
    /// Run the stage that finds who and what a mention is about, as a service.
    #[cfg(feature = "kafka")]
    Enrich(services::EnrichArguments),
    /// Run the stage that judges what a mention means, as a service.
    #[cfg(feature = "kafka")]
    Classify(services::ClassifyArguments),
    /// Run the stage that says what is going wrong and who must act, as a service.
    #[cfg(feature = "kafka")]
    Escalate(services::EscalateArguments),
    /// Run the stage that stores and notifies, as a service.
    #[cfg(feature = "kafka")]
    Sink(services::SinkArguments),
    /// Show the whole product on this machine: Kafka, PostgreSQL, five stages, a crisis, and the proof at the end.
    #[cfg(feature = "kafka")]
    Demo(demo::DemoArguments),
    /// Check the topics of a cluster, or set them up.
    #[cfg(feature = "kafka")]
    Topics(topics::TopicsArguments),
    /// Check the schemas of the topics, or register them.
    Schemas(schemas::SchemasArguments),
    /// Look at what was rejected, and why, or send it again.
    Dlq(dlq::DlqArguments),
    /// Show an incident or a case as it stands.
    #[cfg(feature = "kafka")]
    Show(show::ShowArguments),
    /// Run the acceptance tests and print which capabilities they show.
    #[command(hide = true)]
    Capabilities(crate::capabilities::CapabilitiesArguments),
}

impl Command {
    /// How much it logs unless it is told: a service also what happens now and then.
    const fn log_level(&self) -> LogLevel {
        match self {
            #[cfg(feature = "kafka")]
            Self::Ingest(_) | Self::Enrich(_) | Self::Classify(_) | Self::Escalate(_) | Self::Sink(_) => LogLevel::Info,
            _ => LogLevel::Warn,
        }
    }
}

/// Commands that an executable without Kafka does not have.
#[cfg(not(feature = "kafka"))]
const OVER_KAFKA: [&str; 8] = ["ingest", "enrich", "classify", "escalate", "sink", "demo", "topics", "show"];
/// What to do for them.
#[cfg(not(feature = "kafka"))]
const BUILD: &str = "`cargo build --release` builds one that has it";

/// The command that was asked for and that only an executable with Kafka has.
#[cfg(not(feature = "kafka"))]
fn without_kafka(error: &clap::Error) -> Option<&str> {
    use clap::error::{ContextKind, ContextValue};
    let Some(ContextValue::String(command)) = error.get(ContextKind::InvalidSubcommand) else { return None };
    OVER_KAFKA.contains(&command.as_str()).then_some(command)
}

/// Does what the arguments ask and says how it went.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and is no failure; a reader that went away is none either.
            drop(error.print());
            #[cfg(not(feature = "kafka"))]
            if let Some(command) = without_kafka(&error) {
                drop(writeln!(
                    io::stderr(),
                    "\n`{command}` works over Kafka, and this executable was built without: {BUILD}"
                ));
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    logging::start(&cli.logging, cli.command.log_level());
    // Not locked: workers of a service print too.
    let mut out = BufWriter::new(io::stdout());
    let done = dispatch(cli, &mut out).and_then(|()| Ok(out.flush()?));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_closed_output() => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(io::stderr(), "firebreak: {}", failure.message()));
            failure.code()
        }
    }
}

/// Does what a parsed command line asks; what is for the user's eyes goes to `out`.
///
/// # Errors
/// How the command failed.
pub fn dispatch(cli: Cli, out: &mut dyn Write) -> Result<(), Failure> {
    match cli.command {
        Command::Run(arguments) => run::run(&arguments, &cli.logging, out),
        Command::Simulate(arguments) => simulate::simulate(&arguments, out),
        Command::Label(arguments) => label::label(&arguments, out),
        Command::Train(arguments) => train::train(&arguments, &cli.logging, out),
        Command::Teach(arguments) => teach::teach(&arguments, &cli.logging, out),
        Command::Evaluate(arguments) => evaluate::evaluate(&arguments, &cli.logging, out),
        Command::Book(arguments) => book::book(&arguments, out),
        #[cfg(feature = "kafka")]
        Command::Ingest(arguments) => services::ingest(&arguments),
        #[cfg(feature = "kafka")]
        Command::Enrich(arguments) => services::enrich(&arguments),
        #[cfg(feature = "kafka")]
        Command::Classify(arguments) => services::classify(&arguments),
        #[cfg(feature = "kafka")]
        Command::Escalate(arguments) => services::escalate(&arguments),
        #[cfg(feature = "kafka")]
        Command::Sink(arguments) => services::sink(&arguments),
        #[cfg(feature = "kafka")]
        Command::Demo(arguments) => demo::demo(&arguments, out),
        #[cfg(feature = "kafka")]
        Command::Topics(arguments) => topics::topics(&arguments, out),
        Command::Schemas(arguments) => schemas::schemas(&arguments, out),
        Command::Dlq(arguments) => dlq::dlq(&arguments, out),
        #[cfg(feature = "kafka")]
        Command::Show(arguments) => show::show(&arguments, out),
        Command::Capabilities(arguments) => crate::capabilities::capabilities(&arguments, out),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn commands(command: &clap::Command, found: &mut Vec<clap::Command>) {
        found.push(command.clone());
        for sub in command.get_subcommands() {
            commands(sub, found);
        }
    }

    fn all() -> Vec<clap::Command> {
        let mut found = Vec::new();
        commands(&Cli::command(), &mut found);
        found
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_examples_in_its_help() {
        for command in all() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example"), "`{}` has no examples", command.get_name());
        }
    }

    #[test]
    fn every_flag_can_be_set_in_the_environment() {
        for command in all() {
            for flag in command.get_arguments().filter(|flag| flag.get_long().is_some()) {
                let name = flag.get_env().map(|name| name.to_string_lossy().into_owned());
                assert!(
                    name.is_some_and(|name| name.starts_with("FIREBREAK_")),
                    "`{} --{}` has no environment variable",
                    command.get_name(),
                    flag.get_long().unwrap_or_default()
                );
            }
        }
    }
}

//! `firebreak run`: its flags, and the report at the end.

use std::collections::BTreeSet;
use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use events::{EventTime, Span, Topic};

use crate::commands::book::load;
use crate::failure::Failure;
use crate::logging::{LogFormat, LoggingArguments};
use crate::nearest::hint;
use crate::run::{InputSource, RunOptions};
use crate::{duration, report};

/// Flags of `firebreak run`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak run --input mentions.ndjson --book books/airline --out out/first
  firebreak run --input monday.ndjson.gz tuesday.ndjson.zst --book books/hotel --out out/week --workers 2
  firebreak simulate atm-card | firebreak run --input - --book books/bank --out out/atm --until 2026-11-09T00:00:00Z")]
pub struct RunArguments {
    /// Files of mentions, one JSON object a line, plain, gzip or zstd; `-` is standard input. Merged by time.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true, env = "FIREBREAK_INPUT")]
    pub input: Vec<String>,
    /// Folder of the brand book.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_BOOK")]
    pub book: PathBuf,
    /// Folder for the topics and `summary.json`; must be empty, unless `--force`.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_OUT")]
    pub out: PathBuf,
    /// Threads; by default one for each core. Changes no decision.
    #[arg(long, value_name = "N", env = "FIREBREAK_WORKERS")]
    pub workers: Option<NonZeroUsize>,
    /// Event time that is taken in at once.
    #[arg(long, value_name = "SPAN", default_value = "5s", value_parser = duration::parse_positive, env = "FIREBREAK_SLICE")]
    pub slice: Span,
    /// Topics to write, such as `incidents,cases`; by default all that are for readers.
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = topic, env = "FIREBREAK_TOPICS")]
    pub topics: Vec<Topic>,
    /// Let time go on to this instant after the last line, so that clocks due by then fire.
    #[arg(long, value_name = "TIME", value_parser = time, env = "FIREBREAK_UNTIL")]
    pub until: Option<EventTime>,
    /// Write to `--out` even when it is not empty; files of the same name are replaced.
    #[arg(long, env = "FIREBREAK_FORCE")]
    pub force: bool,
    /// Also store the data products as files in this folder, each published once and whole.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_FILES")]
    pub files: Option<PathBuf>,
}

/// Runs the pipeline and prints the report.
///
/// # Errors
/// How it failed.
pub fn run(arguments: &RunArguments, logging: &LoggingArguments, out: &mut dyn Write) -> Result<(), Failure> {
    let options = options(arguments, logging)?;
    crate::run::run(&options)?;
    let names = report::Names::of(&options.book);
    out.write_all(report::report(&options.out, &names)?.as_bytes())?;
    Ok(())
}

fn options(arguments: &RunArguments, logging: &LoggingArguments) -> Result<RunOptions, Failure> {
    let inputs: Vec<_> = arguments.input.iter().map(|argument| InputSource::parse(argument)).collect();
    if inputs.iter().filter(|input| **input == InputSource::Stdin).count() > 1 {
        return Err(Failure::Usage("standard input can be read only once: name `-` only once after --input".into()));
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let topics: BTreeSet<Topic> = arguments.topics.iter().copied().collect();
    Ok(RunOptions {
        inputs,
        book: Arc::new(load(&arguments.book)?),
        out: arguments.out.clone(),
        workers: arguments.workers.map_or(cores, NonZeroUsize::get),
        slice: arguments.slice,
        topics: (!topics.is_empty()).then_some(topics),
        until: arguments.until,
        force: arguments.force,
        files: arguments.files.clone(),
        progress: logging.log_format == LogFormat::Human,
    })
}

fn topic(name: &str) -> Result<Topic, String> {
    let names = Topic::PUBLIC.map(Topic::name);
    let found = Topic::PUBLIC.into_iter().find(|topic| topic.name() == name);
    found.ok_or_else(|| {
        let hint = hint(name, names.iter().map(String::as_str));
        format!("`{name}` is no topic{hint}; the topics are {}", names.join(", "))
    })
}

fn time(text: &str) -> Result<EventTime, String> {
    EventTime::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_topic_is_answered_with_the_nearest() {
        assert_eq!(topic("incidents"), Ok(Topic::Incidents));
        assert!(topic("insidents").is_err_and(|why| why.contains("did you mean `incidents`?")));
        assert!(topic("state.enrich").is_err(), "state is not for readers");
    }
}

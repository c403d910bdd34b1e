//! Logs: to standard error, as lines for people or as JSON. Text and author of a mention never appear above `trace`.

use std::io;

use clap::{Args, ValueEnum};
use tracing::level_filters::LevelFilter;

/// How to log.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Logs")]
pub struct LoggingArguments {
    /// Form of the log on standard error.
    #[arg(long, global = true, value_enum, default_value = "human", env = "FIREBREAK_LOG_FORMAT")]
    pub log_format: LogFormat,
    /// How much to log: `warn`, or `info` for a service, unless it is set. Only `trace` may show what a mention says.
    #[arg(long, global = true, value_enum, env = "FIREBREAK_LOG_LEVEL")]
    pub log_level: Option<LogLevel>,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Human,
    /// One JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What stopped the work.
    Error,
    /// And what may need somebody.
    Warn,
    /// And what happens now and then.
    Info,
    /// And each batch and transaction.
    Debug,
    /// And each record, with what it says.
    Trace,
}

impl LogLevel {
    const fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }
}

/// Starts logging, at `level` unless another is asked for; a second call changes nothing.
pub fn start(arguments: &LoggingArguments, level: LogLevel) {
    let level = arguments.log_level.unwrap_or(level).filter();
    let builder = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level);
    let started = match arguments.log_format {
        LogFormat::Human => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    // Only a test that runs two commands in one process comes here twice.
    drop(started);
}

//! What `firebreak run` is asked to do, as types.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use book::Book;
use events::{EventTime, Span, Topic};

/// Settings of one run. Made by the command line, checked there.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Where the mentions come from, in the order given; merged by `published_at`.
    pub inputs: Vec<InputSource>,
    /// The book that decides.
    pub book: Arc<Book>,
    /// The folder to write to.
    pub out: PathBuf,
    /// Threads, at least 1.
    pub workers: usize,
    /// Length of a slice of input in event time, above 0.
    pub slice: Span,
    /// Topics to write; `None` writes every public one.
    pub topics: Option<BTreeSet<Topic>>,
    /// Time goes on to this instant after the last line.
    pub until: Option<EventTime>,
    /// Write to `out` even when it is not empty.
    pub force: bool,
    /// Where the file store writes; `None` leaves it off.
    pub files: Option<PathBuf>,
    /// Whether to show a progress line on standard error.
    pub progress: bool,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSource {
    /// Standard input, written `-`.
    Stdin,
    /// A file, plain, gzip or zstd.
    File(PathBuf),
}

impl InputSource {
    /// Reads the argument: `-` is standard input.
    pub fn parse(argument: &str) -> Self {
        if argument == "-" { Self::Stdin } else { Self::File(argument.into()) }
    }

    /// How keys and messages name it.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".into(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

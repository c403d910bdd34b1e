//! `firebreak run`: the whole pipeline in one process on the embedded log.

mod options;
mod summary;

use std::collections::BTreeMap;
use std::sync::Arc;

use book::Book;
use events::EventTime;

pub use options::{InputSource, RunOptions};
pub use summary::{StageRate, Summary};

/// What a replay in memory wrote.
#[derive(Debug, Clone, Default)]
pub struct Replayed {
    /// Records of each topic by its name, in the order of its file: `{"key", "partition", "offset", "timestamp", "value"}`.
    pub topics: BTreeMap<String, Vec<serde_json::Value>>,
    /// The counts.
    pub summary: Summary,
}

/// Runs the pipeline over the inputs and writes the topics and `summary.json` to OUT.
///
/// # Errors
/// An input, the book or OUT cannot be used, or a stage stopped.
pub fn run(options: &RunOptions) -> anyhow::Result<Summary> {
    anyhow::bail!(
        "the pipeline is not wired yet, so `{}` cannot be written",
        options.out.display()
    )
}

/// Runs the pipeline over lines in memory and returns what it wrote.
///
/// # Errors
/// A stage stopped.
pub fn replay(
    lines: impl Iterator<Item = Vec<u8>>,
    book: Arc<Book>,
    until: Option<EventTime>,
    workers: usize,
) -> anyhow::Result<Replayed> {
    drop((lines, book, until, workers));
    anyhow::bail!("the pipeline is not wired yet")
}

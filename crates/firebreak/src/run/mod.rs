//! `firebreak run`: the whole pipeline in one process on the embedded log.
//!
//! Input is taken in slices of event time, each drained through all stages before the next is heard. So neither the
//! machine's speed nor the number of workers changes a decision, and two runs over the same input give the same bytes.

mod ahead;
mod answering;
mod counting;
mod gauges;
mod half;
mod hearing;
mod lane;
mod options;
mod pipeline;
mod progress;
mod roles;
mod sinks;
mod store_lane;
mod summary;
mod topic_files;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use anyhow::{Context, anyhow};
use book::Book;
use events::{Codec, EventTime, Span, Topic};
use ingest::source::{LineReader, Merge, Slice, Slices, SourceError};
use stream::Raw;
use stream::memory::Retention;

pub use options::{InputSource, RunOptions};
pub use summary::{StageRate, Summary};
#[cfg(feature = "kafka")]
pub(crate) use topic_files::render;

use counting::{COUNTED, Seen};
use pipeline::{Outlet, Pipeline};
use progress::Progress;
use roles::{Lanes, Roles};
use topic_files::TopicFiles;

/// Lines that end a slice before its time is over.
const SLICE_LINES: usize = 5_000;
/// Slices read ahead while one is handled.
const AHEAD: usize = 2;

/// Slices whose records wait to be written.
const BEHIND: usize = 2;

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
    let topics: Vec<Topic> = match &options.topics {
        Some(topics) => topics.iter().copied().collect(),
        None => Topic::PUBLIC.to_vec(),
    };
    let mut readers = Vec::new();
    for input in &options.inputs {
        readers.push(
            LineReader::open(input.name(), open(input)?).with_context(|| format!("cannot read `{}`", input.name()))?,
        );
    }
    let mut files = TopicFiles::create(&options.out, &topics, options.force)?;
    let mut progress = Progress::new(options.progress);
    let slices = Slices::new(Merge::new(readers), options.slice, SLICE_LINES);
    let drive = Drive {
        book: &options.book,
        workers: options.workers,
        until: options.until,
        restarts: &[],
        files: options.files.as_deref(),
        console: true,
    };
    let (summary, metrics) = drive.over(slices, &topics, &mut progress, &mut |records| files.append(records))?;
    progress.finish();
    files.finish()?;
    write_whole(&options.out.join("metrics.prom"), &metrics)?;
    write_whole(&options.out.join("summary.json"), &(serde_json::to_string_pretty(&summary)? + "\n"))?;
    Ok(summary)
}

/// Runs the pipeline over lines in memory and returns what it wrote to `topics`; the console stays silent.
///
/// # Errors
/// A stage stopped.
pub fn replay(
    lines: impl Iterator<Item = Vec<u8>>,
    book: Arc<Book>,
    until: Option<EventTime>,
    workers: usize,
    topics: &[Topic],
) -> anyhow::Result<Replayed> {
    replay_restarting(lines, book, until, &[], workers, topics)
}

/// The same, with every stage stopped and started again at each of `restarts`, which are in order of time.
///
/// # Errors
/// A stage stopped, or found its state other than it left it.
pub fn replay_restarting(
    lines: impl Iterator<Item = Vec<u8>>,
    book: Arc<Book>,
    until: Option<EventTime>,
    restarts: &[EventTime],
    workers: usize,
    topics: &[Topic],
) -> anyhow::Result<Replayed> {
    let mut input = Vec::new();
    for line in lines {
        input.extend_from_slice(&line);
        input.push(b'\n');
    }
    let input: Box<dyn Read + Send> = Box::new(std::io::Cursor::new(input));
    let reader = LineReader::open("lines".to_owned(), input)?;
    let slices = Slices::new(Merge::new(vec![reader]), Span::seconds(5), SLICE_LINES);
    let codec = Codec::default();
    let mut written: BTreeMap<String, Vec<serde_json::Value>> =
        topics.iter().map(|topic| (topic.name(), Vec::new())).collect();
    let drive = Drive { book: &book, workers, until, restarts, files: None, console: false };
    let (summary, _) = drive.over(slices, topics, &mut Progress::new(false), &mut |records| {
        for raw in records {
            let Some(values) = written.get_mut(&raw.topic.name()) else { continue };
            let mut line = Vec::new();
            topic_files::render(raw, &codec, &mut line)?;
            values.push(serde_json::from_slice(&line)?);
        }
        Ok(())
    })?;
    Ok(Replayed { topics: written, summary })
}

/// What a run needs besides its input and its output.
struct Drive<'a> {
    book: &'a Arc<Book>,
    workers: usize,
    until: Option<EventTime>,
    /// When every stage is started again, in order of time.
    restarts: &'a [EventTime],
    files: Option<&'a Path>,
    /// Whether notifications are shown.
    console: bool,
}

impl Drive<'_> {
    /// Takes every slice through the pipeline; reading ahead and writing behind happen on threads of their own.
    fn over(
        &self,
        slices: Slices,
        topics: &[Topic],
        progress: &mut Progress,
        write: &mut (dyn FnMut(&[Raw]) -> anyhow::Result<()> + Send),
    ) -> anyhow::Result<(Summary, String)> {
        let started = Instant::now();
        let mut tapped: Vec<Topic> = topics.iter().copied().chain(COUNTED).collect();
        tapped.sort_unstable();
        tapped.dedup();
        let sinks = |lanes: &mut Lanes<'_>| sinks::add(lanes, self.files, self.console);
        let roles = Roles { book: self.book, workers: self.workers, sinks: &sinks };
        let retention = if self.restarts.is_empty() { Retention::ForgetRead } else { Retention::KeepAll };
        let mut pipeline = Pipeline::new(&roles, &tapped, retention)?;
        let mut seen = Seen::default();
        let codec = Codec::default();
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let (ahead, slices_read) = sync_channel(AHEAD);
            scope.spawn(move || {
                for slice in slices {
                    let last = slice.is_err();
                    if ahead.send(slice).is_err() || last {
                        return;
                    }
                }
            });
            let (behind, committed) = sync_channel::<Vec<Raw>>(BEHIND);
            let writer = scope.spawn(move || committed.into_iter().try_for_each(|records| write(&records)));
            let mut outlet = Outlet {
                // A writer that failed has hung up: what it says comes below.
                committed: &|records| records.is_empty() || behind.send(records).is_ok(),
                answered: &mut |records, gauges, time| {
                    seen.look(records, &codec)?;
                    progress.show(gauges, &seen, time);
                    Ok(())
                },
            };
            let decided = self.take(&mut pipeline, &roles, slices_read.into_iter(), &mut outlet);
            drop(behind);
            let written = writer.join().map_err(|_| anyhow!("the thread that writes topic files panicked"))?;
            decided.and(written)
        })?;
        let summary = counting::summary(&pipeline, &seen, self.book, started.elapsed());
        Ok((summary, pipeline.metrics()?))
    }

    /// Takes every slice through the pipeline, and restarts it where that is asked for.
    fn take(
        &self,
        pipeline: &mut Pipeline,
        roles: &Roles<'_>,
        slices: impl Iterator<Item = Result<Slice, SourceError>> + Send,
        outlet: &mut Outlet<'_>,
    ) -> anyhow::Result<()> {
        let mut slices = slices.peekable();
        for at in self.restarts {
            let before = |slice: &Result<Slice, SourceError>| slice.as_ref().map_or(true, |slice| slice.start < *at);
            pipeline.take(std::iter::from_fn(|| slices.next_if(before)), Some(*at), outlet)?;
            pipeline.restart(roles)?;
        }
        pipeline.take(slices, self.until, outlet)?;
        pipeline.finish()
    }
}

fn open(input: &InputSource) -> anyhow::Result<Box<dyn Read + Send>> {
    Ok(match input {
        InputSource::Stdin => Box::new(std::io::stdin()),
        InputSource::File(path) => {
            Box::new(File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?)
        }
    })
}

/// Writes a file under its name only when it is whole.
fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let part = path.with_extension("part");
    fs::write(&part, text).and_then(|()| fs::rename(&part, path)).map_err(|error| {
        anyhow!(error)
            .context(format!("cannot write `{}`: make room there, then run again with --force", path.display()))
    })
}

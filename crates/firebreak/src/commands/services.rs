//! `firebreak ingest | enrich | classify | escalate | sink`: one stage as a service over Kafka.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{BookVersion, Role, Topic};
use ingest::Ingest;
use sink::{FileStore, Notify, Roll};
use stream::service::Current;
use stream::store::Store;
use stream::{Exit, Stage};

use crate::failure::Failure;
use crate::service::arguments::Mistakes;
use crate::service::{Books, Crew, ServiceArguments, serve, touched};

/// The folder of the brand book.
#[derive(Debug, Clone, Args)]
pub struct BookArgument {
    /// Folder of the brand book; read again when its files change.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_BOOK")]
    pub book: PathBuf,
}

/// Flags of `firebreak ingest`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  firebreak ingest --book books/bank --input monday.ndjson.gz tuesday.ndjson.gz")]
pub struct IngestArguments {
    /// The book.
    #[command(flatten)]
    pub book: BookArgument,
    /// Files of mentions, one JSON object a line, plain, gzip or zstd, merged by time. Each goes on behind the last committed
    /// line; the process ends when all are read.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true, env = "FIREBREAK_INPUT")]
    pub input: Vec<PathBuf>,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// Flags of `firebreak enrich`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  firebreak enrich --book books/bank --brokers kafka-1:9092,kafka-2:9092")]
pub struct EnrichArguments {
    /// The book.
    #[command(flatten)]
    pub book: BookArgument,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// Flags of `firebreak classify`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:
  firebreak classify --book books/bank --workers 4")]
pub struct ClassifyArguments {
    /// The book.
    #[command(flatten)]
    pub book: BookArgument,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// Flags of `firebreak escalate`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak escalate --book books/bank
  firebreak escalate --book books/bank --role watch --role care")]
pub struct EscalateArguments {
    /// The book.
    #[command(flatten)]
    pub book: BookArgument,
    /// Only these roles; all without.
    #[arg(long, value_enum, value_delimiter = ',', env = "FIREBREAK_ROLE")]
    pub role: Vec<EscalateRole>,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// A role of `escalate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum EscalateRole {
    /// Tallies to incidents.
    Watch,
    /// Mentions and actions to cases.
    Care,
    /// Incidents and cases to calls.
    Call,
    /// Calls to notifications.
    Tell,
}

/// Flags of `firebreak sink`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak sink --files /srv/products
  firebreak sink --role notify")]
pub struct SinkArguments {
    /// Only these roles; without, `notify`, and each store for which there is a place.
    #[arg(long, value_enum, value_delimiter = ',', env = "FIREBREAK_ROLE")]
    pub role: Vec<SinkRole>,
    /// Store data products as files in this folder.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_FILES")]
    pub files: Option<PathBuf>,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// A role of `sink`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum SinkRole {
    /// Notifications, as lines on standard output.
    Notify,
    /// Data products to files.
    Files,
}

/// Runs `firebreak ingest`.
///
/// # Errors
/// As [`enrich`].
pub fn ingest(arguments: &IngestArguments) -> Result<(), Failure> {
    let mut mistakes = Mistakes::default();
    let settings = arguments.service.settings(&mut mistakes);
    let books = mistakes.take(Books::read(&arguments.book.book));
    for file in &arguments.input {
        if let Err(error) = std::fs::File::open(file) {
            mistakes.note(format!("`--input {}` cannot be read: {error}", file.display()));
        }
    }
    if settings.workers > 1 {
        mistakes.note(format!("`--workers {}`: files are merged by time, which is the work of one", settings.workers));
    }
    mistakes.none()?;
    let Some(mut books) = books else { return Ok(()) };
    let current = books.stage(|book| Ok(Ingest::new(book)))?;
    let files = arguments.input.clone();
    let topics = touched(Role::Ingest, Ingest::INPUTS);
    serve(settings, Some(books), &topics, Role::Ingest, |crew| crew.files(&current, files))
}

/// Runs `firebreak enrich`.
///
/// # Errors
/// The configuration is wrong, or the service ended before it was asked to.
pub fn enrich(arguments: &EnrichArguments) -> Result<(), Failure> {
    one(&arguments.service, &arguments.book, |book| Ok(Enrich::new(book)?))
}

/// Runs `firebreak classify`.
///
/// # Errors
/// As [`enrich`].
pub fn classify(arguments: &ClassifyArguments) -> Result<(), Failure> {
    one(&arguments.service, &arguments.book, |book| Ok(Classify::new(book)?))
}

/// Runs a stage that is one role.
fn one<S: Stage + 'static>(
    service: &ServiceArguments,
    book: &BookArgument,
    make: impl Fn(Arc<book::Book>) -> anyhow::Result<S> + Send + 'static,
) -> Result<(), Failure> {
    let mut mistakes = Mistakes::default();
    let settings = service.settings(&mut mistakes);
    let books = mistakes.take(Books::read(&book.book));
    mistakes.none()?;
    let Some(mut books) = books else { return Ok(()) };
    let current = books.stage(make)?;
    serve(settings, Some(books), &touched(S::ROLE, S::INPUTS), S::ROLE, |crew| crew.stage(current))
}

/// Runs `firebreak escalate`.
///
/// # Errors
/// As [`enrich`].
pub fn escalate(arguments: &EscalateArguments) -> Result<(), Failure> {
    let mut mistakes = Mistakes::default();
    let settings = arguments.service.settings(&mut mistakes);
    let books = mistakes.take(Books::read(&arguments.book.book));
    mistakes.none()?;
    let Some(mut books) = books else { return Ok(()) };
    let mut roles: BTreeSet<EscalateRole> = arguments.role.iter().copied().collect();
    if roles.is_empty() {
        roles.extend(EscalateRole::value_variants());
    }
    let (mut topics, mut starts) = (BTreeSet::new(), Vec::new());
    for role in roles {
        match role {
            EscalateRole::Watch => add(&mut books, &mut topics, &mut starts, |book| Ok(Watch::new(book)))?,
            EscalateRole::Care => add(&mut books, &mut topics, &mut starts, |book| Ok(Care::new(book)))?,
            EscalateRole::Call => add(&mut books, &mut topics, &mut starts, |book| Ok(Call::new(book)))?,
            EscalateRole::Tell => add(&mut books, &mut topics, &mut starts, |book| Ok(Tell::new(book)))?,
        }
    }
    serve(settings, Some(books), &topics, Role::Care, |crew| starts.into_iter().try_for_each(|start| start(crew)))
}

/// Starts the workers of one role.
type Start = Box<dyn FnOnce(&mut Crew) -> anyhow::Result<()>>;

fn add<S: Stage + 'static>(
    books: &mut Books,
    topics: &mut BTreeSet<Topic>,
    starts: &mut Vec<Start>,
    make: impl Fn(Arc<book::Book>) -> anyhow::Result<S> + Send + 'static,
) -> anyhow::Result<()> {
    let current = books.stage(make)?;
    topics.extend(touched(S::ROLE, S::INPUTS));
    starts.push(Box::new(move |crew| crew.stage(current)));
    Ok(())
}

/// Runs `firebreak sink`.
///
/// # Errors
/// As [`enrich`].
pub fn sink(arguments: &SinkArguments) -> Result<(), Failure> {
    let mut mistakes = Mistakes::default();
    let settings = arguments.service.settings(&mut mistakes);
    let mut roles: BTreeSet<SinkRole> = arguments.role.iter().copied().collect();
    if roles.is_empty() {
        roles.insert(SinkRole::Notify);
        roles.extend(arguments.files.as_ref().map(|_| SinkRole::Files));
    }
    if roles.contains(&SinkRole::Files) && arguments.files.is_none() {
        mistakes.note("role `files` has no place: name a folder by `--files`, or leave the role out");
    }
    mistakes.none()?;
    let (mut topics, mut starts): (BTreeSet<Topic>, Vec<Start>) = (BTreeSet::new(), Vec::new());
    for role in roles {
        match role {
            SinkRole::Notify => {
                topics.extend(touched(Notify::ROLE, Notify::INPUTS));
                let notify = Current::new(Arc::new(Notify::new(io::stdout())), BookVersion::from("none"));
                starts.push(Box::new(move |crew| crew.stage(Arc::new(notify))));
            }
            SinkRole::Files => {
                topics.extend(touched(FileStore::ROLE, FileStore::INPUTS));
                let folder = arguments.files.clone().unwrap_or_default();
                let instance = settings.instance.clone();
                let make = move |worker| {
                    FileStore::resume(&folder, &format!("{instance}.{worker}"), Roll::default())
                        .map_err(|error| Exit::Fatal(error.to_string()))
                };
                starts.push(Box::new(move |crew| crew.store(make)));
            }
        }
    }
    serve(settings, None, &topics, Role::SinkNotify, |crew| starts.into_iter().try_for_each(|start| start(crew)))
}

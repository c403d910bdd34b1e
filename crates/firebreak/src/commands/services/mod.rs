//! `firebreak ingest | enrich | classify | escalate | sink`: one stage as a service over Kafka.

mod ingest;
mod sink;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use classify::Classify;
use enrich::Enrich;
use escalate::{Call, Care, Tell, Watch};
use events::{Role, Topic};
use stream::Stage;

pub use ingest::{IngestArguments, ingest};
pub use sink::{SinkArguments, SinkRole, sink};

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

impl EscalateRole {
    const fn of_log(self) -> Role {
        match self {
            Self::Watch => Role::Watch,
            Self::Care => Role::Care,
            Self::Call => Role::Call,
            Self::Tell => Role::Tell,
        }
    }
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
    // What is read outside a group is read in the name of one that the user may read.
    let first = roles.first().map_or(Role::Care, |role| role.of_log());
    let (mut topics, mut starts) = (BTreeSet::new(), Vec::new());
    for role in roles {
        match role {
            EscalateRole::Watch => add(&mut books, &mut topics, &mut starts, |book| Ok(Watch::new(book)))?,
            EscalateRole::Care => add(&mut books, &mut topics, &mut starts, |book| Ok(Care::new(book)))?,
            EscalateRole::Call => add(&mut books, &mut topics, &mut starts, |book| Ok(Call::new(book)))?,
            EscalateRole::Tell => add(&mut books, &mut topics, &mut starts, |book| Ok(Tell::new(book)))?,
        }
    }
    serve(settings, Some(books), &topics, first, |crew| starts.into_iter().try_for_each(|start| start(crew)))
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

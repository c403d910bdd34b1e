//! `firebreak ingest`: mentions by signed webhook and from a watched folder.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use events::{Role, Topic};
use ingest::webhook::WebhookSettings;
use ingest::{Directory, Ingest, ReceiptClock};
use stream::service::Clock;
use webhook::{Secret, Verifier};

use super::BookArgument;
use crate::duration;
use crate::failure::Failure;
use crate::service::arguments::{Mistakes, secret};
use crate::service::{Books, Entrance, ServiceArguments, serve, touched};

/// Flags of `firebreak ingest`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak ingest --book books/bank --watch /srv/mentions
  firebreak ingest --book books/bank --webhook 0.0.0.0:8081 --webhook-secrets-file /run/secrets/webhook")]
pub struct IngestArguments {
    /// The book.
    #[command(flatten)]
    pub book: BookArgument,
    /// Read the files of this folder: one JSON object a line, plain, gzip or zstd. Each is read on from its last committed line.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_WATCH")]
    pub watch: Option<PathBuf>,
    /// Take mentions by signed webhook at this address; they are answered with success after the commit.
    #[arg(long, value_name = "ADDRESS", env = "FIREBREAK_WEBHOOK")]
    pub webhook: Option<SocketAddr>,
    /// The path that is posted to.
    #[arg(long, value_name = "PATH", default_value = "/webhook", env = "FIREBREAK_WEBHOOK_PATH")]
    pub webhook_path: String,
    /// File with the senders' secrets, one or more `whsec_…`; or FIREBREAK_WEBHOOK_SECRETS holds them.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_WEBHOOK_SECRETS_FILE")]
    pub webhook_secrets_file: Option<PathBuf>,
    /// How far from now a message may have been sent.
    #[arg(long, value_name = "SPAN", default_value = "5m", value_parser = duration::parse_time, env = "FIREBREAK_WEBHOOK_TOLERANCE")]
    pub webhook_tolerance: Duration,
    /// Bytes that may wait for their commit; a sender beyond that is told to come back.
    #[arg(long, value_name = "BYTES", default_value_t = 32 << 20, env = "FIREBREAK_INTAKE_BYTES")]
    pub intake_bytes: usize,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// Runs `firebreak ingest`.
///
/// # Errors
/// The configuration is wrong, or the service ended before it was asked to.
pub fn ingest(arguments: &IngestArguments) -> Result<(), Failure> {
    let mut mistakes = Mistakes::default();
    let settings = arguments.service.settings(&mut mistakes);
    let entrance = arguments.entrance(&mut mistakes);
    let books = mistakes.take(Books::read(&arguments.book.book));
    if settings.clock == Clock::Input && settings.workers > 1 {
        mistakes.note("`--clock input` follows the times of one worker: leave `--workers` at 1");
    }
    mistakes.none()?;
    let Some(mut books) = books else { return Ok(()) };
    let clock = match settings.clock {
        Clock::Wall => ReceiptClock::Wall,
        Clock::Input => ReceiptClock::Input,
    };
    let current = books.stage(move |book| Ok(Ingest::new(book).by(clock)))?;
    // A member of the group owns its part of the state; what comes in lies in no topic.
    let topics = touched(Role::Ingest, &[Topic::State(Role::Ingest)]);
    serve(settings, Some(books), &topics, Role::Ingest, |crew| crew.ingest(&current, entrance))
}

impl IngestArguments {
    fn entrance(&self, mistakes: &mut Mistakes) -> Entrance {
        if self.watch.is_none() && self.webhook.is_none() {
            mistakes.note("nothing comes in: name a folder by `--watch`, or an address by `--webhook`");
        }
        if let Some(folder) = &self.watch
            && let Err(error) = Directory::watch(folder)
        {
            mistakes.note(format!("`--watch {}` cannot be read: {error}", folder.display()));
        }
        let webhook = self.webhook.and_then(|address| Some((address, self.receiver(mistakes)?)));
        Entrance { folder: self.watch.clone(), webhook, room: self.intake_bytes }
    }

    fn receiver(&self, mistakes: &mut Mistakes) -> Option<WebhookSettings> {
        if !self.webhook_path.starts_with('/') {
            mistakes.note(format!("`--webhook-path {}` must begin with `/`", self.webhook_path));
        }
        let told = secret("FIREBREAK_WEBHOOK_SECRETS", self.webhook_secrets_file.as_deref(), mistakes);
        let Some(told) = told else {
            mistakes.note(
                "`--webhook` has no secret: put it into FIREBREAK_WEBHOOK_SECRETS, or name its file by \
                 `--webhook-secrets-file`; make one with `echo whsec_$(openssl rand -base64 32)`",
            );
            return None;
        };
        let secrets: Result<Vec<Secret>, _> = told.split_whitespace().map(Secret::parse).collect();
        let verifier = secrets.map_err(|error| mistakes.note(format!("FIREBREAK_WEBHOOK_SECRETS: {error}"))).ok()?;
        let verifier = Verifier::new(verifier, self.webhook_tolerance);
        let verifier = verifier.map_err(|error| mistakes.note(format!("FIREBREAK_WEBHOOK_SECRETS: {error}"))).ok()?;
        Some(WebhookSettings { path: self.webhook_path.clone(), ..WebhookSettings::new(verifier) })
    }
}

//! `firebreak sink`: notifications, and stores that keep their own offsets.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use events::{BookVersion, Role, Topic};
use sink::notify::{NotifySettings, WebhookNotify};
use sink::{FileStore, Notify, PostgresSettings, PostgresStore, Roll};
use stream::service::Current;
use stream::store::Store;
use stream::{Exit, Planted, Stage};
use webhook::Secret;

use super::Start;
use crate::duration;
use crate::failure::Failure;
use crate::service::arguments::{Mistakes, secret};
use crate::service::{ServiceArguments, serve, touched};

/// Flags of `firebreak sink`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  firebreak sink --files /srv/products --notify-url https://hooks.example/firebreak --notify-secret-file /run/secrets/hook
  firebreak sink --role postgres --postgres-url-file /run/secrets/postgres")]
pub struct SinkArguments {
    /// Only these roles; without, `notify`, and each store for which there is a place.
    #[arg(long, value_enum, value_delimiter = ',', env = "FIREBREAK_ROLE")]
    pub role: Vec<SinkRole>,
    /// Deliver notifications to this webhook; without, they are lines on standard output.
    #[arg(long, value_name = "URL", env = "FIREBREAK_NOTIFY_URL")]
    pub notify_url: Option<String>,
    /// File with the secret, `whsec_…`, that notifications are signed with; or FIREBREAK_NOTIFY_SECRET holds it.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_NOTIFY_SECRET_FILE")]
    pub notify_secret_file: Option<PathBuf>,
    /// Store data products as files in this folder.
    #[arg(long, value_name = "DIR", env = "FIREBREAK_FILES")]
    pub files: Option<PathBuf>,
    /// File with the address of a PostgreSQL, which may hold a password; or FIREBREAK_POSTGRES_URL holds it.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_POSTGRES_URL_FILE")]
    pub postgres_url_file: Option<PathBuf>,
    /// The schema that the tables lie in.
    #[arg(long, value_name = "NAME", default_value = "firebreak", env = "FIREBREAK_POSTGRES_SCHEMA")]
    pub postgres_schema: String,
    /// How long the database may take for one write.
    #[arg(long, value_name = "SPAN", default_value = "10s", value_parser = duration::parse_time, env = "FIREBREAK_POSTGRES_TIMEOUT")]
    pub postgres_timeout: Duration,
    /// What every service is told.
    #[command(flatten)]
    pub service: ServiceArguments,
}

/// A role of `sink`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum SinkRole {
    /// Notifications to people.
    Notify,
    /// Data products to files.
    Files,
    /// Data products to PostgreSQL.
    Postgres,
}

impl SinkRole {
    const fn of_log(self) -> Role {
        match self {
            Self::Notify => Role::SinkNotify,
            Self::Files => Role::SinkFiles,
            Self::Postgres => Role::SinkPostgres,
        }
    }
}

/// Where things go, as far as it is told.
struct Places {
    notify: Option<NotifySettings>,
    files: Option<PathBuf>,
    postgres: Option<PostgresSettings>,
}

/// Runs `firebreak sink`.
///
/// # Errors
/// The configuration is wrong, or the service ended before it was asked to.
pub fn sink(arguments: &SinkArguments) -> Result<(), Failure> {
    let mut mistakes = Mistakes::default();
    let settings = arguments.service.settings(&mut mistakes);
    let places = arguments.places(settings.kafka.planted, &mut mistakes);
    let roles = arguments.roles(&places, &mut mistakes);
    mistakes.none()?;
    let (mut topics, mut starts): (BTreeSet<Topic>, Vec<Start>) = (BTreeSet::new(), Vec::new());
    if roles.contains(&SinkRole::Notify) {
        topics.extend(touched(Role::SinkNotify, Notify::INPUTS));
        starts.push(notify(places.notify));
    }
    if let Some(folder) = places.files.filter(|_| roles.contains(&SinkRole::Files)) {
        topics.extend(touched(Role::SinkFiles, FileStore::INPUTS));
        let instance = settings.instance.clone();
        let make = move |worker| {
            FileStore::resume(&folder, &format!("{instance}.{worker}"), Roll::default())
                .map_err(|error| Exit::Fatal(error.to_string()))
        };
        starts.push(Box::new(move |crew| crew.store(make)));
    }
    if let Some(database) = places.postgres.filter(|_| roles.contains(&SinkRole::Postgres)) {
        topics.extend(touched(Role::SinkPostgres, PostgresStore::INPUTS));
        let make = move |_| PostgresStore::new(database.clone()).map_err(|error| Exit::Fatal(error.to_string()));
        starts.push(Box::new(move |crew| crew.store(make)));
    }
    // What is read outside a group is read in the name of one that the user may read.
    let role = roles.first().map_or(Role::SinkNotify, |role| role.of_log());
    serve(settings, None, &topics, role, |crew| starts.into_iter().try_for_each(|start| start(crew)))
}

fn notify(webhook: Option<NotifySettings>) -> Start {
    let none = || BookVersion::from("none");
    match webhook {
        None => Box::new(move |crew| crew.stage(Arc::new(Current::new(Arc::new(Notify::new(io::stdout())), none())))),
        Some(settings) => Box::new(move |crew| {
            let stage = WebhookNotify::new(settings, crew.observer())?;
            crew.stage(Arc::new(Current::new(Arc::new(stage), none())))
        }),
    }
}

impl SinkArguments {
    fn places(&self, planted: Planted, mistakes: &mut Mistakes) -> Places {
        let key = secret("FIREBREAK_NOTIFY_SECRET", self.notify_secret_file.as_deref(), mistakes);
        let notify = match (&self.notify_url, key) {
            (Some(url), Some(key)) => {
                let key =
                    Secret::parse(&key).map_err(|error| mistakes.note(format!("FIREBREAK_NOTIFY_SECRET: {error}")));
                key.ok().and_then(|key| {
                    NotifySettings::new(url, key)
                        .map_err(|error| mistakes.note(format!("`--notify-url`: {error}")))
                        .ok()
                })
            }
            (Some(_), None) => {
                mistakes.note(
                    "`--notify-url` has no secret: put it into FIREBREAK_NOTIFY_SECRET, or name its file by \
                     `--notify-secret-file`",
                );
                None
            }
            (None, _) => None,
        };
        let url = secret("FIREBREAK_POSTGRES_URL", self.postgres_url_file.as_deref(), mistakes);
        let postgres = url.and_then(|url| {
            PostgresSettings::new(&url, &self.postgres_schema, self.postgres_timeout)
                .map(|settings| settings.with(planted))
                .map_err(|error| mistakes.note(format!("FIREBREAK_POSTGRES_URL or FIREBREAK_POSTGRES_SCHEMA: {error}")))
                .ok()
        });
        if self.postgres_timeout >= self.service.worker.poll_interval {
            mistakes.note(format!(
                "`--postgres-timeout` ({:?}) must be below `--poll-interval` ({:?}), or the group expels a slow writer: lower the \
                 one or raise the other",
                self.postgres_timeout, self.service.worker.poll_interval
            ));
        }
        Places { notify, files: self.files.clone(), postgres }
    }

    fn roles(&self, places: &Places, mistakes: &mut Mistakes) -> BTreeSet<SinkRole> {
        let mut roles: BTreeSet<SinkRole> = self.role.iter().copied().collect();
        if roles.is_empty() {
            roles.insert(SinkRole::Notify);
            roles.extend(places.files.as_ref().map(|_| SinkRole::Files));
            roles.extend(places.postgres.as_ref().map(|_| SinkRole::Postgres));
        }
        if roles.contains(&SinkRole::Files) && places.files.is_none() {
            mistakes.note("role `files` has no place: name a folder by `--files`, or leave the role out");
        }
        if roles.contains(&SinkRole::Postgres) && places.postgres.is_none() {
            mistakes.note(
                "role `postgres` has no place: put its address into FIREBREAK_POSTGRES_URL, or name a file with it by \
                 `--postgres-url-file`, or leave the role out",
            );
        }
        roles
    }
}

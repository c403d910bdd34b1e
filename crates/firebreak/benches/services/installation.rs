//! An installation: topics of its own on the broker, and stages that work on them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use events::{PartitionCount, Topic};
use firebreak::demo::poster::Poster;
use firebreak::demo::scrape::{Scrape, Scraper};
use firebreak::demo::services::Services;
use firebreak::demo::stages::{Setting, Stages};
use firebreak::demo::supervisor::Supervisor;
use stream::kafka::{Admin, Declared, KafkaSettings, every_topic};
use stream::service::{Clock, Stop};
use webhook::Secret;

use crate::input::BOOK;
use crate::{pause, process};

/// How long stages may take to be ready.
const READY: Duration = Duration::from_secs(60);
/// How long a stage may take to end: twice what it promises.
const END: Duration = Duration::from_secs(10);
/// How long a stage may not answer: a busy machine may starve it for a while.
const ANSWER: Duration = Duration::from_secs(15);
/// Between two questions.
const LOOK: Duration = Duration::from_millis(50);

/// What all installations share.
pub(crate) struct World<'a> {
    pub(crate) services: &'a Services,
    /// Folder of the logs.
    pub(crate) out: &'a Path,
    pub(crate) stop: &'a Stop,
}

/// Topics of their own, named after the run.
pub(crate) struct Installation<'a> {
    pub(crate) world: &'a World<'a>,
    pub(crate) settings: KafkaSettings,
    stages: Stages,
    setting: Setting,
}

/// Stages that run.
pub(crate) struct Running<'a> {
    installation: &'a Installation<'a>,
    supervisor: Supervisor,
    scraper: Scraper,
}

impl<'a> Installation<'a> {
    /// Empty topics, set up as those of a real one.
    ///
    /// # Errors
    /// The broker is away, or a folder cannot be made.
    pub(crate) fn new(world: &'a World<'a>, name: &str) -> anyhow::Result<Self> {
        let settings = namespace(world, name);
        apply(&settings, &every_topic())?;
        let out = world.out.join(name);
        std::fs::create_dir_all(&out).with_context(|| format!("cannot create `{}`", out.display()))?;
        let setting = Setting {
            program: PathBuf::from(env!("CARGO_BIN_EXE_firebreak")),
            brokers: settings.bootstrap.clone(),
            namespace: settings.namespace.clone(),
            clock: Clock::Wall,
            partitions: PartitionCount::DEFAULT,
            book: PathBuf::from(BOOK),
            postgres: world.services.postgres.clone(),
            schema: name.replace('-', "_"),
            out,
        };
        Ok(Self { world, settings, stages: Stages::new()?, setting })
    }

    /// Starts these stages and waits until they are ready.
    ///
    /// # Errors
    /// One does not start.
    pub(crate) fn start(&'a self, names: &[&str]) -> anyhow::Result<Running<'a>> {
        let tasks = self.stages.tasks(&self.setting);
        let tasks = tasks.into_iter().filter(|task| names.contains(&task.name)).collect();
        let supervisor = Supervisor::start(tasks).context("stages do not start")?;
        let running = Running { installation: self, supervisor, scraper: Scraper::default() };
        let begun = Instant::now();
        while !names.iter().all(|name| running.scraper.is_ready(self.admin(name))) {
            running.check()?;
            if begun.elapsed() > READY {
                bail!("{} not ready after {} s: {}", names.join(", "), READY.as_secs(), self.where_to_look());
            }
            pause(self.world.stop, LOOK)?;
        }
        Ok(running)
    }

    /// Who posts to this installation's ingest.
    ///
    /// # Errors
    /// The secret is none.
    pub(crate) fn poster(&self) -> anyhow::Result<Poster> {
        let secret = Secret::parse(&self.stages.secret).context("the secret of the webhook")?;
        Ok(Poster::new(vec![format!("http://{}/webhook", self.stages.webhook)], secret))
    }

    /// Deletes its topics: a broker that is full is slow.
    ///
    /// # Errors
    /// The broker is away.
    pub(crate) fn delete(self) -> anyhow::Result<()> {
        Ok(Admin::new(&self.settings)?.delete(&every_topic())?)
    }

    /// What to tell when something does not go on.
    pub(crate) fn where_to_look(&self) -> String {
        let brokers = &self.settings.bootstrap;
        let kafka = match std::net::TcpStream::connect(brokers) {
            Ok(_) => format!("Kafka at {brokers} answers"),
            Err(error) => format!("Kafka at {brokers} does not answer ({error})"),
        };
        format!("{kafka}; the logs are in `{}` and `{}`", self.setting.out.display(), self.world.out.display())
    }

    fn admin(&self, name: &str) -> &str {
        self.stages.admin.iter().find(|(stage, _)| *stage == name).map_or("", |(_, address)| address)
    }
}

impl Running<'_> {
    /// The metrics of a stage.
    ///
    /// # Errors
    /// It does not answer, or has died.
    pub(crate) fn scrape(&self, name: &str) -> anyhow::Result<Scrape> {
        let begun = Instant::now();
        loop {
            self.check()?;
            if let Some(scrape) = self.scraper.scrape(self.installation.admin(name)) {
                return Ok(scrape);
            }
            if begun.elapsed() > ANSWER {
                bail!("{name} does not answer: {}", self.installation.where_to_look());
            }
        }
    }

    /// Processor time that a stage has used.
    ///
    /// # Errors
    /// It has died.
    pub(crate) fn processor_time(&self, name: &str) -> anyhow::Result<Duration> {
        process::processor_time(self.pid(name)?)
    }

    /// Memory of a stage.
    ///
    /// # Errors
    /// It has died.
    pub(crate) fn memory(&self, name: &str) -> anyhow::Result<process::Memory> {
        process::memory(self.pid(name)?)
    }

    /// Asks all to end and waits for it.
    ///
    /// # Errors
    /// One did not end as it should.
    pub(crate) fn end(self) -> anyhow::Result<()> {
        for (name, status) in self.supervisor.stop(END)? {
            ensure!(status.success(), "{name} ended with {status}: {}", self.installation.where_to_look());
        }
        Ok(())
    }

    fn pid(&self, name: &str) -> anyhow::Result<u32> {
        self.check()?;
        let found = self.supervisor.pids().into_iter().find(|(stage, _)| *stage == name);
        found.map(|(_, pid)| pid).with_context(|| format!("{name} does not run"))
    }

    /// A stage that died measures nothing.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.supervisor.restarts().first() {
            Some(restart) => {
                bail!("{} ended ({}): {}", restart.name, restart.ended, self.installation.where_to_look())
            }
            None => Ok(()),
        }
    }
}

/// How an installation of this name is reached.
pub(crate) fn namespace(world: &World<'_>, name: &str) -> KafkaSettings {
    let mut settings = KafkaSettings::new(&world.services.brokers);
    settings.namespace = format!("{name}.");
    settings
}

/// Sets topics up as they are declared for one broker.
pub(crate) fn apply(settings: &KafkaSettings, topics: &[Topic]) -> anyhow::Result<()> {
    let declare = |topic: &Topic| Declared::new(*topic, PartitionCount::DEFAULT, 1);
    let declared: Vec<Declared> = topics.iter().map(declare).collect();
    let left = Admin::new(settings)?.apply(&declared)?;
    ensure!(left.is_empty(), "topics are not as declared: {left:?}");
    Ok(())
}

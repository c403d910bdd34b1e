//! An installation: topics of its own on the broker, and stages that work on them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use events::{PartitionCount, Topic};
use firebreak::demo::poster::Poster;
use firebreak::demo::scrape::{Scrape, Scraper};
use firebreak::demo::services::Services;
use firebreak::demo::stages::{Setting, Stages};
use firebreak::demo::supervisor::{Supervisor, Task};
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
    /// The core that the broker is held to.
    pub(crate) broker_core: Option<usize>,
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
    /// Stage and admin port of each process.
    admin: Vec<(&'static str, String)>,
}

/// Processes of one stage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crew<'a> {
    pub(crate) stage: &'static str,
    pub(crate) processes: usize,
    /// What tells them from other processes of this stage.
    pub(crate) instance: &'a str,
    /// What they are told beside the usual.
    pub(crate) environment: &'a [(&'a str, &'a str)],
}

impl Crew<'_> {
    /// One process of a stage.
    pub(crate) const fn one(stage: &'static str) -> Self {
        Self { stage, processes: 1, instance: "local", environment: &[] }
    }
}

impl<'a> Installation<'a> {
    /// Empty topics, set up as those of a real one.
    ///
    /// # Errors
    /// The broker is away, or a folder cannot be made.
    pub(crate) fn new(world: &'a World<'a>, name: &str) -> anyhow::Result<Self> {
        let settings = namespace(world, name);
        apply(&settings, &every_topic(), PartitionCount::DEFAULT)?;
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

    /// Starts one process of each of these stages and waits until they are ready.
    ///
    /// # Errors
    /// One does not start.
    pub(crate) fn start(&'a self, names: &[&'static str]) -> anyhow::Result<Running<'a>> {
        self.start_crews(&names.iter().map(|name| Crew::one(name)).collect::<Vec<_>>())
    }

    /// Starts these processes, all at once, and waits until they are ready.
    ///
    /// # Errors
    /// One does not start.
    pub(crate) fn start_crews(&'a self, crews: &[Crew<'_>]) -> anyhow::Result<Running<'a>> {
        let (mut tasks, mut admin) = (Vec::new(), Vec::new());
        for crew in crews {
            for number in 0..crew.processes {
                let (task, address) = self.task(crew, number)?;
                admin.push((task.name, address));
                tasks.push(task);
            }
        }
        let supervisor = Supervisor::start(tasks).context("stages do not start")?;
        let running = Running { installation: self, supervisor, scraper: Scraper::default(), admin };
        let begun = Instant::now();
        while !running.admin.iter().all(|(_, admin)| running.scraper.is_ready(admin)) {
            running.check()?;
            if begun.elapsed() > READY {
                let names: Vec<&str> = crews.iter().map(|crew| crew.stage).collect();
                bail!("{} not ready after {} s: {}", names.join(", "), READY.as_secs(), self.where_to_look());
            }
            pause(self.world.stop, LOOK)?;
        }
        Ok(running)
    }

    /// A process of a crew, and its admin port. The first of a stage has the ports that senders know.
    fn task(&self, crew: &Crew<'_>, number: usize) -> anyhow::Result<(Task, String)> {
        let further;
        let first = number == 0 && crew.instance == Crew::one(crew.stage).instance;
        let stages = if first {
            &self.stages
        } else {
            further = Stages::new()?;
            &further
        };
        let task = stages.tasks(&self.setting).into_iter().find(|task| task.name == crew.stage);
        let mut task = task.with_context(|| format!("`{}` is no stage", crew.stage))?;
        task.command.env("FIREBREAK_INSTANCE", format!("{}-{number}", crew.instance));
        task.command.envs(crew.environment.iter().copied());
        task.log = self.setting.out.join(format!("{}.{}-{number}.log", crew.stage, crew.instance));
        let admin = stages.admin.iter().find(|(stage, _)| *stage == crew.stage);
        Ok((task, admin.map(|(_, admin)| admin.clone()).unwrap_or_default()))
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
            if let Some(scrape) = self.scraper.scrape(self.admin(name)) {
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

    /// Kills all, as a machine that loses its power does.
    ///
    /// # Errors
    /// One cannot be killed, or had ended before.
    pub(crate) fn kill(self) -> anyhow::Result<()> {
        self.check()?;
        Ok(self.supervisor.kill()?)
    }

    /// How often a stage was taken from a processor.
    ///
    /// # Errors
    /// It has died.
    pub(crate) fn context_switches(&self, name: &str) -> anyhow::Result<f64> {
        process::context_switches(self.pid(name)?)
    }

    /// The admin port of the first process of a stage.
    fn admin(&self, name: &str) -> &str {
        self.admin.iter().find(|(stage, _)| *stage == name).map_or("", |(_, address)| address)
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
pub(crate) fn apply(settings: &KafkaSettings, topics: &[Topic], partitions: PartitionCount) -> anyhow::Result<()> {
    let declare = |topic: &Topic| Declared::new(*topic, partitions, 1);
    let declared: Vec<Declared> = topics.iter().map(declare).collect();
    let left = Admin::new(settings)?.apply(&declared)?;
    ensure!(left.is_empty(), "topics are not as declared: {left:?}");
    Ok(())
}

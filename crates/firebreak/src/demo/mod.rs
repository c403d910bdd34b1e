//! The whole product on one machine: services, topics, five stages under a supervisor, a crisis that is posted to the signed
//! webhook, and the proof that everything accepted lies in Kafka and PostgreSQL exactly once.
//!
//! Whatever happens, what was started here is ended here: by the ids of processes, never by a name.

mod counts;
pub mod decisions;
mod feed;
pub mod lead;
pub mod poster;
pub mod proof;
pub mod scrape;
mod script;
pub mod services;
mod show;
pub mod stages;
pub mod supervisor;
mod table;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use events::{PartitionCount, Topic};
use scenario::Options;
use stream::kafka::{Admin, Declared, KafkaSettings, every_topic};
use stream::service::{Clock, Stop};
use webhook::Secret;

use crate::failure::Failure;
use crate::run::replay;
use decisions::{Decisions, Differences};
use feed::{Fed, Sent, feed};
use lead::Lead;
use poster::Poster;
use proof::{Kept, Topics, rows};
use services::{Services, Sources};
use show::Show;
use stages::{PRODUCTS, SCHEMA, Setting, Stages};
use supervisor::Supervisor;

/// What was decided otherwise than in a run.
const DIFFERENCES: &str = "differences.txt";
/// How long stages may take to be ready.
const READY: Duration = Duration::from_secs(60);
/// How long what was posted may take to be stored, once the last line is answered.
const DRAINED: Duration = Duration::from_secs(120);
/// How long the last timers may take to fire, once everything is stored.
const SETTLED: Duration = Duration::from_secs(10);
/// How long a stage may take to end: twice what it promises.
const END: Duration = Duration::from_secs(10);
/// Between two looks at the stages.
const LOOK: Duration = Duration::from_millis(200);

/// What is shown.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The crisis.
    pub scenario: Options,
    /// Lines a second.
    pub rate: f64,
    /// Partitions of every topic.
    pub partitions: PartitionCount,
    /// Where lines and logs go.
    pub out: PathBuf,
    /// Folder of the scripts that start services.
    pub scripts: PathBuf,
    /// The file that starts them in containers.
    pub compose: PathBuf,
}

/// Shows it. `stop` ends it early and in order.
///
/// # Errors
/// Something does not start, or something was lost or doubled.
pub fn demo(plan: &Plan, stop: &Arc<Stop>, out: &mut dyn Write) -> Result<(), Failure> {
    fs::create_dir_all(&plan.out).with_context(|| format!("cannot create `{}`", plan.out.display()))?;
    let products = plan.out.join(PRODUCTS);
    forget(&products)?;
    let (input, book) = scene(plan, out)?;
    let lines: Vec<&[u8]> = input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    writeln!(out, "Kafka and PostgreSQL start; a first start fetches Kafka …")?;
    out.flush()?;
    let services = Services::start(
        &Sources { scripts: &plan.scripts, compose: &plan.compose, logs: &plan.out, kafka: &[] },
        stop,
    )?;
    writeln!(out, "  Kafka at {} and PostgreSQL at {}, {}", services.brokers, services.postgres, services.told)?;
    let settings = KafkaSettings::new(&services.brokers);
    apply_topics(&settings, plan.partitions, out)?;
    let stages = Stages::new()?;
    let setting = Setting {
        program: std::env::current_exe().context("this executable is not found")?,
        brokers: services.brokers.clone(),
        namespace: String::new(),
        // Times of the scenario drive everything, so that a crisis of a day takes minutes.
        clock: Clock::Input,
        partitions: plan.partitions,
        book: book.clone(),
        postgres: services.postgres.clone(),
        schema: SCHEMA.to_owned(),
        out: plan.out.clone(),
    };
    let tasks = stages.tasks(&setting);
    let mut show = Show::new(Supervisor::start(tasks)?, &stages, services.postgres.clone(), out);
    show.wait_until_ready(READY, stop)?;
    let lead = Lead::new(&settings, plan.partitions)?;
    let fed = watch(&mut show, lead, &lines, plan.rate, &stages, stop)?;
    let proven = prove(&settings, &services.postgres, &fed, stop)?;
    let compared = compare(&settings, &lines, &book, stop)?;
    let ended = show.end(END)?;
    drop(services);
    writeln!(out, "\nincidents, cases and mentions as files: {}", products.display())?;
    tell(&proven, &fed, out)?;
    writeln!(out, "decided as `firebreak run` decides: {compared}")?;
    let differences = plan.out.join(DIFFERENCES);
    fs::write(&differences, format!("{compared:#?}\n")).context("cannot write what was decided otherwise")?;
    if !compared.is_none() {
        writeln!(out, "  each of them is in {}", differences.display())?;
    }
    if let Some((stage, status)) = ended.iter().find(|(_, status)| !status.success()) {
        return Err(anyhow!("{stage} did not end in order: {status}; see {}/{stage}.log", plan.out.display()).into());
    }
    if !proven.is_exact() {
        return Err(
            anyhow!("something was lost or doubled; the logs of the stages are in {}", plan.out.display()).into()
        );
    }
    Ok(())
}

/// Removes what the store of files wrote in a demo before: its files say where a store goes on, and the topics they are of are gone.
fn forget(products: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(products) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", products.display()))
        }
        _ => Ok(()),
    }
}

/// The lines of the scenario, and the book that it is about.
fn scene(plan: &Plan, out: &mut dyn Write) -> Result<(Vec<u8>, PathBuf), Failure> {
    let mut input = Vec::new();
    let truth = scenario::generate(&plan.scenario, &mut |line| {
        input.extend_from_slice(line);
        input.push(b'\n');
    });
    let truth = truth.map_err(|error| Failure::Usage(format!("--{error}")))?;
    fs::write(plan.out.join("mentions.ndjson"), &input).context("cannot write the lines of the scenario")?;
    let (name, lines, duplicates, poison) = (&truth.scenario, truth.lines, truth.duplicates, truth.poison);
    writeln!(
        out,
        "`{name}`: {lines} lines, {duplicates} of them repeats and {poison} broken; decided by {}",
        truth.book
    )?;
    Ok((input, PathBuf::from(truth.book)))
}

/// Posts have event times of the scenario, so topics keep everything.
fn apply_topics(settings: &KafkaSettings, partitions: PartitionCount, out: &mut dyn Write) -> Result<(), Failure> {
    let declare = |topic| Declared::new(topic, partitions, 1).keeping_all();
    let declared: Vec<Declared> = every_topic().into_iter().map(declare).collect();
    let left = Admin::new(settings)?.apply(&declared)?;
    if !left.is_empty() {
        return Err(crate::service::refused(&left));
    }
    writeln!(out, "  {} topics with {} partitions applied", declared.len(), partitions.get())?;
    Ok(())
}

/// Posts all lines and shows how they go through, until nothing waits any more.
fn watch(
    show: &mut Show<'_>,
    mut lead: Lead,
    lines: &[&[u8]],
    rate: f64,
    stages: &Stages,
    stop: &Stop,
) -> Result<Fed, Failure> {
    let secret = Secret::parse(&stages.secret).context("the secret of the webhook")?;
    let poster = Poster::new(vec![format!("http://{}/webhook", stages.webhook)], secret);
    let sent = Sent::default();
    let fed = thread::scope(|scope| {
        let feeding = scope.spawn(|| feed(&poster, &mut lead, lines, rate, &sent, stop));
        while !feeding.is_finished() {
            if let Err(error) = show.look(sent.lines(), lines.len()) {
                // The feed ends too, and with it this scope.
                stop.want();
                return Err(error);
            }
            thread::sleep(LOOK);
        }
        Ok(feeding.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?)
    })?;
    let deadline = Instant::now() + DRAINED;
    while !show.look(sent.lines(), lines.len())? && Instant::now() < deadline {
        if stop.pause(LOOK) {
            break;
        }
    }
    if stop.is_wanted() {
        return Err(anyhow!("stopped before the end; nothing is left running").into());
    }
    Ok(fed)
}

/// What was asked of Kafka and PostgreSQL at the end.
struct Proven {
    accepted: usize,
    not_the_brand: usize,
    rejected: usize,
    classified: Kept,
    stored: Kept,
}

impl Proven {
    const fn is_exact(&self) -> bool {
        self.classified.is_exact() && self.stored.is_exact()
    }
}

/// Asks until it is exact, for a store may be a moment behind; then what it is counts.
fn prove(settings: &KafkaSettings, postgres: &str, fed: &Fed, stop: &Stop) -> Result<Proven, Failure> {
    let deadline = Instant::now() + DRAINED;
    loop {
        let topics = Topics::read(settings)?;
        let mut classified = topics.classified();
        classified.lost += topics.not_accepted(&fed.revisions);
        let proven = Proven {
            accepted: topics.accepted.len(),
            not_the_brand: topics.not_the_brand.len(),
            rejected: topics.rejected,
            classified,
            stored: topics.stored(&rows(postgres, SCHEMA)?),
        };
        if proven.is_exact() || Instant::now() > deadline || stop.pause(Duration::from_secs(1)) {
            return Ok(proven);
        }
    }
}

/// Asks until it is what a run over the same lines decides, for time may pass a moment later; then what it is counts.
fn compare(settings: &KafkaSettings, lines: &[&[u8]], book: &Path, stop: &Stop) -> Result<Differences, Failure> {
    let book = book::load_dir(book).map_err(|mistakes| anyhow!("the book has {} mistakes", mistakes.len()))?;
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let lines = lines.iter().map(|line| line.to_vec());
    let mut ran = replay(lines, Arc::new(book), None, workers, &[Topic::Cases, Topic::Incidents])?;
    let mut records = |topic: Topic| ran.topics.remove(&topic.name()).unwrap_or_default();
    let decided = Decisions::of_records(records(Topic::Cases), records(Topic::Incidents))?;
    let deadline = Instant::now() + SETTLED;
    loop {
        let differences = decided.compared_with(&Decisions::of_topics(settings)?);
        if differences.is_none() || Instant::now() > deadline || stop.pause(Duration::from_secs(1)) {
            return Ok(differences);
        }
    }
}

fn tell(proven: &Proven, fed: &Fed, out: &mut dyn Write) -> Result<(), Failure> {
    let Proven { accepted, not_the_brand, rejected, classified, stored } = proven;
    writeln!(out, "posted: {} lines taken by the webhook, {} refused", fed.taken, fed.refused)?;
    writeln!(
        out,
        "accepted: {accepted} distinct; not about the brand, by `seen`: {not_the_brand}; dead letters: {rejected}"
    )?;
    writeln!(out, "mentions.classified: {} records, {classified}", classified.count)?;
    writeln!(out, "postgresql: {} rows, {stored}", stored.count)?;
    Ok(())
}

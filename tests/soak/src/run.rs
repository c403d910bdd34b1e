//! One soak from its start to its report: starts everything, lets faults happen, waits until all has settled, judges.

use std::fs::{self, File};
use std::io::{Write, stdout};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use events::{PartitionCount, Topic};
use firebreak::demo::poster::Poster;
use stream::kafka::{Admin, Declared, KafkaSettings, every_topic};
use stream::service::Stop;
use testkit::kafka::Broker;
use testkit::postgres::Postgres;
use testkit::receiver::Receiver as Notified;
use webhook::Secret;

use crate::Arguments;
use crate::feed::{Feed, Told};
use crate::fleet::{STAGES, Setting, free_address};
use crate::garbage;
use crate::nemesis::{Nemesis, World};
use crate::open::Open;
use crate::oracle::{Once, Oracle, ROLES};
use crate::proxy::Proxies;
use crate::reader::Reader;
use crate::recovery::Recoveries;
use crate::report::Report;
use crate::stalls::Stalls;
use crate::stores::{self, Ends};

const PARTITIONS: i32 = 6;
const REPLICATION: i32 = 3;
const SCHEMA: &str = "soak";
const SECRET: &str = "whsec_c29hay1zb2FrLXNvYWstc29hay1zb2Fr";
/// How long stages may take to be ready at first.
const READY: Duration = Duration::from_secs(120);
/// How long everything may take to go through once faults are over.
const SETTLED: Duration = Duration::from_secs(180);
/// How long the last clocks of the book run.
const CLOCKS: Duration = Duration::from_secs(45);
/// How long a transaction may be open: twice its timeout of 10 s, and the time that a broker may be away.
const OPEN: Duration = Duration::from_secs(30);
/// How long what was written last may take to be seen.
const LAST: Duration = Duration::from_secs(15);
/// Between two looks at the stores.
const LOOK: Duration = Duration::from_secs(2);
/// Between two reads of all topics.
const READ: Duration = Duration::from_millis(50);
/// Between two lines about how it stands.
const TOLD: Duration = Duration::from_secs(60);

/// Runs it.
///
/// # Errors
/// Something does not start, or nobody takes what is posted.
pub(crate) fn soak(arguments: &Arguments, stop: &Arc<Stop>) -> anyhow::Result<Report> {
    let out = &arguments.out;
    drop(fs::remove_dir_all(out));
    fs::create_dir_all(out.join("logs")).with_context(|| format!("cannot create `{}`", out.display()))?;
    let lasts = Duration::from_secs_f64(arguments.minutes * 60.0);
    println!("seed {}, {} minutes, {} lines a second", arguments.seed, arguments.minutes, arguments.rate);
    println!("three brokers and PostgreSQL start …");
    let (proxies, postgres) = (Proxies::start()?, Postgres::start());
    let brokers = Broker::start_three(proxies.ports);
    proxies.lead_to(brokers.address())?;
    let partitions = PartitionCount::new(PARTITIONS).context("there are partitions")?;
    let settings = KafkaSettings::new(brokers.address());
    declare(&settings, partitions)?;
    let book =
        book::load_dir(&arguments.book).map_err(|mistakes| anyhow!("the book has {} mistakes", mistakes.len()))?;
    let mut oracle = Oracle::new(&Arc::new(book), partitions)?;
    let mut reader = Reader::new(&settings, &Oracle::topics())?;
    let notified = Notified::default();
    let files = fs::canonicalize(out)?.join("files");
    let setting = Setting {
        program: fs::canonicalize(&arguments.program).context("build it first: cargo build --release")?,
        environment: environment(arguments, &proxies, &postgres, &notified.start(), &files),
        logs: out.join("logs"),
    };
    let webhooks = [free_address()?, free_address()?];
    let (told, hears) = channel();
    let recoveries = Arc::new(Recoveries::default());
    let world = World {
        brokers: &brokers,
        postgres: &postgres,
        proxies: &proxies,
        setting: &setting,
        webhooks: &webhooks,
        told: told.clone(),
        recoveries: Arc::clone(&recoveries),
    };
    println!("five stages start, two processes each …");
    let mut nemesis = Nemesis::new(world)?;
    nemesis.wait_until_ready(READY, stop)?;
    stores::watch_offsets(postgres.url(), SCHEMA)?;
    let urls = webhooks.iter().map(|address| format!("http://{address}/webhook")).collect();
    let poster = Poster::new(urls, Secret::parse(SECRET)?);
    let begun = Instant::now();
    let list = File::create(out.join("accepted.ndjson")).context("the list of what was taken")?;
    let feed = Feed::new(&poster, arguments.seed, (begun, lasts), list, told.clone());
    let (over, abandon) = (Stop::default(), Stop::default());
    let mut judge = Judge {
        oracle: &mut oracle,
        reader: &mut reader,
        hears,
        recoveries: &recoveries,
        stalls: Stalls::new(partitions),
        ends: Ends::new(),
    };
    let (faults_over, early) = (Stop::default(), Stop::default());
    let (open, mut failed) = (Open::default(), None);
    let mut longest_stall = Duration::ZERO;
    let focus = STAGES.into_iter().find(|stage| arguments.focus.as_deref() == Some(stage));
    let lasted = thread::scope(|scope| {
        let feeding = scope.spawn(|| feed.run(arguments.rate, &over, (&abandon, &early)));
        let littering = scope.spawn(|| garbage::send(&settings, partitions, &told, &over));
        let asking = scope.spawn(|| recoveries.ask(&faults_over));
        let looking = scope.spawn(|| open.watch(&settings, partitions, &faults_over));
        let hurting = scope.spawn(|| {
            let hurt = nemesis.hurt((arguments.seed, focus), (begun, lasts), &early, &mut stdout());
            over.want();
            hurt.map(|()| begun.elapsed())
        });
        let (mut say, mut looked) = (Instant::now() + TOLD, Instant::now());
        while !hurting.is_finished() || !feeding.is_finished() {
            failed = failed.or(judge.pass().err());
            if Instant::now() > say {
                judge.look(postgres.url());
                println!("  {:8.0} s  {}", begun.elapsed().as_secs_f64(), judge.oracle.told());
                say += TOLD;
            }
            if arguments.until_caught && looked.elapsed() > LOOK {
                judge.look(postgres.url());
                looked = Instant::now();
            }
            let caught = arguments.until_caught && judge.oracle.violations().1 > 0;
            if caught || stop.is_wanted() || failed.is_some() {
                early.want();
                abandon.want();
            }
            thread::sleep(READ);
        }
        longest_stall = judge.stalls.longest();
        let hurt = hurting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let fed = feeding.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let littered = littering.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        faults_over.want();
        looking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        asking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let lasted = hurt?;
        failed.map_or(Ok(()), Err).and(fed).and(littered).map(|()| lasted.min(lasts))
    })?;
    let given_up = stop.is_wanted() || (arguments.until_caught && judge.oracle.violations().1 > 0);
    let once =
        if given_up { Once::default() } else { settle(&mut judge, &mut nemesis, (&postgres, &notified, &files))? };
    let Judge { oracle, .. } = judge;
    if open.longest() > OPEN {
        oracle.report("transactions", format!("one was open for {:.0} s", open.longest().as_secs_f64()));
    }
    let (violations, found) = oracle.violations();
    Ok(Report {
        seed: arguments.seed,
        lasted,
        once,
        faults: std::mem::take(&mut nemesis.done),
        times: recoveries.times(),
        longest_stall,
        longest_open: open.longest(),
        judged: oracle.records(),
        violations: violations.to_vec(),
        found,
        fallen: std::mem::take(&mut nemesis.fallen),
    })
}

/// Waits until everything has gone through and the last clocks have run out, ends the stages, those that write to topics first, and
/// judges what is left.
fn settle(
    judge: &mut Judge<'_>,
    nemesis: &mut Nemesis<'_>,
    (postgres, notified, files): (&Postgres, &Notified, &Path),
) -> anyhow::Result<Once> {
    println!("waits until everything has gone through, and for the last clocks …");
    let (begun, settled) = (Instant::now(), Instant::now() + SETTLED);
    judge.wait(nemesis, |oracle, _| {
        let now = Instant::now();
        (now > begun + CLOCKS && oracle.is_settled()) || now > settled
    })?;
    let mut ended = nemesis.end(&STAGES[..4]);
    // What they wrote last is read too.
    let last = Instant::now() + LAST;
    judge.wait(nemesis, |_, _| Instant::now() > last)?;
    let mut stores = Vec::new();
    // A store that is behind is waited for as long as it comes nearer.
    let (mut asked, mut nearer, mut fewest) = (Instant::now(), Instant::now(), usize::MAX);
    judge.wait(nemesis, |oracle, ends| {
        if asked.elapsed() < LOOK {
            return false;
        }
        let told = stores::differences((postgres.url(), SCHEMA), notified, (oracle, ends));
        // A database that is away says nothing of how near it is.
        if let Some(left) = told.as_ref().ok().map(Vec::len).filter(|left| *left < fewest) {
            (nearer, fewest) = (Instant::now(), left);
        }
        stores = told.unwrap_or_else(|error| vec![("postgresql", error.to_string())]);
        // To compare a million rows takes longer than the pause between two looks.
        asked = Instant::now();
        stores.is_empty() || nearer.elapsed() > SETTLED
    })?;
    ended.extend(nemesis.end(&STAGES[4..]));
    judge.look(postgres.url());
    for ended in ended.into_iter().filter(|ended| !ended.status.success()) {
        judge.oracle.report("end", format!("{} did not end in order: {} {}", ended.name, ended.status, ended.words));
    }
    stores.into_iter().for_each(|(check, what)| judge.oracle.report(check, what));
    stores::file_differences(files, &judge.ends)?.into_iter().for_each(|what| judge.oracle.report("files", what));
    println!("  {}", judge.oracle.told());
    Ok(judge.oracle.close())
}

/// Hears the topics and the feed, in an order in which what was posted is known before it is read.
struct Judge<'a> {
    oracle: &'a mut Oracle,
    reader: &'a mut Reader,
    hears: Receiver<Told>,
    recoveries: &'a Recoveries,
    stalls: Stalls,
    ends: Ends,
}

impl Judge<'_> {
    /// What is not heard in a topic: clocks that ran out too early, offsets of the database that were turned back. A database that is
    /// away is asked the next time.
    fn look(&mut self, url: &str) {
        self.oracle.early_clocks();
        let back = stores::turned_back(url, SCHEMA).unwrap_or_default();
        back.into_iter().for_each(|what| self.oracle.report("postgresql", what));
    }

    /// Hears, while the fleet is kept running, until `done`.
    fn wait(&mut self, nemesis: &mut Nemesis<'_>, mut done: impl FnMut(&Oracle, &Ends) -> bool) -> anyhow::Result<()> {
        let mut failed = None;
        nemesis.watch(&mut stdout(), || {
            failed = self.pass().err();
            failed.is_some() || done(self.oracle, &self.ends)
        })?;
        failed.map_or(Ok(()), Err)
    }

    fn pass(&mut self) -> anyhow::Result<()> {
        let records = self.reader.read()?;
        while let Ok(told) = self.hears.try_recv() {
            match told {
                Told::Posted(lines) => lines.iter().for_each(|line| self.oracle.posted(line.what, &line.bytes)),
                Told::Taken(lines) => lines.iter().for_each(|line| self.oracle.acknowledged(line.what, &line.bytes)),
                Told::Garbage(bytes) => self.oracle.sent(&bytes),
                Told::Refused(what) => self.oracle.report("restore", what),
                Told::GarbageThere(bytes) => self.oracle.acknowledged(crate::load::What::Poison, &bytes),
            }
        }
        for raw in records {
            let held = self.ends.entry((raw.topic, raw.partition)).or_default();
            (held.end, held.records) = (raw.offset.0 + 1, held.records + 1);
            if let Some(role) = ROLES.into_iter().find(|role| Topic::Turns(*role) == raw.topic) {
                self.recoveries.committed(role, raw.partition, PARTITIONS as usize);
            }
            if raw.topic == Topic::MentionsClassified {
                self.stalls.moved(raw.partition);
            }
            self.oracle.hear(raw);
        }
        self.oracle.advance();
        Ok(())
    }
}

fn declare(settings: &KafkaSettings, partitions: PartitionCount) -> anyhow::Result<()> {
    let declared: Vec<Declared> =
        every_topic().into_iter().map(|topic| Declared::new(topic, partitions, REPLICATION)).collect();
    let admin = Admin::new(settings)?;
    let left = admin.apply(&declared)?;
    anyhow::ensure!(left.is_empty(), "topics cannot be set up: {left:?}");
    let deadline = Instant::now() + READY;
    while !admin.differences(&declared)?.is_empty() {
        anyhow::ensure!(Instant::now() < deadline, "topics are not set up");
        thread::sleep(READ);
    }
    stdout().flush()?;
    Ok(())
}

/// What every stage is told.
fn environment(
    arguments: &Arguments,
    proxies: &Proxies,
    postgres: &Postgres,
    notify: &str,
    files: &Path,
) -> Vec<(&'static str, String)> {
    let defect = arguments.defect.iter().map(|defect| ("FIREBREAK_DEFECT", defect.clone()));
    let all = [
        ("FIREBREAK_BROKERS", proxies.bootstrap()),
        ("FIREBREAK_PARTITIONS", PARTITIONS.to_string()),
        ("FIREBREAK_REPLICATION", REPLICATION.to_string()),
        ("FIREBREAK_IDLE_COMMIT", "50ms".to_owned()),
        ("FIREBREAK_MAX_BATCH_AGE", "200ms".to_owned()),
        ("FIREBREAK_BOOK", arguments.book.display().to_string()),
        ("FIREBREAK_WEBHOOK_SECRETS", SECRET.to_owned()),
        ("FIREBREAK_POSTGRES_URL", postgres.url().to_owned()),
        ("FIREBREAK_POSTGRES_SCHEMA", SCHEMA.to_owned()),
        ("FIREBREAK_NOTIFY_URL", notify.to_owned()),
        ("FIREBREAK_NOTIFY_SECRET", SECRET.to_owned()),
        ("FIREBREAK_FILES", files.display().to_string()),
    ];
    all.into_iter().chain(defect).collect()
}

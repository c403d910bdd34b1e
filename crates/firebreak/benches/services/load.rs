//! The second table: each stage alone over the same crisis, in processor time, beside a raw copy of what it read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use events::Topic;
use firebreak::demo::poster::Posted;
use firebreak::demo::scrape::Scrape;
use stream::kafka::every_topic;

use crate::installation::{Installation, Running, World};
use crate::report::{Measured, Report};
use crate::{Plan, input, pause, raw, say};

/// Stages that read topics, in the order of the pipeline.
const READERS: [&str; 4] = ["enrich", "classify", "escalate", "sink"];
/// Who posts at once: a transaction of ingest holds what several have sent.
const SENDERS: usize = 4;
/// Lines of a message.
const MESSAGE: usize = 500;
/// Between two looks at a stage.
const LOOK: Duration = Duration::from_millis(100);
/// A stage that read nothing for so long, and for which nothing waits, has read all. Lag is asked for once a second.
const QUIET: Duration = Duration::from_millis(2_500);
/// A stage that reads nothing for so long although something waits does not go on.
const STUCK: Duration = Duration::from_secs(60);

const READ: &str = "firebreak_records_read_total";
const LAG: &str = "firebreak_partition_lag_records";

/// Measures it as often as is planned, each time with topics of its own.
///
/// # Errors
/// Something does not start, ends or does not go on.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let lines = input::crisis(plan.records)?;
    let bytes = lines.iter().map(Vec::len).sum::<usize>() / lines.len().max(1);
    say(&format!("\n{} lines of a crisis, {bytes} bytes on average, through one stage after the other", lines.len()));
    for repeat in 1..=plan.repeats {
        say(&format!("  run {repeat}"));
        let installation = Installation::new(world, &format!("load-{repeat}"))?;
        let measured = entrance(&installation, &lines)?;
        let copy = raw::lines(world, &format!("copy-{repeat}-ingest"), &lines)?;
        say(&format!("    {}", report.stage("ingest", &measured, copy)));
        for stage in READERS {
            let (measured, topics) = reader(&installation, stage)?;
            let copy = raw::topics(world, &installation, &format!("copy-{repeat}-{stage}"), &topics)?;
            say(&format!("    {}", report.stage(stage, &measured, copy)));
        }
        installation.delete()?;
    }
    Ok(())
}

/// Posts all lines to ingest.
fn entrance(installation: &Installation<'_>, lines: &[Vec<u8>]) -> anyhow::Result<Measured> {
    let running = installation.start(&["ingest"])?;
    let poster = installation.poster()?;
    let stop = installation.world.stop;
    let messages: Vec<&[Vec<u8>]> = lines.chunks(MESSAGE).collect();
    let next = AtomicUsize::new(0);
    let send = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(message) = messages.get(number) else { return Ok(()) };
            let message: Vec<&[u8]> = message.iter().map(Vec::as_slice).collect();
            let posted = poster.post(&format!("load-{number}"), &message, stop);
            match posted.with_context(|| installation.where_to_look())? {
                Posted::Taken => {}
                Posted::Refused(status) => bail!("a message was refused with {status}"),
                Posted::Stopped => return pause(stop, Duration::ZERO),
            }
        }
    };
    let (begun, before) = (Instant::now(), running.processor_time("ingest")?);
    thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        let mut sent = senders.into_iter().map(thread::ScopedJoinHandle::join);
        sent.try_for_each(|sent| sent.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    let (took, after) = (begun.elapsed(), running.processor_time("ingest")?);
    let measured = Measured {
        records: lines.len() as f64,
        processor: after.saturating_sub(before),
        took,
        peak: running.memory("ingest")?.peak,
    };
    running.end()?;
    Ok(measured)
}

/// Lets a stage read all that waits for it; what it cost from its first records to its last, and which topics it read.
fn reader(installation: &Installation<'_>, stage: &str) -> anyhow::Result<(Measured, Vec<Topic>)> {
    let running = installation.start(&[stage])?;
    let (first, last) = (Look::at(&running, stage)?, Look::at(&running, stage)?);
    let (first, last) = drained(installation, &running, stage, (first, last))?;
    ensure!(
        last.records - first.records > last.records / 2.0,
        "{stage} was done before it could be looked at: raise `--records`"
    );
    let measured = Measured {
        records: last.records - first.records,
        processor: last.processor.saturating_sub(first.processor),
        took: last.when.saturating_duration_since(first.when),
        peak: running.memory(stage)?.peak,
    };
    running.end()?;
    let read: BTreeMap<String, f64> = last.scrape.by_label(READ, "topic");
    Ok((measured, every_topic().into_iter().filter(|topic| read.contains_key(&*topic.name())).collect()))
}

/// The first look at a stage that had read something, and the last at which it had read more.
fn drained(
    installation: &Installation<'_>,
    running: &Running<'_>,
    stage: &str,
    (mut first, mut last): (Look, Look),
) -> anyhow::Result<(Look, Look)> {
    loop {
        pause(installation.world.stop, LOOK)?;
        let look = Look::at(running, stage)?;
        if first.records == 0.0 {
            first = look.clone();
        }
        let idle = look.when.saturating_duration_since(last.when);
        if look.records > last.records {
            last = look;
        } else if look.scrape.sum(LAG, "") == 0.0 && last.records > 0.0 && idle > QUIET {
            return Ok((first, last));
        } else if idle > STUCK {
            bail!("{stage} read nothing for {} s: {}", STUCK.as_secs(), installation.where_to_look());
        }
    }
}

/// What a stage had done at a moment.
#[derive(Clone)]
struct Look {
    when: Instant,
    records: f64,
    processor: Duration,
    scrape: Scrape,
}

impl Look {
    fn at(running: &Running<'_>, stage: &str) -> anyhow::Result<Self> {
        let scrape = running.scrape(stage)?;
        let processor = running.processor_time(stage)?;
        Ok(Self { when: Instant::now(), records: scrape.sum(READ, ""), processor, scrape })
    }
}

//! Each stage alone over the same lines, in processor time, beside a raw copy of what it read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use events::{PartitionCount, Topic};
use firebreak::demo::poster::Posted;
use firebreak::demo::stages::STAGES;
use stream::kafka::every_topic;

use crate::drain::{READ, drained};
use crate::installation::{Installation, World};
use crate::pin::Pinned;
use crate::report::Report;
use crate::table::{Measured, StageTable};
use crate::{Plan, input, pause, raw, say, texts, yardstick};

/// Stages that read topics, in the order of the pipeline.
const READERS: [&str; 4] = ["enrich", "classify", "escalate", "sink"];
/// Those whose work depends on what texts say.
const READERS_OF_TEXTS: [&str; 2] = ["enrich", "classify"];
/// Who posts at once: a transaction of ingest holds what several have sent.
const SENDERS: usize = 4;
/// Lines of a message.
const MESSAGE: usize = 500;
/// How long an idle process is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(3);

/// Measures yardstick and stages, over a crisis and over texts that people wrote, where they lie beside the project.
///
/// # Errors
/// Something does not start, ends or does not go on.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let _pinned = Pinned::beside_the_broker(world.broker_core);
    let crisis = input::crisis(plan.records)?;
    yardstick::measure(plan, world, &crisis, report)?;
    let mut table = StageTable::default();
    idle(world, &mut table)?;
    over(plan, world, ("load", &crisis, &READERS), &mut table)?;
    report.table(table.table("over a crisis"));
    table.json().into_iter().for_each(|(stage, value)| report.put(&["stages", stage], value));
    let Some(texts) = texts::lines(plan.records)? else {
        say("\nReal texts are not measured: `../shared/data` is not beside the project");
        return Ok(());
    };
    let mut table = StageTable::default();
    over(plan, world, ("texts", &texts, &READERS_OF_TEXTS), &mut table)?;
    report.table(table.table("over texts that people wrote, addressed to the brand"));
    table.json().into_iter().for_each(|(stage, value)| report.put(&["stages", stage, "real_texts"], value));
    Ok(())
}

/// Measures ingest and `readers` as often as is planned, each time with topics of its own.
fn over(
    plan: &Plan,
    world: &World<'_>,
    (name, lines, readers): (&str, &[Vec<u8>], &[&'static str]),
    table: &mut StageTable,
) -> anyhow::Result<()> {
    let bytes = lines.iter().map(Vec::len).sum::<usize>() / lines.len().max(1);
    say(&format!("\n{} lines ({name}), {bytes} bytes on average, through one stage after the other", lines.len()));
    for repeat in 1..=plan.repeats {
        say(&format!("  run {repeat}"));
        let name = format!("{name}-{repeat}");
        let installation = Installation::new(world, &name)?;
        let measured = entrance(&installation, lines)?;
        let copied = raw::lines(world, &format!("copy-{name}-ingest"), lines, PartitionCount::DEFAULT)?;
        say(&format!("    {}", table.add("ingest", &measured, copied)));
        for stage in readers {
            let (measured, topics) = reader(&installation, stage)?;
            let copied = raw::topics(world, &installation.settings, &format!("copy-{name}-{stage}"), &topics)?;
            say(&format!("    {}", table.add(stage, &measured, copied)));
        }
        installation.delete()?;
    }
    Ok(())
}

/// The memory of stages that have nothing to do.
fn idle(world: &World<'_>, table: &mut StageTable) -> anyhow::Result<()> {
    let installation = Installation::new(world, "idle")?;
    say("\nFive stages, nothing to do: their memory");
    let running = installation.start(&STAGES)?;
    pause(world.stop, IDLE)?;
    for stage in STAGES {
        let memory = running.memory(stage)?.now;
        say(&format!("  {stage:<10} {memory:>6.0} MiB"));
        table.idle(stage, memory);
    }
    running.end()?;
    installation.delete()
}

/// Posts all lines to ingest.
///
/// # Errors
/// It does not take them.
pub(crate) fn entrance(installation: &Installation<'_>, lines: &[Vec<u8>]) -> anyhow::Result<Measured> {
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
    let switches = running.context_switches("ingest")?;
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
        switches: running.context_switches("ingest")? - switches,
    };
    running.end()?;
    Ok(measured)
}

/// Lets a stage read all that waits for it; what it cost from its first records to its last, and which topics it read.
fn reader(installation: &Installation<'_>, stage: &str) -> anyhow::Result<(Measured, Vec<Topic>)> {
    let stage = READERS.into_iter().find(|reader| *reader == stage).context("no stage that reads topics")?;
    let running = installation.start(&[stage])?;
    let (first, last) = drained(installation, &running, stage)?;
    ensure!(
        last.records - first.records > last.records / 2.0,
        "{stage} was done before it could be looked at: raise `--records`"
    );
    let measured = Measured {
        records: last.records - first.records,
        processor: last.processor.saturating_sub(first.processor),
        took: last.when.saturating_duration_since(first.when),
        peak: running.memory(stage)?.peak,
        switches: last.switches - first.switches,
    };
    running.end()?;
    let read: BTreeMap<String, f64> = last.scrape.by_label(READ, "topic");
    Ok((measured, every_topic().into_iter().filter(|topic| read.contains_key(&*topic.name())).collect()))
}

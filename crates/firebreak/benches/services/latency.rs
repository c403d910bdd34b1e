//! The first table: from acceptance to `mentions.classified` on a quiet system, with its only reader one of committed records.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use events::{Codec, EventTime, MentionId, Payload, Topic};
use firebreak::demo::poster::Posted;
use firebreak::demo::stages::STAGES;
use stream::TableReader;
use stream::kafka::{KafkaSettings, KafkaTap};

use crate::figures::quantile;
use crate::installation::{Installation, World};
use crate::report::{Hop, Report};
use crate::{Plan, input, pause, say};

/// Time with mentions before it counts: the broker compiles what it runs often, which takes processors for seconds.
const WARM: Duration = Duration::from_secs(30);
/// After the last mention, before one that has not come counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at a topic.
const LOOK: Duration = Duration::from_micros(500);
/// How long an idle process is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(3);

/// What the last stage that is watched writes.
const LAST: Hop = Hop::Classified;

/// A mention that somebody saw: where, which, and milliseconds since its acceptance.
type Seen = (Hop, MentionId, f64);

/// What a run saw.
struct Run {
    /// Milliseconds after acceptance, sorted.
    times: BTreeMap<Hop, Vec<f64>>,
    /// The longest that the reader itself was kept from looking, in milliseconds: a machine that stands still measures itself.
    stall: f64,
}

/// Measures it as often as is planned, and once more with a reader at each step on the way.
///
/// # Errors
/// Something does not start, or a mention is lost.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let installation = Installation::new(world, "quiet")?;
    say("\nFive stages, nothing to do: their memory");
    let running = installation.start(&STAGES)?;
    pause(world.stop, IDLE)?;
    for stage in STAGES {
        let memory = running.memory(stage)?.now;
        say(&format!("  {stage:<10} {memory:>6.0} MiB"));
        report.idle(stage, memory);
    }
    running.end()?;
    say(&format!(
        "\nA quiet system: {} mentions a second to the webhook of ingest, then enrich and classify",
        plan.rate
    ));
    let running = installation.start(&["ingest", "enrich", "classify"])?;
    run(plan, &installation, "warm", WARM, &[LAST])?;
    for repeat in 1..=plan.repeats {
        let name = format!("quiet-{repeat}");
        let Run { times, stall } = run(plan, &installation, &name, Duration::from_secs(plan.seconds.into()), &[LAST])?;
        let told = report.quiet(times.get(&LAST).context("nothing was seen")?, stall);
        say(&format!("  run {repeat}: {told}"));
        running.check()?;
    }
    let hops = run(plan, &installation, "hops", Duration::from_secs(plan.seconds.into()), &Hop::ALL)?;
    hops.times.iter().for_each(|(hop, seen)| report.hop(*hop, [0.5, 0.99].map(|share| quantile(seen, share))));
    running.end()?;
    installation.delete()
}

/// Posts for so long, one mention a message at a steady rate, and returns when each was seen at these steps.
fn run(plan: &Plan, installation: &Installation<'_>, name: &str, time: Duration, hops: &[Hop]) -> anyhow::Result<Run> {
    let stop = installation.world.stop;
    let poster = installation.poster()?;
    let count = (time.as_secs_f64() * f64::from(plan.rate)) as usize;
    let mut taps = taps(&installation.settings, hops)?;
    thread::scope(|scope| {
        let (end, ended) = channel::<()>();
        let watching = scope.spawn(move || watch(&mut taps, name, &ended, count * hops.len()));
        let begun = Instant::now();
        for number in 0..count {
            let due = begun + Duration::from_secs_f64(number as f64 / f64::from(plan.rate));
            pause(stop, due.saturating_duration_since(Instant::now()))?;
            let posted = poster.post(&format!("{name}-{number}"), &[&input::line(name, number)], stop);
            let posted = posted.with_context(|| installation.where_to_look())?;
            ensure!(posted == Posted::Taken, "a mention was not taken: {posted:?}");
        }
        let deadline = Instant::now() + PATIENCE;
        while !watching.is_finished() && Instant::now() < deadline {
            pause(stop, Duration::from_millis(20))?;
        }
        drop(end);
        let (seen, stall) = watching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let mut times: BTreeMap<Hop, BTreeMap<MentionId, f64>> = BTreeMap::new();
        for (hop, id, after) in seen {
            let again = times.entry(hop).or_default().insert(id, after);
            ensure!(again.is_none(), "a mention was seen twice in {}", hop.name());
        }
        for hop in hops {
            let came = times.get(hop).map_or(0, BTreeMap::len);
            let rest =
                || format!("{came} of {count} mentions came to {}: {}", hop.name(), installation.where_to_look());
            ensure!(came == count, rest());
        }
        let sorted = |times: BTreeMap<MentionId, f64>| {
            let mut times: Vec<f64> = times.into_values().collect();
            times.sort_by(f64::total_cmp);
            times
        };
        let times = times.into_iter().map(|(hop, times)| (hop, sorted(times))).collect();
        Ok(Run { times, stall: stall.as_secs_f64() * 1_000.0 })
    })
}

/// Readers of what these steps write, behind all that is there.
fn taps(settings: &KafkaSettings, hops: &[Hop]) -> anyhow::Result<Vec<(Hop, KafkaTap)>> {
    let mut taps = Vec::new();
    for hop in hops {
        for topic in hop.topics() {
            let mut tap = KafkaTap::new(settings, "bench", topic)?;
            tap.read()?;
            taps.push((*hop, tap));
        }
    }
    Ok(taps)
}

/// Looks until `most` mentions of the run `name` were seen, or it is to end; and how long it was kept from looking at most.
fn watch(
    taps: &mut [(Hop, KafkaTap)],
    name: &str,
    ended: &Receiver<()>,
    most: usize,
) -> anyhow::Result<(Vec<Seen>, Duration)> {
    let (codec, mut seen) = (Codec::default(), Vec::with_capacity(most));
    let prefix = format!("{name}-");
    let (mut looked, mut stall) = (Instant::now(), Duration::ZERO);
    while seen.len() < most && ended.try_recv() != Err(TryRecvError::Disconnected) {
        for (hop, tap) in &mut *taps {
            let records = tap.read()?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0;
            for raw in records {
                let value = raw.value.as_deref().context("a mention without a value")?;
                let Some(mention) = mention(raw.topic, value, &codec)? else { bail!("no mention in `{}`", raw.topic) };
                if mention.native_id.starts_with(&prefix) {
                    seen.push((*hop, mention.id, now - mention.received_at.millis() as f64));
                }
            }
        }
        thread::sleep(LOOK);
        stall = stall.max(looked.elapsed());
        looked = Instant::now();
    }
    Ok((seen, stall))
}

struct Named {
    id: MentionId,
    native_id: String,
    received_at: EventTime,
}

fn mention(topic: Topic, value: &[u8], codec: &Codec) -> anyhow::Result<Option<Named>> {
    let mention = match Payload::decode(topic, value, codec)? {
        Some(Payload::Mention(mention)) => *mention,
        Some(Payload::Enriched(enriched)) => enriched.mention,
        Some(Payload::Classified(classified)) => classified.mention,
        _ => return Ok(None),
    };
    Ok(Some(Named { id: mention.id, native_id: mention.native_id.to_string(), received_at: mention.received_at }))
}

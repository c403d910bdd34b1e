//! What waits: real records of a crisis, as ingest and enrich wrote them, as often as a backlog needs them.

use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use events::{Codec, MentionId, PartitionCount, Payload, Topic};
use stream::kafka::{KafkaSettings, KafkaTap, RawCopy, Sender};
use stream::{Outgoing, TableReader};

use crate::drain::drained;
use crate::installation::{Installation, World};
use crate::{ids, input, load, pause, say};

/// Lines of the crisis that a backlog is made of.
const LINES: usize = 100_000;
/// Records sent at once.
const CHUNK: usize = 5_000;
/// A pass of a copy without a record waits for some; after so many there are none.
const IDLE: usize = 3;
/// How long a broker may take to show what was sent.
const PATIENCE: Duration = Duration::from_secs(30);

/// An installation whose raw and enriched mentions are those of a crisis.
///
/// # Errors
/// A stage does not go on.
pub(crate) fn source<'a>(world: &'a World<'a>, name: &str) -> anyhow::Result<Installation<'a>> {
    say(&format!("\n{LINES} lines of a crisis go through ingest and enrich, to be what waits"));
    let installation = Installation::new(world, name)?;
    load::entrance(&installation, &input::crisis(LINES)?)?;
    let running = installation.start(&["enrich"])?;
    drained(&installation, &running, "enrich")?;
    running.end()?;
    Ok(installation)
}

/// Copies a topic as it is until at least `records` were copied; returns how many.
///
/// # Errors
/// The broker is away, or there is nothing to copy.
pub(crate) fn copy(
    world: &World<'_>,
    (from, to): (&KafkaSettings, &KafkaSettings),
    name: &str,
    topic: Topic,
    records: usize,
) -> anyhow::Result<usize> {
    let mut copied = 0;
    for round in 0.. {
        if copied >= records {
            break;
        }
        let mut copy = RawCopy::begin(from, to, &format!("{name}-{round}"), &[topic])?;
        let (before, mut idle, begun) = (copied, 0, Instant::now());
        while copied < records && (idle < IDLE || copied == before) {
            match copy.step()? {
                0 => idle += 1,
                more => (copied, idle) = (copied + more, 0),
            }
            if copied == before && begun.elapsed() > PATIENCE {
                bail!("there is nothing to copy in `{topic}`");
            }
            pause(world.stop, Duration::ZERO)?;
        }
    }
    Ok(copied)
}

/// Sends `records` raw mentions to the main lane of `to`: those of a crisis again and again, each time with other ids.
///
/// # Errors
/// The broker is away.
pub(crate) fn distinct(from: &KafkaSettings, to: &KafkaSettings, records: usize) -> anyhow::Result<()> {
    let topic = Topic::MentionsRaw;
    let codec = Codec::default();
    let mut mentions = Vec::new();
    for raw in KafkaTap::new(from, "bench", topic)?.read()? {
        let value = raw.value.context("a mention without a value")?;
        let Some(Payload::Mention(mention)) = Payload::decode(topic, &value, &codec)? else { bail!("no mention") };
        mentions.push(mention);
    }
    ensure!(!mentions.is_empty(), "there is nothing to copy in `{topic}`");
    let sender = Sender::new(to)?;
    let mut sent = 0;
    while sent < records {
        let chunk = (sent..records.min(sent + CHUNK)).map(|number| {
            let mut mention = mentions[number % mentions.len()].clone();
            mention.id = another(&mention.id, number / mentions.len());
            let key = mention.id.as_str().to_owned();
            anyhow::Ok(Outgoing {
                topic,
                partition: PartitionCount::DEFAULT.partition(key.as_bytes()),
                timestamp: mention.event_time,
                value: Some(Bytes::from(codec.encode(&*mention)?)),
                key: Some(Bytes::from(key)),
                headers: Vec::new(),
            })
        });
        let chunk: Vec<Outgoing> = chunk.collect::<Result<_, _>>()?;
        sender.send(&chunk)?;
        sent += chunk.len();
    }
    Ok(())
}

/// Another id for each round; the revisions of a mention stay together.
fn another(id: &MentionId, round: usize) -> MentionId {
    ids::id(u128::from_str_radix(id.as_str(), 16).unwrap_or_default() ^ ids::spread(round))
}

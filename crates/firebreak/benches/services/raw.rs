//! The yardstick: the same bytes copied from topic to topic by librdkafka alone, on the same broker in the same run.

use std::time::{Duration, Instant};

use anyhow::ensure;
use bytes::Bytes;
use events::{PartitionCount, Topic};
use stream::Outgoing;
use stream::kafka::{Admin, KafkaSettings, RawCopy, Sender};

use crate::installation::{World, apply, namespace};
use crate::{input, pause, process};

/// Where lines are put that lie in no topic.
const LINES: Topic = Topic::MentionsRaw;
/// A pass without a record waits for some; after so many there are none.
const IDLE: usize = 5;

/// What a copy was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copied {
    /// Records a second of this process's processor time.
    pub(crate) rate: f64,
    /// Records a second of the time that passed, the broker on its own core.
    pub(crate) wall: f64,
    /// Bytes of a record's key and value on average.
    pub(crate) bytes: f64,
}

/// Copies lines as records, key and all.
///
/// # Errors
/// The broker is away.
pub(crate) fn lines(
    world: &World<'_>,
    name: &str,
    lines: &[Vec<u8>],
    partitions: PartitionCount,
) -> anyhow::Result<Copied> {
    let from = namespace(world, &format!("{name}-from"));
    apply(&from, &[LINES], partitions)?;
    let sender = Sender::new(&from)?;
    for (chunk, lines) in lines.chunks(5_000).enumerate() {
        let record = |(number, line): (usize, &Vec<u8>)| {
            let key = format!("{chunk}-{number}");
            Outgoing {
                topic: LINES,
                partition: partitions.partition(key.as_bytes()),
                timestamp: input::now(),
                key: Some(Bytes::from(key)),
                value: Some(Bytes::copy_from_slice(line)),
                headers: Vec::new(),
            }
        };
        sender.send(&lines.iter().enumerate().map(record).collect::<Vec<_>>())?;
    }
    let copied = copy(world, &from, name, &[LINES], partitions);
    Admin::new(&from)?.delete(&[LINES])?;
    copied
}

/// Copies all that lies in these topics of an installation.
///
/// # Errors
/// The broker is away.
pub(crate) fn topics(world: &World<'_>, from: &KafkaSettings, name: &str, topics: &[Topic]) -> anyhow::Result<Copied> {
    copy(world, from, name, topics, PartitionCount::DEFAULT)
}

/// This process does nothing else meanwhile, so what it costs is what the copy costs.
fn copy(
    world: &World<'_>,
    from: &KafkaSettings,
    name: &str,
    topics: &[Topic],
    partitions: PartitionCount,
) -> anyhow::Result<Copied> {
    let to = namespace(world, name);
    apply(&to, topics, partitions)?;
    let mut copy = RawCopy::begin(from, &to, name, topics)?;
    // The first transaction pays for connections and for the fetches of all partitions.
    while copy.step()? == 0 {
        pause(world.stop, Duration::ZERO)?;
    }
    let (own, mut records, mut idle) = (std::process::id(), 0, 0);
    let (before, begun, bytes) = (process::processor_time(own)?, Instant::now(), copy.bytes());
    let (mut after, mut ended) = (before, begun);
    while idle < IDLE {
        match copy.step()? {
            0 => idle += 1,
            copied => {
                (records, idle) = (records + copied, 0);
                (after, ended) = (process::processor_time(own)?, Instant::now());
            }
        }
        pause(world.stop, Duration::ZERO)?;
    }
    let bytes = (copy.bytes() - bytes) as f64;
    drop(copy);
    Admin::new(&to)?.delete(topics)?;
    let took = after.saturating_sub(before).as_secs_f64();
    ensure!(records > 0 && took > 0.0, "a copy was done in one transaction: raise `--records`");
    let records = records as f64;
    let wall = ended.saturating_duration_since(begun).as_secs_f64();
    Ok(Copied { rate: records / took, wall: records / wall.max(1e-9), bytes: bytes / records })
}

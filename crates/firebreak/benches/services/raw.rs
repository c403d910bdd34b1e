//! The yardstick: the same bytes copied from topic to topic by librdkafka alone, on the same broker in the same run.

use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use events::{PartitionCount, Topic};
use stream::Outgoing;
use stream::kafka::{Admin, KafkaSettings, RawCopy, Sender};

use crate::installation::{Installation, World, apply, namespace};
use crate::{input, pause, process};

/// Where lines are put that lie in no topic.
const LINES: Topic = Topic::MentionsRaw;

/// Copies lines as records, key and all; records a second of processor time.
///
/// # Errors
/// The broker is away.
pub(crate) fn lines(world: &World<'_>, name: &str, lines: &[Vec<u8>]) -> anyhow::Result<f64> {
    let from = namespace(world, &format!("{name}-from"));
    apply(&from, &[LINES])?;
    let sender = Sender::new(&from)?;
    for (chunk, lines) in lines.chunks(5_000).enumerate() {
        let record = |(number, line): (usize, &Vec<u8>)| {
            let key = format!("{chunk}-{number}");
            Outgoing {
                topic: LINES,
                partition: PartitionCount::DEFAULT.partition(key.as_bytes()),
                timestamp: input::now(),
                key: Some(Bytes::from(key)),
                value: Some(Bytes::copy_from_slice(line)),
                headers: Vec::new(),
            }
        };
        sender.send(&lines.iter().enumerate().map(record).collect::<Vec<_>>())?;
    }
    let copied = copy(world, &from, name, &[LINES]);
    Admin::new(&from)?.delete(&[LINES])?;
    copied
}

/// Copies all that lies in these topics of an installation; records a second of processor time.
///
/// # Errors
/// The broker is away.
pub(crate) fn topics(
    world: &World<'_>,
    installation: &Installation<'_>,
    name: &str,
    topics: &[Topic],
) -> anyhow::Result<f64> {
    copy(world, &installation.settings, name, topics)
}

/// This process does nothing else meanwhile, so what it costs is what the copy costs.
fn copy(world: &World<'_>, from: &KafkaSettings, name: &str, topics: &[Topic]) -> anyhow::Result<f64> {
    let to = namespace(world, name);
    apply(&to, topics)?;
    let mut copy = RawCopy::begin(from, &to, name, topics)?;
    // The first transaction pays for connections and for the fetches of all partitions.
    while copy.step()? == 0 {
        pause(world.stop, Duration::ZERO)?;
    }
    let (own, mut records, mut idle) = (std::process::id(), 0, 0);
    let before = process::processor_time(own)?;
    let mut after = before;
    // A pass without a record waits for some; after a few there are none.
    while idle < 5 {
        match copy.step()? {
            0 => idle += 1,
            copied => {
                (records, idle) = (records + copied, 0);
                after = process::processor_time(own)?;
            }
        }
        pause(world.stop, Duration::ZERO)?;
    }
    drop(copy);
    Admin::new(&to)?.delete(topics)?;
    let took = after.saturating_sub(before).as_secs_f64();
    ensure!(records > 0 && took > 0.0, "a copy was done in one transaction: raise `--records`");
    Ok(records as f64 / took)
}

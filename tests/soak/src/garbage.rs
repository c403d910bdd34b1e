//! Records that nobody can read, put into a topic past the webhook.

use std::sync::mpsc::Sender as Channel;
use std::time::Duration;

use events::{EventTime, Partition, PartitionCount, Topic};
use stream::Outgoing;
use stream::kafka::{KafkaSettings, Sender};
use stream::service::Stop;

use crate::feed::{Told, now};

/// Between two of them.
const PAUSE: Duration = Duration::from_secs(2);
/// Every so many, one is long: near to what is kept whole.
const LONG: u32 = 10;
const LENGTH: usize = 500_000;

/// Sends garbage now and then until it is to stop.
///
/// # Errors
/// No client can be made.
pub(crate) fn send(
    settings: &KafkaSettings,
    partitions: PartitionCount,
    told: &Channel<Told>,
    stop: &Stop,
) -> anyhow::Result<()> {
    let sender = Sender::new(settings)?;
    let places: Vec<Partition> = partitions.all().collect();
    for (number, partition) in (1_u32..).zip(places.into_iter().cycle()) {
        if stop.pause(PAUSE) {
            break;
        }
        let mut value = format!("garbage number {number} ").into_bytes();
        if number.is_multiple_of(LONG) {
            value.resize(LENGTH, b'.');
        }
        drop(told.send(Told::Garbage(value.clone())));
        let record = record(partition, value.clone());
        // What a broker did not take may be there or not: nobody waits for its dead letter.
        if sender.send(&[record]).is_ok() {
            drop(told.send(Told::GarbageThere(value)));
        }
    }
    Ok(())
}

fn record(partition: Partition, value: Vec<u8>) -> Outgoing {
    Outgoing {
        topic: Topic::MentionsRaw,
        partition,
        timestamp: EventTime::from_millis(now()),
        key: None,
        value: Some(value.into()),
        headers: Vec::new(),
    }
}

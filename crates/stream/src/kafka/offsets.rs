//! Committed offsets: read with the turn number in their metadata, and made for a transaction.

use std::sync::Arc;
use std::time::Duration;

use events::{Offset, Partition};
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;

use super::membership::Membership;
use super::queue::Named;
use super::reader::ends;
use super::{KafkaSettings, error};
use crate::{Exit, Position};

/// The committed position of a partition. It waits for a transaction that moves it; a topic without a commit stands at its start.
pub(super) fn committed(
    consumer: &Arc<BaseConsumer<Membership>>,
    inputs: &[Named],
    partition: Partition,
    wait: Duration,
) -> Result<Position, Exit> {
    let what = || format!("the committed offsets of partition {} are not told", partition.0);
    let mut asked = TopicPartitionList::new();
    for input in inputs {
        asked.add_partition(&input.name.to_string_lossy(), partition.0);
    }
    let found = consumer.committed_offsets(asked, wait).map_err(|error| error::exit(&error, &what()))?;
    let mut position = Position::default();
    for input in inputs {
        let name = input.name.to_string_lossy();
        let place = found.find_partition(&name, partition.0).ok_or_else(|| Exit::Fatal(what()))?;
        place.error().map_err(|error| error::exit(&error, &what()))?;
        let next = match place.offset() {
            rdkafka::Offset::Offset(next) => {
                position.turn = position.turn.max(turn(place.metadata(), &name, partition)?);
                next
            }
            _ => ends(consumer, &name, partition, wait)?.0,
        };
        position.next.push((input.topic, Offset(next)));
    }
    position.next.sort_unstable();
    Ok(position)
}

/// Offsets committed by others carry no turn; then no turn is counted yet.
fn turn(metadata: &str, name: &str, partition: Partition) -> Result<i64, Exit> {
    if metadata.is_empty() {
        return Ok(0);
    }
    metadata.parse().map_err(|_| {
        Exit::Refused(format!(
            "the committed offset of topic `{name}`, partition {}, carries `{metadata}` where the number of the turn belongs: \
             something else commits for this group; stop it, or take the group another way",
            partition.0
        ))
    })
}

/// The offsets of `positions` with their turns, as they go into a transaction.
pub(super) fn to_commit(
    settings: &KafkaSettings,
    positions: &[(Partition, Position)],
) -> Result<TopicPartitionList, KafkaError> {
    let mut offsets = TopicPartitionList::new();
    for (partition, position) in positions {
        for (topic, next) in &position.next {
            let mut place = offsets.add_partition(&settings.topic(*topic), partition.0);
            place.set_offset(rdkafka::Offset::Offset(next.0))?;
            place.set_metadata(position.turn.to_string());
        }
    }
    Ok(offsets)
}

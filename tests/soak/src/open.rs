//! How long transactions stay open: what lies between a partition's last stable offset and its end is held back by one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use events::{Offset, Partition, PartitionCount, Role, Topic};
use stream::kafka::{KafkaSettings, TopicReader};
use stream::service::Stop;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// Every worker writes to one of these in each of its transactions.
const TOPICS: [Topic; 4] =
    [Topic::Turns(Role::Enrich), Topic::Turns(Role::Classify), Topic::Turns(Role::Care), Topic::Progress];

/// The longest that one partition was held back at the same offset.
#[derive(Debug, Default)]
pub(crate) struct Open(Mutex<Duration>);

impl Open {
    /// Looks until it is to stop. While a broker is away nobody can look, and that time is not counted.
    pub(crate) fn watch(&self, settings: &KafkaSettings, partitions: PartitionCount, stop: &Stop) {
        let mut reader = TopicReader::new(settings, "soak");
        let mut held: BTreeMap<(Topic, Partition), (Offset, Instant)> = BTreeMap::new();
        while !stop.pause(LOOK) {
            for topic in TOPICS {
                for partition in partitions.all() {
                    let ends = reader
                        .stable(topic, partition)
                        .and_then(|stable| Ok((stable, reader.high_watermark(topic, partition)?)));
                    let Ok((stable, end)) = ends else {
                        held.clear();
                        continue;
                    };
                    let since = held.get(&(topic, partition)).filter(|(at, _)| *at == stable && stable < end);
                    let since = since.map_or_else(Instant::now, |(_, since)| *since);
                    held.insert((topic, partition), (stable, since));
                    let mut longest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                    *longest = longest.max(since.elapsed());
                }
            }
        }
    }

    /// The longest so far.
    pub(crate) fn longest(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

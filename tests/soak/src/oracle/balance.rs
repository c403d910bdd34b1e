//! Records that are there against records that must be: each must have its partner.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use events::{EventTime, Partition, Topic};
use stream::{Outgoing, Raw};
use xxhash_rust::xxh3::Xxh3;

/// How long a partner may be late: a transaction becomes visible partition by partition, and a broker that is away takes longer.
const LATE: Duration = Duration::from_secs(100);

/// Records without their partner.
#[derive(Debug, Default)]
pub(super) struct Balance {
    odd: HashMap<u128, Odd>,
}

#[derive(Debug)]
struct Odd {
    /// Above 0: there and not explained; below: must be there and is not.
    count: i32,
    since: Instant,
    topic: Topic,
    partition: Partition,
    key: Option<Bytes>,
}

impl Balance {
    /// A record that was read.
    pub(super) fn read(&mut self, raw: &Raw) {
        self.add((raw.topic, raw.partition, raw.timestamp), &raw.key, raw.value.as_ref(), 1);
    }

    /// A record that must be there.
    pub(super) fn due(&mut self, record: &Outgoing) {
        self.add((record.topic, record.partition, record.timestamp), &record.key, record.value.as_ref(), -1);
    }

    /// Records that have been without partner for too long; for any time when `late` is zero.
    pub(super) fn overdue(&self, late: Option<Duration>) -> impl Iterator<Item = String> + '_ {
        let late = late.unwrap_or(LATE);
        self.odd.values().filter(move |odd| odd.since.elapsed() >= late).map(Odd::told)
    }

    /// How many have no partner yet.
    pub(super) fn len(&self) -> usize {
        self.odd.len()
    }

    fn add(
        &mut self,
        (topic, partition, timestamp): (Topic, Partition, EventTime),
        key: &Option<Bytes>,
        value: Option<&Bytes>,
        by: i32,
    ) {
        let mut hash = Xxh3::new();
        hash.update(topic.name().as_bytes());
        hash.update(&partition.0.to_be_bytes());
        hash.update(&timestamp.millis().to_be_bytes());
        for part in [key.as_ref(), value] {
            hash.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
            hash.update(part.map_or(&[][..], |part| part));
        }
        let hash = hash.digest128();
        let odd = self.odd.entry(hash);
        let odd = odd.or_insert_with(|| Odd { count: 0, since: Instant::now(), topic, partition, key: key.clone() });
        odd.count += by;
        if odd.count == 0 {
            self.odd.remove(&hash);
        }
    }
}

impl Odd {
    fn told(&self) -> String {
        let what = if self.count > 0 { "is there and must not be" } else { "must be there and is not" };
        let key = self.key.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        format!("a record of `{}`, partition {}, key `{key}` {what} ({:+})", self.topic, self.partition.0, self.count)
    }
}

//! What was polled, by partition and in the order in which its turns are decided.

use std::collections::BTreeMap;

use events::{Partition, Topic};

use crate::Raw;

/// Records by partition, each in the order of `inputs`: a turn's record says how much of each topic it read, not how a log mixed
/// them, so who repeats its decision from that must need no more.
pub(super) fn sorted(records: Vec<Raw>, inputs: &[Topic]) -> BTreeMap<Partition, Vec<Raw>> {
    let mut sorted: BTreeMap<Partition, Vec<Raw>> = BTreeMap::new();
    for record in records {
        sorted.entry(record.partition).or_default().push(record);
    }
    for records in sorted.values_mut() {
        // Stable, and nothing to do where a topic follows another, as nearly always.
        records.sort_by_key(|record| inputs.iter().position(|input| *input == record.topic));
    }
    sorted
}

#[cfg(test)]
mod tests {
    use events::{EventTime, Offset};

    use super::*;

    #[test]
    fn a_turn_reads_its_inputs_one_after_the_other_however_a_log_mixes_them() {
        let record = |topic, partition, offset| Raw {
            topic,
            partition: Partition(partition),
            offset: Offset(offset),
            timestamp: EventTime::EPOCH,
            key: None,
            value: None,
            headers: Vec::new(),
        };
        let (incidents, cases) = (Topic::Incidents, Topic::Cases);
        let mixed = [
            record(cases, 0, 7),
            record(incidents, 0, 3),
            record(cases, 1, 1),
            record(cases, 0, 8),
            record(incidents, 0, 4),
        ];
        let sorted = sorted(mixed.into(), &[incidents, cases]);
        let read = |partition| {
            let records = sorted[&Partition(partition)].iter();
            records.map(|record| (record.topic, record.offset.0)).collect::<Vec<_>>()
        };
        assert_eq!(read(0), [(incidents, 3), (incidents, 4), (cases, 7), (cases, 8)]);
        assert_eq!(read(1), [(cases, 1)]);
    }
}

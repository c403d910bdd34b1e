//! The last four hours of a series, minute by minute, and who wrote lately.
//!
//! Small on purpose: it is written again with every transaction that touches the series.

use events::{Codec, Persons};
use stream::TableValue;

use super::wire::{Reader, Writer};

/// Minutes that are kept: the three hours in which late counts are taken, and the hour before them that teaches.
const KEPT: i64 = 240;
/// Persons that are kept: enough to count people up to the moment an incident opens, which then counts for itself.
const PEOPLE: usize = 256;
/// Minutes for which persons are kept: the longest window.
const PEOPLE_MINUTES: i64 = 60;
const FORMAT: u8 = 1;

/// Recent counts of one series. Minutes are whole minutes since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The newest minute that was counted.
    newest: i64,
    counts: Vec<u32>,
    /// (last minute, person), oldest first.
    people: Vec<(i64, i64)>,
    /// The newest minute in which one tally alone had more persons than are kept.
    crowd: i64,
}

impl Default for Live {
    fn default() -> Self {
        Self { newest: 0, counts: vec![0; KEPT as usize], people: Vec::new(), crowd: -1 }
    }
}

impl Live {
    /// Counts `mentions` by `persons` in `minute`. False when the minute is too old to be counted.
    pub fn add(&mut self, minute: i64, mentions: u64, persons: &Persons) -> bool {
        if minute <= self.newest - (KEPT - 60) {
            return false;
        }
        self.advance(minute);
        let count = &mut self.counts[slot(minute)];
        *count = count.saturating_add(u32::try_from(mentions).unwrap_or(u32::MAX));
        self.add_people(minute, persons);
        true
    }

    /// Mentions in `[from, to]`, both minutes included.
    pub fn sum(&self, from: i64, to: i64) -> u64 {
        let first = from.max(self.newest - KEPT + 1);
        (first..=to.min(self.newest)).map(|minute| u64::from(self.counts[slot(minute)])).sum()
    }

    /// Distinct persons since `from`; a lower bound where there were more than are kept.
    pub fn people_since(&self, from: i64) -> i64 {
        let kept = self.people.iter().filter(|(minute, _)| *minute >= from).count() as i64;
        if self.crowd >= from { kept.max(PEOPLE as i64) } else { kept }
    }

    /// The persons since `from` that are kept.
    pub fn persons_since(&self, from: i64) -> Persons {
        let mut persons = Persons::default();
        for (_, person) in self.people.iter().filter(|(minute, _)| *minute >= from) {
            persons.insert(*person);
        }
        persons
    }

    fn advance(&mut self, minute: i64) {
        if minute <= self.newest {
            return;
        }
        if minute - self.newest >= KEPT {
            self.counts.fill(0);
        } else {
            for passed in self.newest + 1..=minute {
                self.counts[slot(passed)] = 0;
            }
        }
        self.newest = minute;
        self.people.retain(|(seen, _)| *seen > minute - PEOPLE_MINUTES);
    }

    fn add_people(&mut self, minute: i64, persons: &Persons) {
        if persons.sketch.is_some() {
            self.crowd = self.crowd.max(minute);
            return;
        }
        for hash in &persons.hashes {
            match self.people.iter().position(|(_, known)| known == hash) {
                Some(at) if self.people[at].0 >= minute => continue,
                Some(at) => {
                    self.people.remove(at);
                }
                None if self.people.len() == PEOPLE => {
                    self.people.remove(0);
                }
                None => {}
            }
            let at = self.people.partition_point(|(seen, _)| *seen <= minute);
            self.people.insert(at, (minute, *hash));
        }
    }
}

/// Where a minute lies in the ring.
fn slot(minute: i64) -> usize {
    minute.rem_euclid(KEPT) as usize
}

impl TableValue for Live {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        let mut out = Writer::new(FORMAT);
        out.number(self.newest);
        out.number(self.crowd);
        let counted = (0..KEPT).filter(|age| self.counts[slot(self.newest - age)] > 0);
        let counted: Vec<i64> = counted.collect();
        out.number(counted.len() as i64);
        for age in counted {
            out.number(age);
            out.number(i64::from(self.counts[slot(self.newest - age)]));
        }
        out.number(self.people.len() as i64);
        for (minute, person) in &self.people {
            out.number(self.newest - minute);
            out.fixed(&person.to_le_bytes());
        }
        Ok(out.done())
    }

    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        let mut from = Reader::new(bytes, FORMAT)?;
        let mut live = Self { newest: from.number()?, crowd: from.number()?, ..Self::default() };
        for _ in 0..from.number()? {
            let age = from.number()?;
            let count = u32::try_from(from.number()?).map_err(|error| error.to_string())?;
            live.counts[slot(live.newest.wrapping_sub(age))] = count;
        }
        for _ in 0..from.number()? {
            let age = from.number()?;
            live.people.push((live.newest.wrapping_sub(age), i64::from_le_bytes(from.fixed()?)));
        }
        Ok(live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn persons(hashes: &[i64]) -> Persons {
        let mut persons = Persons::default();
        hashes.iter().for_each(|hash| persons.insert(*hash));
        persons
    }

    #[test]
    fn late_counts_reach_their_minute_and_too_late_ones_are_refused() {
        let mut live = Live::default();
        assert!(live.add(1_000, 5, &persons(&[1])));
        assert!(live.add(1_100, 1, &persons(&[1])));
        assert!(live.add(1_000, 2, &persons(&[2])));
        assert_eq!(live.sum(1_000, 1_000), 7);
        assert_eq!(live.sum(1_001, 1_100), 1);
        assert!(!live.add(1_100 - 180, 1, &persons(&[])));
    }

    #[test]
    fn a_person_counts_once_in_a_window() {
        let mut live = Live::default();
        live.add(50, 1, &persons(&[7]));
        live.add(52, 2, &persons(&[7, 8]));
        assert_eq!(live.people_since(50), 2);
        live.add(200, 1, &persons(&[9]));
        assert_eq!(live.people_since(0), 1);
    }

    proptest! {
        #[test]
        fn it_reads_what_it_wrote(adds in prop::collection::vec((5_000i64..5_400, 1u64..50, any::<i64>()), 0..60)) {
            let mut live = Live::default();
            for (minute, mentions, person) in adds {
                live.add(minute, mentions, &persons(&[person]));
            }
            let bytes = live.write(&Codec::default()).unwrap();
            prop_assert_eq!(Live::read(&bytes, &Codec::default()).unwrap(), live);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(Live::read(&bytes, &Codec::default()));
        }
    }
}

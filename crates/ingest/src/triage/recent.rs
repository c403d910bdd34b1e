//! What a partition saw in the last minute: enough to tell a rare word of harm from one that everybody uses just now.
//!
//! It is state like any other, in `state.ingest`: a worker that takes the partition over goes on with the same counts, and
//! a replay decides the same.

use events::{Codec, EventTime, Span};
use stream::TableValue;

use super::{CRITERIA, Found};

/// The minute is kept in four parts, so it is between 45 and 60 seconds long.
const PART: Span = Span::seconds(15);
const PARTS: usize = 4;
/// Bytes of one part: its time, and six counts.
const PART_BYTES: usize = 8 + 4 * (CRITERIA.len() + 2);

/// Counts of the last minute.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Recent {
    /// Oldest first, at most [`PARTS`].
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: EventTime,
    counts: Counts,
}

/// Counts of a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Mentions of every kind.
    pub(crate) mentions: u32,
    /// Of these, those that took the express lane on content.
    pub(crate) admitted: u32,
    /// Of these, those that met each criterion.
    pub(crate) met: [u32; CRITERIA.len()],
}

impl Counts {
    /// Counts one mention that met `found`.
    pub(crate) fn see(&mut self, found: Found) {
        self.mentions = self.mentions.saturating_add(1);
        for number in found.criteria() {
            if let Some(met) = self.met.get_mut(number) {
                *met = met.saturating_add(1);
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.mentions = self.mentions.saturating_add(other.mentions);
        self.admitted = self.admitted.saturating_add(other.admitted);
        for (mine, theirs) in self.met.iter_mut().zip(other.met) {
            *mine = mine.saturating_add(theirs);
        }
    }
}

impl Recent {
    /// Forgets what lies more than a minute before `now`, and sums up the rest.
    pub(crate) fn forget_before(&mut self, now: EventTime) -> Counts {
        let first = now.floor(PART).minus(Span::millis(PART.as_millis() * (PARTS as i64 - 1)));
        self.parts.retain(|part| part.start >= first);
        let mut sum = Counts::default();
        for part in &self.parts {
            sum.add(&part.counts);
        }
        sum
    }

    /// Adds the counts of a batch that ended at `now`.
    pub(crate) fn add(&mut self, now: EventTime, counts: &Counts) {
        let start = now.floor(PART);
        match self.parts.iter_mut().find(|part| part.start == start) {
            Some(part) => part.counts.add(counts),
            None => self.parts.push(Part { start, counts: *counts }),
        }
        // Time that stood still or went back leaves no more parts than a minute has.
        let surplus = self.parts.len().saturating_sub(PARTS);
        self.parts.drain(..surplus);
    }
}

impl TableValue for Recent {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::with_capacity(self.parts.len() * PART_BYTES);
        for part in &self.parts {
            bytes.extend_from_slice(&part.start.millis().to_le_bytes());
            for count in [part.counts.mentions, part.counts.admitted].into_iter().chain(part.counts.met) {
                bytes.extend_from_slice(&count.to_le_bytes());
            }
        }
        Ok(bytes)
    }

    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        let parts = bytes.chunks(PART_BYTES).map(|part| read_part(part).ok_or("counts of triage are cut short"));
        Ok(Self { parts: parts.collect::<Result<_, _>>()? })
    }
}

fn read_part(bytes: &[u8]) -> Option<Part> {
    let (start, rest) = bytes.split_first_chunk::<8>()?;
    let (counts, []) = rest.as_chunks::<4>() else {
        return None;
    };
    let [mentions, admitted, met @ ..] = counts else {
        return None;
    };
    let met: &[[u8; 4]; CRITERIA.len()] = met.try_into().ok()?;
    Some(Part {
        start: EventTime::from_millis(i64::from_le_bytes(*start)),
        counts: Counts {
            mentions: u32::from_le_bytes(*mentions),
            admitted: u32::from_le_bytes(*admitted),
            met: met.map(u32::from_le_bytes),
        },
    })
}

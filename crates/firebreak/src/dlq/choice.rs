//! Which rejected records are meant.

use std::fmt;
use std::str::FromStr;

use events::{DeadLetter, Offset, Partition};

/// Where a rejected record lies: `partition:offset` in topic `dead-letters`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetterId {
    /// Which partition.
    pub partition: Partition,
    /// At which offset.
    pub offset: Offset,
}

impl FromStr for LetterId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts = text.split_once(':').filter(|(partition, offset)| digits(partition) && digits(offset));
        let read = parts.and_then(|(partition, offset)| {
            Some(Self { partition: Partition(partition.parse().ok()?), offset: Offset(offset.parse().ok()?) })
        });
        read.ok_or("an id of a rejected record is PARTITION:OFFSET, such as 3:17: `firebreak dlq list` shows them")
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As one word, so that columns are aligned.
        f.pad(&format!("{}:{}", self.partition.0, self.offset.0))
    }
}

/// Which rejected records are meant: those that meet everything that is told.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only these; any without one.
    pub ids: Vec<LetterId>,
    /// Only those of this stage.
    pub stage: Option<String>,
    /// Only those of this reason.
    pub reason: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Choice {
    /// Whether a record is meant, the limit aside.
    pub fn means(&self, id: LetterId, letter: &DeadLetter) -> bool {
        self.stage.as_ref().is_none_or(|stage| *stage == letter.stage)
            && self.reason.as_ref().is_none_or(|reason| *reason == letter.reason)
            && (self.ids.is_empty() || self.ids.contains(&id))
    }

    /// Whether something of this partition can be meant.
    pub fn concerns(&self, partition: Partition) -> bool {
        self.ids.is_empty() || self.ids.iter().any(|id| id.partition == partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_two_numbers_and_a_folder_is_none() {
        let id: LetterId = "3:17".parse().unwrap();
        assert_eq!((id.partition, id.offset, id.to_string()), (Partition(3), Offset(17), "3:17".to_owned()));
        for text in ["", "3", ":", "3:", ":17", "out/first", "./3:17", "-3:17", "3:1x", "3:+1", "99999999999:1"] {
            assert!(text.parse::<LetterId>().is_err(), "{text}");
        }
    }
}

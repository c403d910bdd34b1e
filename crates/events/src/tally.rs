//! Additive counts: what the detector reads instead of mentions, so that a crisis about one brand is no hot key.

use serde::{Deserialize, Serialize};

use crate::{BrandId, EventTime, Intent, MentionId, MentionKind, Partition, Tone};

/// Counts of one transaction for one (source partition, brand, subject, kind, source class, minute). Adding is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// The brand: the key of the record.
    pub brand: BrandId,
    /// What kind of thing is counted.
    pub subject_kind: SubjectKind,
    /// Which one: a theme id, the hash of a text, …; null for the whole volume.
    #[serde(default)]
    pub subject: Option<String>,
    /// Kind of the mentions counted: only first revisions count.
    pub kind: MentionKind,
    /// Intent of the mentions counted; null in tallies of enrich, which does not know it.
    #[serde(default)]
    pub intent: Option<Intent>,
    /// Class of the source: `social`, `owned`, `forum`, `direct`, `news`, `other`.
    pub source_class: String,
    /// Start of the minute of event time.
    pub minute: EventTime,
    /// Mentions, reposts included.
    pub mentions: i64,
    /// Of these, reposts.
    #[serde(default)]
    pub reposts: i64,
    /// Of these, negative; 0 in tallies of enrich.
    #[serde(default)]
    pub negative: i64,
    /// Of these, positive; 0 in tallies of enrich.
    #[serde(default)]
    pub positive: i64,
    /// The persons who wrote them.
    pub persons: Persons,
    /// Up to 5 of the mentions, gravest or first.
    #[serde(default)]
    pub samples: Vec<MentionId>,
    /// Up to 16 terms with their counts, most frequent first.
    #[serde(default)]
    pub terms: Vec<TermCount>,
    /// Where the counted records came from, for lineage only.
    pub lineage: Lineage,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// All mentions of the brand.
    Volume,
    /// Mentions of one theme.
    Theme,
    /// Mentions of two themes together.
    ThemePair,
    /// A value that people ask for.
    RequestedValue,
    /// A term of risk.
    RiskTerm,
    /// A thread.
    Thread,
    /// A text that several people posted.
    CopiedText,
    /// A kind that this reader does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Distinct persons, in a form that adds up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Persons {
    /// 64-bit hashes of the persons, sorted, while there are at most 256; else empty.
    #[serde(default)]
    pub hashes: Vec<i64>,
    /// HyperLogLog of 4,096 registers of one byte, standard error 1.6 %; null while the hashes stand.
    #[serde(default, with = "crate::codec::optional_bytes")]
    pub sketch: Option<Vec<u8>>,
}

/// How often a term occurred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermCount {
    /// The term, lower case, never a handle, a number or a name.
    pub term: String,
    /// How many mentions had it.
    pub count: i64,
}

/// Which records a tally rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lineage {
    /// `enrich` or `classify`.
    pub stage: String,
    /// The partition that was read.
    pub partition: Partition,
    /// First offset of the batch.
    pub first_offset: i64,
    /// Last offset of the batch.
    pub last_offset: i64,
}

impl Tally {
    /// Tone sum of the tally: positive minus negative.
    pub fn balance(&self) -> i64 {
        self.positive - self.negative
    }

    /// Counts one more mention of that tone.
    pub fn count_tone(&mut self, tone: Option<Tone>) {
        match tone {
            Some(Tone::Negative) => self.negative += 1,
            Some(Tone::Positive) => self.positive += 1,
            _ => {}
        }
    }
}

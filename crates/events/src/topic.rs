//! Topics, roles and partitions: the names of the log, in one place.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A role of a stage: one consumer group, one state, one label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sources to `mentions.raw`.
    Ingest,
    /// `mentions.raw` to `mentions.enriched`, once only.
    Enrich,
    /// `mentions.enriched` to `mentions.classified`.
    Classify,
    /// Tallies to incidents.
    Watch,
    /// Mentions and actions to cases.
    Care,
    /// Incidents and cases to calls.
    Call,
    /// Calls to notifications.
    Tell,
    /// Notifications to people.
    SinkNotify,
    /// Data products to files.
    SinkFiles,
    /// Data products to PostgreSQL.
    SinkPostgres,
}

impl Role {
    /// Every role, upstream first.
    pub const ALL: [Self; 10] = [
        Self::Ingest,
        Self::Enrich,
        Self::Classify,
        Self::Watch,
        Self::Care,
        Self::Call,
        Self::Tell,
        Self::SinkNotify,
        Self::SinkFiles,
        Self::SinkPostgres,
    ];

    /// `<stage>` or `<stage>.<role>`, as groups, state topics and transactional ids use it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Enrich => "enrich",
            Self::Classify => "classify",
            Self::Watch => "escalate.watch",
            Self::Care => "escalate.care",
            Self::Call => "escalate.call",
            Self::Tell => "escalate.tell",
            Self::SinkNotify => "sink.notify",
            Self::SinkFiles => "sink.files",
            Self::SinkPostgres => "sink.postgres",
        }
    }

    /// The stage that the role belongs to: the first part of its name.
    pub const fn stage(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Enrich => "enrich",
            Self::Classify => "classify",
            Self::Watch | Self::Care | Self::Call | Self::Tell => "escalate",
            Self::SinkNotify | Self::SinkFiles | Self::SinkPostgres => "sink",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A topic of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Lines of files and bodies of requests before they are mentions; lives only in the embedded log.
    Input,
    /// Accepted mentions.
    MentionsRaw,
    /// Express lane of accepted mentions.
    MentionsRawExpress,
    /// Enriched mentions.
    MentionsEnriched,
    /// Express lane of enriched mentions.
    MentionsEnrichedExpress,
    /// Classified mentions, the data product.
    MentionsClassified,
    /// Express lane of classified mentions.
    MentionsClassifiedExpress,
    /// Additive counts.
    Tallies,
    /// State of incidents.
    Incidents,
    /// State of cases.
    Cases,
    /// Who should be told what.
    Calls,
    /// Messages that must reach somebody.
    Notifications,
    /// What people did.
    Actions,
    /// Numbers and events from elsewhere.
    Business,
    /// Customer of an author.
    Links,
    /// Records that can never succeed.
    DeadLetters,
    /// New mention ids of each transaction of enrich.
    Seen,
    /// Up to when each role has handled its input.
    Progress,
    /// Writer schemas where no registry is configured.
    Schemas,
    /// Changelog of a role's own state.
    State(Role),
    /// What each turn of a role read and knew.
    Turns(Role),
}

/// What a topic does with old records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// Old records go after the topic's retention.
    Delete,
    /// The last record of each key stays.
    Compact,
}

impl Topic {
    /// The topics that outside readers use, in the order in which a mention meets them.
    pub const PUBLIC: [Self; 15] = [
        Self::MentionsRaw,
        Self::MentionsRawExpress,
        Self::MentionsEnriched,
        Self::MentionsEnrichedExpress,
        Self::MentionsClassified,
        Self::MentionsClassifiedExpress,
        Self::Tallies,
        Self::Incidents,
        Self::Cases,
        Self::Calls,
        Self::Notifications,
        Self::Actions,
        Self::Business,
        Self::Links,
        Self::DeadLetters,
    ];

    /// The topic's name.
    pub fn name(self) -> String {
        match self {
            Self::Input => "input".into(),
            Self::MentionsRaw => "mentions.raw".into(),
            Self::MentionsRawExpress => "mentions.raw.express".into(),
            Self::MentionsEnriched => "mentions.enriched".into(),
            Self::MentionsEnrichedExpress => "mentions.enriched.express".into(),
            Self::MentionsClassified => "mentions.classified".into(),
            Self::MentionsClassifiedExpress => "mentions.classified.express".into(),
            Self::Tallies => "tallies".into(),
            Self::Incidents => "incidents".into(),
            Self::Cases => "cases".into(),
            Self::Calls => "calls".into(),
            Self::Notifications => "notifications".into(),
            Self::Actions => "actions".into(),
            Self::Business => "business".into(),
            Self::Links => "links".into(),
            Self::DeadLetters => "dead-letters".into(),
            Self::Seen => "seen".into(),
            Self::Progress => "progress".into(),
            Self::Schemas => "schemas".into(),
            Self::State(role) => format!("state.{role}"),
            Self::Turns(role) => format!("turns.{role}"),
        }
    }

    /// The topic called `name`, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        let fixed = Self::PUBLIC.into_iter().chain([Self::Input, Self::Seen, Self::Progress, Self::Schemas]);
        let own = Role::ALL.into_iter().flat_map(|role| [Self::State(role), Self::Turns(role)]);
        fixed.chain(own).find(|topic| topic.name() == name)
    }

    /// Whether this is an express lane, which is always read first.
    pub const fn express(self) -> bool {
        matches!(self, Self::MentionsRawExpress | Self::MentionsEnrichedExpress | Self::MentionsClassifiedExpress)
    }

    /// What the topic does with old records.
    pub const fn cleanup(self) -> Cleanup {
        match self {
            Self::Incidents | Self::Cases | Self::Links | Self::Progress | Self::Schemas | Self::State(_) => {
                Cleanup::Compact
            }
            _ => Cleanup::Delete,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// A partition number, 0 to count − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Partition(pub i32);

/// An offset in a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offset(pub i64);

/// How many partitions every partitioned topic has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionCount(i32);

impl PartitionCount {
    /// The count of a new installation.
    pub const DEFAULT: Self = Self(24);

    /// `count` partitions, at least 1.
    pub const fn new(count: i32) -> Option<Self> {
        if count > 0 { Some(Self(count)) } else { None }
    }

    /// The number itself.
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The partition of `key`: `(murmur2(key) & 0x7fffffff) % count`, as Kafka's Java client does it.
    pub fn partition(self, key: &[u8]) -> Partition {
        Partition((murmur2(key) & 0x7fff_ffff) as i32 % self.0)
    }

    /// Every partition.
    pub fn all(self) -> impl Iterator<Item = Partition> {
        (0..self.0).map(Partition)
    }
}

/// murmur2 with Kafka's seed (`org.apache.kafka.common.utils.Utils.murmur2`).
pub fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash: u32 = 0x9747_b28c ^ data.len() as u32;
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        k ^= k >> 24;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    let rest = words.remainder();
    for (i, byte) in rest.iter().enumerate() {
        hash ^= u32::from(*byte) << (8 * i);
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of Kafka's own `UtilsTest.testMurmur2`.
    #[test]
    fn murmur2_agrees_with_the_java_client() {
        for (key, hash) in [
            ("21", -973932308),
            ("foobar", -790332482),
            ("a-little-bit-long-string", -985981536),
            ("a-little-bit-longer-string", -1486304829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ] {
            assert_eq!(murmur2(key.as_bytes()) as i32, hash, "{key}");
        }
    }

    #[test]
    fn every_topic_is_found_by_its_name() {
        for topic in Topic::PUBLIC.into_iter().chain([Topic::State(Role::Care), Topic::Turns(Role::Watch), Topic::Seen])
        {
            assert_eq!(Topic::parse(&topic.name()), Some(topic));
        }
        assert_eq!(Topic::parse("state.nobody"), None);
    }
}

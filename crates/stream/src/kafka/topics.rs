//! How each topic must be set up, and how what a cluster has differs from it. Pure: `admin.rs` asks and acts.

use std::collections::BTreeMap;
use std::fmt;

use events::{Cleanup, PartitionCount, Role, Topic};

use super::config::MAX_RECORD;

const DAY: i64 = 86_400_000;

/// Every topic of a cluster: all but the input lines of `firebreak run`.
pub fn every_topic() -> Vec<Topic> {
    let fixed = Topic::PUBLIC.into_iter().chain([Topic::Seen, Topic::Progress, Topic::Schemas]);
    fixed.chain(Role::ALL.into_iter().flat_map(|role| [Topic::State(role), Topic::Turns(role)])).collect()
}

/// How a topic must be set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Which topic.
    pub topic: Topic,
    /// How many partitions: the same for every topic, and never changed in place.
    pub partitions: PartitionCount,
    /// How many brokers hold each partition.
    pub replication: i32,
    /// Settings of the topic, by Kafka's names.
    pub configs: BTreeMap<&'static str, String>,
}

impl Declared {
    /// As the design has it.
    pub fn new(topic: Topic, partitions: PartitionCount, replication: i32) -> Self {
        let mut configs = BTreeMap::from([
            ("max.message.bytes", MAX_RECORD.to_string()),
            ("compression.type", "producer".to_owned()),
            // Timestamps are event times, of posts that may be old, and of replays whose clock is not ours.
            ("message.timestamp.type", "CreateTime".to_owned()),
            ("message.timestamp.before.max.ms", i64::MAX.to_string()),
            ("message.timestamp.after.max.ms", i64::MAX.to_string()),
            ("min.insync.replicas", if replication >= 3 { "2" } else { "1" }.to_owned()),
        ]);
        match topic.cleanup() {
            Cleanup::Delete => {
                configs.insert("cleanup.policy", "delete".to_owned());
                configs.insert("retention.ms", (retention_days(topic) * DAY).to_string());
            }
            Cleanup::Compact => {
                configs.insert("cleanup.policy", "compact".to_owned());
                configs.insert("min.compaction.lag.ms", "60000".to_owned());
                configs.insert("segment.bytes", (64 << 20).to_string());
                configs.insert("delete.retention.ms", "3600000".to_owned());
            }
        }
        Self { topic, partitions, replication, configs }
    }

    /// The same, but that nothing is deleted for its age: event time may lie longer ago than the retention when a clock other
    /// than the wall's drives the pipeline.
    #[must_use]
    pub fn keeping_all(mut self) -> Self {
        if let Some(retention) = self.configs.get_mut("retention.ms") {
            "-1".clone_into(retention);
        }
        self
    }

    /// What differs in the cluster; `None` is a topic that is not there.
    pub fn differences(&self, found: Option<&Described>) -> Vec<Difference> {
        let topic = self.topic;
        let Some(found) = found else { return vec![Difference::Missing { topic }] };
        let mut differences = Vec::new();
        if found.partitions != self.partitions.get() {
            let (declared, found) = (self.partitions.get(), found.partitions);
            differences.push(Difference::Partitions { topic, declared, found });
        }
        if found.replication != self.replication {
            let (declared, found) = (self.replication, found.replication);
            differences.push(Difference::Replication { topic, declared, found });
        }
        for (name, declared) in &self.configs {
            let found = found.configs.get(*name).cloned().unwrap_or_default();
            if found != *declared {
                differences.push(Difference::Config { topic, name, declared: declared.clone(), found });
            }
        }
        differences
    }
}

/// Days after which records of a topic may go.
const fn retention_days(topic: Topic) -> i64 {
    match topic {
        Topic::MentionsEnriched | Topic::MentionsEnrichedExpress => 3,
        Topic::Tallies | Topic::Calls => 2,
        Topic::Notifications | Topic::Actions | Topic::DeadLetters => 30,
        Topic::Business => 400,
        // The horizon of 48 h and a day.
        Topic::Seen => 3,
        _ => 7,
    }
}

/// How a topic is set up in the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Which topic.
    pub topic: Topic,
    /// How many partitions it has.
    pub partitions: i32,
    /// How many brokers hold its first partition.
    pub replication: i32,
    /// All its settings, defaults included.
    pub configs: BTreeMap<String, String>,
}

/// A difference between what is declared and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The topic is not there.
    Missing {
        /// Which topic.
        topic: Topic,
    },
    /// It has another number of partitions. That cannot be changed in place: keys would move.
    Partitions {
        /// Which topic.
        topic: Topic,
        /// How many it must have.
        declared: i32,
        /// How many it has.
        found: i32,
    },
    /// Another number of brokers holds it.
    Replication {
        /// Which topic.
        topic: Topic,
        /// How many must.
        declared: i32,
        /// How many do.
        found: i32,
    },
    /// A setting differs.
    Config {
        /// Which topic.
        topic: Topic,
        /// The setting, by Kafka's name.
        name: &'static str,
        /// What it must be.
        declared: String,
        /// What it is.
        found: String,
    },
}

impl Difference {
    /// Whether [`Admin::apply`](super::Admin::apply) can remove it.
    pub const fn can_be_applied(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Config { .. })
    }

    /// Which topic differs.
    pub const fn topic(&self) -> Topic {
        match self {
            Self::Missing { topic }
            | Self::Partitions { topic, .. }
            | Self::Replication { topic, .. }
            | Self::Config { topic, .. } => *topic,
        }
    }

    /// How it differs, as what follows the topic's name.
    pub fn how(&self) -> String {
        match self {
            Self::Missing { .. } => "is missing".to_owned(),
            Self::Partitions { declared, found, .. } => format!("has {found} partitions, declared are {declared}"),
            Self::Replication { declared, found, .. } => {
                let brokers = if *found == 1 { "broker" } else { "brokers" };
                format!("lies on {found} {brokers}, declared are {declared}")
            }
            Self::Config { name, declared, found, .. } => format!("has {name}={found}, declared is {declared}"),
        }
    }

    /// What was done where [`Admin::apply`](super::Admin::apply) has removed it.
    pub fn done(&self) -> String {
        match self {
            Self::Missing { .. } => "was created".to_owned(),
            Self::Partitions { .. } | Self::Replication { .. } => "was left as it is".to_owned(),
            Self::Config { name, declared, found, .. } => format!("has {name}={declared} now, it was {found}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "topic `{}` {}", self.topic(), self.how())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(declared: &Declared) -> Described {
        let configs = declared.configs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let (topic, partitions, replication) = (declared.topic, declared.partitions.get(), declared.replication);
        Described { topic, partitions, replication, configs }
    }

    #[test]
    fn a_topic_as_declared_has_no_difference() {
        for topic in every_topic() {
            let declared = Declared::new(topic, PartitionCount::DEFAULT, 3);
            assert_eq!(declared.differences(Some(&found(&declared))), Vec::new());
        }
    }

    #[test]
    fn every_difference_is_told_and_says_whether_it_can_be_applied() {
        let declared = Declared::new(Topic::Cases, PartitionCount::DEFAULT, 3);
        let mut other = found(&declared);
        other.partitions = 12;
        other.replication = 1;
        other.configs.insert("cleanup.policy".into(), "delete".into());
        let told: Vec<(String, bool)> =
            declared.differences(Some(&other)).iter().map(|it| (it.to_string(), it.can_be_applied())).collect();
        let expected = [
            ("topic `cases` has 12 partitions, declared are 24", false),
            ("topic `cases` lies on 1 broker, declared are 3", false),
            ("topic `cases` has cleanup.policy=delete, declared is compact", true),
        ];
        assert_eq!(told, expected.map(|(text, applies)| (text.to_owned(), applies)));
        assert_eq!(declared.differences(None), [Difference::Missing { topic: Topic::Cases }]);
    }

    #[test]
    fn what_is_kept_for_ever_is_said_of_topics_that_delete_only() {
        let kept =
            |topic| Declared::new(topic, PartitionCount::DEFAULT, 1).keeping_all().configs.get("retention.ms").cloned();
        assert_eq!((kept(Topic::Calls), kept(Topic::Cases)), (Some("-1".to_owned()), None));
    }
}

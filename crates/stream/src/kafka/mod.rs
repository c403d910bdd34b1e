//! The log over Apache Kafka: the ports of a log on librdkafka, and the only place that knows it.
//!
//! One worker is one thread with one [`KafkaLog`]: a member of a group with dynamic membership and the range assignor, two
//! queues of its own for what it reads (express lanes and the rest), and one transactional producer. What keeps it exactly
//! once, and where:
//! 1. Every commit carries the offsets of each partition that it touches and the group's metadata, fetched for it alone and
//!    refused when it is that of no member (`transaction.rs`).
//! 2. Input is read committed, so committed offsets wait for the transaction that moves them (`config.rs`).
//! 3. A rebalance is served on the worker's thread and handed out as a value; records of partitions that went are dropped
//!    (`membership.rs`, `lanes.rs`).
//! 4. After anything but a clean abort the partitions are given out again, so that the worker asks what is committed instead
//!    of believing what it remembers (`transaction.rs`).
//!
//! Nothing here may know what a record means.

mod access;
mod admin;
mod bounded;
mod config;
mod error;
mod failures;
mod lanes;
mod log;
mod membership;
mod native;
mod offsets;
mod producer;
mod queue;
#[cfg(feature = "raw-copy")]
mod raw_copy;
mod reader;
mod schemas;
mod sender;
mod settings;
mod tap;
mod topics;
mod transaction;

pub use admin::Admin;
pub use log::KafkaLog;
#[cfg(feature = "raw-copy")]
pub use raw_copy::RawCopy;
pub use reader::TopicReader;
pub use schemas::SchemaTopic;
pub use sender::{Sender, TransactionalSender};
pub use settings::{Batching, KafkaSettings, Patience, Sasl, ScramHash, Secret, Security, Tls};
pub use tap::KafkaTap;
pub use topics::{Declared, Described, Difference, every_topic};
pub use transaction::KafkaTxn;

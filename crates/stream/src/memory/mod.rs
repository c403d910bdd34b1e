//! The embedded log: Kafka's rules in one process, without Kafka.
//!
//! Partitions, consumer groups with range assignment, read_committed, transactions with fencing, offsets with the turn
//! number in the transaction, compaction. It serves `firebreak run`, backtests, and tests with a crash at every step; the
//! contract suite of `testkit` holds it to the rules that real Kafka has. It never waits and never reads a clock: what
//! time does in Kafka (sessions and transactions that run out) is a call here ([`Cluster::expel`],
//! [`Cluster::time_out_transactions`]).

mod broker;
mod cluster;
mod group;
mod member;
mod partition;
mod tap;
mod transaction;

#[cfg(test)]
mod tests;

pub use cluster::{Cluster, Marks};
pub use member::Member;
pub use tap::Tap;
pub use transaction::MemberTxn;

use events::PartitionCount;

use crate::Planted;

/// How an embedded log is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClusterConfig {
    /// How many partitions every topic has.
    pub partitions: PartitionCount,
    /// What becomes of records that were read.
    pub retention: Retention,
    /// Most records that one poll returns.
    pub poll_records: usize,
    /// What this log does wrong on purpose.
    pub planted: Planted,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            partitions: PartitionCount::DEFAULT,
            retention: Retention::KeepAll,
            poll_records: 5_000,
            planted: Planted::default(),
        }
    }
}

/// What becomes of records that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// They stay; compact topics are compacted.
    KeepAll,
    /// What every group and every tap of a topic has passed is forgotten; a topic without readers keeps nothing. State
    /// cannot be restored from such a log.
    ForgetRead,
}

//! The embedded log as a harness of the contract suite.

use events::{Partition, PartitionCount, Topic};
use stream::memory::{Cluster, ClusterConfig, Member};
use stream::{Log, Outgoing, Raw, Txn};

use crate::contract::Harness;

/// An embedded log of its own.
#[derive(Debug)]
pub struct Embedded {
    /// The log, for tests that need more than a harness offers.
    pub cluster: Cluster,
}

impl Embedded {
    /// An empty log with four partitions.
    pub fn new() -> Self {
        Self::with(ClusterConfig::default())
    }

    /// An empty log with four partitions, set up like `config` otherwise.
    pub fn with(config: ClusterConfig) -> Self {
        let partitions = PartitionCount::new(4).expect("four is positive");
        Self { cluster: Cluster::new(ClusterConfig { partitions, ..config }) }
    }
}

impl Default for Embedded {
    fn default() -> Self {
        Self::new()
    }
}

impl Harness for Embedded {
    type Log = Member;

    fn partitions(&self) -> PartitionCount {
        self.cluster.partitions()
    }

    fn patience(&self) -> usize {
        4
    }

    fn join(&self, group: &str, transactional_id: &str, inputs: &[Topic]) -> Member {
        self.cluster.join(group, transactional_id, inputs)
    }

    fn expel(&self, transactional_id: &str) {
        assert!(self.cluster.expel(transactional_id), "`{transactional_id}` is a member");
    }

    fn die_in_transaction(&self, mut log: Member, records: Vec<Outgoing>) {
        let mut txn = log.begin().unwrap();
        for record in records {
            txn.send(record).unwrap();
        }
        txn.abandon();
        log.kill();
    }

    fn time_out_transactions(&self) {
        self.cluster.time_out_transactions();
    }

    fn append(&self, record: Outgoing) {
        self.cluster.append(record).unwrap();
    }

    fn read(&self, topic: Topic) -> Vec<Raw> {
        self.cluster.tap(&[topic]).read()
    }

    fn sent(&self, _: Topic, _: usize) {}

    fn settle(&self) {}

    fn hold_markers(&self, _: &[(Topic, Partition)]) {
        self.cluster.hold_markers(true);
    }

    fn release_markers(&self, topic: Topic, partition: Partition) {
        self.cluster.hold_markers(false);
        self.cluster.release_markers(topic, partition).unwrap();
    }
}

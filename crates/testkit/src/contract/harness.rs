//! What a log must offer to be tested, besides the ports.

use events::{EventTime, Partition, PartitionCount, Topic};
use stream::{Log, Outgoing, Raw};

use crate::{build, toy};

/// A log under test, with its topics empty.
pub trait Harness {
    /// Its members.
    type Log: Log;

    /// How many partitions every topic has: at least 2.
    fn partitions(&self) -> PartitionCount;
    /// How many polls in a row must bring nothing before there is nothing more.
    fn patience(&self) -> usize;
    /// A new member of a group, which has not polled yet.
    fn join(&self, group: &str, transactional_id: &str, inputs: &[Topic]) -> Self::Log;
    /// Ends the session of a member that still believes in it: of several with this id, of the oldest.
    fn expel(&self, transactional_id: &str);
    /// Begins a transaction with these records and dies in it, like a process that is killed.
    fn die_in_transaction(&self, log: Self::Log, records: Vec<Outgoing>);
    /// Lets the transaction timeout pass for members that are dead or expelled.
    fn time_out_transactions(&self);
    /// Waits until this many records, visible or not, lie in the topic: a log may be slow to take what was sent.
    fn sent(&self, topic: Topic, records: usize);
    /// Waits until members hold ready what was appended, if this log reads ahead of a poll.
    fn settle(&self);
    /// Appends without a transaction.
    fn append(&self, record: Outgoing);
    /// All records of a topic that a committed reader sees now, in order of partition and offset.
    fn read(&self, topic: Topic) -> Vec<Raw>;
    /// Lets no reader pass what is committed to these partitions from now on, offsets aside: a commit's markers are not
    /// written there, or something before them keeps them from being seen.
    fn hold_markers(&self, places: &[(Topic, Partition)]);
    /// Shows what is committed to one of these partitions.
    fn release_markers(&self, topic: Topic, partition: Partition);

    /// Appends a note.
    fn say(&self, topic: Topic, key: &str, text: &str) {
        self.say_at(topic, key, text, build::AT);
    }

    /// Appends a note of some time.
    fn say_at(&self, topic: Topic, key: &str, text: &str, at: EventTime) {
        self.append(toy::note(self.partitions(), topic, key, text, at));
    }

    /// A note to send.
    fn note(&self, topic: Topic, key: &str, text: &str) -> Outgoing {
        toy::note(self.partitions(), topic, key, text, build::AT)
    }

    /// The texts of a topic's notes, in order of partition and offset.
    fn texts(&self, topic: Topic) -> Vec<String> {
        self.read(topic).iter().map(toy::text).collect()
    }

    /// The texts of one key's notes, in order.
    fn texts_of(&self, topic: Topic, key: &str) -> Vec<String> {
        self.read(topic).iter().filter(|raw| toy::key(raw) == key).map(toy::text).collect()
    }

    /// A key that lies in `partition`.
    fn key_in(&self, partition: Partition) -> String {
        let mut keys = (0..).map(|i: u32| format!("k{i}"));
        keys.find(|key| self.partitions().partition(key.as_bytes()) == partition).expect("there are keys without end")
    }
}

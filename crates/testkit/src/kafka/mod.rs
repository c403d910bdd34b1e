//! Apache Kafka as a harness of the contract suite: what the embedded log does by a call is forced from outside here, or waited
//! for.

mod broker;
mod secure;
mod wire;

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use events::{Partition, PartitionCount, Role, Topic};
use stream::kafka::{
    Admin, Batching, Declared, KafkaLog, KafkaSettings, Patience, Sender, TopicReader, TransactionalSender,
};
use stream::{Log, Outgoing, Raw, Txn};

pub use broker::{Broker, Deed};
pub use secure::{Right, SecureBroker};

use crate::contract::Harness;

/// Before what is sent must have come to the broker, or what it decides must be seen.
const DEADLINE: Duration = Duration::from_secs(20);
/// How long a committed reader waits for markers that are being written; with a transaction open it waits in vain.
const MARKERS: Duration = Duration::from_millis(700);
const PAUSE: Duration = Duration::from_millis(10);

/// The topics of the cases.
const TOPICS: [Topic; 10] = [
    Topic::MentionsRaw,
    Topic::MentionsRawExpress,
    Topic::MentionsEnriched,
    Topic::MentionsEnrichedExpress,
    Topic::Calls,
    Topic::Business,
    Topic::DeadLetters,
    Topic::Progress,
    Topic::State(Role::Enrich),
    Topic::Turns(Role::Enrich),
];

/// Topics, groups and transactional ids of their own in a Kafka that all tests of a process share.
pub struct Kafka {
    /// How its members are set up.
    pub settings: KafkaSettings,
    partitions: PartitionCount,
    admin: Admin,
    sender: Sender,
    reader: RefCell<TopicReader>,
    /// Who joined which group, the oldest first.
    joined: RefCell<Vec<(String, String)>>,
    /// Processes that are dead to all others.
    dead: RefCell<Vec<KafkaLog>>,
}

impl Kafka {
    /// Empty topics with four partitions.
    pub fn new() -> Self {
        Self::with(Self::settings())
    }

    /// Settings for the shared broker with a namespace of their own, impatient, so that tests are quick.
    pub fn settings() -> KafkaSettings {
        Self::settings_for(Broker::shared())
    }

    /// The same for another broker.
    pub fn settings_for(broker: &Broker) -> KafkaSettings {
        Self::settings_at(broker.address())
    }

    /// The same for a broker at `address`, where nothing is protected.
    pub fn settings_at(address: &str) -> KafkaSettings {
        static CASE: AtomicU32 = AtomicU32::new(0);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
        let mut settings = KafkaSettings::new(address);
        settings.namespace = format!("t{:x}.{}.", since.as_millis(), CASE.fetch_add(1, Ordering::Relaxed));
        settings.batching = Batching { wait: Duration::from_millis(40), ..Batching::default() };
        settings.patience = Patience {
            heartbeat: Duration::from_millis(300),
            transaction: Duration::from_secs(8),
            open_transaction: Duration::from_millis(50),
            ..Patience::default()
        };
        settings
    }

    /// Empty topics with four partitions, reached with these settings.
    pub fn with(settings: KafkaSettings) -> Self {
        let partitions = PartitionCount::new(4).expect("four is positive");
        // The harness waits for what a member that is tested may give up.
        let mut patient = settings.clone();
        patient.patience = Patience { request: DEADLINE, connect: DEADLINE, ..patient.patience };
        let admin = Admin::new(&patient).unwrap();
        let declared: Vec<Declared> = TOPICS.map(|topic| Declared::new(topic, partitions, 1).keeping_all()).into();
        assert_eq!(admin.apply(&declared).unwrap(), []);
        let sender = Sender::new(&patient).unwrap();
        let mut reader = TopicReader::new(&patient, "reader");
        // A leader may be named before it knows of its partition.
        for topic in TOPICS {
            for partition in partitions.all() {
                reader.stable(topic, partition).unwrap();
            }
        }
        let reader = RefCell::new(reader);
        Self { settings, partitions, admin, sender, reader, joined: RefCell::default(), dead: RefCell::default() }
    }

    /// A new member, or why there is none.
    ///
    /// # Errors
    /// As [`KafkaLog::join`].
    pub fn try_join(&self, group: &str, transactional_id: &str, inputs: &[Topic]) -> Result<KafkaLog, stream::Exit> {
        let log = KafkaLog::join(&self.settings, group, transactional_id, inputs)?;
        self.joined.borrow_mut().push((transactional_id.to_owned(), group.to_owned()));
        Ok(log)
    }

    /// Denies everybody to read a topic.
    pub fn deny_reading(&self, topic: Topic) {
        wire::deny_reading(&self.settings.bootstrap, &self.settings.topic(topic));
    }

    /// Sets a topic up anew with one setting changed.
    pub fn set(&self, topic: Topic, name: &'static str, value: &str) {
        let mut declared = Declared::new(topic, self.partitions, 1).keeping_all();
        declared.configs.insert(name, value.to_owned());
        let declared = [declared];
        assert_eq!(self.admin.apply(&declared).unwrap(), []);
        self.until("the setting is in force", || self.admin.differences(&declared).unwrap().is_empty());
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.settings.namespace)
    }

    /// Waits until `done`.
    fn until(&self, what: &str, mut done: impl FnMut() -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !done() {
            assert!(Instant::now() < deadline, "{what}: not after {DEADLINE:?}");
            std::thread::sleep(PAUSE);
        }
    }
}

impl Default for Kafka {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Kafka {
    fn drop(&mut self) {
        self.dead.borrow_mut().clear();
        // A broker that is shared with others must not be left full; one that is gone has nothing to delete.
        drop(self.admin.delete(&TOPICS));
    }
}

impl Harness for Kafka {
    type Log = KafkaLog;

    fn partitions(&self) -> PartitionCount {
        self.partitions
    }

    fn patience(&self) -> usize {
        25
    }

    fn join(&self, group: &str, transactional_id: &str, inputs: &[Topic]) -> KafkaLog {
        self.try_join(group, transactional_id, inputs).unwrap()
    }

    /// The session ends at the broker, as if it had run out: it is told in the member's name that the member leaves.
    fn expel(&self, transactional_id: &str) {
        let id = self.name(transactional_id);
        self.until(&format!("`{transactional_id}` is a member"), || {
            let joined = self.joined.borrow();
            let groups = joined.iter().filter(|(of, _)| of == transactional_id).map(|(_, group)| self.name(group));
            groups.into_iter().any(|group| {
                let members = wire::members(&self.settings.bootstrap, &group);
                let member = members
                    .into_iter()
                    .find(|member| member.client == id || member.client.starts_with(&format!("{id}.")));
                member.is_some_and(|member| wire::leave(&self.settings.bootstrap, &group, &member.id))
            })
        });
    }

    fn die_in_transaction(&self, mut log: KafkaLog, records: Vec<Outgoing>) {
        let topic = records.first().expect("a record").topic;
        let mut txn = log.begin().unwrap();
        let count = records.len();
        for record in records {
            txn.send(record).unwrap();
        }
        self.sent(topic, count);
        std::mem::forget(txn);
        self.dead.borrow_mut().push(log);
    }

    fn time_out_transactions(&self) {
        let mut reader = self.reader.borrow_mut();
        self.until("the broker aborts what is open for too long", || {
            TOPICS.into_iter().all(|topic| {
                self.partitions.all().all(|partition| {
                    reader.stable(topic, partition).unwrap() == reader.high_watermark(topic, partition).unwrap()
                })
            })
        });
    }

    fn sent(&self, topic: Topic, records: usize) {
        let mut reader = self.reader.borrow_mut();
        self.until("the broker takes what was sent", || {
            let ends = self.partitions.all().map(|partition| reader.high_watermark(topic, partition).unwrap().0);
            ends.sum::<i64>() >= records as i64
        });
    }

    fn settle(&self) {
        // Members read ahead by themselves, which nothing outside them tells.
        std::thread::sleep(Duration::from_millis(500));
    }

    fn append(&self, record: Outgoing) {
        self.sender.send(&[record]).unwrap();
    }

    fn read(&self, topic: Topic) -> Vec<Raw> {
        let mut reader = self.reader.borrow_mut();
        let deadline = Instant::now() + MARKERS;
        let mut records = Vec::new();
        for partition in self.partitions.all() {
            let end = reader.high_watermark(topic, partition).unwrap();
            // A broker that has just come back may refuse the first questions.
            let asked = Instant::now();
            let mut stable = loop {
                match reader.stable(topic, partition) {
                    Err(stream::Exit::Retry(_)) if asked.elapsed() < DEADLINE => std::thread::sleep(PAUSE),
                    told => break told.unwrap(),
                }
            };
            while stable < end && Instant::now() < deadline {
                std::thread::sleep(PAUSE);
                stable = reader.stable(topic, partition).unwrap();
            }
            let take = &mut |raw| {
                records.push(raw);
                Ok(())
            };
            reader.read_to(topic, partition, stable, take).unwrap();
        }
        records
    }

    /// A broker writes its markers as fast as it can. What holds a reader back there is a transaction that was open in the
    /// partition before: the last stable offset stays below both in the same way.
    fn hold_markers(&self, places: &[(Topic, Partition)]) {
        let mut settings = self.settings.clone();
        settings.patience.transaction = Duration::from_secs(50);
        for (topic, partition) in places {
            let id = holder(*topic, *partition);
            let mut log = KafkaLog::join(&settings, &id, &id, &[Topic::Business]).unwrap();
            let before = self.reader.borrow_mut().high_watermark(*topic, *partition).unwrap();
            let mut txn = log.begin().unwrap();
            let mut record = self.note(*topic, "holder", "never committed");
            record.partition = *partition;
            txn.send(record).unwrap();
            self.until("a holder's record is taken", || {
                self.reader.borrow_mut().high_watermark(*topic, *partition).unwrap() > before
            });
            std::mem::forget(txn);
        }
    }

    /// A newer producer with the holder's id aborts what it has open.
    fn release_markers(&self, topic: Topic, partition: Partition) {
        TransactionalSender::new(&self.settings, &holder(topic, partition)).unwrap();
        let mut reader = self.reader.borrow_mut();
        self.until("the holder's transaction is aborted", || {
            reader.stable(topic, partition).unwrap() == reader.high_watermark(topic, partition).unwrap()
        });
    }
}

fn holder(topic: Topic, partition: Partition) -> String {
    format!("holder.{topic}.{}", partition.0)
}

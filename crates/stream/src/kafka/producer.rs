//! The transactional producer: the only place that begins, flushes, commits and aborts.
//!
//! Every call that librdkafka says may be repeated is repeated, the same one, until the transaction's time is over; one that
//! asks for an abort gets it; after any other the producer is thrown away, for nothing can be done with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::error::{self, Remedy};
use super::failures::Failures;
use super::{access, bounded, config, native};
use crate::kafka::KafkaSettings;
use crate::{Exit, KillPoint, Outgoing};

/// Between two tries of a call that answered at once.
const PAUSE: Duration = Duration::from_millis(20);
/// While the queue is full. The client's own wait of a millisecond would burn a core for it.
const SHORT_PAUSE: Duration = Duration::from_micros(200);
/// One step of an abort.
const ABORT_STEP: Duration = Duration::from_millis(20);
/// How much longer than it was allowed to a call may take before it is given up.
const GRACE: Duration = Duration::from_secs(1);
/// How long the acknowledgements of a transaction that is given up may take: a few round trips to a broker that is well.
const ACKNOWLEDGED: Duration = Duration::from_millis(100);
/// One step of waiting for acknowledgements, between which failed ones are heard of.
const FLUSH_STEP: Duration = Duration::from_millis(100);

/// A transactional producer that is initialised.
pub(super) struct TxnProducer {
    producer: Arc<BaseProducer<Failures>>,
    transactional_id: String,
    timeout: Duration,
    /// How long one request may take.
    request: Duration,
}

/// How a transaction failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It must be aborted, for this reason.
    Abort(Cause),
    /// Nothing can be done with its producer any more.
    Useless(Useless),
}

/// A producer is of no more use.
#[derive(Debug)]
pub(super) struct Useless {
    pub(super) why: String,
    /// What is known of its transaction.
    pub(super) left: Left,
}

/// What a producer that is of no more use leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// A transaction that may be committed: that must be asked.
    Unknown,
    /// A transaction that nobody commits: the next producer of its id aborts it when it is initialised.
    Open,
    /// Another producer has its id, or the broker gave the transaction up.
    Fenced,
}

impl Useless {
    fn new(error: &KafkaError) -> Self {
        let fenced = error::is_fenced(error::code(error));
        Self { why: error::text(error), left: if fenced { Left::Fenced } else { Left::Unknown } }
    }

    /// What the worker must do whose transaction was open for `open`. Unless it was replaced, it must first ask what is
    /// committed.
    pub(super) fn exit(self, id: &str, open: Duration, settings: &KafkaSettings) -> Exit {
        let Self { why, left } = self;
        match left {
            Left::Unknown => {
                return Exit::Fenced(format!(
                    "what is committed is asked anew, for a transaction of `{id}` ended unknown: {why}"
                ));
            }
            Left::Open => return Exit::Retry(why),
            Left::Fenced => {}
        }
        // The broker also fences a producer when it aborts its transaction for its age.
        if open >= settings.patience.transaction {
            return Exit::Retry(format!(
                "a transaction of `{id}` was open for too long, so the broker aborted it: {why}"
            ));
        }
        Exit::Replaced(format!(
            "another process uses transactional id `{id}` ({why}): of two on one host, give each a name of its own by \
             `--instance` or `FIREBREAK_INSTANCE`"
        ))
    }
}

/// Why a transaction cannot be committed.
#[derive(Debug)]
pub(super) struct Cause {
    code: Code,
    text: String,
}

impl TxnProducer {
    /// Connects and initialises within `wait`: what an earlier producer of this id left open is aborted, and that one is fenced.
    pub(super) fn new(settings: &KafkaSettings, transactional_id: &str, wait: Duration) -> Result<Self, Exit> {
        let failed = |error: KafkaError| Exit::Fatal(format!("the producer cannot be made: {error}"));
        let config = config::transactional(settings, transactional_id);
        let producer = Arc::new(config.create_with_context(Failures::default()).map_err(failed)?);
        let (transactional_id, patience) = (transactional_id.to_owned(), settings.patience);
        let this = Self { producer, transactional_id, timeout: patience.transaction, request: patience.request };
        let deadline = Instant::now() + wait;
        this.repeat(deadline, |wait| this.producer.init_transactions(wait)).map_err(|error| {
            let id = &this.transactional_id;
            let what = format!("transactional id `{id}` cannot be initialised at `{}`", settings.bootstrap);
            match error::exit(&error, &what) {
                exit @ Exit::Retry(_) => access::refused(settings).unwrap_or(exit),
                exit => exit,
            }
        })?;
        Ok(this)
    }

    pub(super) fn transactional_id(&self) -> &str {
        &self.transactional_id
    }

    pub(super) fn begin(&self) -> Result<(), Failure> {
        // Old failures belong to transactions that were aborted for them.
        self.producer.context().take();
        KillPoint::BeforeBegin.reach();
        self.producer.begin_transaction().map_err(|error| self.failure(error))?;
        KillPoint::AfterBegin.reach();
        Ok(())
    }

    /// Puts a record into the producer's queue, waiting while it is full.
    pub(super) fn send(&self, topic: &str, record: &Outgoing, begun: Instant) -> Result<(), Failure> {
        self.put(to_send(topic, record), begun)
    }

    /// The same for one that librdkafka copies from where it lies.
    pub(super) fn put(&self, mut next: BaseRecord<'_, [u8], [u8]>, begun: Instant) -> Result<(), Failure> {
        KillPoint::BeforeProduce.reach();
        loop {
            let (error, back) = match self.producer.send(next) {
                Ok(()) => {
                    KillPoint::AfterProduce.reach();
                    return Ok(());
                }
                Err(refused) => refused,
            };
            if error::code(&error) != Code::QueueFull || begun.elapsed() > self.timeout {
                self.producer.context().note(error::code(&error), back.topic, back.payload.map_or(0, <[u8]>::len));
                return Err(self.failure(error));
            }
            self.producer.poll(Duration::ZERO);
            std::thread::sleep(SHORT_PAUSE);
            next = back;
        }
    }

    /// Commits what was sent, with `offsets` if there are any.
    pub(super) fn commit(
        &self,
        offsets: Option<(TopicPartitionList, ConsumerGroupMetadata)>,
        begun: Instant,
    ) -> Result<(), Failure> {
        let deadline = begun + self.timeout;
        KillPoint::BeforeFlush.reach();
        self.flush(deadline)?;
        KillPoint::AfterFlush.reach();
        if let Some((offsets, group)) = offsets {
            KillPoint::BeforeOffsets.reach();
            self.send_offsets(offsets, group, deadline)?;
            KillPoint::AfterOffsets.reach();
        }
        KillPoint::CommitSent.reach_during();
        self.repeat(deadline, |wait| self.producer.commit_transaction(wait)).map_err(|error| {
            match Remedy::of(&error) {
                // Not answered to the end: it may be committed.
                Remedy::Again => Failure::Useless(Useless::new(&error)),
                Remedy::Abort | Remedy::Recreate => self.failure(error),
            }
        })?;
        KillPoint::CommitAcknowledged.reach();
        Ok(())
    }

    /// Sends the offsets along. The call is made on a thread of its own, for it may never return: librdkafka 2.12 waits without
    /// end for a group's coordinator that was killed or taken out of the cluster (its issues #5456 and #5511). The producer
    /// that it is stuck in is left to that thread, and another fences it.
    fn send_offsets(
        &self,
        offsets: TopicPartitionList,
        group: ConsumerGroupMetadata,
        deadline: Instant,
    ) -> Result<(), Failure> {
        let sent = Arc::new((offsets, group));
        let returned = self.repeat(deadline, |wait| {
            let (producer, sent, wait) = (Arc::clone(&self.producer), Arc::clone(&sent), wait.min(self.request));
            let call = move || producer.send_offsets_to_transaction(&sent.0, &sent.1, wait);
            bounded::within(wait + GRACE, "offsets", call).transpose()
        });
        returned.map_err(|error| self.failure(error))?.ok_or_else(|| {
            let why = "librdkafka does not return from sending offsets".to_owned();
            Failure::Useless(Useless { why, left: Left::Unknown })
        })
    }

    /// Aborts. librdkafka throws away what was not sent yet, and then waits for reports of it that only this thread can take: so
    /// it is called for a moment again and again. To purge before the call, as one might, would leave a gap in the sequence
    /// numbers, and the next transaction would fail for it.
    ///
    /// Only a producer whose records are all acknowledged can go on. A record that the broker wrote and whose acknowledgement was
    /// lost waits in librdkafka's queue to be sent again; an abort throws it away like one that was never sent, and gives its
    /// sequence number to the partition's next record (`rd_kafka_toppar_purge_queues` in 2.12: `epoch_base_msgid += cnt`). The
    /// broker then takes that one, of the next transaction, for the one that it has: it is acknowledged, not written, and
    /// committed without. An hour's soak lost a turn so.
    pub(super) fn abort(&self) -> Result<(), Useless> {
        if !self.is_acknowledged_within(ACKNOWLEDGED) {
            let why = "a transaction is given up whose records the broker did not acknowledge".to_owned();
            return Err(Useless { why, left: Left::Open });
        }
        let deadline = Instant::now() + self.timeout;
        while let Err(error) = self.producer.abort_transaction(ABORT_STEP) {
            if Remedy::of(&error) != Remedy::Again || Instant::now() > deadline {
                return Err(Useless::new(&error));
            }
            self.producer.poll(Duration::ZERO);
        }
        Ok(())
    }

    /// Serves the client: errors, logs, failed records.
    pub(super) fn poll(&self) {
        self.producer.poll(Duration::ZERO);
    }

    /// Whether no record waits for its acknowledgement, at the latest after `wait`.
    fn is_acknowledged_within(&self, wait: Duration) -> bool {
        let all = native::flush(self.producer.as_ref(), wait);
        self.producer.poll(Duration::ZERO);
        all && self.producer.in_flight_count() == 0
    }

    fn flush(&self, deadline: Instant) -> Result<(), Failure> {
        loop {
            if self.is_acknowledged_within(FLUSH_STEP) {
                return Ok(());
            }
            if let Some(error) = self.broken() {
                return Err(self.failure(error));
            }
            if Instant::now() > deadline {
                let text = "the broker did not acknowledge the records in time".to_owned();
                return Err(Failure::Abort(Cause { code: Code::OperationTimedOut, text }));
            }
        }
    }

    /// Why the open transaction can only be aborted; `None` while it can be committed. librdkafka keeps the records of one that
    /// failed until then, so who waits for their acknowledgement would learn nothing but that none came. To begin within a
    /// transaction changes nothing, and is refused with the reason.
    fn broken(&self) -> Option<KafkaError> {
        self.producer.begin_transaction().err().filter(|error| Remedy::of(error) == Remedy::Abort)
    }

    /// Calls again while librdkafka says that the same call may be made again, at most until `deadline`.
    fn repeat<T>(
        &self,
        deadline: Instant,
        mut call: impl FnMut(Duration) -> Result<T, KafkaError>,
    ) -> Result<T, KafkaError> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let error = match call(left.max(PAUSE)) {
                Ok(returned) => return Ok(returned),
                Err(error) => error,
            };
            if Remedy::of(&error) != Remedy::Again || Instant::now() >= deadline {
                return Err(error);
            }
            tracing::debug!(error = error::text(&error), "a transactional call is made again");
            self.producer.poll(Duration::ZERO);
            std::thread::sleep(PAUSE);
        }
    }

    fn failure(&self, error: KafkaError) -> Failure {
        match Remedy::of(&error) {
            Remedy::Recreate if !matches!(error, KafkaError::MessageProduction(_)) => {
                Failure::Useless(Useless::new(&error))
            }
            _ => Failure::Abort(Cause { code: error::code(&error), text: error::text(&error) }),
        }
    }

    /// What the caller must do after an abort for this cause.
    pub(super) fn exit(&self, cause: Cause) -> Exit {
        self.producer.poll(Duration::ZERO);
        if let Some(failed) = self.producer.context().take() {
            if matches!(failed.code, Code::MessageSizeTooLarge | Code::InvalidMessageSize) {
                return Exit::Fatal(format!(
                    "a record of {} bytes is larger than topic `{}` takes: raise its `max.message.bytes` (at most {} here), \
                     then start again; nothing of its transaction is visible",
                    failed.size,
                    failed.topic,
                    config::MAX_RECORD
                ));
            }
            if let Some(exit) =
                error::lasting(failed.code, &format!("a record for topic `{}` is refused", failed.topic))
            {
                return exit;
            }
        }
        if error::is_no_member(cause.code) {
            return Exit::Fenced(format!(
                "`{}` is no member of its group any more: {}",
                self.transactional_id, cause.text
            ));
        }
        let why = self.producer.context().not_added().unwrap_or_default();
        error::lasting(cause.code, &format!("a transaction of `{}` is refused: {why}", self.transactional_id))
            .unwrap_or(Exit::Retry(cause.text))
    }
}

pub(super) fn to_send<'a>(topic: &'a str, record: &'a Outgoing) -> BaseRecord<'a, [u8], [u8]> {
    // Zero is no timestamp to librdkafka: it would put the wall clock there.
    let mut next = BaseRecord::to(topic).partition(record.partition.0).timestamp(record.timestamp.millis().max(1));
    next.key = record.key.as_deref();
    next.payload = record.value.as_deref();
    if !record.headers.is_empty() {
        let headers = OwnedHeaders::new_with_capacity(record.headers.len());
        let insert = |headers: OwnedHeaders, (key, value): &'a crate::Header| {
            headers.insert(Header { key, value: Some(value.as_ref()) })
        };
        next.headers = Some(record.headers.iter().fold(headers, insert));
    }
    next
}

#[cfg(test)]
mod tests {
    use events::{EventTime, Partition, Topic};
    use rdkafka::ClientConfig;
    use rdkafka::consumer::{BaseConsumer, Consumer};
    use rdkafka::mocking::{MockCluster, MockCoordinator};

    use super::*;
    use crate::kafka::Patience;

    /// Two brokers: the first coordinates transactions, and the second, which goes down, the group.
    #[test]
    fn a_group_coordinator_that_is_gone_does_not_hold_a_transaction_for_ever() {
        let cluster = MockCluster::new(2).unwrap();
        cluster.create_topic("calls", 1, 1).unwrap();
        cluster.partition_leader("calls", 0, Some(1)).unwrap();
        cluster.coordinator(MockCoordinator::Transaction("worker".to_owned()), 1).unwrap();
        cluster.coordinator(MockCoordinator::Group("group".to_owned()), 2).unwrap();
        let mut settings = KafkaSettings::new(cluster.bootstrap_servers());
        settings.patience = Patience { request: Duration::from_millis(500), ..Patience::default() };
        let producer = TxnProducer::new(&settings, "worker", Duration::from_secs(10)).unwrap();
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", cluster.bootstrap_servers()).set("group.id", "group");
        let member: BaseConsumer = client.create().unwrap();
        let mut offsets = TopicPartitionList::new();
        offsets.add_partition_offset("calls", 0, rdkafka::Offset::Offset(7)).unwrap();
        let record = Outgoing {
            topic: Topic::Calls,
            partition: Partition(0),
            timestamp: EventTime::from_millis(1),
            key: None,
            value: None,
            headers: Vec::new(),
        };
        let committed = |offsets: TopicPartitionList| {
            let begun = Instant::now();
            producer.begin().unwrap();
            producer.send("calls", &record, begun).unwrap();
            producer.commit(Some((offsets, member.group_metadata().unwrap())), begun)
        };
        committed(offsets.clone()).unwrap();
        cluster.broker_down(2).unwrap();
        let Err(Failure::Useless(useless)) = committed(offsets) else { panic!("it cannot be committed") };
        assert!(useless.left == Left::Unknown && useless.why.contains("does not return"), "{useless:?}");
    }
}

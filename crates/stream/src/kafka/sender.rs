//! Sending records outside a worker: commands such as a retry of dead letters, schemas, tests.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::Message;
use rdkafka::client::ClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};

use super::producer::{Failure, Left, TxnProducer, Useless, to_send};
use super::{KafkaSettings, config, error, native};
use crate::{Exit, Outgoing};

/// One wait for acknowledgements.
const STEP: Duration = Duration::from_millis(100);

/// Sends records without a transaction: each is visible as soon as it is acknowledged.
pub struct Sender {
    producer: BaseProducer<Refused>,
    settings: KafkaSettings,
}

impl Sender {
    /// A sender that has not connected yet.
    ///
    /// # Errors
    /// [`Exit::Fatal`] when no client can be made of the settings.
    pub fn new(settings: &KafkaSettings) -> Result<Self, Exit> {
        let failed = |error: KafkaError| Exit::Fatal(format!("the producer cannot be made: {error}"));
        let config = config::plain(settings, "firebreak.sender");
        Ok(Self {
            producer: config.create_with_context(Refused::default()).map_err(failed)?,
            settings: settings.clone(),
        })
    }

    /// Sends these records and waits until all are acknowledged.
    ///
    /// # Errors
    /// See [`Exit`]; after one, any of the records may or may not be there.
    pub fn send(&self, records: &[Outgoing]) -> Result<(), Exit> {
        let deadline = Instant::now() + self.settings.patience.connect;
        for record in records {
            let name = self.settings.topic(record.topic);
            let mut next = to_send(&name, record);
            while let Err((error, back)) = self.producer.send(next) {
                if error::code(&error) != Code::QueueFull || Instant::now() > deadline {
                    return Err(error::exit(&error, &format!("a record for topic `{name}` is refused")));
                }
                native::flush(&self.producer, STEP);
                self.producer.poll(Duration::ZERO);
                next = back;
            }
        }
        while !native::flush(&self.producer, STEP) || self.producer.in_flight_count() > 0 {
            self.producer.poll(Duration::ZERO);
            if Instant::now() > deadline {
                return Err(Exit::Retry("the broker did not acknowledge the records in time".to_owned()));
            }
        }
        let refused = self.producer.context().0.lock().unwrap_or_else(PoisonError::into_inner).take();
        refused.map_or(Ok(()), |(code, topic)| {
            Err(error::exit(&KafkaError::MessageProduction(code), &format!("a record for topic `{topic}` is refused")))
        })
    }
}

/// A producer's context that keeps why a record was refused.
#[derive(Debug, Default)]
struct Refused(Mutex<Option<(Code, String)>>);

impl ClientContext for Refused {}

impl ProducerContext for Refused {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, message)) = result {
            let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| (error::code(error), message.topic().to_owned()));
        }
    }
}

/// Sends records in transactions, without a group: all of a call's records are visible, or none.
pub struct TransactionalSender {
    producer: TxnProducer,
    settings: KafkaSettings,
}

impl TransactionalSender {
    /// Connects; an earlier one with this id is fenced, and what it left open is aborted.
    ///
    /// # Errors
    /// See [`Exit`].
    pub fn new(settings: &KafkaSettings, transactional_id: &str) -> Result<Self, Exit> {
        let producer = TxnProducer::new(settings, &settings.name(transactional_id), settings.patience.connect)?;
        Ok(Self { producer, settings: settings.clone() })
    }

    /// Commits these records in one transaction.
    ///
    /// # Errors
    /// See [`Exit`]. After [`Exit::Retry`] nothing is visible and the call may be repeated; after any other this sender is
    /// of no more use, and whether the records are visible must be looked up.
    pub fn send(&self, records: impl IntoIterator<Item = Outgoing>) -> Result<(), Exit> {
        let begun = Instant::now();
        let sent = self.producer.begin().and_then(|()| {
            for record in records {
                let name = self.settings.topic(record.topic);
                self.producer.send(&name, &record, begun)?;
            }
            self.producer.commit(None, begun)
        });
        let useless = match sent {
            Ok(()) => return Ok(()),
            Err(Failure::Useless(useless)) => useless,
            Err(Failure::Abort(cause)) => match self.producer.abort() {
                Ok(()) => return Err(self.producer.exit(cause)),
                Err(useless) => match self.producer.exit(cause) {
                    lasting @ Exit::Fatal(_) => return Err(lasting),
                    _ => useless,
                },
            },
        };
        let id = self.producer.transactional_id();
        Err(match useless {
            Useless { why, left: Left::Fenced } => {
                Exit::Replaced(format!("another process uses transactional id `{id}`: {why}; wait until it is done"))
            }
            Useless { why, left: Left::Unknown } => {
                Exit::Fatal(format!("a transaction of `{id}` ended unknown: {why}"))
            }
            Useless { why, left: Left::Open } => {
                Exit::Fatal(format!("nothing of a transaction of `{id}` is visible: {why}"))
            }
        })
    }
}

//! What a transactional producer hears of itself: the record that failed, and why a transaction is refused.

use std::sync::{Mutex, PoisonError};

use rdkafka::Message;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;

use super::error;

/// A record that was not taken.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    pub(super) code: Code,
    pub(super) topic: String,
    pub(super) size: usize,
}

/// The producer's context: keeps the first record that failed in a transaction. The commit tells of all the others.
#[derive(Debug, Default)]
pub(super) struct Failures {
    first: Mutex<Option<Failed>>,
    /// What librdkafka last logged of a partition that a transaction may not write to: the error itself does not name it.
    not_added: Mutex<Option<String>>,
}

impl Failures {
    /// The first record that failed since it was asked for last.
    pub(super) fn take(&self) -> Option<Failed> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What was last logged of a partition that a transaction may not write to, since it was asked for last.
    pub(super) fn not_added(&self) -> Option<String> {
        self.not_added.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A record was not taken.
    pub(super) fn note(&self, code: Code, topic: &str, size: usize) {
        // Those that are purged in an abort are no cause of it.
        if !matches!(code, Code::PurgeQueue | Code::PurgeInflight | Code::QueueFull) {
            let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert(Failed { code, topic: topic.to_owned(), size });
        }
    }
}

impl ClientContext for Failures {
    fn error(&self, error: KafkaError, reason: &str) {
        tracing::warn!(%error, reason, "kafka client");
    }

    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        if facility == "ADDPARTS" {
            message.clone_into(self.not_added.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default());
        }
        match level {
            RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => tracing::debug!(facility, message, "librdkafka"),
            RDKafkaLogLevel::Notice => tracing::info!(facility, message, "librdkafka"),
            _ => tracing::warn!(facility, message, "librdkafka"),
        }
    }
}

impl ProducerContext for Failures {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, message)) = result {
            self.note(error::code(error), message.topic(), message.payload().map_or(0, <[u8]>::len));
        }
    }
}

//! Two calls of librdkafka that its Rust layer lacks or makes slow.
#![expect(unsafe_code, reason = "calls librdkafka; each block says why it is sound")]

use std::ffi::CStr;
use std::time::Duration;

use rdkafka::bindings;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};
use rdkafka::types::RDKafkaRespErr;

/// Waits until everything that was sent is acknowledged or has failed, at most for `wait`; whether it came to that.
///
/// The Rust layer's own flush asks librdkafka with a timeout of zero and polls for 100 ms whenever something is in flight; this
/// one lets librdkafka wait, which also overrides the linger.
pub(super) fn flush<C: ProducerContext>(producer: &BaseProducer<C>, wait: Duration) -> bool {
    let millis = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: the pointer is that of a live client, which `producer` keeps alive through the call.
    let answer = unsafe { bindings::rd_kafka_flush(producer.client().native_ptr(), millis) };
    answer == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR
}

/// Whether the group counts this consumer in, as far as it knows itself. One that was expelled or has left loses its member id,
/// its generation, or one after the other both; and metadata with neither commits without any check of the group.
pub(super) fn is_member<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> bool {
    // SAFETY: the pointer is that of a live client. What comes back is ours until it is destroyed below; the text in it is
    // ended by NUL, lives as long as it does and is read before that.
    unsafe {
        let metadata = bindings::rd_kafka_consumer_group_metadata(consumer.client().native_ptr());
        if metadata.is_null() {
            return false;
        }
        let member = bindings::rd_kafka_consumer_group_metadata_member_id(metadata);
        let named = !member.is_null() && !CStr::from_ptr(member).is_empty();
        let generation = bindings::rd_kafka_consumer_group_metadata_generation_id(metadata);
        bindings::rd_kafka_consumer_group_metadata_destroy(metadata);
        named && generation >= 0
    }
}

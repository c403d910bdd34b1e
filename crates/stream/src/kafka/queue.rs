//! A queue of our own for records: partitions are forwarded to it, and it is emptied in batches.
//!
//! A batch call costs a quarter of a poll for each message. It must never be made on the group's own queue, where it would
//! answer a rebalance by giving everything up; here no rebalance ever arrives.
#![expect(unsafe_code, reason = "calls librdkafka; each block says why it is sound")]

use std::ffi::{CStr, CString};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use events::{EventTime, Offset, Partition, Topic};
use rdkafka::bindings;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::types::RDKafkaRespErr;

use super::membership::Membership;
use crate::{Header, Raw};

/// Messages taken with one call.
const BATCH: usize = 1_024;

/// A queue that partitions of one consumer are forwarded to.
pub(super) struct DataQueue {
    queue: NonNull<bindings::rd_kafka_queue_t>,
    consumer: Arc<BaseConsumer<Membership>>,
    buffer: Vec<*mut bindings::rd_kafka_message_t>,
}

// SAFETY: librdkafka's queues may be used from any thread; `DataQueue` is used through `&mut`, so from one at a time, and the
// pointers in `buffer` are stale between calls and never read.
unsafe impl Send for DataQueue {}

/// An input topic, by its name in the cluster.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: CString,
    pub(super) topic: Topic,
}

/// A partition that cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub(super) name: String,
    pub(super) partition: i32,
    pub(super) code: RDKafkaErrorCode,
}

impl DataQueue {
    /// An empty queue; `None` when librdkafka makes none, which it does only without memory.
    pub(super) fn new(consumer: &Arc<BaseConsumer<Membership>>) -> Option<Self> {
        // SAFETY: the pointer is that of a live client; `consumer` keeps it alive for as long as the queue.
        let queue = unsafe { bindings::rd_kafka_queue_new(consumer.client().native_ptr()) };
        let queue = NonNull::new(queue)?;
        Some(Self { queue, consumer: Arc::clone(consumer), buffer: vec![ptr::null_mut(); BATCH] })
    }

    /// What is fetched of this partition comes here from now on; must be said again after each assignment.
    pub(super) fn forward(&self, topic: &CStr, partition: Partition) {
        // SAFETY: client and queue are alive, the name is ended by NUL. The partition's queue that comes back is a reference
        // of ours, given back at once; the forwarding holds its own.
        unsafe {
            let client = self.consumer.client().native_ptr();
            let from = bindings::rd_kafka_queue_get_partition(client, topic.as_ptr(), partition.0);
            if !from.is_null() {
                bindings::rd_kafka_queue_forward(from, self.queue.as_ptr());
                bindings::rd_kafka_queue_destroy(from);
            }
        }
    }

    /// Waits at most `wait` and hands out messages where they lie in librdkafka.
    pub(super) fn fetch(&mut self, wait: Duration) -> Taken<'_> {
        let millis = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the queue is alive; `buffer` has room for as many pointers as it is said to have.
        let count = unsafe {
            bindings::rd_kafka_consume_batch_queue(
                self.queue.as_ptr(),
                millis,
                self.buffer.as_mut_ptr(),
                self.buffer.len(),
            )
        };
        Taken(self.buffer.get(..usize::try_from(count).unwrap_or(0)).unwrap_or_default())
    }

    /// Waits at most `wait` for a first message, takes what is there, and appends copies of the `wanted`. Returns how many
    /// messages there were, and a partition that cannot be read, if there is one.
    pub(super) fn take(
        &mut self,
        wait: Duration,
        inputs: &[Named],
        mut wanted: impl FnMut(Topic, Partition, Offset) -> bool,
        into: &mut Vec<Raw>,
    ) -> (usize, Option<Unreadable>) {
        let taken = self.fetch(wait);
        // One allocation for all bytes of the batch; the records share it.
        let mut arena = BytesMut::with_capacity(taken.messages().map(|message| message.size()).sum());
        let mut unreadable = None;
        for message in taken.messages() {
            let name = message.topic();
            let known = inputs.iter().find(|input| input.name.as_c_str() == name).map(|input| input.topic);
            let (partition, offset) = (message.partition(), message.offset());
            if let Some(code) = message.error() {
                let name = name.to_string_lossy().into_owned();
                unreadable = Some(Unreadable { name, partition: partition.0, code });
                continue;
            }
            let Some(topic) = known.filter(|topic| wanted(*topic, partition, offset)) else { continue };
            let mut copy = |bytes: &[u8]| {
                arena.extend_from_slice(bytes);
                arena.split().freeze()
            };
            let key = message.key().map(&mut copy);
            let value = message.value().map(&mut copy);
            into.push(Raw {
                topic,
                partition,
                offset,
                timestamp: message.timestamp(),
                key,
                value,
                headers: message.headers(),
            });
        }
        (taken.0.len(), unreadable)
    }
}

impl Drop for DataQueue {
    fn drop(&mut self) {
        // SAFETY: the reference is ours, and this is its only end; the client outlives it through `consumer`.
        unsafe { bindings::rd_kafka_queue_destroy(self.queue.as_ptr()) }
    }
}

/// Messages that are given back together.
pub(super) struct Taken<'a>(&'a [*mut bindings::rd_kafka_message_t]);

/// One message while it is ours.
#[derive(Clone, Copy)]
pub(super) struct Message<'a>(&'a bindings::rd_kafka_message_t);

impl Taken<'_> {
    pub(super) fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        // SAFETY: librdkafka filled these places with messages, which are ours until `drop` gives them back; a `Message`
        // borrows `self`, so none outlives that.
        self.0.iter().filter_map(|message| unsafe { message.as_ref() }.map(Message))
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for message in self.0 {
            // SAFETY: each message is ours and is given back once.
            unsafe { bindings::rd_kafka_message_destroy(*message) }
        }
    }
}

impl<'a> Message<'a> {
    pub(super) fn topic(self) -> &'a CStr {
        if self.0.rkt.is_null() {
            return c"";
        }
        // SAFETY: a message holds its topic alive, and a topic its name, which is ended by NUL.
        unsafe { CStr::from_ptr(bindings::rd_kafka_topic_name(self.0.rkt)) }
    }

    pub(super) fn partition(self) -> Partition {
        Partition(self.0.partition)
    }

    pub(super) fn offset(self) -> Offset {
        Offset(self.0.offset)
    }

    /// Why it is none, but news of a partition that cannot be read.
    pub(super) fn error(self) -> Option<RDKafkaErrorCode> {
        (self.0.err != RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR).then(|| self.0.err.into())
    }

    pub(super) fn key(self) -> Option<&'a [u8]> {
        // SAFETY: pointer and length of a message's key belong together; the bytes live as long as the message.
        unsafe { slice(self.0.key.cast(), self.0.key_len) }
    }

    pub(super) fn value(self) -> Option<&'a [u8]> {
        // SAFETY: as for the key.
        unsafe { slice(self.0.payload.cast(), self.0.len) }
    }

    pub(super) fn size(self) -> usize {
        self.0.key_len + self.0.len
    }

    pub(super) fn timestamp(self) -> EventTime {
        // SAFETY: the message is alive; the kind of timestamp is not asked for.
        let millis = unsafe { bindings::rd_kafka_message_timestamp(self.0, ptr::null_mut()) };
        EventTime::from_millis(millis.max(0))
    }

    fn headers(self) -> Vec<Header> {
        let mut list = ptr::null_mut();
        // SAFETY: the message is alive, and keeps the list of headers until it is given back.
        if unsafe { bindings::rd_kafka_message_headers(self.0, &mut list) }
            != RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR
        {
            return Vec::new();
        }
        let header = |index| {
            let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
            // SAFETY: the list is alive; beyond its end the call fails and writes nothing. A name is ended by NUL, value and
            // size belong together, and both live as long as the message.
            unsafe {
                let answer = bindings::rd_kafka_header_get_all(list, index, &mut name, &mut value, &mut size);
                (answer == RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR).then(|| {
                    let value = slice(value.cast(), size).map(Bytes::copy_from_slice).unwrap_or_default();
                    (CStr::from_ptr(name).to_string_lossy().into_owned().into(), value)
                })
            }
        };
        (0..).map_while(header).collect()
    }
}

/// The bytes at `start`; `None` for a null pointer.
///
/// # Safety
/// Unless `start` is null, `length` bytes there must stay unchanged for `'a`.
unsafe fn slice<'a>(start: *const u8, length: usize) -> Option<&'a [u8]> {
    // SAFETY: the caller vouches for it.
    (!start.is_null()).then(|| unsafe { std::slice::from_raw_parts(start, length) })
}

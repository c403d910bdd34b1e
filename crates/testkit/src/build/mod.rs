//! What stages work on, with sensible defaults: change the fields that a test is about with struct update or assignment.

mod book;
mod mention;
mod notification;
mod tally;

use events::{BookVersion, EventTime, PartitionCount};
use stream::Context;

pub use book::{book, brand, theme};
pub use mention::{at, author, classified, enriched, mention};
pub use notification::notification;
pub use tally::volume;

/// 2026-11-02T02:05:00Z, a Monday: when everything here happens unless a test says otherwise.
pub const AT: EventTime = EventTime::from_millis(1_793_585_100_000);

/// Version of the book that no test reads.
pub fn book_version() -> BookVersion {
    BookVersion::new("0123456789ab")
}

/// What a stage is told besides its batch, before any time has passed.
pub fn context() -> Context {
    Context {
        stream_time: EventTime::EPOCH,
        unconfirmed: false,
        book_version: book_version(),
        partitions: PartitionCount::DEFAULT,
    }
}

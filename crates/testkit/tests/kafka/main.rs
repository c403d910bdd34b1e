//! The log over Apache Kafka, against a broker that the first test starts.
#![cfg(feature = "kafka")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails, also in its fixtures")]
#![expect(clippy::print_stdout, reason = "a test that is its own child process talks through it")]

mod contract;
mod defects;
mod faults;
mod raw_copy;
mod unanswered;

//! What tests of several crates share: builders, toy stages, the contract suite for logs, and a log that crashes.
//!
//! [`contract`] is written against the ports alone, so that every log passes the same cases. Nothing here is part of a
//! program.

// A test that cannot go on stops here, so that its message names the step that failed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod build;
pub mod contract;
pub mod crash;
pub mod drive;
pub mod embedded;
pub mod examples;
pub mod figures;
#[cfg(feature = "kafka")]
pub mod kafka;
pub mod postgres;
pub mod receiver;
pub mod registry;
pub mod schedule;
mod script;
pub mod toy;

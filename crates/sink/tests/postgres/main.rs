//! `sink.postgres` against a real PostgreSQL that the tests start.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails, also in its fixtures")]

mod crashing;
mod database;
mod exactly_once;
mod faults;
mod input;
#[cfg(feature = "kafka")]
mod kafka;
mod migrations;
mod refused;
mod rows;
mod tls;

//! Ingest as a service: webhook and watched folder over a log, each record answered or passed only with its commit.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails, also in its fixtures")]

mod crash;
mod fixture;
mod folder;
mod http;
#[cfg(feature = "kafka")]
mod kafka;
mod overload;
mod refused;
mod slow;
mod webhook;

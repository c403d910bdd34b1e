//! The runtime of Firebreak's stages.
//!
//! A stage turns one batch of one partition into one verdict per record ([`Stage`]). The runtime owns everything else:
//! polling, decoding, transactions, offsets, state, retries, dead letters, metrics, shutdown. Logs implement the ports
//! [`Log`] and [`Txn`]: [`memory`] is the embedded one, `kafka` (a cargo feature) the one over Apache Kafka.

#[cfg(all(feature = "planted-defects", not(debug_assertions)))]
compile_error!("feature `planted-defects` breaks what this program promises: it is for tests, never for a release");

#[cfg(feature = "admin")]
pub mod admin;
mod backoff;
mod behind;
mod dead_letter;
mod defect;
#[cfg(feature = "kafka")]
pub mod kafka;
mod kill_point;
pub mod memory;
pub mod metrics;
pub mod ports;
pub mod progress;
mod reference;
pub mod service;
pub mod stage;
pub mod state;
pub mod store;
pub mod worker;

pub use backoff::Backoff;
pub use dead_letter::dead_letter;
pub use defect::{Defect, Planted};
pub use kill_point::KillPoint;
pub use ports::*;
pub use reference::{ReferenceTable, TableReader};
pub use stage::*;
pub use state::*;
pub use worker::*;

//! Records that lie in no log: pushed by a webhook or read from a watched folder, they enter the pipeline here.
//!
//! ```text
//! webhook server ──► Intake (bounded) ──┐
//!                                       ├──► IngestWorker ──► PushedLog ──► one transaction: mentions, state, turn
//! watched folder (read on its thread) ──┘                                   │
//!        ▲                                                                  │
//!        └── answers, and places in files, only after the commit ◄──────────┘
//! ```
//! Nothing is kept for a second try: what was not committed was not answered, so whoever pushed it pushes it again, and a
//! file is read again from the place in the committed state. Twice the same mention is a duplicate for enrich.

mod log;
mod queue;
mod worker;

pub use log::{PushedLog, PushedTxn};
pub use queue::{Intake, Pushed, Room};
pub use worker::IngestWorker;
pub(crate) use worker::now;

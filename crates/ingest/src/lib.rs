//! Sources and the pure parse of each payload into a [`Mention`](events::Mention).
//!
//! [`Ingest`] turns input lines into mentions, checked and triaged; what cannot become one is rejected with a detail that
//! names the field, what is expected there and never what the text says. Reading files and pipes is [`source`]'s matter,
//! the only part of this crate that touches the outside.

#[cfg(feature = "service")]
mod directory;
mod explain;
mod input;
#[cfg(feature = "service")]
pub mod intake;
mod line;
mod mention;
mod other;
mod parse;
mod quick;
pub mod source;
mod stage;
mod stamp;
mod triage;
#[cfg(feature = "service")]
pub mod webhook;

#[cfg(feature = "service")]
pub use directory::Directory;
pub use input::InputLine;
pub use stage::{Ingest, IngestState, ReceiptClock};
pub use triage::triage_phrases;

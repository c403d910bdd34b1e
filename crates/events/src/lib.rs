//! The vocabulary of Firebreak: events, identifiers, topic names, and the Avro codec.
//!
//! The only crate that knows Avro. Types here are data with at most arithmetic; decisions belong to the stages.

mod action;
mod call;
mod case;
mod classification;
pub mod codec;
pub mod compatibility;
mod enrichment;
mod id;
mod incident;
mod mention;
mod payload;
mod persons;
mod runtime;
mod tally;
mod tally_sheet;
mod time;
mod topic;

pub use action::*;
pub use call::*;
pub use case::*;
pub use classification::*;
pub use codec::{
    Codec, DecodeError, EncodeError, Event, Framing, PartOf, SchemaId, SchemaSource, SchemaUnavailable, Straight,
};
pub use enrichment::*;
pub use id::*;
pub use incident::*;
pub use mention::*;
pub use payload::*;
pub use runtime::*;
pub use tally::*;
pub use tally_sheet::*;
pub use time::*;
pub use topic::*;

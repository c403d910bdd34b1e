//! Avro: events to bytes and back.
//!
//! A record carries the id of the schema it was written with: Confluent framing (magic byte 0 and a registry's id) or
//! single-object encoding (the schema's fingerprint). It is read with that schema, straight into the event's type:
//! fields that an older writer lacks take serde's default, fields that this build does not know are skipped.
//! Bytes come from outside: nothing here may panic on them or reserve memory on their word.
//!
//! apache-avro parses the schemas and tells their fingerprints; reading and writing by a compiled plan is this module's
//! own, because it is several times faster; and events that every mention brings, or parts of them, go past the plan
//! ([`Straight`], [`crate::parts`]). Tests hold every byte against apache-avro.

mod byte_fields;
mod fault;
mod frame;
mod input;
mod json;
mod plan;
mod read;
mod schemas;
mod straight;
mod write;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Serialize, de::DeserializeOwned};

pub(crate) use byte_fields::hex;
pub use byte_fields::{bytes, optional_bytes};
pub use fault::Fault;
pub use frame::{Fingerprint, SchemaId};
pub use input::Input;
pub use schemas::{EmbeddedSchema, embedded};
pub(crate) use straight::straight;
pub use straight::{Datum, Straight, pass_over};

use self::plan::Plan;
use self::schemas::{compiled, place};
use self::straight::{Reader, read_all};

/// No record is longer: brokers refuse it, and so does this codec, both ways.
pub const MAX_RECORD_BYTES: usize = 4 << 20;

/// An event with a schema of its own.
pub trait Event: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Which schema: the name of its folder under `schemas/`, such as `mention` or `dead-letter`.
    const SCHEMA: &'static str;
    /// How it goes past its schema's plan, if it does.
    const STRAIGHT: Option<Straight<Self>> = None;
}

/// Some of the fields of an event, for a reader that needs no more: the others are passed over and not built.
///
/// Records in it have the names of the event's, and fields the names of theirs. [`crate::parts`] lets it be read straight.
pub trait PartOf: DeserializeOwned + Datum {
    /// The event.
    type Event: Event;
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

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a usable schema: {0}")]
pub struct SchemaError(pub(crate) String);

thread_local! {
    /// Where a record is written before it is copied out.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::default();
}

/// Where the schemas of other builds are found: a registry, or the topic `schemas`.
pub trait SchemaSource: Send + Sync {
    /// The text of a schema; `None` when nobody knows it.
    ///
    /// # Errors
    /// It cannot be asked for now.
    fn find(&self, id: SchemaId) -> Result<Option<String>, SchemaUnavailable>;
}

/// A schema cannot be looked up now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a schema cannot be looked up now: {0}")]
pub struct SchemaUnavailable(pub String);

/// Writes and reads events. Cheap to clone, clones share what they learn; all schemas are parsed once.
#[derive(Clone, Default)]
pub struct Codec {
    framing: Framing,
    learned: Arc<RwLock<Learned>>,
    source: Option<Arc<dyn SchemaSource>>,
}

/// What a registry, or the topic `schemas`, has taught.
#[derive(Default)]
struct Learned {
    /// Schemas by what names them in a record.
    plans: BTreeMap<SchemaId, Arc<Plan>>,
    /// The registry's ids of this build's schemas, by their place.
    written: BTreeMap<usize, u32>,
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Codec").field("framing", &self.framing).finish_non_exhaustive()
    }
}

impl Codec {
    /// A codec that frames records this way. It reads both ways.
    pub fn new(framing: Framing) -> Self {
        Self { framing, ..Self::default() }
    }

    /// The same, with a place to look for schemas that it does not know.
    #[must_use]
    pub fn looking_in(self, source: Arc<dyn SchemaSource>) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Looks for the schema of a record that it does not know. Afterwards the record can be read, or nobody knows its schema.
    ///
    /// # Errors
    /// It cannot be looked for now: the record must wait.
    pub fn look_up(&self, bytes: &[u8]) -> Result<(), SchemaUnavailable> {
        let Ok((id, _)) = SchemaId::read(bytes) else { return Ok(()) };
        let known = embedded_plan(id).is_some()
            || self.learned.read().unwrap_or_else(PoisonError::into_inner).plans.contains_key(&id);
        let Some(source) = self.source.as_ref().filter(|_| !known) else { return Ok(()) };
        // A text that is no schema is as good as none.
        source.find(id).map(|text| text.is_some_and(|text| self.learn(id, &text).is_ok())).map(drop)
    }

    /// Learns the schema that other builds' records name by `id`, so that they can be read.
    ///
    /// # Errors
    /// The text is no Avro schema, or not the one that the fingerprint names.
    pub fn learn(&self, id: SchemaId, text: &str) -> Result<(), SchemaError> {
        let mut learned = self.learned.write().unwrap_or_else(PoisonError::into_inner);
        if learned.plans.contains_key(&id) {
            return Ok(());
        }
        let (plan, fingerprint) = schemas::parse(text)?;
        if let SchemaId::Fingerprint(named) = id
            && named != fingerprint
        {
            return Err(SchemaError(format!("it has fingerprint {fingerprint}, not {named}")));
        }
        learned.plans.insert(id, Arc::new(plan));
        Ok(())
    }

    /// Tells the registry's id of this build's schema `name`: Confluent framing writes and reads it from now on.
    ///
    /// # Errors
    /// This build has no such schema.
    pub fn register(&self, name: &str, id: u32) -> Result<(), SchemaError> {
        let found = compiled().iter().position(|compiled| compiled.schema.name == name);
        let place = found.ok_or_else(|| SchemaError(format!("there is no schema `{name}`")))?;
        self.learn(SchemaId::Registry(id), compiled()[place].schema.text)?;
        self.learned.write().unwrap_or_else(PoisonError::into_inner).written.insert(place, id);
        Ok(())
    }

    /// Writes an event, framed.
    ///
    /// # Errors
    /// The event does not fit its schema, or the registry's id of its schema was not told.
    pub fn encode<T: Event>(&self, event: &T) -> Result<Vec<u8>, EncodeError> {
        SCRATCH.with_borrow_mut(|bytes| {
            bytes.clear();
            self.write_framed(event, bytes)?;
            // A copy of exactly the right size: a record lives on, and room to grow would live on with it.
            Ok(bytes.as_slice().to_vec())
        })
    }

    fn write_framed<T: Event>(&self, event: &T, bytes: &mut Vec<u8>) -> Result<(), EncodeError> {
        let error = |detail: String| EncodeError { schema: T::SCHEMA, detail };
        let place = const { place(T::SCHEMA) };
        let compiled = &compiled()[place];
        match self.framing {
            Framing::SingleObject => SchemaId::Fingerprint(compiled.schema.fingerprint).write(bytes),
            Framing::Confluent => {
                let learned = self.learned.read().unwrap_or_else(PoisonError::into_inner);
                let id = learned.written.get(&place).ok_or_else(|| error("the registry's id is not known".into()))?;
                SchemaId::Registry(*id).write(bytes);
            }
        }
        match T::STRAIGHT {
            Some(straight) => (straight.write)(event, bytes),
            None => write::write(&compiled.plan, event, bytes).map_err(|fault| error(fault.to_string()))?,
        }
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(error(format!("{} bytes are more than {MAX_RECORD_BYTES}", bytes.len())));
        }
        Ok(())
    }

    /// Reads a framed event with its writer's schema.
    ///
    /// # Errors
    /// The schema is unknown, or the bytes are no such event.
    pub fn decode<T: Event>(&self, bytes: &[u8]) -> Result<T, DecodeError> {
        self.decode_as(const { place(T::SCHEMA) }, T::STRAIGHT.map(|straight| straight.read), bytes)
    }

    /// Reads some of the fields of a framed event.
    ///
    /// # Errors
    /// As [`Codec::decode`].
    pub fn decode_part<T: PartOf>(&self, bytes: &[u8]) -> Result<T, DecodeError> {
        self.decode_as(const { place(T::Event::SCHEMA) }, Some(T::read), bytes)
    }

    /// Reads what the schema at `place` or another build's writer says.
    fn decode_as<T: DeserializeOwned>(
        &self,
        place: usize,
        straight: Option<Reader<T>>,
        bytes: &[u8],
    ) -> Result<T, DecodeError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(DecodeError::Corrupt(format!("{} bytes are more than {MAX_RECORD_BYTES}", bytes.len())));
        }
        let (id, datum) = SchemaId::read(bytes)?;
        let own = &compiled()[place];
        if id == SchemaId::Fingerprint(own.schema.fingerprint) {
            let read_straight = straight.and_then(|read| read_all(read, datum));
            return read_straight.map_or_else(|| read(&own.plan, datum), Ok);
        }
        self.with_plan(id, |plan| read(plan, datum))
    }

    /// Appends the JSON of a framed record, whatever event it is: the text that its type gives, without building it.
    ///
    /// # Errors
    /// The schema is unknown, or the bytes are not of it.
    pub fn write_json(&self, bytes: &[u8], into: &mut Vec<u8>) -> Result<(), DecodeError> {
        let (id, datum) = SchemaId::read(bytes)?;
        let corrupt = |fault: fault::Fault| DecodeError::Corrupt(fault.to_string());
        self.with_plan(id, |plan| json::transcode(plan, datum, into).map_err(corrupt))
    }

    /// Reads by the schema that a record names.
    fn with_plan<R>(&self, id: SchemaId, read: impl FnOnce(&Plan) -> Result<R, DecodeError>) -> Result<R, DecodeError> {
        if let Some(plan) = embedded_plan(id) {
            return read(plan);
        }
        let learned = self.learned.read().unwrap_or_else(PoisonError::into_inner).plans.get(&id).cloned();
        match learned.as_deref() {
            Some(plan) => read(plan),
            None => Err(DecodeError::SchemaUnknown(id.to_string())),
        }
    }
}

/// The plan of a record of another event of this build: it will be refused by name, not as unknown.
fn embedded_plan(id: SchemaId) -> Option<&'static Plan> {
    compiled()
        .iter()
        .find(|compiled| SchemaId::Fingerprint(compiled.schema.fingerprint) == id)
        .map(|compiled| &compiled.plan)
}

fn read<T: DeserializeOwned>(plan: &Plan, datum: &[u8]) -> Result<T, DecodeError> {
    read::read(plan, datum).map_err(|fault| DecodeError::Corrupt(fault.to_string()))
}

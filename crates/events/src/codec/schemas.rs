//! The schemas that this build writes: `schemas/<event>/v1.avsc`, embedded and parsed once.

use std::sync::LazyLock;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::writer::datum::GenericDatumWriter;

use super::{Fingerprint, SchemaError};

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        /// Name and text of every schema, in the order of [`crate::Payload::SCHEMAS`].
        const TEXTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../schemas/", $name, "/v1.avsc")))),+];
    };
}

embedded!(
    "mention",
    "enrichment",
    "classification",
    "tally",
    "incident",
    "case",
    "call",
    "notification",
    "action",
    "link",
    "business",
    "dead-letter",
    "seen",
    "turn",
    "progress",
    "position",
);

/// No string or byte field is longer: a length beyond it is corruption, and must not reserve memory.
pub(super) const MAX_RECORD_BYTES: usize = 4 << 20;

/// A schema of this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedSchema {
    /// Name of its folder, such as `mention`.
    pub name: &'static str,
    /// The `.avsc` text.
    pub text: &'static str,
    /// What single-object encoding names it by.
    pub fingerprint: Fingerprint,
}

/// A parsed schema with everything that records need.
pub(super) struct Compiled {
    pub(super) schema: EmbeddedSchema,
    pub(super) reader: GenericDatumReader<'static>,
    pub(super) writer: GenericDatumWriter<'static>,
}

/// A schema that records were written with: parsed, checked, kept for the life of the process.
pub(super) fn parse(text: &str) -> Result<(&'static Schema, Fingerprint), SchemaError> {
    // The limit is the process's own and only the first call counts, so it comes before any record is read.
    apache_avro::util::max_allocation_bytes(MAX_RECORD_BYTES);
    let schema = Schema::parse_str(text).map_err(|error| SchemaError(error.to_string()))?;
    let rabin = schema.fingerprint::<Rabin>().bytes;
    let bytes = rabin
        .try_into()
        .map_err(|_| SchemaError("its fingerprint has not 8 bytes".into()))?;
    Ok((Box::leak(Box::new(schema)), Fingerprint(u64::from_le_bytes(bytes))))
}

pub(super) fn reader(schema: &'static Schema) -> Result<GenericDatumReader<'static>, SchemaError> {
    GenericDatumReader::builder(schema)
        .human_readable(false)
        .build()
        .map_err(|error| SchemaError(error.to_string()))
}

static COMPILED: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let compile = |(name, text): &(&'static str, &'static str)| {
        let (schema, fingerprint) = parse(text)?;
        let writer = GenericDatumWriter::builder(schema).human_readable(false).build();
        Ok(Compiled {
            schema: EmbeddedSchema {
                name,
                text,
                fingerprint,
            },
            reader: reader(schema)?,
            writer: writer.map_err(|error| SchemaError(error.to_string()))?,
        })
    };
    let compiled: Result<Vec<_>, SchemaError> = TEXTS.iter().map(compile).collect();
    #[expect(
        clippy::expect_used,
        reason = "the texts are part of the build, and a test parses each of them"
    )]
    compiled.expect("an embedded schema is valid Avro")
});

/// Every schema of this build, parsed.
pub(super) fn compiled() -> &'static [Compiled] {
    &COMPILED
}

/// Every schema of this build, in the order of [`crate::Payload::SCHEMAS`].
pub fn embedded() -> impl Iterator<Item = EmbeddedSchema> {
    COMPILED.iter().map(|compiled| compiled.schema)
}

/// Place of schema `name`; an event without a schema does not compile.
pub(super) const fn place(name: &str) -> usize {
    let mut i = 0;
    while i < TEXTS.len() {
        if same(TEXTS[i].0.as_bytes(), name.as_bytes()) {
            return i;
        }
        i += 1;
    }
    panic!("an event names a schema that schemas/ does not have")
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut i = 0;
    while i < left.len() {
        if left[i] != right[i] {
            return false;
        }
        i += 1;
    }
    true
}

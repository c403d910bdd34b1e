//! The first bytes of a record: which schema it was written with.

use std::fmt;

use super::DecodeError;

const SINGLE_OBJECT: [u8; 2] = [0xC3, 0x01];
const CONFLUENT: u8 = 0;

/// CRC-64-AVRO of a schema's canonical form, as the number that its bytes are little-endian for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What a record names its writer's schema by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SchemaId {
    /// Single-object encoding.
    Fingerprint(Fingerprint),
    /// Confluent framing: the registry's id.
    Registry(u32),
}

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fingerprint(fingerprint) => write!(f, "fingerprint {fingerprint}"),
            Self::Registry(id) => write!(f, "registry id {id}"),
        }
    }
}

impl SchemaId {
    /// Reads the frame of a record; returns what follows it.
    ///
    /// # Errors
    /// The bytes start with no frame.
    pub fn read(bytes: &[u8]) -> Result<(Self, &[u8]), DecodeError> {
        if let Some((marker, rest)) = bytes.split_first_chunk::<2>()
            && *marker == SINGLE_OBJECT
            && let Some((fingerprint, datum)) = rest.split_first_chunk::<8>()
        {
            return Ok((Self::Fingerprint(Fingerprint(u64::from_le_bytes(*fingerprint))), datum));
        }
        if let Some((&CONFLUENT, rest)) = bytes.split_first()
            && let Some((id, datum)) = rest.split_first_chunk::<4>()
        {
            return Ok((Self::Registry(u32::from_be_bytes(*id)), datum));
        }
        Err(DecodeError::Corrupt(format!("its {} bytes start with no schema", bytes.len())))
    }

    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        match self {
            Self::Fingerprint(Fingerprint(number)) => {
                bytes.extend_from_slice(&SINGLE_OBJECT);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Self::Registry(id) => {
                bytes.push(CONFLUENT);
                bytes.extend_from_slice(&id.to_be_bytes());
            }
        }
    }
}

//! Byte fields: Avro `bytes`. In JSON they are text where they are one that can be read, else `{"hex": "…"}`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};

#[derive(Deserialize)]
#[serde(untagged)]
enum Readable {
    Text(String),
    Hex { hex: String },
}

pub(super) struct Field<'a>(pub(super) &'a [u8]);

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(self.0);
        }
        if let Ok(text) = std::str::from_utf8(self.0)
            && text.chars().all(|letter| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t'))
        {
            return serializer.serialize_str(text);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("hex", &hex(self.0))?;
        map.end()
    }
}

/// Two lower-case digits a byte. State in JSON holds sketches of thousands of bytes, so this is a loop over a table.
#[expect(clippy::expect_used, reason = "the digits are ASCII")]
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = vec![0; 2 * bytes.len()];
    for (digits, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    }
    String::from_utf8(text).expect("hex digits are ASCII")
}

struct Owned(Vec<u8>);

impl<'de> Deserialize<'de> for Owned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Owned;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Owned, E> {
                Ok(Owned(bytes.to_vec()))
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Owned, E> {
                Ok(Owned(bytes))
            }
        }
        if !deserializer.is_human_readable() {
            return deserializer.deserialize_byte_buf(Visitor);
        }
        match Readable::deserialize(deserializer)? {
            Readable::Text(text) => Ok(Self(text.into_bytes())),
            Readable::Hex { hex } => hex
                .as_bytes()
                .chunks(2)
                .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
                .collect::<Option<_>>()
                .map(Self)
                .ok_or_else(|| de::Error::custom("no hex digits")),
        }
    }
}

/// `#[serde(with = "…::bytes")]` for `Vec<u8>`.
pub mod bytes {
    use super::{Deserialize, Deserializer, Field, Owned, Serialize, Serializer};

    /// Writes the bytes.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(value: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        Field(value).serialize(serializer)
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// What was read is no byte field.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        Owned::deserialize(deserializer).map(|owned| owned.0)
    }
}

/// `#[serde(with = "…::optional_bytes")]` for `Option<Vec<u8>>`.
pub mod optional_bytes {
    use super::{Deserialize, Deserializer, Field, Owned, Serialize, Serializer};

    /// Writes the bytes or null.
    ///
    /// # Errors
    /// The serializer's own.
    pub fn serialize<S: Serializer>(value: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_deref().map(Field).serialize(serializer)
    }

    /// Reads the bytes or null.
    ///
    /// # Errors
    /// What was read is no byte field.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        Option::<Owned>::deserialize(deserializer).map(|owned| owned.map(|owned| owned.0))
    }
}

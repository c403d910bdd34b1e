//! Identifiers. They are made from what the thing is about, never from a clock or a random number.

use std::fmt;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

// Most ids are short: up to 24 bytes they lie in the value itself, so that reading a record allocates little.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(CompactString);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<CompactString>) -> Self {
                Self(text.into())
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }
    };
}

text_id!(
    /// Identity of a mention: 32 hex digits, a hash of source and native id. All revisions share it.
    MentionId
);
text_id!(
    /// A person: `customer:<id>` when a link names one, else the author, else `mention:<id>`.
    Person
);
text_id!(
    /// A brand's id in the book.
    BrandId
);
text_id!(
    /// A theme's id in the book.
    ThemeId
);
text_id!(
    /// Identity of an incident.
    IncidentId
);
text_id!(
    /// Identity of a case: a hash of the mention that opened it.
    CaseId
);
text_id!(
    /// Somebody or something that is told: a team's on-call, a system.
    Recipient
);
text_id!(
    /// A book's version: 12 hex digits of the hash of its content.
    BookVersion
);

impl MentionId {
    /// The mention that `source` calls `native_id`.
    pub fn of(source: &str, native_id: &str) -> Self {
        Self(digest(&["mention", source, native_id]).into())
    }
}

/// 32 hex digits (128 bits of SHA-256) over the parts, each with its length, so that no two lists of parts run together.
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    crate::codec::hex(&hash.finalize()[..16])
}

/// 64-bit hash of a person, as tallies carry it (xxh3).
pub fn person_hash(person: &Person) -> i64 {
    xxhash_rust::xxh3::xxh3_64(person.as_str().as_bytes()) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(digest(&["a", "bc"]), digest(&["ab", "c"]));
        assert_eq!(MentionId::of("x", "1").as_str().len(), 32);
    }
}

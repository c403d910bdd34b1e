//! Verification: who sent this, and when.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;

use crate::sign::code;
use crate::{ID, SIGNATURE, Secret, TIMESTAMP};

/// The longest id of a message.
const LONGEST_ID: usize = 256;
/// Most signatures of a message that are looked at.
const MOST_SIGNATURES: usize = 16;

/// Knows the secrets of the senders.
#[derive(Debug, Clone)]
pub struct Verifier {
    secrets: Vec<Secret>,
    tolerance: i64,
}

/// A verifier without a secret would let nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook needs at least one secret; while one is changed for another, both")]
pub struct VerifierError;

/// A message that a holder of a secret has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'a> {
    /// Its id, which a repeat carries too.
    pub id: &'a str,
    /// When it was sent, in seconds since 1970.
    pub timestamp: i64,
}

/// Why a message is not taken. Says nothing of the secrets or of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A header is missing, or is not what it must be.
    #[error("header `{0}` is missing or unreadable")]
    Malformed(&'static str),
    /// It was sent too long ago, or claims to come from later.
    #[error("header `{TIMESTAMP}` lies more than {0} seconds from now")]
    OutOfTime(i64),
    /// No signature is that of a secret over this message.
    #[error("no signature in header `{SIGNATURE}` is valid")]
    Unsigned,
}

impl Verifier {
    /// Accepts messages signed with any of `secrets` and sent at most `tolerance` (whole seconds) before or after now.
    ///
    /// # Errors
    /// There is no secret.
    pub fn new(secrets: Vec<Secret>, tolerance: Duration) -> Result<Self, VerifierError> {
        if secrets.is_empty() {
            return Err(VerifierError);
        }
        Ok(Self { secrets, tolerance: i64::try_from(tolerance.as_secs()).unwrap_or(i64::MAX) })
    }

    /// Who sent `body`. `header` gives the value of a header; `now` is in seconds since 1970.
    ///
    /// A message that is repeated within the tolerance is accepted again: its id tells the repeat. The time taken does not
    /// depend on how much of a signature is right.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn verify<'a>(
        &self,
        header: impl Fn(&str) -> Option<&'a [u8]>,
        body: &[u8],
        now: i64,
    ) -> Result<Signed<'a>, Refusal> {
        let text = |name| {
            let text = header(name).and_then(|value| std::str::from_utf8(value).ok()).map(str::trim);
            text.filter(|text| !text.is_empty()).ok_or(Refusal::Malformed(name))
        };
        let (id, sent, signatures) = (text(ID)?, text(TIMESTAMP)?, text(SIGNATURE)?);
        if id.len() > LONGEST_ID {
            return Err(Refusal::Malformed(ID));
        }
        let timestamp: i64 = sent.parse().map_err(|_| Refusal::Malformed(TIMESTAMP))?;
        if now.abs_diff(timestamp) > self.tolerance.unsigned_abs() {
            return Err(Refusal::OutOfTime(self.tolerance));
        }
        // What is signed is the header as it was sent, not the number that it means.
        let codes: Vec<_> = self.secrets.iter().map(|secret| code(secret, id, sent, body)).collect();
        let given = signatures.split_ascii_whitespace().take(MOST_SIGNATURES);
        let mut decoded = given.filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok());
        let valid = decoded.any(|given| codes.iter().any(|code| code.clone().verify_slice(&given).is_ok()));
        if valid { Ok(Signed { id, timestamp }) } else { Err(Refusal::Unsigned) }
    }
}

#[cfg(test)]
mod tests;

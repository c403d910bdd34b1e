//! The key that sender and receiver share.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes that a key may have.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// A shared key of 24 to 64 bytes. It is never printed.
#[derive(Clone)]
pub struct Secret(Hmac<Sha256>);

/// A text is no secret. Says what it should be and nothing of what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It begins otherwise.
    #[error("a webhook secret begins with `whsec_`")]
    Prefix,
    /// What follows is not base64.
    #[error("what follows `whsec_` in a webhook secret is base64")]
    Base64,
    /// The key is too short or too long.
    #[error("a webhook secret has 24 to 64 bytes, this one has {0}: make one with `openssl rand -base64 32`")]
    Length(usize),
}

impl Secret {
    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// See [`SecretError`].
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(SecretError::Prefix)?;
        let key = STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?;
        if !LENGTHS.contains(&key.len()) {
            return Err(SecretError::Length(key.len()));
        }
        let keyed = Hmac::new_from_slice(&key).map_err(|_| SecretError::Length(key.len()))?;
        Ok(Self(keyed))
    }

    /// The code over a message, begun with the key.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        self.0.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("whsec_***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_length(length: usize) -> Result<Secret, SecretError> {
        Secret::parse(&format!("{PREFIX}{}", STANDARD.encode(vec![7; length])))
    }

    #[test]
    fn a_secret_has_24_to_64_bytes_behind_its_prefix() {
        assert!(of_length(24).is_ok() && of_length(64).is_ok());
        assert_eq!(of_length(23).unwrap_err(), SecretError::Length(23));
        assert_eq!(of_length(65).unwrap_err(), SecretError::Length(65));
        assert_eq!(Secret::parse("YW4tZXhhbXBsZQ==").unwrap_err(), SecretError::Prefix);
        assert_eq!(Secret::parse("whsec_not base64").unwrap_err(), SecretError::Base64);
    }

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::parse("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC").unwrap();
        assert_eq!(format!("{secret:?}"), "whsec_***");
    }
}

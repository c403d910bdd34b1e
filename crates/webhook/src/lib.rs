//! Standard Webhooks 1.0.0, the signed form in which mentions come in and notifications go out.
//!
//! What is signed is `<id>.<timestamp>.<body>`, the body as the bytes that travel. The time is given by the caller and nothing
//! is sent or read here.

mod secret;
mod sign;
mod verify;

pub use secret::{Secret, SecretError};
pub use sign::sign;
pub use verify::{Refusal, Signed, Verifier, VerifierError};

/// Header with the id of a message, which a repeat of it carries too.
pub const ID: &str = "webhook-id";
/// Header with the time of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with one or more signatures, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

//! What a sender is told, and so what it does next.

use std::fmt::Write as _;

use ::webhook::Refusal;

use super::body::Unusable;

/// Seconds after which a sender that is too fast may try again.
const TOO_FAST: u32 = 1;
/// Seconds after which what could not be committed may be sent again.
const NOT_NOW: u32 = 5;

/// The answer to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// So many records are committed.
    Committed(usize),
    /// It can never be taken as it is.
    Malformed,
    /// Its signature is not valid, or its time is not now.
    Unauthorised,
    /// There is nothing under this path.
    NotFound,
    /// Only POST is.
    NotAllowed,
    /// It did not come in time.
    TooSlow,
    /// It is larger than a message may be.
    TooLarge,
    /// Its bytes are packed.
    Packed,
    /// There is no room for it now: the sender is faster than the commits.
    Overloaded,
    /// It could not be committed, or nobody knows whether it was.
    NotCommitted,
}

impl Answer {
    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Committed(_) => 202,
            Self::Malformed => 400,
            Self::Unauthorised => 401,
            Self::NotFound => 404,
            Self::NotAllowed => 405,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::Packed => 415,
            Self::Overloaded => 429,
            Self::NotCommitted => 503,
        }
    }

    /// Seconds after which the sender may try again, where that helps.
    pub const fn retry_after(self) -> Option<u32> {
        match self {
            Self::Overloaded => Some(TOO_FAST),
            Self::NotCommitted => Some(NOT_NOW),
            _ => None,
        }
    }

    /// The word for metrics.
    pub const fn outcome(self) -> &'static str {
        match self {
            Self::Committed(_) => "committed",
            Self::Malformed | Self::Packed => "malformed",
            Self::Unauthorised => "unauthorised",
            Self::NotFound | Self::NotAllowed => "not_found",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::Overloaded => "overloaded",
            Self::NotCommitted => "not_committed",
        }
    }
}

/// An answer with what it says to whoever reads the sender's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) answer: Answer,
    pub(super) body: String,
}

impl Told {
    /// The answer, with `why` for people.
    pub(super) fn of(answer: Answer, why: &str) -> Self {
        let mut body = String::new();
        // Writing to a String never fails, and what is written is no text from outside.
        let _written = match answer {
            Answer::Committed(count) => write!(body, "{{\"committed\":{count}}}"),
            _ => write!(body, "{}", serde_json::json!({ "error": why })),
        };
        Self { answer, body }
    }
}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Self {
        let answer = match refusal {
            Refusal::Malformed(_) => Answer::Malformed,
            Refusal::OutOfTime(_) | Refusal::Unsigned => Answer::Unauthorised,
        };
        Self::of(answer, &refusal.to_string())
    }
}

impl From<Unusable> for Told {
    fn from(unusable: Unusable) -> Self {
        let answer = if unusable == Unusable::TooMany { Answer::TooLarge } else { Answer::Malformed };
        Self::of(answer, &unusable.to_string())
    }
}

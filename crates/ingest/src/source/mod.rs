//! Reading input: files and pipes to lines, lines to slices of event time.
//!
//! The only part of this crate that touches the outside. It looks at a line just enough to know its time; what a line means
//! is the stage's matter. Memory stays bounded whatever the input: a line that is too long is hashed as it streams by.

mod compressed;
#[cfg(feature = "service")]
mod growing;
mod lines;
mod merge;
mod peek;
mod slices;
#[cfg(test)]
mod tests;

use std::io;

use bytes::Bytes;
use events::EventTime;
use stream::{Header, OVERSIZE_LENGTH, OVERSIZE_SHA256};

#[cfg(feature = "service")]
pub(crate) use lines::Line;
pub use lines::{LineReader, MAX_LINE, OVERSIZE_KEPT};
#[cfg(feature = "service")]
pub use peek::received;

pub use merge::{Merge, TimedLine};
pub use slices::{Slice, Slices};

/// A line of input, ready for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Name of its file.
    pub file: std::sync::Arc<str>,
    /// Number of the line in its file, from 1; blank lines count.
    pub line: u64,
    /// Its bytes without the line end; the first [`OVERSIZE_KEPT`] of them when it is too long.
    pub bytes: Bytes,
    /// What is known of a line that is too long.
    pub oversize: Option<Oversize>,
    /// The highest believable time so far, this line included.
    pub stream_time: EventTime,
}

impl SourceLine {
    /// What a record of this line carries beside its bytes.
    pub fn headers(&self) -> Vec<Header> {
        let Some(oversize) = &self.oversize else { return Vec::new() };
        vec![
            (OVERSIZE_LENGTH.into(), Bytes::from(oversize.length.to_string())),
            (OVERSIZE_SHA256.into(), Bytes::from(oversize.sha256.clone())),
        ]
    }

    /// The key of a record of this line: `file:line`.
    pub fn key(&self) -> Bytes {
        Bytes::from(format!("{}:{}", self.file, self.line))
    }
}

/// A line of more than [`MAX_LINE`] bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oversize {
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 of all of it, in hex.
    pub sha256: String,
}

/// An input cannot be read on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot read `{file}` after line {line}: what came before was read; check the file, or send it again from there"
)]
pub struct SourceError {
    /// Name of the file.
    pub file: std::sync::Arc<str>,
    /// The last line that was read; 0 when there was none.
    pub line: u64,
    /// What the system says.
    #[source]
    pub cause: io::Error,
}

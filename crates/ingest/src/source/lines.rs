//! Lines of one input, whole up to [`MAX_LINE`]; a longer one is hashed as it streams by.

use std::fmt::Write as _;
use std::io::{self, BufRead, Read};
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{Oversize, SourceError, compressed};

/// The longest line that is taken whole: 900 KiB.
pub const MAX_LINE: usize = 900 * 1024;
/// What is kept of a longer one: its first 64 KiB.
pub const OVERSIZE_KEPT: usize = 64 * 1024;

/// A line as it was read.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) bytes: Bytes,
    pub(crate) oversize: Option<Oversize>,
}

/// Reads the lines of one input.
pub struct LineReader {
    file: Arc<str>,
    pub(super) input: Box<dyn BufRead + Send>,
    #[cfg_attr(not(feature = "service"), expect(dead_code, reason = "only who watches a file asks"))]
    pub(super) packed: bool,
    pub(super) number: u64,
    /// Bytes taken from the input, and how many of them make up the lines that were returned.
    pub(super) taken: u64,
    pub(super) returned: u64,
    /// The last line came without its end, which may follow.
    pub(super) unended: bool,
    pending: Pending,
}

impl std::fmt::Debug for LineReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineReader").field("file", &self.file).field("number", &self.number).finish_non_exhaustive()
    }
}

impl LineReader {
    /// Reads `input`, plain or packed with gzip or zstd; `file` is its name in keys and messages.
    ///
    /// # Errors
    /// The first bytes cannot be read.
    pub fn open(file: impl Into<Arc<str>>, input: Box<dyn Read + Send>) -> Result<Self, SourceError> {
        let file = file.into();
        let (input, packed) =
            compressed::plain(input).map_err(|cause| SourceError { file: Arc::clone(&file), line: 0, cause })?;
        Ok(Self { file, input, packed, number: 0, taken: 0, returned: 0, unended: false, pending: Pending::default() })
    }

    /// The name of the input.
    pub const fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The next line that is not blank; the last one may lack its line end.
    pub(super) fn next_line(&mut self) -> Result<Option<Line>, SourceError> {
        self.next_of(false)
    }

    pub(super) fn next_of(&mut self, growing: bool) -> Result<Option<Line>, SourceError> {
        loop {
            let Some((bytes, oversize)) = self.read_line(growing).map_err(|cause| self.failed(cause))? else {
                return Ok(None);
            };
            self.returned = self.taken;
            self.number += 1;
            if oversize.is_some() || !bytes.trim_ascii().is_empty() {
                return Ok(Some(Line { number: self.number, bytes, oversize }));
            }
        }
    }

    fn failed(&self, cause: io::Error) -> SourceError {
        SourceError { file: Arc::clone(&self.file), line: self.number, cause }
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.input.consume(bytes);
        self.taken += bytes as u64;
    }

    fn read_line(&mut self, growing: bool) -> io::Result<Option<(Bytes, Option<Oversize>)>> {
        loop {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                let last = if growing && !self.pending.is_object() { None } else { self.pending.take_last() };
                self.unended |= last.is_some();
                return Ok(last);
            }
            if std::mem::take(&mut self.unended) && buffer.first() == Some(&b'\n') {
                self.consume(1);
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', buffer) else {
                self.pending.push(buffer);
                let length = buffer.len();
                self.consume(length);
                continue;
            };
            let head = buffer.get(..end).unwrap_or_default();
            let line = if self.pending.is_empty() && head.len() <= MAX_LINE {
                (Bytes::copy_from_slice(without_return(head)), None)
            } else {
                self.pending.push(head);
                self.pending.take()
            };
            self.consume(end + 1);
            return Ok(Some(line));
        }
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A line of which the end has not come yet. Never holds more than [`MAX_LINE`] bytes.
#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    /// Length and hash of all that came, once it is too long.
    excess: Option<(u64, Sha256)>,
    open: bool,
}

impl Pending {
    const fn is_empty(&self) -> bool {
        !self.open
    }

    fn is_object(&self) -> bool {
        let bytes = self.bytes.trim_ascii_end();
        self.excess.is_none()
            && bytes.ends_with(b"}")
            && serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(bytes).is_ok()
    }

    fn push(&mut self, more: &[u8]) {
        self.open = true;
        if let Some((length, hash)) = &mut self.excess {
            *length += more.len() as u64;
            hash.update(more);
            return;
        }
        if self.bytes.len() + more.len() <= MAX_LINE {
            self.bytes.extend_from_slice(more);
            return;
        }
        let mut hash = Sha256::new();
        hash.update(&self.bytes);
        hash.update(more);
        self.excess = Some(((self.bytes.len() + more.len()) as u64, hash));
        let missing = OVERSIZE_KEPT.saturating_sub(self.bytes.len()).min(more.len());
        self.bytes.extend_from_slice(more.get(..missing).unwrap_or_default());
        self.bytes.truncate(OVERSIZE_KEPT);
    }

    fn take(&mut self) -> (Bytes, Option<Oversize>) {
        self.open = false;
        let bytes = std::mem::take(&mut self.bytes);
        match self.excess.take() {
            None => (Bytes::copy_from_slice(without_return(&bytes)), None),
            Some((length, hash)) => (Bytes::from(bytes), Some(Oversize { length, sha256: hex(&hash.finalize()) })),
        }
    }

    fn take_last(&mut self) -> Option<(Bytes, Option<Oversize>)> {
        self.open.then(|| self.take())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String never fails.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

//! Reading an input that may still grow, from a place on.

use std::io;

use super::SourceError;
use super::lines::{Line, LineReader};

impl LineReader {
    /// Whether it is packed: at its end it does not notice that it grew.
    pub(crate) const fn packed(&self) -> bool {
        self.packed
    }

    /// How many bytes, unpacked, the lines have that were returned.
    pub(crate) const fn position(&self) -> u64 {
        self.returned
    }

    /// Goes on behind line `number`, which ends at `position`; `false` when the input ends before.
    pub(crate) fn skip_to(&mut self, number: u64, position: u64) -> io::Result<bool> {
        while self.taken < position {
            let buffer = self.input.fill_buf()?;
            let most = usize::try_from(position - self.taken).unwrap_or(usize::MAX).min(buffer.len());
            let Some(last) = most.checked_sub(1).and_then(|last| buffer.get(last)) else { return Ok(false) };
            self.unended = *last != b'\n';
            self.consume(most);
        }
        (self.number, self.returned) = (number, position);
        Ok(true)
    }

    /// The next line that is not blank of an input that may still grow: one without its end is taken only when it is a whole
    /// JSON object, which no text behind it can change.
    pub(crate) fn next_whole_line(&mut self) -> Result<Option<Line>, SourceError> {
        self.next_of(true)
    }
}

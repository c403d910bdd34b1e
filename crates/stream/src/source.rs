//! Sources: where records come from that lie in no log yet, such as files and requests.

use events::Offset;

use crate::{Exit, Raw};

/// Where records come from that lie in no log yet. What is read is kept by whoever reads until it is committed, so a source
/// gives each record once.
pub trait Source: Send {
    /// The names of its parts, such as files. A part is a partition of topic `input`, by its place in this list; its offsets
    /// are the source's own numbers, such as those of lines. It is resumed by its name.
    fn parts(&self) -> Vec<String>;

    /// Begins a part at `next`, before the first read; 0 is its start.
    ///
    /// # Errors
    /// See [`Exit`].
    fn resume(&mut self, part: usize, next: Offset) -> Result<(), Exit>;

    /// What there is now, of topic `input`, at most `records` and about `bytes` of them; waits only for a moment.
    ///
    /// # Errors
    /// See [`Exit`].
    fn read(&mut self, records: usize, bytes: usize) -> Result<SourceRead, Exit>;

    /// Everything of a part before `next` is committed.
    fn committed(&mut self, part: usize, next: Offset) {
        let (_, _) = (part, next);
    }
}

/// What a read brought.
#[derive(Debug)]
pub enum SourceRead {
    /// These.
    Records(Vec<Raw>),
    /// Nothing now.
    Nothing,
    /// Nothing any more.
    Ended,
}

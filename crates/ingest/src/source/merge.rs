//! Several inputs as one, by the time of their lines.

use std::sync::Arc;

use bytes::Bytes;
use events::EventTime;

use super::{LineReader, Oversize, SourceError, peek};

/// A line and its time.
#[derive(Debug)]
pub struct TimedLine {
    /// Name of its file.
    pub file: Arc<str>,
    /// Number of the line in its file, from 1.
    pub line: u64,
    /// Its bytes without the line end.
    pub bytes: Bytes,
    /// What is known of a line that is too long.
    pub oversize: Option<Oversize>,
    /// Its believable time; `None` when it has none.
    pub time: Option<EventTime>,
}

/// Takes the earliest of the next lines of all inputs. Lines of one input stay in their order.
#[derive(Debug)]
pub struct Merge {
    inputs: Vec<Input>,
    started: bool,
    /// An input could not be read on; told once the line before it is given.
    failure: Option<SourceError>,
}

#[derive(Debug)]
struct Input {
    reader: LineReader,
    next: Option<TimedLine>,
    /// Time of the last line that had one: a line without stands beside it.
    time: EventTime,
}

impl Merge {
    /// Merges `readers`; of lines with the same time, the one of the earlier reader comes first.
    pub fn new(readers: Vec<LineReader>) -> Self {
        let inputs = readers.into_iter().map(|reader| Input { reader, next: None, time: EventTime::EPOCH });
        Self { inputs: inputs.collect(), started: false, failure: None }
    }

    /// The next line; `None` when all inputs are read.
    ///
    /// # Errors
    /// An input cannot be read on.
    pub fn next_line(&mut self) -> Result<Option<TimedLine>, SourceError> {
        if !self.started {
            for input in &mut self.inputs {
                input.advance()?;
            }
            self.started = true;
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let waiting = self.inputs.iter_mut().filter(|input| input.next.is_some());
        // `min_by_key` takes the first of equals.
        let Some(input) = waiting.min_by_key(|input| input.time) else {
            return Ok(None);
        };
        let line = input.next.take();
        self.failure = input.advance().err();
        Ok(line)
    }
}

impl Input {
    fn advance(&mut self) -> Result<(), SourceError> {
        self.next = self.reader.next_line()?.map(|line| TimedLine {
            file: Arc::clone(self.reader.file()),
            line: line.number,
            // A line that was cut is no JSON any more.
            time: if line.oversize.is_some() { None } else { peek::time(&line.bytes) },
            bytes: line.bytes,
            oversize: line.oversize,
        });
        if let Some(time) = self.next.as_ref().and_then(|next| next.time) {
            self.time = time;
        }
        Ok(())
    }
}

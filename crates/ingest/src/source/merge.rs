//! Several inputs as one, by the time of their lines.
//!
//! A date far ahead of its input is a mistake when the lines behind it fall back: it would move the time of the stream for good.
//! Only there are lines read ahead, so that a pipe is not held up.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use events::EventTime;

use super::lines::Line;
use super::{LineReader, Oversize, SourceError, peek};
use crate::stamp::AHEAD;

/// Lines behind a date that are asked whether they agree with it.
const ASKED: usize = 16;

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
}

#[derive(Debug)]
struct Input {
    reader: LineReader,
    next: Option<TimedLine>,
    /// The lines behind it.
    ahead: VecDeque<TimedLine>,
    /// Time of the last line that had one: a line without stands beside it.
    time: Option<EventTime>,
    /// Nothing is read after the end, or after a failure.
    ended: bool,
    /// It could not be read on; told once the lines before are given.
    failure: Option<SourceError>,
}

impl Merge {
    /// Merges `readers`; of lines with the same time, the one of the earlier reader comes first.
    pub fn new(readers: Vec<LineReader>) -> Self {
        let inputs = readers.into_iter().map(|reader| {
            let (next, ahead, time) = (None, VecDeque::new(), None);
            let mut input = Input { reader, next, ahead, time, ended: false, failure: None };
            input.advance();
            input
        });
        Self { inputs: inputs.collect() }
    }

    /// The next line; `None` when all inputs are read.
    ///
    /// # Errors
    /// An input cannot be read on.
    pub fn next_line(&mut self) -> Result<Option<TimedLine>, SourceError> {
        let failed = self.inputs.iter_mut().filter(|input| input.next.is_none()).find_map(|input| input.failure.take());
        if let Some(failure) = failed {
            return Err(failure);
        }
        let waiting = self.inputs.iter_mut().filter(|input| input.next.is_some());
        // `min_by_key` takes the first of equals.
        let Some(input) = waiting.min_by_key(|input| input.time) else {
            return Ok(None);
        };
        let line = input.next.take();
        input.advance();
        Ok(line)
    }
}

impl Input {
    /// Makes the next line the one in hand.
    fn advance(&mut self) {
        self.read_ahead(1);
        self.next = self.ahead.pop_front();
        let Some(time) = self.next.as_ref().and_then(|next| next.time) else { return };
        let far = |from: EventTime| time > from.plus(AHEAD);
        if self.time.is_none_or(far) {
            self.read_ahead(ASKED);
            // The last line of an input is believed.
            let asked = self.ahead.iter().filter_map(|line| line.time);
            let (back, on): (Vec<EventTime>, Vec<EventTime>) = asked.partition(|other| far(*other));
            if back.len() > on.len() {
                self.next.iter_mut().for_each(|next| next.time = None);
                return;
            }
        }
        self.time = Some(time);
    }

    fn read_ahead(&mut self, lines: usize) {
        while self.ahead.len() < lines && !self.ended {
            let line = self.reader.next_line();
            self.ended = !matches!(line, Ok(Some(_)));
            match line {
                Ok(line) => self.ahead.extend(line.map(|line| timed(self.reader.file(), line))),
                Err(failure) => self.failure = Some(failure),
            }
        }
    }
}

fn timed(file: &Arc<str>, line: Line) -> TimedLine {
    TimedLine {
        file: Arc::clone(file),
        line: line.number,
        // A line that was cut is no JSON any more.
        time: if line.oversize.is_some() { None } else { peek::time(&line.bytes) },
        bytes: line.bytes,
        oversize: line.oversize,
    }
}

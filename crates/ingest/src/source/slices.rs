//! Lines grouped into slices of event time, each of which is drained through all stages before the next is read.
//!
//! Time here is the highest believable time so far. A slice ends where a line would begin the next step, or at so many
//! lines; a line that is late, or without a time, belongs to the slice in hand. Nothing here depends on the clock.

use events::{EventTime, Span};

use super::{Merge, SourceError, SourceLine, TimedLine};

/// Lines of one step of event time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The lines, in the order of their arrival.
    pub lines: Vec<SourceLine>,
    /// From when on: never before the end of the slice before.
    pub start: EventTime,
    /// Where time stands when the slice is handled: the end of its step; the stream time so far when it was cut by its
    /// number of lines, or when it is the last.
    pub end: EventTime,
}

/// The slices of an input.
#[derive(Debug)]
pub struct Slices {
    input: Merge,
    step: Span,
    most: usize,
    /// The line that ended the slice before.
    held: Option<TimedLine>,
    /// The highest believable time so far.
    stream_time: Option<EventTime>,
    /// Start of the slice in hand, once there is a time.
    start: Option<EventTime>,
    /// What ended the input before its end.
    failure: Option<SourceError>,
    /// Nothing is read after the end, or after a failure.
    ended: bool,
}

impl Slices {
    /// Slices of `step` aligned to the epoch, of at most `most` lines.
    pub fn new(input: Merge, step: Span, most: usize) -> Self {
        let step = Span::millis(step.as_millis().max(1));
        Self { input, step, most: most.max(1), held: None, stream_time: None, start: None, failure: None, ended: false }
    }

    /// The next slice; `None` at the end of the input.
    ///
    /// # Errors
    /// An input cannot be read on. The lines before are in the slices before.
    pub fn next_slice(&mut self) -> Result<Option<Slice>, SourceError> {
        let mut taken: Vec<(TimedLine, Option<EventTime>)> = Vec::new();
        loop {
            if taken.len() == self.most {
                return Ok(Some(self.cut(taken)));
            }
            let Some(line) = self.next_line() else {
                if !taken.is_empty() {
                    return Ok(Some(self.cut(taken)));
                }
                return self.failure.take().map_or(Ok(None), Err);
            };
            let end = self.stream_time.map(|now| now.floor(self.step).plus(self.step));
            if let (Some(time), Some(end), false) = (line.time, end, taken.is_empty())
                && time >= end
            {
                self.held = Some(line);
                let slice = Slice { end, ..self.cut(taken) };
                self.start = None;
                return Ok(Some(slice));
            }
            self.hear(line.time, end);
            taken.push((line, self.stream_time));
        }
    }

    fn next_line(&mut self) -> Option<TimedLine> {
        if self.held.is_some() || self.ended {
            return self.held.take();
        }
        let line = self.input.next_line().unwrap_or_else(|failure| {
            self.failure = Some(failure);
            None
        });
        self.ended = line.is_none();
        line
    }

    /// Takes over the time of a line into the slice in hand.
    fn hear(&mut self, time: Option<EventTime>, end: Option<EventTime>) {
        let Some(time) = time else { return };
        let begins_step = end.is_none_or(|end| time >= end);
        if begins_step || self.start.is_none() {
            let floor = time.floor(self.step);
            self.start = Some(end.map_or(floor, |end| floor.max(end)));
        }
        self.stream_time = Some(self.stream_time.map_or(time, |now| now.max(time)));
    }

    fn cut(&mut self, taken: Vec<(TimedLine, Option<EventTime>)>) -> Slice {
        // Lines before the first believable time take that one; an input without any stands at the first instant.
        let first = taken.iter().find_map(|(_, time)| *time).or(self.stream_time).unwrap_or(EventTime::FIRST);
        let now = self.stream_time.unwrap_or(EventTime::FIRST);
        let start = self.start.unwrap_or(now);
        // What follows in the same step begins where this slice stopped.
        self.start = self.stream_time;
        let lines = taken.into_iter().map(|(line, time)| SourceLine {
            file: line.file,
            line: line.line,
            bytes: line.bytes,
            oversize: line.oversize,
            stream_time: time.unwrap_or(first),
        });
        Slice { lines: lines.collect(), start, end: now }
    }
}

impl Iterator for Slices {
    type Item = Result<Slice, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_slice().transpose()
    }
}

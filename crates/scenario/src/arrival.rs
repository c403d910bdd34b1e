//! From posts in order of time to lines in order of arrival: disorder, duplicates, poison, and the counts of the truth.
//!
//! A line arrives up to the window after it was published, and so does its duplicate: so no line comes more than the window
//! later than one published after it, and no more lines are held than the window has.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use rand::RngExt;

use crate::options::Options;
use crate::poison::Poisoner;
use crate::post::Post;
use crate::random::{Purpose, Stream, chance, stream};
use crate::truth::Counts;

/// The writer of lines.
pub(crate) struct Arrival<'a> {
    write: &'a mut dyn FnMut(&[u8]) -> ControlFlow<()>,
    disorder: Stream,
    copies: Stream,
    poisoner: Poisoner,
    window: i64,
    copies_per_line: f64,
    poison_per_line: f64,
    held: BinaryHeap<Reverse<Held>>,
    numbered: u64,
    line: String,
    counts: Counts,
    stopped: bool,
}

/// A line on its way; the order is that of the fields.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    arrives: i64,
    number: u64,
    kind: LineKind,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LineKind {
    First,
    Duplicate,
    Poison,
}

impl<'a> Arrival<'a> {
    pub(crate) fn new(options: &Options, write: &'a mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Self {
        // Shares are of the lines written: what is left is the first lines.
        let first = 1.0 - options.duplicates - options.poison;
        Self {
            write,
            disorder: stream(options.seed, Purpose::Disorder),
            copies: stream(options.seed, Purpose::Copies),
            poisoner: Poisoner::new(stream(options.seed, Purpose::Poison)),
            window: (options.out_of_order * 1_000.0).round() as i64,
            copies_per_line: options.duplicates / first,
            poison_per_line: options.poison / first,
            held: BinaryHeap::new(),
            numbered: 0,
            line: String::with_capacity(1_024),
            counts: Counts::default(),
            stopped: false,
        }
    }

    /// True when the writer wants no more.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Takes the next post in order of time.
    pub(crate) fn take(&mut self, post: &Post) {
        self.release(post.at);
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        post.write(&mut line);
        let arrives = post.at + self.late();
        self.send(arrives, LineKind::First, line.as_bytes());
        for _ in 0..times(self.copies_per_line, &mut self.copies) {
            let later =
                if self.window > 0 { self.copies.random_range(arrives..=post.at + self.window) } else { arrives };
            self.send(later, LineKind::Duplicate, line.as_bytes());
        }
        for _ in 0..times(self.poison_per_line, self.poisoner.stream()) {
            let poison = self.poisoner.line(&line);
            self.send(post.at, LineKind::Poison, &poison);
        }
        self.line = line;
    }

    /// Writes all that is still on its way.
    pub(crate) fn finish(mut self) -> Counts {
        self.release(i64::MAX);
        self.counts
    }

    fn late(&mut self) -> i64 {
        if self.window > 0 { self.disorder.random_range(0..=self.window) } else { 0 }
    }

    /// Writes what arrives before `now`: nothing published later can come before it.
    fn release(&mut self, now: i64) {
        while self.held.peek().is_some_and(|Reverse(held)| held.arrives < now || now == i64::MAX) {
            if let Some(Reverse(held)) = self.held.pop() {
                self.put(held.kind, &held.bytes);
            }
        }
    }

    /// Without disorder at once; else the line waits for its arrival. A tie goes by number: a duplicate is never first.
    fn send(&mut self, arrives: i64, kind: LineKind, bytes: &[u8]) {
        if self.window == 0 {
            self.put(kind, bytes);
            return;
        }
        self.numbered += 1;
        self.held.push(Reverse(Held { arrives, number: self.numbered, kind, bytes: bytes.to_vec() }));
    }

    fn put(&mut self, kind: LineKind, bytes: &[u8]) {
        if self.stopped {
            return;
        }
        match kind {
            LineKind::First => self.counts.first += 1,
            LineKind::Duplicate => self.counts.duplicates += 1,
            LineKind::Poison => self.counts.poison += 1,
        }
        self.stopped = (self.write)(bytes).is_break();
    }
}

/// How often, with that mean: whole times, and once more for the rest.
fn times(mean: f64, stream: &mut Stream) -> u32 {
    mean as u32 + u32::from(chance(stream, mean.fract()))
}

//! How many mentions were read, on standard error while a terminal looks on.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::report::text::counted;

/// Between two lines.
const PAUSE: Duration = Duration::from_millis(250);
/// The clock is not asked for each mention.
const LOOK: u64 = 1_000;

/// Counts mentions.
pub struct Progress {
    terminal: bool,
    read: u64,
    shown: Instant,
}

impl Default for Progress {
    fn default() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), read: 0, shown: Instant::now() }
    }
}

impl Progress {
    /// One more was read.
    pub fn one(&mut self) {
        self.read += 1;
        if self.terminal && self.read.is_multiple_of(LOOK) && self.shown.elapsed() >= PAUSE {
            self.shown = Instant::now();
            Self::write(&counted(self.read, "mention", "mentions"));
        }
    }

    /// Leaves the terminal's line clean.
    pub fn end(&self) {
        if self.terminal {
            Self::write("");
        }
    }

    fn write(line: &str) {
        // A closed standard error is no reason to stop.
        drop(std::io::stderr().write_all(format!("\r\x1b[K{line}").as_bytes()));
    }
}

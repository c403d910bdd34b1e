//! The line that shows how far a run is, on standard error while it works.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use events::{EventTime, Role};

use super::counting::Seen;
use super::gauges::Gauges;

/// Roles whose lag is shown.
const SHOWN: [Role; 5] = [Role::Ingest, Role::Enrich, Role::Classify, Role::Watch, Role::Care];

/// Shows a line every so often: overwritten on a terminal, appended elsewhere.
pub(super) struct Progress {
    on: bool,
    terminal: bool,
    started: Instant,
    shown: Option<Instant>,
}

impl Progress {
    /// A progress line, or none.
    pub(super) fn new(on: bool) -> Self {
        Self { on, terminal: std::io::stderr().is_terminal(), started: Instant::now(), shown: None }
    }

    /// Shows the line if it is time.
    pub(super) fn show(&mut self, gauges: &Gauges, seen: &Seen, time: EventTime) {
        let pause = if self.terminal { Duration::from_millis(250) } else { Duration::from_secs(5) };
        if !self.on || self.shown.unwrap_or(self.started).elapsed() < pause {
            return;
        }
        self.shown = Some(Instant::now());
        let read = gauges.recorded().of(Role::Ingest).counts.total_read();
        let rate = read as f64 / self.started.elapsed().as_secs_f64();
        let lag: Vec<String> = SHOWN.iter().map(|role| format!("{} {}", role.name(), gauges.lag(*role))).collect();
        let (incidents, open) = seen.incidents();
        self.write(&format!(
            "{time}  {read} lines  {rate:.0}/s  lag: {}  incidents {incidents} ({open} open)  cases {}",
            lag.join(" "),
            seen.cases()
        ));
    }

    /// Leaves the terminal's line clean.
    pub(super) fn finish(&self) {
        if self.on && self.terminal && self.shown.is_some() {
            self.write("");
        }
    }

    fn write(&self, line: &str) {
        let text = if self.terminal { format!("\r\x1b[K{line}") } else { format!("{line}\n") };
        // A closed standard error is no reason to stop a run.
        drop(std::io::stderr().write_all(text.as_bytes()));
    }
}

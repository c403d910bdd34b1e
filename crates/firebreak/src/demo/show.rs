//! What is seen while the stages run: who is ready, who died and is there again, and the live table.

use std::io::{self, IsTerminal, Write};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use stream::service::Stop;

use super::counts::Counts;
use super::scrape::Scraper;
use super::stages::{STAGES, Stages};
use super::supervisor::Supervisor;
use super::table::{Look, nothing_waits, table};
use crate::failure::Failure;

/// Between two tables on a terminal, where one replaces the other.
const OFTEN: Duration = Duration::from_secs(1);
/// Between two tables in a file.
const SELDOM: Duration = Duration::from_secs(5);
/// So often nothing must wait before it is believed: lag is asked for once a second.
const QUIET: usize = 3;

/// The stages and who looks at them.
pub(super) struct Show<'a> {
    supervisor: Supervisor,
    admin: Vec<(&'static str, String)>,
    scraper: Scraper,
    counts: Counts,
    restarts: [usize; STAGES.len()],
    begun: Instant,
    looked: Option<Instant>,
    shown: Option<Instant>,
    before: Look,
    quiet: usize,
    /// Lines of the table on the terminal that the next one replaces.
    drawn: usize,
    terminal: bool,
    out: &'a mut dyn Write,
}

impl<'a> Show<'a> {
    pub(super) fn new(supervisor: Supervisor, stages: &Stages, postgres: String, out: &'a mut dyn Write) -> Self {
        Self {
            supervisor,
            admin: stages.admin.to_vec(),
            scraper: Scraper::default(),
            counts: Counts::of(postgres),
            restarts: [0; STAGES.len()],
            begun: Instant::now(),
            looked: None,
            shown: None,
            before: Look::default(),
            quiet: 0,
            drawn: 0,
            terminal: io::stdout().is_terminal(),
            out,
        }
    }

    /// Waits until every stage is ready.
    pub(super) fn wait_until_ready(&mut self, patience: Duration, stop: &Stop) -> Result<(), Failure> {
        for (stage, pid) in self.supervisor.pids() {
            writeln!(self.out, "  {stage} runs as process {pid}")?;
        }
        self.out.flush()?;
        while !self.admin.iter().all(|(_, admin)| self.scraper.is_ready(admin)) {
            if self.begun.elapsed() > patience {
                return Err(anyhow!("the stages are not ready after {} s: see their logs", patience.as_secs()).into());
            }
            if stop.pause(Duration::from_millis(100)) {
                return Err(anyhow!("stopped before the stages were ready; nothing is left running").into());
            }
            self.tell_restarts()?;
        }
        writeln!(self.out, "  all are ready after {:.1} s\n", self.begun.elapsed().as_secs_f64())?;
        self.begun = Instant::now();
        Ok(())
    }

    /// Tells what died and runs again, and shows the table when it is time. Whether nothing waits any more.
    pub(super) fn look(&mut self, sent: usize, of: usize) -> Result<bool, Failure> {
        self.tell_restarts()?;
        if self.looked.is_some_and(|looked| looked.elapsed() < OFTEN) {
            return Ok(self.quiet >= QUIET);
        }
        self.looked = Some(Instant::now());
        let names = self.admin.iter().zip(self.restarts);
        let stages = names.map(|((stage, admin), restarts)| (*stage, restarts, self.scraper.scrape(admin))).collect();
        let now = Look { at: self.begun.elapsed(), sent: (sent, of), stages, stored: self.counts.ask() };
        self.quiet = if sent == of && nothing_waits(&now) { self.quiet + 1 } else { 0 };
        let pause = if self.terminal { OFTEN } else { SELDOM };
        if self.shown.is_none_or(|shown| shown.elapsed() >= pause) || self.quiet == QUIET {
            self.shown = Some(Instant::now());
            let text = table(&self.before, &now);
            self.draw(&text)?;
            self.before = now;
        }
        Ok(self.quiet >= QUIET)
    }

    /// Asks all stages to end and tells how each ended.
    pub(super) fn end(self, patience: Duration) -> Result<Vec<(&'static str, ExitStatus)>, Failure> {
        Ok(self.supervisor.stop(patience)?)
    }

    fn tell_restarts(&mut self) -> Result<(), Failure> {
        for restart in self.supervisor.restarts() {
            let counted = self.admin.iter().zip(&mut self.restarts).find(|((stage, _), _)| *stage == restart.name);
            if let Some((_, restarts)) = counted {
                *restarts += 1;
            }
            writeln!(
                self.out,
                "  {} ended ({}) and runs again as process {}",
                restart.name, restart.ended, restart.pid
            )?;
            self.out.flush()?;
            self.drawn = 0;
        }
        Ok(())
    }

    fn draw(&mut self, text: &str) -> io::Result<()> {
        if self.terminal && self.drawn > 0 {
            // Up to where the last table began, and clear from there.
            write!(self.out, "\x1b[{}A\x1b[J", self.drawn)?;
        }
        writeln!(self.out, "{text}")?;
        self.drawn = text.lines().count() + 1;
        self.out.flush()
    }
}

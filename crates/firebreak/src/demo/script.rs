//! A service that a script runs until its standard input ends: however this process ends, none is left.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use stream::service::Stop;

/// How long a first start may take: it fetches what the service consists of.
const FIRST_START: Duration = Duration::from_secs(300);
/// How long an orderly end may take before it is forced.
const END: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(50);

/// A running script.
pub(super) struct Script {
    child: Child,
    /// Its end asks the script to end.
    stdin: Option<ChildStdin>,
}

impl Script {
    /// Starts a script and waits for its first line, which tells where the service is. What it complains about goes to `log`.
    ///
    /// # Errors
    /// It ended before it was ready, or it was asked to.
    pub(super) fn start(mut command: Command, log: &Path, stop: &Stop) -> anyhow::Result<(Self, String)> {
        let program = command.get_program().to_string_lossy().into_owned();
        let errors = File::create(log).with_context(|| format!("cannot create `{}`", log.display()))?;
        // A group of its own: Ctrl-C at the terminal asks this process alone, which ends everything in order.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().with_context(|| format!("`{program}` does not start"))?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let script = Self { child, stdin };
        let (told, heard) = channel();
        let stdout = stdout.context("a pipe was asked for")?;
        thread::spawn(move || {
            let mut line = String::new();
            drop(BufReader::new(stdout).read_line(&mut line).map(|_| told.send(line)));
        });
        let deadline = Instant::now() + FIRST_START;
        loop {
            match heard.recv_timeout(LOOK) {
                Ok(line) if !line.trim().is_empty() => return Ok((script, line.trim().to_owned())),
                Ok(_) | Err(RecvTimeoutError::Disconnected) => {
                    bail!("`{program}` ended before it was ready: `{}` says why", log.display())
                }
                Err(RecvTimeoutError::Timeout) if stop.is_wanted() || Instant::now() > deadline => {
                    bail!("`{program}` was not ready when it was asked to end")
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn has_ended_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(LOOK);
        }
        false
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        for signal in [Signal::TERM, Signal::KILL] {
            if self.has_ended_within(END) {
                return;
            }
            tracing::warn!(pid = self.child.id(), ?signal, "a service does not end: it is told again");
            // It may just have ended.
            let _gone = group.map(|group| kill_process_group(group, signal));
        }
        drop(self.child.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn start(script: &str) -> anyhow::Result<(Script, String)> {
        let log = tempfile::NamedTempFile::new().unwrap();
        Script::start(shell(script), log.path(), &Stop::default())
    }

    #[test]
    fn a_script_tells_where_it_is_and_ends_with_its_standard_input() {
        let (script, line) = start("echo ready here; cat").unwrap();
        assert_eq!(line, "ready here");
        let begun = Instant::now();
        drop(script);
        assert!(begun.elapsed() < END, "it was not forced");
    }

    #[test]
    fn a_script_that_ends_before_it_is_ready_is_told_with_the_place_of_its_words() {
        let told = start("echo it is missing >&2; exit 3").err().unwrap().to_string();
        assert!(told.contains("ended before it was ready"), "{told}");
    }
}

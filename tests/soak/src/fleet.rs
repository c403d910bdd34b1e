//! The processes of the five stages: started, killed, stopped, continued, replaced, and what each said when it ended.

use std::fs::File;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};

/// The stages, in the order of the pipeline.
pub(crate) const STAGES: [&str; 5] = ["ingest", "enrich", "classify", "escalate", "sink"];

/// How all processes are started.
pub(crate) struct Setting {
    /// The executable.
    pub(crate) program: PathBuf,
    /// Environment of every stage.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// Folder of their logs.
    pub(crate) logs: PathBuf,
}

/// A place in the fleet: one process of a stage.
pub(crate) struct Slot {
    /// Its stage.
    pub(crate) stage: &'static str,
    /// What tells it from others of its stage.
    pub(crate) instance: String,
    /// Its admin port.
    pub(crate) admin: String,
    /// Where it takes mentions, if it does.
    pub(crate) webhook: Option<String>,
    /// Whether it stands still.
    pub(crate) paused: bool,
    /// Whether the nemesis ended it.
    pub(crate) ending: bool,
    child: Child,
}

/// A process that ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its stage and instance.
    pub(crate) name: String,
    /// How.
    pub(crate) status: ExitStatus,
    /// Its last words, where it was not asked to end.
    pub(crate) words: String,
    /// Whether the nemesis ended it.
    pub(crate) asked: bool,
}

impl Slot {
    /// Starts a process. Its webhook stands at the same address each time, so that senders find it again.
    pub(crate) fn start(
        setting: &Setting,
        stage: &'static str,
        instance: &str,
        webhook: Option<String>,
    ) -> anyhow::Result<Self> {
        let admin = free_address()?;
        let mut command = Command::new(&setting.program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FIREBREAK_")) {
            command.env_remove(name);
        }
        let log = setting.logs.join(format!("{stage}.{instance}.log"));
        let out = File::options().create(true).append(true).open(&log).context("a log cannot be opened")?;
        command.arg(stage).envs(setting.environment.iter().map(|(name, value)| (*name, value)));
        command.env("FIREBREAK_ADMIN", &admin).env("FIREBREAK_INSTANCE", instance);
        command.env("FIREBREAK_END_WITH_STDIN", "true");
        if let Some(webhook) = &webhook {
            command.env("FIREBREAK_WEBHOOK", webhook);
        }
        command.process_group(0).stdin(Stdio::piped()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn().with_context(|| format!("`{}` does not start", setting.program.display()))?;
        Ok(Self { stage, instance: instance.to_owned(), admin, webhook, paused: false, ending: false, child })
    }

    /// Stage and instance.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.stage, self.instance)
    }

    /// Sends a signal; SIGKILL and SIGTERM are remembered as asked for.
    pub(crate) fn signal(&mut self, signal: Signal) {
        self.ending |= matches!(signal, Signal::KILL | Signal::TERM);
        self.paused = match signal {
            Signal::STOP => true,
            Signal::CONT => false,
            _ => self.paused,
        };
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may just have ended.
            let _gone = kill_process(pid, signal);
        }
    }

    /// How it ended; `None` while it runs.
    pub(crate) fn ended(&mut self, logs: &Path) -> Option<Ended> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(self.told(status, logs))
    }

    /// Waits for its end until `deadline`, and kills it then.
    pub(crate) fn end_by(&mut self, deadline: Instant, logs: &Path) -> Option<Ended> {
        while Instant::now() < deadline {
            if let Some(ended) = self.ended(logs) {
                return Some(ended);
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        self.signal(Signal::KILL);
        let status = self.child.wait().ok()?;
        Some(self.told(status, logs))
    }

    fn told(&self, status: ExitStatus, logs: &Path) -> Ended {
        let name = self.name();
        let words = match self.ending {
            true if status.success() || status.signal().is_some() => String::new(),
            _ => last_line(&logs.join(format!("{name}.log"))),
        };
        Ended { name, status, words, asked: self.ending }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

fn last_line(log: &Path) -> String {
    let mut text = String::new();
    // A log that cannot be read says nothing.
    drop(File::open(log).and_then(|mut file| file.read_to_string(&mut text)));
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
}

/// An address on loopback that nobody listens at now.
pub(crate) fn free_address() -> anyhow::Result<String> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

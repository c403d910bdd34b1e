//! A process of the executable: started, asked at its admin port, signalled, and gone with its test.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Before what is waited for must have come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until `done` gives something.
pub(crate) fn until<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(it) = done() {
            return it;
        }
        assert!(Instant::now() < deadline, "{what}: not after {DEADLINE:?}");
        std::thread::sleep(PAUSE);
    }
}

/// The executable, without settings of the shell that runs the tests.
pub(crate) fn firebreak() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firebreak"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FIREBREAK_")) {
        command.env_remove(name);
    }
    command
}

/// An address on loopback that nobody listens at.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// A service that runs.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; its log goes to a file.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let file = File::options().create(true).append(true).open(log).unwrap();
        let out = file.try_clone().unwrap();
        let child = command.env("FIREBREAK_LOG_FORMAT", "json").stdout(Stdio::from(out)).stderr(Stdio::from(file));
        let child = child.stdin(Stdio::null()).spawn().unwrap();
        Self { child, log: log.to_owned() }
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// The page at `path` of its admin port: status and text; `None` while there is none.
    pub(crate) fn page(&self, path: &str) -> Option<(u16, String)> {
        let log = self.log();
        let (_, after) = log.rsplit_once("\"admin\":\"")?;
        let mut stream = TcpStream::connect(after.split('"').next()?).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
    }

    /// The sum of a series over its labels; only those whose line holds `label`.
    pub(crate) fn metric(&self, name: &str, label: &str) -> f64 {
        let (_, text) = self.page("/metrics").unwrap_or_default();
        let lines = text.lines().filter(|line| line.starts_with(name) && line.contains(label));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Waits until it is ready.
    pub(crate) fn ready(&mut self) {
        until("it is ready", || {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended:\n{}", self.log());
            self.page("/readyz").filter(|(status, _)| *status == 200)
        });
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        until("it ends", || self.child.try_wait().unwrap())
    }

    /// Whether it runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

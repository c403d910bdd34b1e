//! A small supervisor: starts processes, starts a dead one again, and stops them by the ids that it was given.
//!
//! Each has a pipe as its standard input, of which only this process holds the other end: one that ends with its input is not left
//! behind when the supervisor is killed.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use stream::service::Stop;

/// Between two looks whether all run.
const LOOK: Duration = Duration::from_millis(50);
/// A process that dies at once is started again no sooner than this after its start.
const AGAIN: Duration = Duration::from_millis(500);
/// How long processes may take to end when their supervisor is dropped.
const LAST: Duration = Duration::from_secs(6);

/// What is to run.
pub struct Task {
    /// Its name.
    pub name: &'static str,
    /// Program, arguments and environment.
    pub command: Command,
    /// Where its output goes, of every start.
    pub log: PathBuf,
}

/// Processes that are kept running by a thread of its own. Dropped, it stops what it has not stopped.
pub struct Supervisor {
    running: Arc<Mutex<Vec<Running>>>,
    stop: Arc<Stop>,
    tender: Option<JoinHandle<()>>,
    restarts: Receiver<Restart>,
}

struct Running {
    task: Task,
    child: Child,
    started: Instant,
}

/// A process that died and was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart {
    /// Its name.
    pub name: &'static str,
    /// How it had ended.
    pub ended: ExitStatus,
    /// The new process.
    pub pid: u32,
}

impl Supervisor {
    /// Starts all tasks.
    ///
    /// # Errors
    /// One cannot be started; those before it are stopped.
    pub fn start(tasks: Vec<Task>) -> io::Result<Self> {
        let (told, restarts) = channel();
        let mut this = Self { running: Arc::default(), stop: Arc::default(), tender: None, restarts };
        for mut task in tasks {
            let (child, started) = (spawn(&mut task)?, Instant::now());
            lock(&this.running).push(Running { task, child, started });
        }
        let (running, stop) = (Arc::clone(&this.running), Arc::clone(&this.stop));
        let tend = move || {
            while !stop.pause(LOOK) {
                for restart in lock(&running).iter_mut().filter_map(Running::tend) {
                    // Nobody may listen.
                    let _unheard = told.send(restart);
                }
            }
        };
        this.tender = Some(thread::Builder::new().name("supervisor".to_owned()).spawn(tend)?);
        Ok(this)
    }

    /// Name and process id of each.
    pub fn pids(&self) -> Vec<(&'static str, u32)> {
        lock(&self.running).iter().map(|running| (running.task.name, running.child.id())).collect()
    }

    /// What was started again since it was asked last.
    pub fn restarts(&self) -> Vec<Restart> {
        self.restarts.try_iter().collect()
    }

    /// Asks all to end and waits; kills what has not ended after `patience`. Returns how each ended.
    ///
    /// # Errors
    /// A process cannot be waited for.
    pub fn stop(mut self, patience: Duration) -> io::Result<Vec<(&'static str, ExitStatus)>> {
        self.end(patience)
    }

    /// Kills all with SIGKILL and starts none of them again.
    ///
    /// # Errors
    /// A process cannot be killed or waited for.
    pub fn kill(mut self) -> io::Result<()> {
        for mut running in self.give_up() {
            running.child.kill()?;
            running.child.wait()?;
        }
        Ok(())
    }

    fn end(&mut self, patience: Duration) -> io::Result<Vec<(&'static str, ExitStatus)>> {
        let mut running = self.give_up();
        for running in &mut running {
            if running.child.try_wait()?.is_none()
                && let Some(pid) = i32::try_from(running.child.id()).ok().and_then(Pid::from_raw)
            {
                // It is our child and not yet waited for, so the id is still its own.
                kill_process(pid, Signal::TERM)?;
            }
        }
        let deadline = Instant::now() + patience;
        running.into_iter().map(|running| running.end_by(deadline)).collect()
    }

    /// All processes; from here on none is started again.
    fn give_up(&mut self) -> Vec<Running> {
        self.stop.want();
        drop(self.tender.take().map(JoinHandle::join));
        std::mem::take(&mut *lock(&self.running))
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if let Err(error) = self.end(LAST) {
            tracing::error!(%error, "processes may be left");
        }
    }
}

impl Running {
    /// Starts it again if it has died.
    fn tend(&mut self) -> Option<Restart> {
        let ended = self.child.try_wait().ok().flatten().filter(|_| self.started.elapsed() >= AGAIN)?;
        self.started = Instant::now();
        match spawn(&mut self.task) {
            Ok(child) => self.child = child,
            Err(error) => {
                tracing::error!(name = self.task.name, %error, "cannot be started again; it is tried once more");
                return None;
            }
        }
        Some(Restart { name: self.task.name, ended, pid: self.child.id() })
    }

    fn end_by(mut self, deadline: Instant) -> io::Result<(&'static str, ExitStatus)> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok((self.task.name, status));
            }
            if Instant::now() > deadline {
                self.child.kill()?;
                return Ok((self.task.name, self.child.wait()?));
            }
            thread::sleep(LOOK);
        }
    }
}

fn lock(running: &Mutex<Vec<Running>>) -> MutexGuard<'_, Vec<Running>> {
    // Each is exchanged whole.
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spawn(task: &mut Task) -> io::Result<Child> {
    let log = File::options().create(true).append(true).open(&task.log)?;
    let command = task.command.process_group(0).stdin(Stdio::piped());
    command.stdout(log.try_clone()?).stderr(log).spawn()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    fn task(name: &'static str, script: &str, folder: &tempfile::TempDir) -> Task {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Task { name, command, log: folder.path().join(name) }
    }

    fn pid(supervisor: &Supervisor, name: &str) -> u32 {
        supervisor.pids().into_iter().find(|(of, _)| *of == name).unwrap().1
    }

    #[test]
    fn a_process_that_is_killed_is_there_again_within_a_second_and_the_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let tasks = ["one", "two"].map(|name| task(name, "exec sleep 600", &folder));
        let supervisor = Supervisor::start(tasks.into()).unwrap();
        let (one, two) = (pid(&supervisor, "one"), pid(&supervisor, "two"));
        kill_process(Pid::from_raw(one as i32).unwrap(), Signal::KILL).unwrap();
        let killed = Instant::now();
        let restarts = loop {
            let restarts = supervisor.restarts();
            if !restarts.is_empty() {
                break restarts;
            }
            assert!(killed.elapsed() < Duration::from_secs(1), "not started again");
            thread::sleep(LOOK);
        };
        assert_eq!((restarts[0].name, restarts[0].ended.signal()), ("one", Some(9)));
        assert_eq!((pid(&supervisor, "one"), pid(&supervisor, "two")), (restarts[0].pid, two));
        let ended = supervisor.stop(Duration::from_secs(10)).unwrap();
        assert!(ended.iter().all(|(_, status)| status.signal() == Some(15)), "{ended:?}");
    }

    #[test]
    fn what_is_killed_gets_no_time_to_end_and_is_not_started_again() {
        let folder = tempfile::tempdir().unwrap();
        let count = folder.path().join("starts");
        let script =
            format!("trap 'echo asked >> {0}' TERM; echo start >> {0}; while :; do sleep 0.05; done", count.display());
        let supervisor = Supervisor::start(vec![task("one", &script, &folder)]).unwrap();
        while std::fs::read(&count).unwrap_or_default().is_empty() {
            thread::sleep(LOOK);
        }
        let pid = pid(&supervisor, "one");
        supervisor.kill().unwrap();
        assert!(rustix::process::test_kill_process(Pid::from_raw(pid as i32).unwrap()).is_err());
        assert_eq!(std::fs::read_to_string(&count).unwrap(), "start\n");
    }

    #[test]
    fn what_does_not_end_when_it_is_asked_to_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let deaf = task("deaf", "trap '' TERM; echo deaf; while :; do sleep 0.05; done", &folder);
        let log = deaf.log.clone();
        let supervisor = Supervisor::start(vec![deaf]).unwrap();
        while std::fs::read(&log).unwrap_or_default().is_empty() {
            thread::sleep(LOOK);
        }
        let ended = supervisor.stop(Duration::from_millis(200)).unwrap();
        assert_eq!(ended[0].1.signal(), Some(9));
    }
}

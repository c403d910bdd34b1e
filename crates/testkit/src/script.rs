//! A service that a script runs for as long as its standard input is open: however this process ends, no service is left.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// The script with its two ends. Each line that it is told, it answers with `done`.
#[derive(Debug)]
pub(crate) struct Script {
    child: Child,
    talk: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Script {
    /// Runs `scripts/services/<name> serve` with further arguments and environment, and waits until it is ready; where its
    /// service is.
    ///
    /// # Panics
    /// When there is no service within the script's patience: it says what is missing, and `or` what else can be done.
    pub(crate) fn serve(name: &str, arguments: &[&str], environment: &[(&str, &str)], or: &str) -> (Self, String) {
        let path = format!("{}/../../scripts/services/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(&path);
        command.arg("serve").args(arguments).envs(environment.iter().copied());
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("`{path}` does not start: {error}"));
        let mut answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let first = line(&mut answers);
        let place = first.strip_prefix("ready ");
        let place = place.unwrap_or_else(|| panic!("`{name} serve` says above what is missing{or}"));
        let talk = Mutex::new((child.stdin.take().expect("a pipe"), answers));
        (Self { child, talk }, place.to_owned())
    }

    /// Has it do something, and waits until that is done.
    pub(crate) fn tell(&self, word: &str) {
        let (stdin, answers) = &mut *self.talk.lock().unwrap();
        writeln!(stdin, "{word}").unwrap();
        assert_eq!(line(answers), "done", "`{word}`");
    }
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

impl Drop for Script {
    fn drop(&mut self) {
        // Its standard input ends with the other fields; its own end is not waited for.
        drop(self.child.try_wait());
    }
}

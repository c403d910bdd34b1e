//! The Apache Kafka of a test process: one node, started with the first test that needs it, gone with the process.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// A broker on loopback. The script that runs it stops it when its standard input ends, which the end of this process does,
/// however it ends.
#[derive(Debug)]
pub struct Broker {
    address: String,
    /// `None` when the broker was there before.
    script: Option<Script>,
}

/// The script with its two ends.
#[derive(Debug)]
struct Script {
    child: Child,
    talk: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

/// What can be done to a broker of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// SIGKILL.
    Kill,
    /// SIGTERM, and wait.
    Stop,
    /// Start again, and wait until it answers.
    Run,
    /// SIGSTOP.
    Pause,
    /// SIGCONT.
    Continue,
}

impl Broker {
    /// The one that all tests of this process share: that of `KAFKA_BOOTSTRAP`, or one that is started now.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Broker> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("KAFKA_BOOTSTRAP") {
            Ok(address) => Self { address, script: None },
            Err(_) => Self::start(),
        })
    }

    /// Starts one of its own.
    ///
    /// # Panics
    /// With what is missing, when there is no broker within the script's patience.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/services/kafka/kafka.sh");
        let mut child = Command::new(script)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`{script}` does not start: {error}"));
        let mut answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let line = line(&mut answers);
        let address = line.strip_prefix("ready ").unwrap_or_else(|| {
            panic!(
                "no Apache Kafka: `{script} serve` says above what is missing; or set KAFKA_BOOTSTRAP to one that runs"
            )
        });
        let talk = Mutex::new((child.stdin.take().expect("a pipe"), answers));
        Self { address: address.to_owned(), script: Some(Script { child, talk }) }
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Does something to this broker, which must be one that was started here.
    pub fn suffer(&self, deed: Deed) {
        let word = match deed {
            Deed::Kill => "kill",
            Deed::Stop => "stop",
            Deed::Run => "run",
            Deed::Pause => "pause",
            Deed::Continue => "cont",
        };
        let script = self.script.as_ref().expect("a broker of one's own");
        let (stdin, answers) = &mut *script.talk.lock().unwrap();
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

//! A private PostgreSQL, started by `scripts/services/postgres.sh` and gone when its last holder drops it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

static STARTED: AtomicUsize = AtomicUsize::new(0);
static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());

/// A running server on loopback, with a folder of its own.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    url: String,
    /// Whether it is behind TLS only.
    mode: &'static str,
    /// Waits for its standard input to end, and then stops the server: also when this process is killed.
    serving: Child,
}

impl Postgres {
    /// A server for a test that stops or breaks it.
    pub fn start() -> Self {
        Self::serve("fast")
    }

    /// One behind TLS only: user `app` comes in by the password in [`Postgres::url`], `machine` by a client certificate.
    pub fn secure() -> Self {
        Self::serve("secure")
    }

    fn serve(mode: &'static str) -> Self {
        // The server runs as another user than root, who can enter the system's folder of temporary files.
        let number = STARTED.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("firebreak-postgres-{}-{number}", std::process::id()));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut serving =
            script(&folder, port, &["serve", mode]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(serving.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("postgres://"), "PostgreSQL did not start: see what its script said above");
        Self { folder, port, url: url.trim().to_owned(), mode, serving }
    }

    /// A file of a secure one's certificates, such as `machine.pem`.
    pub fn certificate(&self, name: &str) -> PathBuf {
        self.folder.join("certificates").join(name)
    }

    /// The password of `app` at a secure one.
    pub fn password(&self) -> String {
        std::fs::read_to_string(self.folder.join("password")).unwrap().trim().to_owned()
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server that the tests of this process share: each uses a schema of its own.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Where to connect.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it at once, as a crash does.
    pub fn crash(&self) {
        self.tell("crash");
    }

    /// Starts it again after a crash; its data are there.
    pub fn start_again(&self) {
        self.tell_with(&["start", self.mode]);
    }

    /// All its processes stand still: it takes connections and answers nothing.
    pub fn pause(&self) {
        self.tell("pause");
    }

    /// It goes on.
    pub fn go_on(&self) {
        self.tell("cont");
    }

    fn tell(&self, command: &str) {
        self.tell_with(&[command]);
    }

    fn tell_with(&self, command: &[&str]) {
        let status = script(&self.folder, self.port, command).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "`postgres.sh {command:?}` failed");
    }
}

fn script(folder: &Path, port: u16, arguments: &[&str]) -> Command {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/services/postgres.sh");
    let mut script = Command::new(path);
    script.args(arguments).env("DIR", folder).env("PORT", port.to_string());
    script
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.serving.stdin.take());
        // It has wiped its folder once it is gone; a test that failed must not hide behind this one.
        drop(self.serving.wait());
    }
}

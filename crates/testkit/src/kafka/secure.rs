//! An Apache Kafka that lets in only whom it knows, and lets them do only what a rule allows.

use std::path::PathBuf;

use stream::kafka::{Sasl, ScramHash, Secret, Security, Tls};

use super::wire;
use crate::script::Script;

pub use wire::Right;

/// A broker with certificates and users of its own, gone with its test. Its operator may do everything, and so may whoever
/// comes by the listener without protection, which is the harness's.
#[derive(Debug)]
pub struct SecureBroker {
    port: u16,
    folder: PathBuf,
    _script: Script,
}

impl SecureBroker {
    /// Starts one.
    ///
    /// # Panics
    /// With what is missing, when there is no broker within the script's patience.
    pub fn start() -> Self {
        let (script, place) = Script::serve("kafka/kafka.sh", &["secure"], &[], "");
        let (address, folder) = place.split_once(' ').expect("an address and a folder");
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port");
        Self { port, folder: folder.into(), _script: script }
    }

    /// `host:port` of the harness's listener, where nothing is protected.
    pub fn open(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// `host:port` where a client certificate lets in.
    pub fn tls(&self) -> String {
        format!("localhost:{}", self.port + 2)
    }

    /// `host:port` where user and password let in, over TLS.
    pub fn sasl(&self) -> String {
        format!("localhost:{}", self.port + 3)
    }

    /// A file of its certificates, such as `authority.pem`.
    pub fn certificate(&self, name: &str) -> PathBuf {
        self.folder.join("certificates").join(name)
    }

    /// The file with a user's password; `operator` and the name of each stage are users.
    pub fn password_file(&self, user: &str) -> PathBuf {
        self.folder.join("passwords").join(user)
    }

    /// A user's password.
    pub fn password(&self, user: &str) -> String {
        std::fs::read_to_string(self.password_file(user)).unwrap().trim().to_owned()
    }

    /// How this user logs in.
    pub fn login(&self, user: &str, hash: ScramHash) -> Security {
        let tls = Tls { ca: Some(self.certificate("authority.pem")), ..Tls::default() };
        Security::Sasl(Sasl { hash, user: user.to_owned(), password: Secret(self.password(user)) }, Some(tls))
    }

    /// Allows a user this, and nothing else by it.
    pub fn allow(&self, user: &str, right: &Right) {
        wire::allow(&self.open(), user, right);
    }

    /// Takes back what was allowed.
    pub fn take_away(&self, user: &str, right: &Right) {
        wire::take_away(&self.open(), user, right);
    }
}

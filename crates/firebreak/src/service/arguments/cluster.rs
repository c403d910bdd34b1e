//! How to reach Kafka.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use stream::kafka::{KafkaSettings, Patience, Sasl, ScramHash, Secret, Security, Tls};

use super::{Mistakes, secret};
use crate::duration;

/// How to reach Kafka. Passwords come from a file or from the environment alone.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Kafka")]
pub struct ClusterArguments {
    /// Brokers to begin with, separated by commas.
    #[arg(long, value_name = "HOST:PORT,…", default_value = "127.0.0.1:9092", env = "FIREBREAK_BROKERS")]
    pub brokers: String,
    /// Put before the name of every topic, group and transactional id: two installations on one cluster differ in it.
    #[arg(long, value_name = "PREFIX", default_value = "", env = "FIREBREAK_NAMESPACE")]
    pub namespace: String,
    /// Connect by TLS.
    #[arg(long, env = "FIREBREAK_TLS")]
    pub tls: bool,
    /// Certificates to trust, in PEM; by default the system's.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_TLS_CA")]
    pub tls_ca: Option<PathBuf>,
    /// The client's own certificate, in PEM.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_TLS_CERTIFICATE")]
    pub tls_certificate: Option<PathBuf>,
    /// The key of that certificate, in PEM.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_TLS_KEY")]
    pub tls_key: Option<PathBuf>,
    /// File with the password of that key; or FIREBREAK_TLS_KEY_PASSWORD holds it.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_TLS_KEY_PASSWORD_FILE")]
    pub tls_key_password_file: Option<PathBuf>,
    /// Log in by SCRAM as this user.
    #[arg(long, value_name = "USER", env = "FIREBREAK_SASL_USER")]
    pub sasl_user: Option<String>,
    /// Hash of SCRAM that the cluster keeps.
    #[arg(long, value_name = "HASH", value_enum, default_value = "sha512", env = "FIREBREAK_SASL_HASH")]
    pub sasl_hash: HashArgument,
    /// File with the user's password; or FIREBREAK_SASL_PASSWORD holds it.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_SASL_PASSWORD_FILE")]
    pub sasl_password_file: Option<PathBuf>,
    /// A further option of librdkafka, `consumer.` or `producer.` before it for one kind of client; several are separated by `;`.
    #[arg(long, value_name = "NAME=VALUE", value_delimiter = ';', env = "FIREBREAK_KAFKA_OPTION")]
    pub kafka_option: Vec<String>,
    /// How long a broker may take to answer.
    #[arg(long, value_name = "SPAN", default_value = "5s", value_parser = duration::parse_time, env = "FIREBREAK_REQUEST_TIMEOUT")]
    pub request_timeout: Duration,
    /// How long the cluster may take to answer first; after that it is tried anew.
    #[arg(long, value_name = "SPAN", default_value = "15s", value_parser = duration::parse_time, env = "FIREBREAK_CONNECT_TIMEOUT")]
    pub connect_timeout: Duration,
}

/// Hash of SCRAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HashArgument {
    /// SCRAM-SHA-256.
    Sha256,
    /// SCRAM-SHA-512.
    Sha512,
}

impl ClusterArguments {
    /// The settings that these arguments make, as far as they can be made.
    pub fn settings(&self, mistakes: &mut Mistakes) -> KafkaSettings {
        let mut settings = KafkaSettings::new(&self.brokers);
        settings.namespace.clone_from(&self.namespace);
        settings.security = self.security(mistakes);
        settings.patience =
            Patience { request: self.request_timeout, connect: self.connect_timeout, ..Patience::default() };
        for option in &self.kafka_option {
            match option.split_once('=') {
                Some((name, value)) => settings.options.push((name.trim().to_owned(), value.trim().to_owned())),
                None => mistakes
                    .note(format!("`--kafka-option {option}` is not NAME=VALUE: write `linger.ms=10`, for example")),
            }
        }
        settings
    }

    fn security(&self, mistakes: &mut Mistakes) -> Security {
        let key_password = secret("FIREBREAK_TLS_KEY_PASSWORD", self.tls_key_password_file.as_deref(), mistakes);
        let password = secret("FIREBREAK_SASL_PASSWORD", self.sasl_password_file.as_deref(), mistakes);
        let (key_password, password) = (key_password.map(Secret), password.map(Secret));
        let (ca, certificate, key) = (self.tls_ca.clone(), self.tls_certificate.clone(), self.tls_key.clone());
        let files = [("--tls-ca", &ca), ("--tls-certificate", &certificate), ("--tls-key", &key)];
        for (flag, file) in files.into_iter().filter_map(|(flag, file)| Some((flag, file.as_ref()?))) {
            if !self.tls {
                mistakes.note(format!("`{flag}` is given without `--tls`: add it, or leave the file out"));
            }
            if let Err(error) = std::fs::File::open(file) {
                mistakes.note(format!("`{flag} {}` cannot be read: {error}", file.display()));
            }
        }
        let tls = self.tls.then_some(Tls { ca, certificate, key, key_password });
        match (&self.sasl_user, password) {
            (Some(user), Some(password)) => {
                let hash = match self.sasl_hash {
                    HashArgument::Sha256 => ScramHash::Sha256,
                    HashArgument::Sha512 => ScramHash::Sha512,
                };
                Security::Sasl(Sasl { hash, user: user.clone(), password }, tls)
            }
            (Some(user), None) => {
                mistakes.note(format!(
                    "`--sasl-user {user}` has no password: put it into FIREBREAK_SASL_PASSWORD, or name its file by \
                     `--sasl-password-file`"
                ));
                Security::Plaintext
            }
            (None, Some(_)) => {
                mistakes
                    .note("a SASL password is given without `--sasl-user`: name the user, or leave the password out");
                Security::Plaintext
            }
            (None, None) => tls.map_or(Security::Plaintext, Security::Tls),
        }
    }
}

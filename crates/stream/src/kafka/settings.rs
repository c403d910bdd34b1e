//! Settings of the Kafka log, typed and checked before any connection.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use events::Topic;

use super::config;
use crate::Planted;

/// How to reach a Kafka cluster and how to work with it.
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// `host:port` of one or more brokers, separated by commas.
    pub bootstrap: String,
    /// How connections are protected.
    pub security: Security,
    /// Put before the name of every topic, group and transactional id; empty for none. Two installations on one cluster
    /// differ in it.
    pub namespace: String,
    /// What makes a batch.
    pub batching: Batching,
    /// How long to wait for what.
    pub patience: Patience,
    /// Further options of librdkafka, by their own names; `consumer.` or `producer.` before a name limits it to one kind of
    /// client. What the exactly-once guarantee rests on is reserved.
    pub options: Vec<(String, String)>,
    /// What is wrong on purpose.
    pub planted: Planted,
}

/// A batch ends at whichever limit comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Most records.
    pub records: usize,
    /// Most bytes of keys and values; overshot by what librdkafka holds ready at once, at most 16 MiB.
    pub bytes: usize,
    /// Longest time from the first record on.
    pub age: Duration,
    /// Longest time without another record. A replicated cluster commits in 20 to 50 ms and wants 50 ms here.
    pub idle: Duration,
    /// How long a poll waits for a first record; zero serves the group and returns.
    pub wait: Duration,
}

impl Default for Batching {
    fn default() -> Self {
        Self {
            records: 5_000,
            bytes: 2 << 20,
            age: Duration::from_millis(50),
            idle: Duration::from_millis(5),
            wait: Duration::from_millis(50),
        }
    }
}

/// Times after which something is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// The group gives up a member that is silent for this long.
    pub session: Duration,
    /// How often a member shows that it is there.
    pub heartbeat: Duration,
    /// A member that does not poll for this long leaves its group by itself.
    pub poll_interval: Duration,
    /// A transaction that is open for this long is aborted by the broker.
    pub transaction: Duration,
    /// One request to a broker.
    pub request: Duration,
    /// A first answer of the cluster when a worker starts.
    pub connect: Duration,
    /// A transaction that is open below the end of a table that is restored; after it the restore is tried anew.
    pub open_transaction: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            session: Duration::from_secs(6),
            heartbeat: Duration::from_millis(1_500),
            poll_interval: Duration::from_secs(60),
            transaction: Duration::from_secs(10),
            request: Duration::from_secs(5),
            connect: Duration::from_secs(30),
            // The timeout and the broker's clean-up interval.
            open_transaction: Duration::from_secs(12),
        }
    }
}

/// How connections are protected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Security {
    /// Not at all.
    #[default]
    Plaintext,
    /// TLS, the client known by its certificate or not at all.
    Tls(Tls),
    /// User and password; over TLS unless it is `None`.
    Sasl(Sasl, Option<Tls>),
}

/// Files of TLS, in PEM.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tls {
    /// Whom to trust; the system's own list when `None`.
    pub ca: Option<PathBuf>,
    /// The client's certificate chain.
    pub certificate: Option<PathBuf>,
    /// Its private key.
    pub key: Option<PathBuf>,
    /// The password of that key.
    pub key_password: Option<Secret>,
}

/// User and password, proven by SCRAM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sasl {
    /// Which hash the cluster keeps.
    pub hash: ScramHash,
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Hash of SCRAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScramHash {
    /// SCRAM-SHA-256.
    Sha256,
    /// SCRAM-SHA-512.
    Sha512,
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl KafkaSettings {
    /// Settings as measured and decided, for a cluster without protection.
    pub fn new(bootstrap: impl Into<String>) -> Self {
        Self {
            bootstrap: bootstrap.into(),
            security: Security::Plaintext,
            namespace: String::new(),
            batching: Batching::default(),
            patience: Patience::default(),
            options: Vec::new(),
            planted: Planted::default(),
        }
    }

    /// The name of a topic in the cluster.
    pub fn topic(&self, topic: Topic) -> String {
        self.name(&topic.name())
    }

    /// The name of a group, a transactional id or a topic in the cluster.
    pub(super) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.namespace)
    }

    /// Every problem of these settings, each with its remedy; empty when there is none.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for server in self.bootstrap.split(',') {
            let port = server.trim().rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
            if port.is_none_or(|(host, port)| host.is_empty() || port == 0) {
                problems.push(format!("broker address `{server}` is not `host:port`: give one such as `kafka:9092`"));
            }
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !self.namespace.chars().all(allowed) {
            problems.push(format!("namespace `{}` may only have letters, digits and `.`, `_`, `-`", self.namespace));
        }
        let Patience { session, heartbeat, poll_interval, transaction, request, .. } = self.patience;
        let mut below = |smaller: (&str, Duration), larger: (&str, Duration)| {
            if smaller.1 >= larger.1 {
                problems.push(format!(
                    "`{}` ({:?}) must be below `{}` ({:?}): lower the one or raise the other",
                    smaller.0, smaller.1, larger.0, larger.1
                ));
            }
        };
        below(("--heartbeat-interval", heartbeat), ("--session-timeout", session));
        below(("--session-timeout", session), ("--poll-interval", poll_interval));
        below(("--request-timeout", request), ("--transaction-timeout", transaction));
        below(("--transaction-timeout", transaction), ("--poll-interval", poll_interval));
        below(("--max-batch-age", self.batching.age), ("--transaction-timeout", transaction));
        if self.batching.records == 0 || self.batching.bytes == 0 {
            problems.push("a batch must be allowed at least one record and one byte".to_owned());
        }
        if let Security::Tls(tls) | Security::Sasl(_, Some(tls)) = &self.security
            && tls.certificate.is_some() != tls.key.is_some()
        {
            problems.push("a client certificate and its key belong together: give both or neither".to_owned());
        }
        problems.extend(config::option_problems(self));
        problems
    }
}

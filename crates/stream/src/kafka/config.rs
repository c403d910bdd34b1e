//! What librdkafka is told: defaults as measured, then the user's options, then what is forced.
//!
//! The order matters: nobody can switch off what exactly-once rests on. Everything is said, also where it is the library's
//! default, so that another version changes nothing here.

use std::time::Duration;

use rdkafka::ClientConfig;

use super::settings::{KafkaSettings, ScramHash, Security, Tls};
use crate::Defect;

/// The largest record that a topic takes: a mention has at most 900 KiB, and a dead letter wraps it.
pub(super) const MAX_RECORD: usize = 2 << 20;

/// Options that are settings of their own, or that nobody may change, with what to do instead.
const RESERVED: &[(&str, &str)] = &[
    ("bootstrap.servers", "it is the setting of the broker addresses"),
    ("metadata.broker.list", "it is the setting of the broker addresses"),
    ("client.id", "it is the transactional id"),
    ("group.id", "it is the role"),
    ("group.instance.id", "membership is dynamic: a static member comes back fenced by its own ghost"),
    ("group.protocol", "the classic protocol is used until its successor is sound in librdkafka"),
    ("partition.assignment.strategy", "only `range` gives one worker the same partition of every topic"),
    ("enable.auto.commit", "offsets are committed in the transaction"),
    ("auto.commit.enable", "offsets are committed in the transaction"),
    ("enable.auto.offset.store", "offsets are committed in the transaction"),
    ("isolation.level", "input is read committed, or records are doubled"),
    ("auto.offset.reset", "a partition without a commit is read from its start"),
    ("enable.partition.eof", "the log sets it where it needs it"),
    ("session.timeout.ms", "it is a setting of its own"),
    ("heartbeat.interval.ms", "it is a setting of its own"),
    ("max.poll.interval.ms", "it is a setting of its own"),
    ("transactional.id", "it is made of role, instance and worker: set `--instance` or `FIREBREAK_INSTANCE`"),
    ("transaction.timeout.ms", "it is a setting of its own"),
    ("enable.idempotence", "a transactional producer is idempotent"),
    ("acks", "a transactional producer waits for all replicas"),
    ("request.required.acks", "a transactional producer waits for all replicas"),
    ("delivery.report.only.error", "the commit tells of success"),
    ("partitioner", "the partition is computed by us, the same in every log"),
    ("security.protocol", "it follows from the settings of TLS and SASL"),
    ("sasl.mechanism", "it follows from the settings of SASL"),
    ("sasl.mechanisms", "it follows from the settings of SASL"),
    ("sasl.username", "it is a setting of its own"),
    ("sasl.password", "it is a setting of its own, read from a file or the environment"),
    ("ssl.key.password", "it is a setting of its own, read from a file or the environment"),
];

/// A kind of client, as options name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Consumer,
    Producer,
}

/// What is wrong with the user's options.
pub(super) fn option_problems(settings: &KafkaSettings) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, value) in &settings.options {
        let (kind, plain) = split(name);
        if let Some((_, why)) = RESERVED.iter().find(|(reserved, _)| *reserved == plain) {
            problems.push(format!("Kafka option `{name}` is reserved: {why}"));
            continue;
        }
        if is_secret(plain) {
            problems.push(format!(
                "Kafka option `{name}` is a secret, which a flag would show: log in by `--sasl-user` or `--tls-key`, whose secrets \
                 come from a file or the environment"
            ));
            continue;
        }
        let mut config = ClientConfig::new();
        if let Err(error) = config.set(plain, value).create_native_config() {
            let kind = kind.map_or("", |kind| if kind == Kind::Consumer { "consumer " } else { "producer " });
            problems.push(format!("Kafka {kind}option `{name}` cannot be `{value}`: {error}"));
        }
    }
    problems
}

/// Whether an option's value must be shown nowhere, the log of the configuration included.
fn is_secret(plain: &str) -> bool {
    plain.contains("password") || plain.contains("secret") || plain == "ssl.key.pem"
}

fn split(name: &str) -> (Option<Kind>, &str) {
    match (name.strip_prefix("consumer."), name.strip_prefix("producer.")) {
        (Some(plain), _) => (Some(Kind::Consumer), plain),
        (_, Some(plain)) => (Some(Kind::Producer), plain),
        _ => (None, name),
    }
}

/// The consumer that is a member of `group`.
pub(super) fn member(settings: &KafkaSettings, group: &str, client: &str) -> ClientConfig {
    let mut config = consumer(settings, group, client);
    config
        .set("partition.assignment.strategy", "range")
        .set("session.timeout.ms", millis(settings.patience.session))
        .set("heartbeat.interval.ms", millis(settings.patience.heartbeat))
        .set("max.poll.interval.ms", millis(settings.patience.poll_interval))
        .set("enable.partition.eof", "false");
    if settings.planted.is(Defect::ReadUncommitted) {
        config.set("isolation.level", "read_uncommitted");
    }
    if settings.planted.is(Defect::AutoCommit) {
        config.set("enable.auto.commit", "true").set("enable.auto.offset.store", "true");
        // About as often as a batch is committed: by default it would take long until one dies in between.
        config.set("auto.commit.interval.ms", "100");
    }
    config
}

/// A consumer that is assigned what it reads, committed records only, and is told where a partition ends. librdkafka wants a
/// group for it; it never joins.
pub(super) fn reader(settings: &KafkaSettings, group: &str, client: &str) -> ClientConfig {
    let mut config = consumer(settings, group, client);
    config.set("enable.partition.eof", "true");
    config
}

/// A client that asks for high watermarks: one that reads committed records would be told the last stable offset instead.
pub(super) fn marks(settings: &KafkaSettings, client: &str) -> ClientConfig {
    let mut config = common(settings, Some(Kind::Consumer), client);
    config.set("isolation.level", "read_uncommitted");
    config
}

fn consumer(settings: &KafkaSettings, group: &str, client: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("queued.min.messages", "5000")
        .set("queued.max.messages.kbytes", "4096")
        // The default of a second makes a bounded prefetch eighteen times slower.
        .set("fetch.queue.backoff.ms", "1")
        .set("fetch.wait.max.ms", "50")
        // A broker that has just come back may not know its topics yet, and a group led by one who asked it then shares out
        // nothing until somebody asks again: after five minutes, by default.
        .set("topic.metadata.refresh.interval.ms", "5000")
        .set("fetch.min.bytes", "1")
        .set("fetch.message.max.bytes", MAX_RECORD.to_string())
        // Compressed; what a broker sends at once lies in memory unpacked, several times as much, for each consumer of a process.
        .set("fetch.max.bytes", "2097152")
        .set("check.crcs", "false");
    let config = with_options(config, settings, Some(Kind::Consumer), client);
    let mut config = config;
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "earliest")
        .set("isolation.level", "read_committed");
    if settings.planted.is(Defect::ShowAborted) {
        config.set("isolation.level", "read_uncommitted");
    }
    config
}

/// The producer of the transactions of `transactional_id`.
pub(super) fn transactional(settings: &KafkaSettings, transactional_id: &str) -> ClientConfig {
    let mut config = producer(settings, transactional_id);
    config
        .set("transactional.id", transactional_id)
        .set("transaction.timeout.ms", millis(settings.patience.transaction));
    config
}

/// A producer without transactions that loses and doubles nothing while it lives.
pub(super) fn plain(settings: &KafkaSettings, client: &str) -> ClientConfig {
    let mut config = producer(settings, client);
    config.set("enable.idempotence", "true");
    config
}

fn producer(settings: &KafkaSettings, client: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("linger.ms", "5")
        .set("batch.size", "1000000")
        .set("batch.num.messages", "10000")
        // A longer queue is slower: it falls out of the cache.
        .set("queue.buffering.max.messages", "20000")
        .set("queue.buffering.max.kbytes", "32768")
        .set("compression.codec", "lz4")
        .set("message.max.bytes", MAX_RECORD.to_string());
    let mut config = with_options(config, settings, Some(Kind::Producer), client);
    config.set("acks", "all").set("delivery.report.only.error", "true").set("partitioner", "murmur2_random");
    config
}

/// A client that only administers.
pub(super) fn admin(settings: &KafkaSettings) -> ClientConfig {
    common(settings, None, "firebreak.admin")
}

fn common(settings: &KafkaSettings, kind: Option<Kind>, client: &str) -> ClientConfig {
    with_options(ClientConfig::new(), settings, kind, client)
}

/// The user's options over the defaults, and what concerns every client over both.
fn with_options(mut config: ClientConfig, settings: &KafkaSettings, kind: Option<Kind>, client: &str) -> ClientConfig {
    // Before a client begins OpenSSL, which would then free its tables at the exit of the process, under the threads of clients that
    // are logging in: a process that had told its error died by a signal so. This way it leaves them to the system.
    openssl_sys::init();
    config
        .set("socket.keepalive.enable", "true")
        .set("reconnect.backoff.max.ms", "2000")
        .set("socket.timeout.ms", millis(settings.patience.request));
    for (name, value) in &settings.options {
        let (of, plain) = split(name);
        if of.is_none() || of == kind {
            config.set(plain, value);
        }
    }
    config.set("bootstrap.servers", &settings.bootstrap).set("client.id", client);
    match &settings.security {
        Security::Plaintext => config.set("security.protocol", "plaintext"),
        Security::Tls(tls) => with_tls(&mut config, tls).set("security.protocol", "ssl"),
        Security::Sasl(sasl, tls) => {
            let mechanism = match sasl.hash {
                ScramHash::Sha256 => "SCRAM-SHA-256",
                ScramHash::Sha512 => "SCRAM-SHA-512",
            };
            config
                .set("sasl.mechanism", mechanism)
                .set("sasl.username", &sasl.user)
                .set("sasl.password", &sasl.password.0);
            match tls {
                Some(tls) => with_tls(&mut config, tls).set("security.protocol", "sasl_ssl"),
                None => config.set("security.protocol", "sasl_plaintext"),
            }
        }
    };
    config
}

fn with_tls<'a>(config: &'a mut ClientConfig, tls: &Tls) -> &'a mut ClientConfig {
    let files =
        [("ssl.ca.location", &tls.ca), ("ssl.certificate.location", &tls.certificate), ("ssl.key.location", &tls.key)];
    for (name, file) in files {
        if let Some(file) = file {
            config.set(name, file.to_string_lossy());
        }
    }
    if let Some(password) = &tls.key_password {
        config.set("ssl.key.password", &password.0);
    }
    config
}

fn millis(duration: Duration) -> String {
    duration.as_millis().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{Sasl, Secret};

    fn settings(options: &[(&str, &str)]) -> KafkaSettings {
        let mut settings = KafkaSettings::new("localhost:9092");
        settings.options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings
    }

    #[test]
    fn what_exactly_once_rests_on_cannot_be_switched_off() {
        let problems =
            settings(&[("isolation.level", "read_uncommitted"), ("consumer.enable.auto.commit", "true")]).problems();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.contains("is reserved: ")), "{problems:?}");
        // Not even by one who does not ask for the problems.
        let config = member(&settings(&[("isolation.level", "read_uncommitted")]), "group", "client");
        assert_eq!(config.get("isolation.level"), Some("read_committed"));
    }

    #[test]
    fn a_secret_is_no_option_and_its_value_is_not_told() {
        for name in ["ssl.keystore.password", "sasl.oauthbearer.client.secret", "producer.ssl.key.pem"] {
            let problems = settings(&[(name, "hush")]).problems();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].contains("is a secret") && !problems[0].contains("hush"), "{problems:?}");
        }
    }

    #[test]
    fn an_unknown_option_and_a_wrong_value_are_named() {
        let problems = settings(&[("linger.mss", "5"), ("producer.linger.ms", "soon")]).problems();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.iter().any(|problem| problem.contains("`linger.mss`")), "{problems:?}");
    }

    #[test]
    fn an_option_reaches_the_kind_of_client_that_it_names() {
        let settings = settings(&[("producer.linger.ms", "20"), ("consumer.fetch.wait.max.ms", "200")]);
        assert_eq!(settings.problems(), Vec::<String>::new());
        assert_eq!(transactional(&settings, "id").get("linger.ms"), Some("20"));
        assert_eq!(member(&settings, "group", "id").get("linger.ms"), None);
        assert_eq!(member(&settings, "group", "id").get("fetch.wait.max.ms"), Some("200"));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut settings = settings(&[]);
        settings.bootstrap = "kafka".into();
        settings.namespace = "a b".into();
        settings.patience.session = Duration::from_secs(90);
        settings.patience.request = Duration::from_secs(20);
        settings.security = Security::Tls(Tls { key: Some("key.pem".into()), ..Tls::default() });
        assert_eq!(settings.problems().len(), 5, "{:#?}", settings.problems());
    }

    #[test]
    fn every_client_can_be_made_of_these_settings() {
        let mut settings = settings(&[]);
        let sasl = Sasl { hash: ScramHash::Sha512, user: "u".into(), password: Secret("p".into()) };
        for security in [Security::Plaintext, Security::Tls(Tls::default()), Security::Sasl(sasl, Some(Tls::default()))]
        {
            settings.security = security;
            let configs = [
                member(&settings, "group", "client"),
                reader(&settings, "group", "client"),
                marks(&settings, "client"),
                transactional(&settings, "id"),
                plain(&settings, "client"),
                admin(&settings),
            ];
            for config in configs {
                assert!(config.create_native_config().is_ok(), "{config:?}");
            }
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let sasl = Sasl { hash: ScramHash::Sha256, user: "u".into(), password: Secret("hush".into()) };
        assert!(!format!("{:?}", Security::Sasl(sasl, None)).contains("hush"));
    }
}

//! The Apache Kafka of a test process: one node, started with the first test that needs it, gone with the process.

use std::sync::OnceLock;

use super::wire;
use crate::script::Script;

/// A broker on loopback, gone with the process.
#[derive(Debug)]
pub struct Broker {
    address: String,
    /// `None` when the broker was there before.
    script: Option<Script>,
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
    /// Start again.
    Launch,
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
        let (script, address) =
            Script::serve("kafka/kafka.sh", &[], &[], "; or set KAFKA_BOOTSTRAP to an Apache Kafka that runs");
        Self { address, script: Some(script) }
    }

    /// Starts one that sends clients which begin at port `proxy` there again, and takes them two ports above its own.
    ///
    /// # Panics
    /// As [`Broker::start`].
    pub fn start_behind(proxy: u16) -> Self {
        let (script, address) = Script::serve("kafka/kafka.sh", &[], &[("PROXIES", &proxy.to_string())], "");
        Self { address, script: Some(script) }
    }

    /// Starts three that replicate to each other. Clients that begin at a port of `proxies` are sent to these ports, of which
    /// the first stands for the first broker, and so on; all others reach them directly.
    ///
    /// # Panics
    /// As [`Broker::start`].
    pub fn start_three(proxies: [u16; 3]) -> Self {
        let proxies = proxies.map(|port| port.to_string()).join(" ");
        let (script, address) = Script::serve("kafka/kafka.sh", &["3"], &[("PROXIES", &proxies)], "");
        Self { address, script: Some(script) }
    }

    /// `host:port`; of three, separated by commas.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Denies everybody to read a topic, by its name in the cluster.
    pub fn deny_reading(&self, topic: &str) {
        wire::deny_reading(&self.address, topic);
    }

    /// Does something to this broker, which must be one that was started here.
    pub fn suffer(&self, deed: Deed) {
        self.node_suffers(1, deed);
    }

    /// Does something to one of several brokers, which are counted from 1.
    pub fn node_suffers(&self, node: usize, deed: Deed) {
        let word = match deed {
            Deed::Kill => "kill",
            Deed::Stop => "stop",
            Deed::Run => "run",
            Deed::Launch => "launch",
            Deed::Pause => "pause",
            Deed::Continue => "cont",
        };
        self.script.as_ref().expect("a broker of one's own").tell(&format!("{word} {node}"));
    }
}

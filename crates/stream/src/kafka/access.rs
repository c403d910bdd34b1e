//! Whether a cluster lets a client in at all: a login or a certificate that is refused looks to librdkafka like brokers that do
//! not answer, which it would wait for without end.
//!
//! What it knows of the reason it tells as an event, to a client that is asked for events. So when a first answer does not come,
//! a client of its own knocks and listens.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::{Client, ClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::metadata::Metadata;

use super::settings::{KafkaSettings, Security};
use super::{config, error};
use crate::Exit;

/// After this time without a first answer it is asked whether the client is refused.
const FIRST: Duration = Duration::from_secs(2);
/// How long it knocks at most.
const KNOCK: Duration = Duration::from_secs(3);
/// One look for events.
const STEP: Duration = Duration::from_millis(100);

/// The metadata of a topic, or of all, for a client that may not have connected before; `what` is said when there is none.
pub(super) fn metadata<C: ClientContext>(
    client: &Client<C>,
    settings: &KafkaSettings,
    topic: Option<&str>,
    what: &str,
) -> Result<Metadata, Exit> {
    let wait = settings.patience.connect;
    let first = wait.min(FIRST);
    let failed = match client.fetch_metadata(topic, first) {
        Ok(metadata) => return Ok(metadata),
        Err(failed) => failed,
    };
    if let Some(exit) = error::lasting(error::code(&failed), what).or_else(|| refused(settings)) {
        return Err(exit);
    }
    let left = wait.saturating_sub(first).max(STEP);
    client.fetch_metadata(topic, left).map_err(|error| error::exit(&error, what))
}

/// Knocks at the cluster, and says why it does not let us in when no later try can help. Waits up to three seconds.
pub(super) fn refused(settings: &KafkaSettings) -> Option<Exit> {
    if settings.security == Security::Plaintext {
        return None;
    }
    let knocking = config::marks(settings, "firebreak.access").create_with_context(Listening::default());
    let knocking: BaseConsumer<Listening> = match knocking {
        Ok(client) => client,
        Err(error) => return Some(Exit::Fatal(format!("no client can be made of these settings: {error}"))),
    };
    let deadline = Instant::now() + KNOCK;
    while Instant::now() < deadline {
        if knocking.fetch_metadata(None, STEP).is_ok() {
            return None;
        }
        while knocking.poll(Duration::ZERO).is_some() {}
        let heard = knocking.context().0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((refusal, reason)) = heard {
            return Some(Exit::Fatal(refusal.told(settings, &reason)));
        }
    }
    None
}

/// Why nobody gets in, by what must be set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The brokers know no such user, or another password.
    Login,
    /// Their certificate is not one that is trusted, or not theirs.
    Certificate,
    /// They want a certificate of the client, and not this one.
    ClientCertificate,
}

impl Refusal {
    /// What an error says about it; `None` when it is about something else, or may pass.
    fn of(code: Code, reason: &str) -> Option<Self> {
        let says = |words: &[&str]| words.iter().any(|words| reason.contains(words));
        if says(&["certificate verify failed", "broker certificate"]) {
            return Some(Self::Certificate);
        }
        if says(&["certificate required", "bad certificate", "alert unknown ca", "alert certificate"]) {
            return Some(Self::ClientCertificate);
        }
        (matches!(code, Code::Authentication | Code::SaslAuthenticationFailed) && !passes(reason))
            .then_some(Self::Login)
    }

    fn told(self, settings: &KafkaSettings, reason: &str) -> String {
        let at = &settings.bootstrap;
        match self {
            Self::Login => {
                let user = if let Security::Sasl(sasl, _) = &settings.security { sasl.user.as_str() } else { "" };
                format!(
                    "the brokers at `{at}` refuse the login of `{user}`: see user, password and SCRAM hash ({reason})"
                )
            }
            Self::Certificate => format!(
                "the certificate of the brokers at `{at}` is not accepted: it must be signed by an authority that `--tls-ca` \
                 names, be valid now, and be for the host that is connected to ({reason})"
            ),
            Self::ClientCertificate => format!(
                "the brokers at `{at}` do not accept our certificate: see `--tls-certificate` and `--tls-key` ({reason})"
            ),
        }
    }
}

/// A login that ended with its connection was not refused: the broker may be going down.
pub(super) fn passes(reason: &str) -> bool {
    ["Broker transport failure", "Timed out", "timed out", "Disconnected"].iter().any(|words| reason.contains(words))
}

/// A context that keeps the first reason for a refusal.
#[derive(Debug, Default)]
struct Listening(Mutex<Option<(Refusal, String)>>);

impl ClientContext for Listening {
    fn error(&self, error: KafkaError, reason: &str) {
        if let Some(refusal) = Refusal::of(error::code(&error), reason) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert((refusal, reason.to_owned()));
        }
    }
}

impl ConsumerContext for Listening {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_from_a_connection_that_broke() {
        let of = |code, reason| Refusal::of(code, reason);
        let login = "SASL authentication error: Authentication failed during authentication due to invalid credentials";
        assert_eq!(of(Code::Authentication, login), Some(Refusal::Login));
        let mechanism = "SASL SCRAM-SHA-256 mechanism handshake failed: Broker: Unsupported SASL mechanism";
        assert_eq!(of(Code::Authentication, mechanism), Some(Refusal::Login));
        let broke = "SASL SCRAM-SHA-256 mechanism handshake failed: Local: Broker transport failure";
        assert_eq!(of(Code::Authentication, broke), None);
        let unknown =
            "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate …";
        assert_eq!(of(Code::SSL, unknown), Some(Refusal::Certificate));
        assert_eq!(of(Code::BrokerTransportFailure, "Disconnected while requesting ApiVersion"), None);
        let alert = "ssl/record/rec_layer_s3.c:1590:SSL alert number 116: tlsv13 alert certificate required";
        assert_eq!(of(Code::BrokerTransportFailure, alert), Some(Refusal::ClientCertificate));
    }
}

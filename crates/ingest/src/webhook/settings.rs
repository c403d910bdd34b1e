//! Settings of the receiver.

use std::time::Duration;

use ::webhook::Verifier;

/// How webhooks are received.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// The path that is posted to.
    pub path: String,
    /// Who may post.
    pub verifier: Verifier,
    /// The largest body in bytes.
    pub largest_body: usize,
    /// How long a sender may take for a request, and how long it waits for the commit before it is told to send again.
    pub patience: Duration,
    /// Most connections at a time; for one more the one that has waited longest without a whole request makes way.
    pub connections: usize,
}

impl WebhookSettings {
    /// Settings for `verifier`: path `/webhook`, bodies of up to 2 MiB, ten seconds, 1,024 connections.
    pub fn new(verifier: Verifier) -> Self {
        let patience = Duration::from_secs(10);
        Self { path: "/webhook".to_owned(), verifier, largest_body: 2 << 20, patience, connections: 1_024 }
    }
}

//! Where notifications go, and how often they are tried.

use std::time::Duration;

use ureq::http::Uri;
use webhook::Secret;

/// How notifications are delivered.
#[derive(Debug, Clone)]
pub struct NotifySettings {
    url: Uri,
    pub(super) secret: Secret,
    /// How long one try may take.
    pub timeout: Duration,
    /// Pauses between one try and the next: one try more than there are pauses. A receiver that names its own with
    /// `Retry-After` is not asked earlier than that.
    pub pauses: Vec<Duration>,
    /// How long a turn waits for its deliveries before they go on beside it. A pass handles up to all partitions, one after the
    /// other: so many times this must stay well below the time after which a group expels a member.
    pub grace: Duration,
    /// Most deliveries at the same time.
    pub at_once: usize,
}

/// A setting of the notifier that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotifySettingsError {
    /// The receiver's address.
    #[error("the address of a webhook is `https://host/path`, or `http://…` within a network that is trusted: {0}")]
    Url(String),
}

impl NotifySettings {
    /// Five tries within seven minutes, each of at most 15 seconds; eight at a time.
    ///
    /// # Errors
    /// The address is none.
    pub fn new(url: &str, secret: Secret) -> Result<Self, NotifySettingsError> {
        let parsed: Uri = url.parse().map_err(|_| NotifySettingsError::Url("it cannot be read".into()))?;
        let wrong = match (parsed.scheme_str(), parsed.host()) {
            (Some("https" | "http"), Some(host)) if !host.is_empty() => None,
            (_, None) => Some("it names no host"),
            _ => Some("it begins otherwise"),
        };
        if let Some(wrong) = wrong {
            return Err(NotifySettingsError::Url(wrong.into()));
        }
        Ok(Self {
            url: parsed,
            secret,
            timeout: Duration::from_secs(15),
            pauses: [2, 10, 60, 300].map(Duration::from_secs).into(),
            grace: Duration::from_millis(100),
            at_once: 8,
        })
    }

    /// The receiver's address.
    pub const fn url(&self) -> &Uri {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_told_why_not() {
        let new = |url| NotifySettings::new(url, Secret::parse("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC").unwrap());
        assert!(new("https://hooks.example/firebreak?x=1").is_ok() && new("http://127.0.0.1:8080/").is_ok());
        for url in ["", "hooks", "/path", "ftp://hooks.example/", "hooks.example/path", "https://"] {
            assert!(matches!(new(url), Err(NotifySettingsError::Url(_))), "{url}");
        }
    }
}

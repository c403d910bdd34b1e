//! Where a registry is, and how to log in.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::http::Uri;

/// How to reach a registry.
#[derive(Debug, Clone)]
pub struct RegistrySettings {
    url: String,
    /// Who asks, where the registry wants to know.
    pub login: Option<Login>,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// A user with a password, which is never printed.
#[derive(Clone)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrySettingsError {
    /// The registry's address.
    #[error(
        "the address of a registry is `https://host`, or `http://…` within a network that is trusted, with its path if it has \
         one, and without user, query or fragment: {0}"
    )]
    Url(String),
}

impl RegistrySettings {
    /// A registry at `url`, which answers within 5 s.
    ///
    /// # Errors
    /// The address is none.
    pub fn new(url: &str) -> Result<Self, RegistrySettingsError> {
        let wrong = |what: &str| RegistrySettingsError::Url(what.to_owned());
        let parsed: Uri = url.parse().map_err(|_| wrong("it cannot be read"))?;
        let authority = parsed.authority().map_or("", |authority| authority.as_str());
        match (parsed.scheme_str(), parsed.host()) {
            _ if authority.contains('@') => return Err(wrong("it names a user: give user and password apart")),
            _ if parsed.query().is_some() || url.contains('#') => return Err(wrong("it has a query or a fragment")),
            (Some("https" | "http"), Some(host)) if !host.is_empty() => {}
            (_, None) => return Err(wrong("it names no host")),
            _ => return Err(wrong("it begins otherwise")),
        }
        Ok(Self { url: url.trim_end_matches('/').to_owned(), login: None, timeout: Duration::from_secs(5) })
    }

    /// The registry's address, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Login {
    /// The header that carries it.
    pub(crate) fn header(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.user, self.password)))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_told_why_not() {
        let settings = RegistrySettings::new("http://127.0.0.1:8081/apis/ccompat/v7/").unwrap();
        assert_eq!(settings.url(), "http://127.0.0.1:8081/apis/ccompat/v7");
        for url in
            ["", "registry", "/path", "ftp://host", "host:8081", "https://", "http://u:p@host", "http://host/?a=b"]
        {
            assert!(RegistrySettings::new(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_goes_into_its_header_and_is_never_printed() {
        let login = Login { user: "Aladdin".into(), password: "open sesame".into() };
        assert_eq!(login.header(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(!format!("{login:?}").contains("sesame"));
    }
}

//! Where the schema registry is, if there is one.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use registry::{Login, RegistrySettings};

use super::{Mistakes, secret};
use crate::duration;

/// Where the schema registry is. Without one, records carry fingerprints of their schemas, and the schemas lie in topic `schemas`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Schema registry")]
pub struct RegistryArguments {
    /// A Confluent-compatible schema registry: records are framed with its ids, so that clients of any language read them.
    #[arg(long, value_name = "URL", env = "FIREBREAK_REGISTRY")]
    pub registry: Option<String>,
    /// Log in there as this user.
    #[arg(long, value_name = "USER", env = "FIREBREAK_REGISTRY_USER")]
    pub registry_user: Option<String>,
    /// File with that user's password; or FIREBREAK_REGISTRY_PASSWORD holds it.
    #[arg(long, value_name = "FILE", env = "FIREBREAK_REGISTRY_PASSWORD_FILE")]
    pub registry_password_file: Option<PathBuf>,
    /// How long the registry may take to answer.
    #[arg(long, value_name = "SPAN", default_value = "5s", value_parser = duration::parse_time, env = "FIREBREAK_REGISTRY_TIMEOUT")]
    pub registry_timeout: Duration,
}

impl RegistryArguments {
    /// The settings that these arguments make; `None` without a registry.
    pub fn settings(&self, mistakes: &mut Mistakes) -> Option<RegistrySettings> {
        let password = secret("FIREBREAK_REGISTRY_PASSWORD", self.registry_password_file.as_deref(), mistakes);
        let login = match (&self.registry_user, password) {
            (Some(user), Some(password)) => Some(Login { user: user.clone(), password }),
            (None, None) => None,
            (Some(user), None) => {
                mistakes.note(format!(
                    "`--registry-user {user}` has no password: put it into FIREBREAK_REGISTRY_PASSWORD, or name its file by \
                     `--registry-password-file`"
                ));
                None
            }
            (None, Some(_)) => {
                mistakes.note(
                    "a password of the registry is given without `--registry-user`: name the user, or leave the password out",
                );
                None
            }
        };
        let Some(url) = &self.registry else {
            if login.is_some() {
                mistakes
                    .note("`--registry-user` is given without `--registry`: name the registry, or leave the user out");
            }
            return None;
        };
        match RegistrySettings::new(url) {
            Ok(mut settings) => {
                (settings.login, settings.timeout) = (login, self.registry_timeout);
                Some(settings)
            }
            Err(error) => {
                mistakes.note(format!("`--registry {url}`: {error}"));
                None
            }
        }
    }
}

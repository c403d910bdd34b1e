//! A client of Confluent-compatible schema registries: the ids that records are framed with, and the schemas behind them.
//!
//! [`register`] is for the time of a deployment: it sets every subject to FULL_TRANSITIVE, asks the registry whether what is
//! new is compatible with all that was, and registers only when everything is. A service registers nothing; it asks for the
//! ids of its schemas when it starts ([`Registry::look_up`]) and for schemas of others when it meets them.
//!
//! Nothing here may know what a record means, or retry: the caller knows how long it can wait.

mod answer;
mod client;
mod error;
mod register;
mod settings;
mod source;
mod subject;

pub use client::Registry;
pub use error::RegistryError;
pub use register::{Finding, Outcome, Registration, register};
pub use settings::{Login, RegistrySettings, RegistrySettingsError};
pub use subject::{Subject, subjects};

//! Stores and notifications: where decisions leave Firebreak.
//!
//! Each store is a role and a consumer group of its own. What a record becomes is a pure function in files of their own
//! (`line.rs`, `rows/`); the files around them do the input and output. No decision about a mention or an incident is made here.

pub mod files;
pub mod notify;
#[cfg(feature = "service")]
pub mod postgres;

pub use files::{FileError, FileStore, Roll};
pub use notify::Notify;
#[cfg(feature = "service")]
pub use notify::{NotifySettings, WebhookNotify};
#[cfg(feature = "service")]
pub use postgres::{PostgresSettings, PostgresStore};

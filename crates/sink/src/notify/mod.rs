//! Role `sink.notify`: notifications to people, on the console of a run, or to a webhook.

mod console;
mod line;
#[cfg(feature = "service")]
mod webhook;

pub use console::{NotificationRead, Notify};
pub use line::line;
#[cfg(feature = "service")]
pub use webhook::{Deliverable, NotifySettings, NotifySettingsError, NotifyState, WebhookNotify};

//! Notifications to a webhook, signed as Standard Webhooks: at least once, each repeat under the notification's own id.
//!
//! The stage never waits for a receiver that is slow: threads of a [`Courier`](courier::Courier) send. What is not delivered by
//! the end of a short grace becomes state with a timer, committed with the offset, so other notifications pass it, and a
//! restart goes on with the tries that are left. After the last try it is a dead letter with its original bytes.
//! Time is the worker's tick: that of the wall clock, since no upstream can change what is already said.

mod courier;
mod message;
mod outcome;
mod settings;
mod stage;
mod state;

pub use settings::{NotifySettings, NotifySettingsError};
pub use stage::{Deliverable, WebhookNotify};
pub use state::NotifyState;

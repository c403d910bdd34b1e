//! What is sent of a notification.

use events::{EventTime, Notification};
use serde::Serialize;

/// The event type of a notification's message.
const TYPE: &str = "notification.created";

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: EventTime,
    data: &'a Notification,
}

/// The body: the same bytes at each try.
///
/// # Errors
/// It cannot be written as JSON.
pub(super) fn body(notification: &Notification) -> Result<Vec<u8>, String> {
    let message = Message { kind: TYPE, timestamp: notification.at, data: notification };
    serde_json::to_vec(&message).map_err(|error| error.to_string())
}

//! Notifications: each is written once, under its own id.

use std::time::SystemTime;

use events::Notification;

use super::clean::{instant, text, word};
use super::json::Json;
use super::row;

row! {
    /// A notification.
    NotificationRow {
        notification_id: String = "text",
        recipient: String = "text",
        reason: String = "text",
        subject_kind: String = "text",
        subject_id: String = "text",
        brand: String = "text",
        severity: i64 = "bigint",
        at: SystemTime = "timestamptz",
        due_at: Option<SystemTime> = "timestamptz",
        summary: String = "text",
        calls: Json = "jsonb",
        unconfirmed: bool = "boolean",
        book_version: String = "text",
    }
}

impl NotificationRow {
    pub(super) fn of(notification: &Notification) -> Self {
        Self {
            notification_id: text(&notification.notification_id),
            recipient: text(notification.recipient.as_str()),
            reason: text(&notification.reason),
            subject_kind: word(&notification.subject_kind),
            subject_id: text(&notification.subject_id),
            brand: text(notification.brand.as_str()),
            severity: notification.severity,
            at: instant(notification.at),
            due_at: notification.due_at.map(instant),
            summary: text(&notification.summary),
            calls: Json::of(&notification.calls),
            unconfirmed: notification.unconfirmed,
            book_version: text(notification.book_version.as_str()),
        }
    }
}

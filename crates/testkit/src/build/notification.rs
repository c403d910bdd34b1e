//! A notification.

use events::{CallSubject, Notification};

use super::{AT, book_version};

/// The warning of a clock of case `c1`.
pub fn notification(id: &str) -> Notification {
    Notification {
        notification_id: id.into(),
        recipient: "oncall:bags".into(),
        reason: "clock_warning".into(),
        subject_kind: CallSubject::Case,
        subject_id: "c1".into(),
        brand: "skyline".into(),
        severity: 30,
        at: AT,
        due_at: None,
        summary: "first reply is due".into(),
        calls: Vec::new(),
        unconfirmed: false,
        book_version: book_version(),
    }
}

//! What a notification says: today one for each call.

use events::{Call, Notification, digest};

/// The notification that passes a call on.
pub(super) fn notification(call: Call) -> Notification {
    Notification {
        notification_id: digest(&["notification", &call.call_id]),
        recipient: call.recipient,
        reason: call.reason,
        subject_kind: call.subject_kind,
        subject_id: call.subject_id,
        brand: call.brand,
        severity: call.severity,
        at: call.at,
        due_at: call.due_at,
        summary: call.summary,
        calls: vec![call.call_id],
        unconfirmed: call.unconfirmed,
        book_version: call.book_version,
    }
}

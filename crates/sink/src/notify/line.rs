//! A notification as one line for people.

use events::{CallSubject, Notification};

/// The line: when, to whom, why, about what, by when, and what to know. Without the text of a mention.
pub fn line(notification: &Notification) -> String {
    let subject = match notification.subject_kind {
        CallSubject::Incident => "incident",
        CallSubject::Case => "case",
        CallSubject::Objective => "objective",
        CallSubject::Unknown => "subject",
    };
    let due = notification.due_at.map(|due| format!(", act by {due}")).unwrap_or_default();
    let unconfirmed = if notification.unconfirmed { " (unconfirmed: input is late)" } else { "" };
    format!(
        "{}  to {}: {} [{}, {subject} {}{due}]{unconfirmed}",
        notification.at,
        one_line(notification.recipient.as_str()),
        one_line(&notification.summary),
        notification.reason,
        one_line(&notification.subject_id),
    )
}

/// Control characters would let a text from outside move the cursor of the reader's terminal.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use events::{BookVersion, BrandId, EventTime, Recipient};

    use super::*;

    fn notification() -> Notification {
        Notification {
            notification_id: "n1".into(),
            recipient: Recipient::from("oncall:cards_night"),
            reason: "clock_warning".into(),
            subject_kind: CallSubject::Case,
            subject_id: "c-m7".into(),
            brand: BrandId::from("tern"),
            severity: 41,
            at: EventTime::parse("2026-11-02T02:12:00Z").unwrap(),
            due_at: Some(EventTime::parse("2026-11-02T02:15:00Z").unwrap()),
            summary: "first reply is due\nin 3 minutes\u{1b}[2J".into(),
            calls: Vec::new(),
            unconfirmed: false,
            book_version: BookVersion::from("b"),
        }
    }

    #[test]
    fn the_line_says_to_whom_why_and_by_when() {
        let line = line(&notification());
        assert_eq!(
            line,
            "2026-11-02T02:12:00Z  to oncall:cards_night: first reply is due in 3 minutes [2J [clock_warning, case c-m7, act by 2026-11-02T02:15:00Z]"
        );
    }

    #[test]
    fn late_input_is_said_and_nothing_controls_the_terminal() {
        let late = Notification { unconfirmed: true, due_at: None, ..notification() };
        let line = line(&late);
        assert!(line.ends_with("(unconfirmed: input is late)"), "{line}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

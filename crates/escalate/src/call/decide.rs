//! Which steps of an incident or a case somebody must be told, and whom.

use book::Book;
use events::{BookVersion, Call, CallSubject, Case, EventTime, Incident, Recipient, Step, digest};

use crate::care::HARM_STEP;

/// The calls for the steps of an incident after `told`.
pub(super) fn incident(book: &Book, version: &BookVersion, incident: &Incident, told: i64) -> Vec<Call> {
    let mut calls = Vec::new();
    for step in new_steps(&incident.steps, told) {
        let reason = match step.kind.as_str() {
            "opened" | "assigned" => "incident_opened",
            "worsened" => "incident_worsened",
            "resolved" => "incident_resolved",
            "reopened" => "incident_reopened",
            _ => continue,
        };
        let called =
            incident.called.iter().filter(|recipient| step.kind != "assigned" || step.detail == recipient.as_str());
        for recipient in called {
            calls.push(Call {
                call_id: call_id(incident.incident_id.as_str(), step, recipient),
                recipient: recipient.clone(),
                reason: reason.to_owned(),
                subject_kind: CallSubject::Incident,
                subject_id: incident.incident_id.to_string(),
                brand: incident.brand.clone(),
                severity: incident.severity,
                at: step.at,
                due_at: None,
                summary: incident_summary(book, incident),
                unconfirmed: incident.unconfirmed,
                book_version: version.clone(),
            });
        }
    }
    calls
}

/// The calls for the steps of a case after `told`.
pub(super) fn case(book: &Book, version: &BookVersion, case: &Case, told: i64) -> Vec<Call> {
    let team = book.team(&case.queue).or_else(|| book.team(&book.default_team));
    let Some(recipient) = team.map(|team| &team.recipient) else {
        return Vec::new();
    };
    let mut calls = Vec::new();
    for step in new_steps(&case.steps, told) {
        let (reason, what) = match step.kind.as_str() {
            "warned" => ("clock_warning", "a reply is due soon".to_owned()),
            "breached" => ("clock_breach", "no reply in time".to_owned()),
            HARM_STEP => (HARM_STEP, format!("{} reported", step.detail)),
            _ => continue,
        };
        let clock = case.clocks.iter().find(|clock| clock.name == step.detail).or(case.clocks.first());
        calls.push(Call {
            call_id: call_id(case.case_id.as_str(), step, recipient),
            recipient: recipient.clone(),
            reason: reason.to_owned(),
            subject_kind: CallSubject::Case,
            subject_id: case.case_id.to_string(),
            brand: case.brand.clone(),
            severity: case.severity,
            at: step.at,
            due_at: clock.map(|clock| clock.due_at),
            summary: case_summary(book, case, &what, clock.map(|clock| clock.due_at)),
            unconfirmed: clock.is_some_and(|clock| clock.unconfirmed),
            book_version: version.clone(),
        });
    }
    calls
}

fn new_steps(steps: &[Step], told: i64) -> impl Iterator<Item = &Step> {
    steps.iter().filter(move |step| step.index > told)
}

fn call_id(subject: &str, step: &Step, recipient: &Recipient) -> String {
    digest(&["call", subject, &step.index.to_string(), recipient.as_str()])
}

fn incident_summary(book: &Book, incident: &Incident) -> String {
    let brand = book.brand(&incident.brand).map_or(incident.brand.as_str(), |brand| brand.name.as_str());
    let theme = incident.theme.as_ref().and_then(|theme| book.theme(theme));
    let about = theme.map_or_else(String::new, |theme| format!(", {}", theme.name));
    format!(
        "{brand}{about}: {} mentions in {} min where {:.0} are expected, {} people since {}",
        incident.observed, incident.window_minutes, incident.expected, incident.people, incident.onset_at
    )
}

fn case_summary(book: &Book, case: &Case, what: &str, due: Option<EventTime>) -> String {
    let brand = book.brand(&case.brand).map_or(case.brand.as_str(), |brand| brand.name.as_str());
    let due = due.map_or_else(String::new, |due| format!(", due {due}"));
    format!("{brand}, {}: {what}{due}, queue {}, {} mentions", case.matter, case.queue, case.mention_count)
}

//! Cases and incidents to calls, calls to notifications.

use escalate::call::{CallIn, NOTHING_NEW, TOMBSTONE};
use escalate::tell::TellIn;
use escalate::{Call, Care, Tell};
use events::{Case, Intent, Notification, Payload, Topic};
use stream::Verdict;
use testkit::build;

use crate::book::book;
use crate::driver::{Driver, at, heard};

fn breached() -> Case {
    let mut care = Driver::new(Care::new(book()));
    let mention = build::at(build::mention("m1", "jo", "secret words"), at("11-02T12:00:00"));
    let said = build::classified(build::enriched(mention, "tern"), Intent::Complaint, Some("atm_card"));
    care.turn(vec![(Topic::MentionsClassified, "x:jo".into(), heard(&said))], at("11-02T12:00:00"));
    care.turn(vec![], at("11-02T14:00:00"));
    care.state.all().unwrap().remove(0)
}

fn row(case: &Case) -> (Topic, String, CallIn) {
    (Topic::Cases, case.case_id.to_string(), CallIn::Case(Box::new(case.clone())))
}

#[test]
fn warning_and_breach_reach_the_queues_team_once_each_and_a_restart_tells_nothing_again() {
    let case = breached();
    let mut call = Driver::new(Call::new(book()));
    let (_, calls) = call.turn(vec![row(&case)], at("11-02T14:00:00"));
    call.restart();
    let (verdicts, again) = call.turn(vec![row(&case)], at("11-02T14:00:05"));
    assert_eq!((verdicts, again), (vec![Verdict::Drop(NOTHING_NEW)], vec![]));
    let (verdicts, _) =
        call.turn(vec![(Topic::Cases, case.case_id.to_string(), CallIn::Tombstone)], at("11-02T14:00:06"));
    assert_eq!(verdicts, [Verdict::Drop(TOMBSTONE)]);

    let mut tell = Driver::new(Tell::new(book()));
    let rows = calls.into_iter().map(|output| match output.payload {
        Payload::Call(call) => (Topic::Calls, output.key, TellIn::Call(call)),
        other => panic!("{other:?}"),
    });
    let (_, outputs) = tell.turn(rows.collect(), at("11-02T14:00:07"));
    let notifications: Vec<Notification> = outputs
        .into_iter()
        .map(|output| match output.payload {
            Payload::Notification(notification) => *notification,
            other => panic!("{other:?}"),
        })
        .collect();
    let reasons: Vec<(&str, &str)> =
        notifications.iter().map(|told| (told.reason.as_str(), told.recipient.as_str())).collect();
    assert_eq!(reasons, [("clock_warning", "cards_day@on-call"), ("clock_breach", "cards_day@on-call")]);
    assert_eq!(notifications[0].at, at("11-02T12:42:00"));
    assert_eq!(notifications[1].due_at, Some(at("11-02T13:00:00")));
    assert_ne!(notifications[0].notification_id, notifications[1].notification_id);
    assert!(
        notifications.iter().all(|told| !told.summary.contains("secret") && told.subject_id == case.case_id.as_str())
    );
}

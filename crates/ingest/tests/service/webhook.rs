//! What a sender that keeps the rules meets.

use std::time::Duration;

use enrich::Enrich;
use events::{MentionId, MentionKind, Role, Topic};
use ingest::ReceiptClock;
use ingest::intake::Intake;
use std::sync::Arc;
use stream::RecordingObserver;
use testkit::drive;
use testkit::embedded::Embedded;
use webhook::{Secret, sign};

use crate::fixture::{
    NEXT_SECRET, SECRET, Service, book, dead_letters, mentions, message, settings, signed, unix_now, until, verifier,
};
use crate::http::post;

#[test]
fn a_message_is_answered_with_success_only_after_its_commit() {
    let mut service = Service::start();
    let body = message("m1");
    let headers = signed(SECRET, "msg_1", body.as_bytes());
    let address = service.address;
    std::thread::scope(|scope| {
        let reply = scope.spawn(|| post(address, &headers, body.as_bytes()));
        std::thread::sleep(Duration::from_millis(200));
        assert!(!reply.is_finished(), "answered before anything was committed");
        assert_eq!(mentions(&service.cluster).len(), 0);
        let cluster = service.cluster.clone();
        until(&mut service.worker, |_| {
            let answered = reply.is_finished();
            assert!(!answered || mentions(&cluster).len() == 1, "answered, and nothing is there");
            answered
        });
        let reply = reply.join().unwrap();
        assert_eq!((reply.status, reply.body.as_str()), (202, r#"{"committed":1}"#));
    });
    let mention = mentions(&service.cluster).pop().unwrap();
    assert_eq!(mention.id, MentionId::of("crm", "m1"));
    assert_eq!(mention.text, "skyline lost my bag");
    let late = unix_now() - mention.received_at.millis() / 1_000;
    assert!((0..10).contains(&late), "received {late} s ago, whatever the message says");
}

#[test]
fn the_mentions_of_a_batch_are_committed_together_and_one_that_is_none_is_a_dead_letter() {
    let mut service = Service::start();
    let body = r#"{"type":"mention.created","data":[
        {"source":"crm","native_id":"a","published_at":"2026-11-02T02:05:00Z","text":"one"},
        {"source":"crm","native_id":"b","published_at":"2026-11-02T02:05:00Z"},
        {"_action":{"at":"2026-11-02T02:05:00Z","kind":"acknowledge","actor":"kim","subject_kind":"case","subject_id":"c1","person":"x:jo"}},
        {"source":"crm","native_id":"c","published_at":"2026-11-02T02:05:00Z","text":"three"}]}"#;
    let reply = service.send("msg_1", body);
    assert_eq!((reply.status, reply.body.as_str()), (202, r#"{"committed":4}"#));
    let mut texts: Vec<String> = mentions(&service.cluster).into_iter().map(|mention| mention.text).collect();
    texts.sort();
    assert_eq!(texts, ["one", "three"]);
    assert_eq!(service.cluster.tap(&[Topic::Actions]).read().len(), 1);
    let letters = dead_letters(&service.cluster);
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((letter.topic.as_str(), letter.key.as_deref()), ("input", Some(b"webhook:msg_1/1".as_slice())));
    let sent = r#"{"source":"crm","native_id":"b","published_at":"2026-11-02T02:05:00Z"}"#;
    assert_eq!(letter.value.as_deref(), Some(sent.as_bytes()), "the bytes as they were sent");
}

#[test]
fn what_a_mention_lacks_comes_from_its_message() {
    let mut service = Service::start();
    let at = unix_now() - 60;
    for (id, kind, data) in [
        ("msg_1", "mention.created", r#"{"text":"no id"}"#),
        ("msg_2", "mention.updated", r#"[{"text":"first"},{"native_id":"own","text":"second"}]"#),
        ("msg_3", "mention.deleted", r#"{"source":"crm","native_id":"gone"}"#),
    ] {
        let sent = events::EventTime::from_millis(at * 1_000);
        let reply = service.send(id, &format!(r#"{{"type":"{kind}","timestamp":"{sent}","data":{data}}}"#));
        assert_eq!(reply.status, 202, "{reply:?}");
    }
    let mut found: Vec<_> = mentions(&service.cluster)
        .into_iter()
        .map(|mention| (mention.source, mention.native_id, mention.kind, mention.published_at.millis() / 1_000 - at))
        .collect();
    found.sort_by(|left, right| left.1.cmp(&right.1));
    let of = |source: &str, id: &str, kind| (source.to_owned(), id.to_owned(), kind, 0);
    let expected = [
        of("crm", "gone", MentionKind::Delete),
        of("webhook", "msg_1", MentionKind::Create),
        of("webhook", "msg_2/0", MentionKind::Edit),
        of("webhook", "own", MentionKind::Edit),
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_event_type_that_nobody_knows_is_a_dead_letter_and_a_success_for_its_sender() {
    let mut service = Service::start();
    let reply = service.send("msg_1", r#"{"type":"mention.liked","data":{"text":"a"}}"#);
    assert_eq!(reply.status, 202);
    let letters = dead_letters(&service.cluster);
    assert_eq!((letters.len(), letters[0].reason.as_str()), (1, "refused"));
    assert!(letters[0].detail.contains("mention.created"), "{}", letters[0].detail);
    assert!(letters[0].headers.iter().any(|header| header.name == "webhook-type" && header.value == b"mention.liked"));
}

#[test]
fn a_replay_within_its_tolerance_is_a_success_and_a_duplicate_for_enrich() {
    let mut service = Service::start();
    let body = message("m1");
    let headers = signed(SECRET, "msg_1", body.as_bytes());
    for _ in 0..2 {
        assert_eq!(service.post(&headers, body.as_bytes()).status, 202);
    }
    // The same post sent again as another message is the same mention too.
    assert_eq!(service.send("msg_2", &body).status, 202);
    assert_eq!(mentions(&service.cluster).len(), 3);
    let harness = Embedded { cluster: service.cluster.clone() };
    let heard = Arc::new(RecordingObserver::default());
    let member = service.cluster.join("enrich", "enrich", &[Topic::MentionsRawExpress, Topic::MentionsRaw]);
    let mut enrich = drive::observed(&harness, member, Enrich::new(book()).unwrap(), heard.clone());
    drive::drain(&mut enrich, None, 4).unwrap();
    let counts = heard.of(Role::Enrich).counts;
    assert_eq!((counts.total_read(), counts.forwarded, counts.total_dropped()), (3, 1, 2));
    assert_eq!(service.cluster.tap(&[Topic::MentionsEnriched]).read().len(), 1);
}

#[test]
fn while_a_secret_is_changed_messages_of_both_are_accepted() {
    let mut both = settings();
    both.verifier = verifier(&[NEXT_SECRET, SECRET]);
    let mut service = Service::with(both, Intake::new(1 << 20), ReceiptClock::Wall);
    let body = message("m1");
    let mut twice = signed(SECRET, "msg_3", body.as_bytes());
    let next = sign(&Secret::parse(NEXT_SECRET).unwrap(), "msg_3", unix_now(), body.as_bytes());
    twice[2].1 = format!("{} {next}", twice[2].1);
    let old = signed(SECRET, "msg_1", body.as_bytes());
    let new = signed(NEXT_SECRET, "msg_2", body.as_bytes());
    for headers in [old, new, twice] {
        assert_eq!(service.post(&headers, body.as_bytes()).status, 202);
    }
}

#[test]
fn where_lines_tell_their_receipt_it_stands_and_the_process_knows_how_far_it_is() {
    let mut service = Service::with(settings(), Intake::new(1 << 20), ReceiptClock::Input);
    let line = |id: &str, at: &str| {
        format!(r#"{{"source":"crm","native_id":"{id}","published_at":"{at}","received_at":"{at}","text":"a"}}"#)
    };
    let lines =
        [line("a", "2026-11-02T02:05:00Z"), line("b", "2026-11-02T02:06:00Z"), line("c", "2026-11-02T02:05:30Z")];
    let body = format!(r#"{{"type":"mention.created","data":[{}]}}"#, lines.join(","));
    assert_eq!(service.worker.committed_to(), None);
    assert_eq!(service.send("msg_1", &body).status, 202);
    let mut received: Vec<String> =
        mentions(&service.cluster).iter().map(|mention| mention.received_at.to_string()).collect();
    received.sort();
    assert_eq!(received, ["2026-11-02T02:05:00Z", "2026-11-02T02:05:30Z", "2026-11-02T02:06:00Z"]);
    assert_eq!(service.worker.committed_to().unwrap().to_string(), "2026-11-02T02:06:00Z");
}

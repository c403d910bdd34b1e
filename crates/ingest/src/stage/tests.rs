use book::Brand;
use bytes::Bytes;
use events::{BrandId, Clamped, Codec, ExpressReason, MentionId, MentionKind, Offset, Partition, Payload};
use proptest::prelude::*;
use stream::{Input, OVERSIZE_LENGTH, Raw};
use testkit::build;

use super::*;

fn book(brands: &[&str]) -> Arc<Book> {
    let brand = |id: &&str| Brand {
        accounts: vec![format!("x:{id}bank"), format!("meta:{id}-1")],
        ..build::brand(id, &format!("{id} bank"))
    };
    Arc::new(build::book(brands.iter().map(brand).collect()))
}

fn now() -> EventTime {
    EventTime::parse("2026-11-02T02:05:00Z").unwrap()
}

fn raw(bytes: &[u8]) -> Raw {
    Raw {
        topic: Topic::Input,
        partition: Partition(0),
        offset: Offset(0),
        timestamp: now(),
        key: None,
        value: Some(Bytes::copy_from_slice(bytes)),
        headers: vec![],
    }
}

fn record(raw: &Raw) -> Record<InputLine> {
    let value = InputLine::decode(raw, &Codec::default()).unwrap();
    Record { topic: raw.topic, offset: raw.offset, timestamp: raw.timestamp, key: String::new(), value }
}

fn decide_all(stage: &Ingest, state: &mut IngestState, records: Vec<Record<InputLine>>) -> Vec<Verdict> {
    stage.process(Batch::new(Partition(0), records), state, &build::context()).unwrap().into_parts().0
}

fn decide(line: impl AsRef<[u8]>) -> Verdict {
    let stage = Ingest::new(book(&["tern"]));
    decide_all(&stage, &mut IngestState::default(), vec![record(&raw(line.as_ref()))]).remove(0)
}

fn output(line: impl AsRef<[u8]>) -> Output {
    match decide(line) {
        Verdict::Forward(mut outputs) if outputs.len() == 1 => outputs.remove(0),
        other => panic!("{other:?}"),
    }
}

fn mention(line: impl AsRef<[u8]>) -> Mention {
    match output(line).payload {
        Payload::Mention(mention) => *mention,
        other => panic!("{other:?}"),
    }
}

fn rejected(line: impl AsRef<[u8]>) -> (RejectReason, String) {
    match decide(line) {
        Verdict::Reject { reason, detail } => (reason, detail),
        other => panic!("{other:?}"),
    }
}

/// A good line with `more` fields.
fn line(more: &str) -> String {
    format!(r#"{{"source":"x","native_id":"1","published_at":"2026-11-02T02:05:00Z"{more}}}"#)
}

#[test]
fn a_line_with_everything_becomes_a_mention_with_everything() {
    let text = r#"{"source":"x","native_id":"7","revision":2,"kind":"edit","published_at":"2026-11-02T02:04:00Z",
        "received_at":"2026-11-02T02:04:30Z","text":"your machine ate my card @ternbank","channel":"post","owned_channel":true,
        "author":{"id":"jo","handle":"@Jo","name":"Jo","followers":12,"verified":false},"thread_id":"t1","parent_id":"6",
        "language":"en","url":"https://x.example/7","urls":["https://a.example"],"media":[{"kind":"image","alt_text":"a card"}],
        "reach":40,"repost":true,"drill":"d1","something_new":{"deep":[1,2]}}"#;
    let mention = mention(text);
    assert_eq!(mention.id, MentionId::of("x", "7"));
    assert_eq!(mention.parent_id, Some(MentionId::of("x", "6")));
    assert_eq!((mention.revision, mention.kind, mention.from_brand), (2, MentionKind::Edit, false));
    assert_eq!(mention.author.as_ref().and_then(|author| author.handle.as_deref()), Some("Jo"));
    assert_eq!(mention.event_time, EventTime::parse("2026-11-02T02:04:00Z").unwrap());
    assert_eq!(mention.brand_hints, [BrandId::from("tern")], "the only brand of the book owns the channel");
    assert_eq!((mention.reach, mention.repost, mention.drill.as_deref()), (Some(40), true, Some("d1")));
    assert_eq!(mention.media[0].alt_text.as_deref(), Some("a card"));
}

#[test]
fn what_is_odd_but_readable_is_accepted() {
    assert_eq!(mention(line(r#","text":"hi""#)).received_at, now(), "received when it was published");
    assert_eq!(mention(line(r#","text":"hi","author":null"#)).author, None);
    assert_eq!(mention(line(r#","text":"hi","author":{"name":"Anonymous"}"#)).author, None);
    assert_eq!(mention(line(r#","text":"hi","author":{"handle":"jo"}"#)).author.unwrap().id, "jo");
    assert_eq!(mention(line(r#","text":"🔥🔥🔥""#)).text, "🔥🔥🔥");
    assert_eq!(mention(line(r#","text":"a\u0000b""#)).text, "a\0b");
    assert_eq!(mention(line(",\"text\":\"a\0b\"")).text, "a\0b", "a NUL that is not escaped");
    assert_eq!(mention(line(r#","text":"","media":[{"kind":"image"}]"#)).text, "");
    assert_eq!(mention(line(r#","media":[{}]"#)).media[0].kind, "file");
    assert_eq!(mention(line(r#","kind":"delete""#)).kind, MentionKind::Delete);
    assert_eq!(mention(line(r#","text":"hi","source_of_nobody":1"#)).source, "x");
    assert_eq!(
        mention(r#"{"source":"nobody-knows","native_id":"1","published_at":"2026-11-02T02:05:00Z","text":"hi"}"#)
            .source,
        "nobody-knows"
    );
    let long = "é".repeat(50_000);
    assert_eq!(mention(line(&format!(r#","text":"{long}""#))).text.len(), 100_000);
    assert_eq!(mention(format!("\u{feff}{}", line(r#","text":"hi""#))).text, "hi", "a byte order mark");
}

#[test]
fn what_can_never_be_a_mention_is_rejected_with_the_field_and_what_it_must_be() {
    use RejectReason::{Decode, Invalid, Refused};
    let cases: Vec<(String, RejectReason, &str)> = vec![
        ("hello".into(), Decode, "not JSON: expected value at line 1 column 1"),
        (r#"{"source":"x","native_id":"1","publ"#.into(), Decode, "the line ends in the middle of its JSON"),
        (r#"{"source":5,"native_id":"1","publ"#.into(), Decode, "the line ends in the middle of its JSON"),
        (format!("{} x", line(r#","text":"a""#)), Decode, "not JSON: trailing characters"),
        ("[1]".into(), Invalid, "a line must be a JSON object, not a list"),
        ("{}".into(), Invalid, "`source` is missing"),
        (line(""), Invalid, "`text` is missing"),
        (line(r#","text":null"#), Invalid, "`text` is missing"),
        (line(r#","text":5"#), Invalid, "`text` must be text; this is another number"),
        (line(r#","text":"a","kind":"shout""#), Invalid, "`kind` must be `create`, `edit` or `delete`"),
        (line(r#","text":"a","revision":-1"#), Invalid, "`revision` must be a whole number, 0 or more"),
        (line(r#","text":"a","revision":1.5"#), Invalid, "`revision` must be a whole number, 0 or more"),
        (line(r#","text":"a","author":"jo""#), Invalid, "`author` must be an object; this is another text"),
        (line(r#","text":"a","author":{"followers":"many"}"#), Invalid, "`author.followers` must be a whole number"),
        (line(r#","text":"a","media":[{"url":1}]"#), Invalid, "`media[].url` must be text"),
        (line(r#","text":"a","urls":"u""#), Invalid, "`urls` must be a list of texts"),
        (
            line(r#","text":"a","received_at":"soon""#),
            Invalid,
            "`received_at` must be a time such as 2026-11-02T02:05:00Z",
        ),
        (line(r#","text":"a","text":"b""#), Invalid, "duplicate field `text`"),
        (r#"{"source":"x","native_id":"1","text":"a"}"#.into(), Invalid, "`published_at` is missing"),
        (
            r#"{"source":"","native_id":"1","published_at":"2026-11-02T02:05:00Z","text":"a"}"#.into(),
            Invalid,
            "`source` is missing",
        ),
        (
            r#"{"source":"x","native_id":1,"published_at":"2026-11-02T02:05:00Z","text":"a"}"#.into(),
            Invalid,
            "`native_id` must be text",
        ),
        (r#"{"_raw":{"source":"x","body":"{}"}}"#.into(), Refused, "`_raw` needs a connector"),
    ];
    for (line, reason, detail) in cases {
        let (found, why) = rejected(&line);
        assert!(found == reason && why.starts_with(detail), "{line}: {found:?}: {why}");
    }
    let (reason, why) = rejected(b"{\"source\":\"x\",\"text\":\"\xff\xfe\"}");
    assert!(reason == Invalid && why.contains("UTF-8 at byte 22"), "{why}");
}

#[test]
fn a_detail_never_shows_what_was_written() {
    let secret = "hunter2";
    for field in ["source", "native_id", "published_at", "kind", "revision", "author", "media", "urls", "text"] {
        let line = format!(r#"{{"{field}":["{secret}"],"zzz":1}}"#);
        let (_, detail) = rejected(&line);
        assert!(!detail.contains(secret), "{field}: {detail}");
    }
}

#[test]
fn a_line_that_was_cut_is_oversize() {
    let mut cut = raw(b"{\"source\":\"x\",\"text\":\"aaaa");
    cut.headers = vec![(OVERSIZE_LENGTH.into(), Bytes::from("10485760"))];
    let stage = Ingest::new(book(&["tern"]));
    let verdicts = decide_all(&stage, &mut IngestState::default(), vec![record(&cut)]);
    assert!(
        matches!(&verdicts[0], Verdict::Reject { reason: RejectReason::Oversize, detail } if detail.contains("921600"))
    );
}

#[test]
fn a_date_that_nobody_believes_becomes_the_stream_time_and_is_counted() {
    let stage = Ingest::new(book(&["tern"]));
    let lines: Vec<Record<InputLine>> = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-02T02:00:00Z"]
        .map(|date| {
            record(&raw(format!(r#"{{"source":"x","native_id":"1","published_at":"{date}","text":"a"}}"#).as_bytes()))
        })
        .into();
    let verdicts = decide_all(&stage, &mut IngestState::default(), lines);
    let times: Vec<EventTime> = verdicts
        .iter()
        .map(|verdict| match verdict {
            Verdict::Forward(outputs) => outputs[0].timestamp,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(times, [now(), now(), EventTime::parse("2026-11-02T02:00:00Z").unwrap()]);
    assert_eq!(stage.undated(), 2);
}

#[test]
fn a_back_fill_and_a_date_after_its_receipt_are_clamped() {
    let clamped = |published: &str| {
        let line = format!(
            r#"{{"source":"x","native_id":"1","published_at":"{published}","received_at":"2026-11-02T02:05:00Z","text":"a"}}"#
        );
        let mention = mention(line);
        (mention.clamped, mention.event_time.to_string())
    };
    assert_eq!(clamped("2026-11-01T02:05:00Z"), (Clamped::No, "2026-11-01T02:05:00Z".into()));
    assert_eq!(clamped("2026-11-01T02:04:59Z"), (Clamped::Past, "2026-11-01T02:05:00Z".into()));
    assert_eq!(clamped("2026-11-02T02:05:01Z"), (Clamped::Future, "2026-11-02T02:05:00Z".into()));
}

#[test]
fn the_brand_is_known_by_its_accounts_and_its_answer_lies_with_what_it_answers() {
    let answer = output(line(r#","text":"we will resolve","author":{"id":"99","handle":"TernBank"},"parent_id":"m7""#));
    assert_eq!(answer.topic, Topic::MentionsRawExpress);
    assert_eq!(answer.key, MentionId::of("x", "m7").as_str());
    let Payload::Mention(mention) = answer.payload else { panic!() };
    assert!(mention.from_brand && mention.express == Some(ExpressReason::BrandAnswer));

    let declared = output(line(r#","text":"we will resolve","from_brand":true,"parent_id":"m7""#));
    assert_eq!((declared.topic, declared.key.as_str()), (Topic::MentionsRawExpress, MentionId::of("x", "m7").as_str()));
    let post = output(line(r#","text":"a bomb threat was reported at our branch","from_brand":true"#));
    assert_eq!((post.topic, post.key.as_str()), (Topic::MentionsRaw, MentionId::of("x", "1").as_str()));
    let customer = output(line(r#","text":"me too","author":{"id":"jo"},"parent_id":"m7""#));
    assert_eq!((customer.topic, customer.key.as_str()), (Topic::MentionsRaw, MentionId::of("x", "1").as_str()));
    // A delete goes under its own id, also that of an answer.
    let delete = output(line(r#","kind":"delete","from_brand":true,"parent_id":"m7""#));
    assert_eq!((delete.topic, delete.key.as_str()), (Topic::MentionsRawExpress, MentionId::of("x", "1").as_str()));
}

#[test]
fn an_owned_channel_of_several_brands_hints_at_one_only_when_it_says_which() {
    let stage = Ingest::new(book(&["tern", "gull"]));
    let hints = |more: &str| {
        let lines = vec![record(&raw(line(&format!(r#","text":"hi","owned_channel":true{more}"#)).as_bytes()))];
        match decide_all(&stage, &mut IngestState::default(), lines).remove(0) {
            Verdict::Forward(mut outputs) => match outputs.remove(0).payload {
                Payload::Mention(mention) => mention.brand_hints,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(hints(""), []);
    assert_eq!(hints(r#","brand":"gull""#), [BrandId::from("gull")]);
    assert_eq!(hints(r#","brand_hints":["gull","tern"]"#), [BrandId::from("gull"), BrandId::from("tern")]);
}

#[test]
fn actions_links_and_numbers_go_to_their_topics_under_their_keys() {
    let action = output(
        r#"{"_action":{"kind":"acknowledge","subject_kind":"incident","subject_id":"i1","brand":"tern","actor":"kim","at":"2026-11-02T02:05:00Z"}}"#,
    );
    assert_eq!((action.topic, action.key.as_str(), action.timestamp), (Topic::Actions, "tern", now()));
    let Payload::Action(action) = action.payload else { panic!() };
    assert_eq!(action.action_id.len(), 32, "made from what it says");

    let reply = output(
        r#"{"_action":{"kind":"reply","subject_kind":"case","subject_id":"c1","person":"x:jo","brand":"tern","actor":"kim","at":"2026-11-02T02:05:00Z"}}"#,
    );
    assert_eq!(reply.key, "x:jo", "a person's action lies with the person");

    let link = output(
        r#"{"_link":{"author":"x:jo","customer":"881","confidence":0.9,"source":"crm","at":"2026-11-02T02:05:00Z"}}"#,
    );
    assert_eq!((link.topic, link.key.as_str(), link.route), (Topic::Links, "x:jo", Route::Key));

    let business = output(r#"{"_business":{"series":"calls","brand":"tern","value":12,"at":"2026-11-02T02:05:00Z"}}"#);
    assert_eq!(
        (business.topic, business.key.as_str(), business.route),
        (Topic::Business, "calls", Route::By("tern".into()))
    );
}

#[test]
fn a_bad_action_link_or_number_says_what_it_lacks() {
    for (line, detail) in [
        (
            r#"{"_action":{"kind":"reply","at":"2026-11-02T02:05:00Z"}}"#,
            "`_action` must name the `person` or the `brand`",
        ),
        (r#"{"_action":{"kind":"reply","brand":"b","at":"2026-11-02T02:05:00Z"}}"#, "`_action.actor` is missing"),
        (r#"{"_action":{"kind":"reply"}}"#, "`_action.at` must be a time"),
        (
            r#"{"_link":{"author":"x:jo","confidence":7,"at":"2026-11-02T02:05:00Z"}}"#,
            "`_link.confidence` must be between 0 and 1",
        ),
        (
            r#"{"_business":{"series":"s","brand":"b","at":"2026-11-02T02:05:00Z"}}"#,
            "`_business` must carry a `value` or an `event`",
        ),
        (r#"{"_business":[1]}"#, "`_business` must be an object; this is a list"),
        (r#"{"_link":{"at":"2026-11-02T02:05:00Z"},"_action":{}}"#, "a line holds one of"),
    ] {
        let (reason, why) = rejected(line);
        assert!(reason == RejectReason::Invalid && why.starts_with(detail), "{line}: {why}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_decided_and_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        decide(&bytes);
    }

    #[test]
    fn any_json_like_text_is_decided_and_never_panics(
        more in "(,\"(text|kind|author|media|revision|_action|_link|published_at)\":(\"[a-zé:\\\\]{0,5}\"|-?[0-9]{1,20}|\\{\\}|\\[\\{?\\}?\\]|null|true)){0,4}",
    ) {
        decide(line(&more));
    }

    #[test]
    fn every_line_of_a_batch_has_its_verdict(good in proptest::collection::vec(any::<bool>(), 0..60)) {
        let stage = Ingest::new(book(&["tern"]));
        let records = good.iter().map(|good| record(&raw(if *good { line(r#","text":"a""#) } else { line("") }.as_bytes()))).collect();
        let verdicts = decide_all(&stage, &mut IngestState::default(), records);
        let forwarded: Vec<bool> = verdicts.iter().map(|verdict| matches!(verdict, Verdict::Forward(_))).collect();
        prop_assert_eq!(forwarded, good);
    }
}

#[cfg(feature = "service")]
#[test]
fn places_of_files_that_are_gone_are_forgotten_only_when_there_are_too_many() {
    use crate::input::{FILE_CURSOR, FILES_GONE};
    let (stage, mut state) = (Ingest::new(book(&["tern"])), IngestState::default());
    let line = |file: usize, more: Option<stream::Header>| {
        let mut raw = raw(br#"{"text":"a"}"#);
        let cursor = FileCursor { head: 1, line: 1, position: 13 };
        raw.headers = [(FILE_CURSOR.into(), Bytes::from(cursor.text()))].into_iter().chain(more).collect();
        Record { key: format!("{file:05}.ndjson:1"), ..record(&raw) }
    };
    decide_all(&stage, &mut state, (0..10_000).map(|file| line(file, None)).collect());
    assert_eq!(state.forgettable(|_| false), Vec::<String>::new());
    decide_all(&stage, &mut state, vec![line(10_000, None)]);
    let gone = state.forgettable(|name| name != "00007.ndjson" && name != "00009.ndjson");
    assert_eq!(gone, ["00007.ndjson", "00009.ndjson"]);
    assert_eq!(state.forgettable(|_| false).len(), 100);
    decide_all(&stage, &mut state, vec![line(10_001, Some((FILES_GONE.into(), gone.join("/").into())))]);
    assert_eq!((state.file("00007.ndjson"), state.file("00008.ndjson").is_some()), (None, true));
    assert_eq!(state.forgettable(|_| false), Vec::<String>::new(), "10,000 are left");
}

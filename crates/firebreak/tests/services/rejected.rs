//! Rejected records in Kafka: listed, shown and sent again, each once whatever happens.

use std::collections::BTreeMap;
use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apache_avro::Schema;
use apache_avro::rabin::Rabin;
use events::codec::embedded;
use events::{Codec, DeadLetter, EventTime, Offset, Partition, PartitionCount, Payload, Topic};
use stream::kafka::Sender;
use stream::{Outgoing, Raw};

use crate::installation::Installation;
use crate::process::until;

/// The topics of these tests forget what is old, and what is old by its timestamp.
fn now() -> EventTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    EventTime::from_millis(i64::try_from(now.as_millis()).unwrap())
}

/// A record for `topic`, partition `partition`.
fn outgoing(topic: Topic, partition: i32, key: &str, value: Vec<u8>) -> Outgoing {
    let (key, value) = (Some(key.to_owned().into()), Some(value.into()));
    Outgoing { topic, partition: Partition(partition), timestamp: now(), key, value, headers: Vec::new() }
}

/// The rejection of record `number` of `topic`, which lay in partition `number` % 4.
fn letter(topic: &str, number: i64) -> DeadLetter {
    let partition = i32::try_from(number % 4).unwrap();
    DeadLetter {
        topic: topic.to_owned(),
        partition: Partition(partition),
        offset: Offset(number),
        stage: "enrich".to_owned(),
        reason: "invalid".to_owned(),
        detail: "made by a test".to_owned(),
        at: now(),
        key: Some(format!("key {number}").into()),
        value: Some(format!("value {number}").into()),
        value_length: 10,
        value_sha256: None,
        headers: Vec::new(),
        build: "test".to_owned(),
    }
}

/// An installation with these rejections.
fn with(letters: Vec<DeadLetter>) -> Installation {
    let installation = Installation::new("wall");
    let codec = Codec::default();
    let record = |letter: DeadLetter| {
        let (partition, key) = (letter.partition.0, String::from_utf8(letter.key.clone().unwrap()).unwrap());
        outgoing(Topic::DeadLetters, partition, &key, Payload::from(letter).encode(&codec).unwrap())
    };
    let records: Vec<Outgoing> = letters.into_iter().map(record).collect();
    Sender::new(&installation.settings).unwrap().send(&records).unwrap();
    installation
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// How often each key was sent again, and how often each is marked.
fn sent_and_marked(installation: &Installation) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
    let (mut sent, mut marked) = (BTreeMap::new(), BTreeMap::new());
    let key = |raw: &Raw| String::from_utf8(raw.key.clone().unwrap().to_vec()).unwrap();
    for raw in installation.read(Topic::MentionsRaw) {
        *sent.entry(key(&raw)).or_default() += 1;
    }
    for raw in installation.read(Topic::DeadLetters) {
        if Codec::default().decode::<DeadLetter>(raw.value.as_deref().unwrap()).unwrap().is_mark() {
            *marked.entry(key(&raw)).or_default() += 1;
        }
    }
    (sent, marked)
}

fn once_each(letters: usize) -> BTreeMap<String, usize> {
    (0..letters).map(|number| (format!("key {number}"), 1)).collect()
}

#[test]
fn a_rejected_record_is_sent_again_once_however_often_that_is_asked() {
    let installation = with((0..3).map(|number| letter("mentions.raw", number)).collect());
    let listed = told(&installation.run(&["dlq", "list"]));
    assert!(listed.contains("mentions.raw/2/2") && listed.ends_with("3 rejected records\n"), "{listed}");

    let one = installation.run(&["dlq", "retry", "1:0"]);
    assert!(one.status.success(), "{one:?}");
    assert!(told(&one).contains("1:0  sent to mentions.raw partition 1\n1 sent again, 0 had been before"), "{one:?}");
    let all = installation.run(&["dlq", "retry", "--stage", "enrich"]);
    assert!(told(&all).ends_with("2 sent again, 1 had been before\n"), "{all:?}");
    let again = installation.run(&["dlq", "retry", "--all"]);
    assert!(told(&again).ends_with("0 sent again, 3 had been before\n"), "{again:?}");

    assert_eq!(sent_and_marked(&installation), (once_each(3), once_each(3)));
    for raw in installation.read(Topic::MentionsRaw) {
        let number = raw.partition.0;
        assert_eq!(raw.value.as_deref().unwrap(), format!("value {number}").as_bytes());
    }
    let listed = told(&installation.run(&["dlq", "list"]));
    assert!(listed.ends_with("3 rejected records, 3 of them sent again\n"), "{listed}");
    let shown = told(&installation.run(&["dlq", "show", "1:0"]));
    assert!(
        shown.contains("key         key 1") && shown.contains("sent again  ") && shown.contains("value 1\n"),
        "{shown}"
    );
}

#[test]
fn which_are_meant_must_be_said_and_one_that_is_not_there_is_an_error() {
    let installation = with(vec![letter("mentions.raw", 0)]);
    assert_eq!(installation.run(&["dlq", "retry"]).status.code(), Some(2));
    for command in ["show", "retry"] {
        let missing = installation.run(&["dlq", command, "3:99"]);
        assert_eq!(missing.status.code(), Some(1), "{missing:?}");
        assert!(told(&missing).contains("no such rejected record `3:99`"), "{missing:?}");
    }
    assert_eq!(sent_and_marked(&installation).0, BTreeMap::new());
}

#[test]
fn what_cannot_be_sent_again_is_said_and_the_others_go() {
    let cut = DeadLetter { value_sha256: Some("ab".to_owned()), value_length: 9_000_000, ..letter("mentions.raw", 1) };
    let twice = letter("mentions.raw", 2);
    let installation = with(vec![letter("input", 0), cut, twice.clone(), twice]);
    let output = installation.run(&["dlq", "retry", "--all"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = told(&output);
    for words in [
        "0:0  not sent: it came in from outside",
        "1:0  not sent: only 7 of its 9000000 bytes",
        "1 sent again, 1 had been",
    ] {
        assert!(told.contains(words), "`{words}` is not in\n{told}");
    }
    // A rejection that was told twice is one record.
    assert_eq!(sent_and_marked(&installation).0, BTreeMap::from([("key 2".to_owned(), 1)]));
}

#[test]
fn a_retry_that_is_killed_leaves_each_record_with_its_mark_or_neither() {
    const LETTERS: usize = 4_000;
    let installation = with((0..LETTERS as i64).map(|number| letter("mentions.raw", number)).collect());
    let mut kills = 0;
    for part in 1..=3 {
        let mut child = installation.command(&["dlq", "retry", "--all"]).stdout(Stdio::null()).spawn().unwrap();
        // Markers of aborted transactions count too, so it is asked for more than there were.
        let before = installation.written(Topic::MentionsRaw);
        until("it sends", || {
            let ended = child.try_wait().unwrap().is_some();
            (ended || installation.written(Topic::MentionsRaw) > before + 300).then_some(())
        });
        kills += usize::from(child.try_wait().unwrap().is_none());
        drop(child.kill());
        child.wait().unwrap();
        // Its open transaction is decided by the next one who retries, if by nobody else.
        let (sent, marked) = sent_and_marked(&installation);
        assert!(sent == marked, "part {part}: {} sent, {} marked", sent.len(), marked.len());
        assert!(sent.values().all(|times| *times == 1));
    }
    assert!(kills > 0, "no retry was killed in the middle");
    let last = installation.run(&["dlq", "retry", "--all"]);
    assert!(last.status.success(), "{last:?}");
    assert!(sent_and_marked(&installation) == (once_each(LETTERS), once_each(LETTERS)));
}

#[test]
fn two_who_retry_at_once_send_nothing_twice() {
    const LETTERS: usize = 2_000;
    let installation = with((0..LETTERS as i64).map(|number| letter("mentions.raw", number)).collect());
    let outputs = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| installation.run(&["dlq", "retry", "--all"])));
        both.map(|one| one.join().unwrap())
    });
    assert!(outputs.iter().any(|output| output.status.success()), "{outputs:?}");
    for output in outputs.iter().filter(|output| !output.status.success()) {
        assert!(told(output).contains("another process uses transactional id"), "{output:?}");
    }
    assert!(sent_and_marked(&installation) == (once_each(LETTERS), once_each(LETTERS)));
}

/// A mention as a later version writes it, with a field that nobody here knows; and the record that makes its schema known.
fn of_a_later_version(partitions: PartitionCount) -> (Vec<u8>, Outgoing) {
    let mut schema: serde_json::Value =
        serde_json::from_str(embedded().find(|schema| schema.name == "mention").unwrap().text).unwrap();
    let later = serde_json::json!({"name": "mood", "type": "string", "default": "", "doc": "How it sounds."});
    schema["fields"].as_array_mut().unwrap().push(later);
    let text = schema.to_string();
    let fingerprint = Schema::parse_str(&text).unwrap().fingerprint::<Rabin>().bytes;
    let example = include_str!("../../../../schemas/mention/examples/card-stuck-at-night.json");
    let mention: events::Mention = serde_json::from_str(example).unwrap();
    let written = Payload::from(mention).encode(&Codec::default()).unwrap();
    // The frame names the later schema; the new field stands last and is empty.
    let record = [&[0xC3, 0x01], fingerprint.as_slice(), &written[10..], &[0]].concat();
    let key: String = fingerprint.iter().rev().map(|byte| format!("{byte:02x}")).collect();
    let partition = partitions.partition(key.as_bytes());
    (record, outgoing(Topic::Schemas, partition.0, &key, text.into_bytes()))
}

#[test]
fn a_record_whose_schema_nobody_knew_passes_once_it_is_known_and_sent_again() {
    let installation = Installation::new("wall");
    let (record, schema) = of_a_later_version(PartitionCount::new(4).unwrap());
    let sender = Sender::new(&installation.settings).unwrap();
    let mut enrich = installation.start("enrich", &[]);
    enrich.ready();
    sender.send(&[outgoing(Topic::MentionsRaw, 0, "m", record)]).unwrap();
    until("it is rejected", || (!installation.read(Topic::DeadLetters).is_empty()).then_some(()));
    let listed = told(&installation.run(&["dlq", "list"]));
    assert!(listed.contains("enrich schema_unknown") && listed.contains("mentions.raw/0/0"), "{listed}");

    sender.send(&[schema]).unwrap();
    // Enrich remembers for a while that nobody knew it.
    until("it passes", || {
        assert!(installation.run(&["dlq", "retry", "--reason", "schema_unknown"]).status.success());
        std::thread::sleep(Duration::from_secs(1));
        (!installation.read(Topic::MentionsEnriched).is_empty()).then_some(())
    });
    assert_eq!(installation.read(Topic::MentionsEnriched).len(), 1);
}

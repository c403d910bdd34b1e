//! One function for each reader; also part of the acceptance tests, which feed it the corpus.

use std::sync::LazyLock;
use std::time::Duration;

use ::book::{Book, load};
use ::webhook::{ID, SIGNATURE, Secret, TIMESTAMP, Verifier, sign};
use bytes::Bytes;
use events::codec::embedded;
use events::{BookVersion, Codec, EventTime, Offset, Partition, PartitionCount, Payload, Role, SchemaId, Topic};
use ingest::Ingest;
use ingest::webhook::lines;
use stream::{Batch, Context, Input, Raw, Record, Stage, Verdict};

/// A moment of the wall's clock, in milliseconds since 1970.
const NOW: EventTime = EventTime::from_millis(1_793_585_100_000);

/// A record of a topic: the first byte says which, the second whose schema it claims, the rest is what it says.
pub fn avro(bytes: &[u8]) {
    let [topic, schema, datum @ ..] = bytes else { return };
    let own = Role::ALL.into_iter().flat_map(|role| [Topic::State(role), Topic::Turns(role)]);
    let topics: Vec<Topic> = Topic::PUBLIC.into_iter().chain([Topic::Seen, Topic::Progress]).chain(own).collect();
    let topic = topics[usize::from(*topic) % topics.len()];
    let schemas: Vec<_> = embedded().collect();
    let fingerprint = schemas[usize::from(*schema) % schemas.len()].fingerprint;
    let record = [&[0xC3, 0x01], fingerprint.0.to_le_bytes().as_slice(), datum].concat();
    let codec = Codec::default();
    // As it came, its frame included.
    drop(Payload::decode(topic, datum, &codec));
    if let Ok(Some(event)) = Payload::decode(topic, &record, &codec) {
        let written = event.encode(&codec).expect("what was read can be written");
        let again = Payload::decode(topic, &written, &codec).expect("what was written can be read");
        let again = again.expect("the topic carries events").encode(&codec);
        assert_eq!(again.as_ref(), Ok(&written), "what was written and read is the same");
    }
    json(&codec, &record);
}

/// What can be shown as JSON is JSON.
fn json(codec: &Codec, record: &[u8]) {
    let mut text = Vec::new();
    if codec.write_json(record, &mut text).is_ok() {
        let shown = serde_json::from_slice::<serde_json::Value>(&text);
        assert!(shown.is_ok(), "no JSON: {}", String::from_utf8_lossy(&text));
    }
}

/// A foreign writer's schema, and behind a NUL a record that claims it.
pub fn foreign(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (schema, record) = bytes.split_at(at);
    let Ok(schema) = std::str::from_utf8(schema) else { return };
    let codec = Codec::default();
    if codec.learn(SchemaId::Registry(7), schema).is_err() {
        return;
    }
    let record = [&[0, 0, 0, 0, 7], record.get(1..).unwrap_or_default()].concat();
    for topic in [Topic::MentionsRaw, Topic::MentionsClassified, Topic::Cases, Topic::DeadLetters, Topic::Links] {
        drop(Payload::decode(topic, &record, &codec));
    }
    json(&codec, &record);
}

/// Lines of a file or of a message's body, which ingest makes mentions of.
pub fn line(bytes: &[u8]) {
    static INGEST: LazyLock<Ingest> = LazyLock::new(|| Ingest::new(read_book().into()));
    let codec = Codec::default();
    let records: Vec<Record<_>> = (0..)
        .zip(bytes.split(|byte| *byte == b'\n'))
        .filter_map(|(number, line)| {
            let raw = Raw {
                topic: Topic::Input,
                partition: Partition(0),
                offset: Offset(number),
                timestamp: NOW,
                key: None,
                value: Some(Bytes::copy_from_slice(line)),
                headers: Vec::new(),
            };
            let value = Input::decode(&raw, &codec).ok()?;
            let key = format!("file:{number}");
            Some(Record { topic: raw.topic, offset: raw.offset, timestamp: NOW, key, value })
        })
        .collect();
    let count = records.len();
    let context = Context {
        stream_time: NOW,
        unconfirmed: false,
        book_version: BookVersion::from("b00c"),
        partitions: PartitionCount::DEFAULT,
    };
    let decided = INGEST.process(Batch::new(Partition(0), records), &mut Default::default(), &context);
    let (verdicts, _) = decided.expect("a line breaks no batch").into_parts();
    assert_eq!(verdicts.len(), count);
    for verdict in verdicts {
        let Verdict::Forward(outputs) = verdict else { continue };
        for output in outputs {
            output.payload.encode(&codec).expect("what is accepted can be written");
        }
    }
}

/// A message of a webhook: id, time and signature, a line each, and its body.
pub fn webhook(bytes: &[u8]) {
    let secret = Secret::parse("whsec_YW4tZXhhbXBsZS1zZWNyZXQtb2YtMjRC").expect("a secret");
    let verifier = Verifier::new(vec![secret.clone()], Duration::from_secs(300)).expect("a verifier");
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let [id, sent, signature, body] = [(); 4].map(|()| parts.next().unwrap_or_default());
    let now = NOW.millis() / 1_000;
    let header = |name: &str| [(ID, id), (TIMESTAMP, sent), (SIGNATURE, signature)].into_iter().find(|it| it.0 == name);
    let forged = verifier.verify(|name| header(name).map(|(_, value)| value), body, now);
    assert!(forged.is_err(), "nobody guesses a signature");

    let body = Bytes::copy_from_slice(body);
    let name: String = String::from_utf8_lossy(id).chars().take(64).collect();
    let name = name.trim().to_owned();
    let (time, signature) = (now.to_string(), sign(&secret, &name, now, &body));
    let honest = |wanted: &str| match wanted {
        ID => Some(name.as_bytes()),
        TIMESTAMP => Some(time.as_bytes()),
        SIGNATURE => Some(signature.as_bytes()),
        _ => None,
    };
    assert_eq!(verifier.verify(honest, &body, now).is_ok(), !name.is_empty(), "a signed message is taken");
    if let Ok(pushed) = lines(&name, NOW, &body, NOW) {
        assert!(!pushed.is_empty());
        for line in &pushed {
            let range = body.as_ptr_range();
            assert!(range.contains(&line.value.as_ptr()), "a line keeps the bytes that it was sent with");
        }
    }
}

/// The files of a book, a NUL between them.
pub fn book(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let files: Vec<(String, String)> = (0..)
        .zip(text.split('\0'))
        .map(|(number, text): (usize, _)| (format!("{number}.yaml"), text.to_owned()))
        .collect();
    match load(&files) {
        Ok(book) => assert!(!book.brands.is_empty(), "a book without a brand is none"),
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "what is refused is told");
            for mistake in mistakes {
                assert!(!mistake.to_string().is_empty());
            }
        }
    }
}

/// A book with what lines are matched against.
fn read_book() -> Book {
    let files = [
        ("brand.yaml", include_str!("../../books/bank/brand.yaml")),
        ("response.yaml", include_str!("../../books/bank/response.yaml")),
        ("teams.yaml", include_str!("../../books/bank/teams.yaml")),
        ("themes.yaml", include_str!("../../books/bank/themes.yaml")),
    ];
    load(&files.map(|(name, text)| (name.to_owned(), text.to_owned()))).expect("a book")
}

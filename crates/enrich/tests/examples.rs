//! What enrich makes of every example of a mention, held against `tests/examples/<name>.json`.

use std::path::Path;
use std::sync::Arc;

use enrich::{Enrich, EnrichState, RawMention};
use events::{Mention, Offset, Partition, Payload, Topic};
use serde_json::{Value, json};
use stream::{Batch, Record, Stage, Verdict};
use testkit::build;
use testkit::examples::{changed, examples};

/// What becomes of a mention, but for itself.
fn outcome(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Forward(outputs) => outputs
            .iter()
            .map(|output| {
                let Payload::Enriched(enriched) = &output.payload else { panic!("{output:?}") };
                json!({"topic": output.topic.name(), "key": output.key, "enrichment": enriched.enrichment})
            })
            .collect(),
        Verdict::Drop(reason) => json!({"drop": reason.0}),
        Verdict::Reject { reason, detail } => json!({"reject": reason.name(), "detail": detail}),
    }
}

#[test]
fn every_example_of_a_mention_is_enriched_as_its_snapshot_says() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut book = book::load_dir(&here.join("../../tests/books/five-brands")).unwrap();
    // So that other words of the book change no snapshot.
    book.version = build::book_version();
    let mut mentions = examples::<Mention>();
    // As they came: an answer finds whom it answers.
    mentions.sort_by_key(|(_, mention)| mention.event_time);
    let (names, mentions): (Vec<String>, Vec<Mention>) = mentions.into_iter().unzip();
    let records = (0..).zip(mentions).map(|(offset, mention)| Record {
        topic: Topic::MentionsRaw,
        offset: Offset(offset),
        timestamp: mention.event_time,
        key: mention.id.to_string(),
        value: RawMention(mention),
    });
    let batch = Batch::new(Partition(0), records.collect());
    let stage = Enrich::new(Arc::new(book)).unwrap();
    let decided = stage.process(batch, &mut EnrichState::default(), &build::context()).unwrap();
    let (verdicts, _) = decided.into_parts();
    let results: Vec<(String, Value)> = names.into_iter().zip(verdicts.iter().map(outcome)).collect();
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join("enrich");
    assert_eq!(changed(&here.join("tests/examples"), &found, &results), [] as [String; 0]);
}

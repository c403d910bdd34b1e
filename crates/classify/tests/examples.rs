//! What classify makes of every example of an enriched mention, held against `tests/examples/<name>.json`.

use std::path::Path;
use std::sync::Arc;

use classify::{Classify, ToClassify};
use events::{ClassifiedMention, EnrichedMention, Offset, Partition, Payload, Topic};
use serde_json::{Value, json};
use stream::{Batch, NoState, Record, Stage, Verdict};
use testkit::build;
use testkit::examples::{changed, examples};

/// What becomes of a mention, but for what came in.
fn outcome(verdict: &Verdict) -> Value {
    let Verdict::Forward(outputs) = verdict else { panic!("classify drops nothing: {verdict:?}") };
    let judged = outputs.iter().map(|output| {
        let Payload::Classified(classified) = &output.payload else { panic!("{output:?}") };
        json!({"topic": output.topic.name(), "key": output.key, "classification": classified.classification})
    });
    judged.collect()
}

#[test]
fn every_example_of_an_enriched_mention_is_classified_as_its_snapshot_says() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut book = book::load_dir(&here.join("../../tests/books/five-brands")).unwrap();
    // So that other words of the book change no snapshot.
    book.version = build::book_version();
    let judged = examples::<ClassifiedMention>().into_iter();
    let judged = judged
        .map(|(name, ClassifiedMention { mention, enrichment, .. })| (name, EnrichedMention { mention, enrichment }));
    let (names, mentions): (Vec<String>, Vec<EnrichedMention>) =
        examples::<EnrichedMention>().into_iter().chain(judged).unzip();
    let records = (0..).zip(mentions).map(|(offset, mention)| Record {
        topic: Topic::MentionsEnriched,
        offset: Offset(offset),
        timestamp: mention.mention.event_time,
        key: mention.enrichment.person.to_string(),
        value: ToClassify(mention),
    });
    let batch = Batch::new(Partition(0), records.collect());
    let stage = Classify::new(Arc::new(book)).unwrap();
    let (verdicts, _) = stage.process(batch, &mut NoState, &build::context()).unwrap().into_parts();
    let results: Vec<(String, Value)> = names.into_iter().zip(verdicts.iter().map(outcome)).collect();
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).join("classify");
    assert_eq!(changed(&here.join("tests/examples"), &found, &results), [] as [String; 0]);
}

//! The stage: what it writes where, what it counts, what it leaves alone.

use std::sync::Arc;

use classify::{Classify, ToClassify};
use events::*;
use stream::{Batch, NoState, Output, Record, Stage, Verdict};
use testkit::build;

use crate::fixture::airline;

fn enriched(id: &str, text: &str) -> EnrichedMention {
    build::enriched(build::mention(id, "jo", text), "skyline")
}

/// The records that go on, in order, and the tallies.
fn run(mentions: Vec<EnrichedMention>) -> (Vec<Output>, Vec<Tally>) {
    let stage = Classify::new(Arc::new(airline())).expect("the fixture's book is valid");
    let records = mentions.into_iter().enumerate().map(|(at, mention)| Record {
        topic: Topic::MentionsEnriched,
        offset: Offset(at as i64),
        timestamp: mention.mention.event_time,
        key: mention.enrichment.person.as_str().to_owned(),
        value: ToClassify(mention),
    });
    let batch = Batch::new(Partition(3), records.collect());
    let (verdicts, outputs) = stage.process(batch, &mut NoState, &build::context()).expect("no fault").into_parts();
    let mut forwarded = Vec::new();
    for verdict in verdicts {
        let Verdict::Forward(outputs) = verdict else { panic!("classify drops nothing: {verdict:?}") };
        assert_eq!(outputs.len(), 1);
        forwarded.extend(outputs);
    }
    let tallies = outputs.into_iter().map(|output| {
        assert_eq!(output.topic, Topic::Tallies);
        let Payload::Tally(tally) = output.payload else { panic!("no tally") };
        assert_eq!(output.key, tally.brand.as_str());
        *tally
    });
    (forwarded, tallies.collect())
}

fn classified(output: &Output) -> &ClassifiedMention {
    let Payload::Classified(classified) = &output.payload else { panic!("no classified mention") };
    classified
}

#[test]
fn the_four_of_the_acceptance_row_leave_with_their_intents_and_none_is_dropped() {
    let texts = ["love it!", "how do I add bags?", "you lost my bag", "win crypto now"];
    let (outputs, _) = run(texts.iter().map(|text| enriched(text, text)).collect());
    let intents: Vec<_> = outputs.iter().map(|output| classified(output).classification.intent.label).collect();
    assert_eq!(intents, [Intent::Praise, Intent::Query, Intent::Complaint, Intent::Noise].map(Some));
    assert!(outputs.iter().all(|output| output.topic == Topic::MentionsClassified && output.key == "x:jo"));
}

#[test]
fn complaints_and_themes_are_counted_with_the_people_behind_them() {
    let (_, tallies) = run(vec![enriched("a", "you lost my bag"), enriched("b", "the crew lost my bag, rude")]);
    let find = |kind, subject: Option<&str>| {
        tallies.iter().find(|tally| tally.subject_kind == kind && tally.subject.as_deref() == subject)
    };
    let volume = find(SubjectKind::Volume, None).expect("a volume tally");
    assert_eq!((volume.intent, volume.mentions, volume.negative), (Some(Intent::Complaint), 2, 2));
    assert_eq!((volume.persons.count(), volume.lineage.stage.as_str()), (1, "classify"));
    assert_eq!(find(SubjectKind::Theme, Some("lost_bag")).map(|tally| (tally.mentions, tally.negative)), Some((2, 2)));
    assert_eq!(find(SubjectKind::ThemePair, Some("crew+lost_bag")).map(|tally| tally.mentions), Some(1));
}

#[test]
fn what_is_said_on_a_page_of_the_brands_own_is_counted_apart() {
    let mut owned = enriched("a", "you lost my bag");
    owned.mention.owned_channel = true;
    let (_, tallies) = run(vec![owned, enriched("b", "you lost my bag")]);
    let classes = tallies.iter().filter(|tally| tally.subject_kind == SubjectKind::Volume);
    let classes: Vec<&str> = classes.map(|tally| tally.source_class.as_str()).collect();
    assert_eq!(classes, ["owned", "social"]);
}

#[test]
fn later_revisions_back_fills_and_the_brands_own_words_are_not_counted() {
    let mut edit = enriched("a", "you lost my bag");
    edit.enrichment.first = false;
    let mut old = enriched("b", "you lost my bag");
    old.mention.clamped = Clamped::Past;
    let mut own = enriched("c", "we are sorry that we lost your bag");
    own.mention.from_brand = true;
    let (outputs, tallies) = run(vec![edit, old, own]);
    assert!(tallies.is_empty(), "{tallies:?}");
    let own = &classified(&outputs[2]).classification;
    assert_eq!((own.intent.label, own.severity.score), (Some(Intent::Other), 0));
}

#[test]
fn a_delete_says_nothing_and_weighs_nothing() {
    let mut delete = enriched("a", "");
    delete.mention.kind = MentionKind::Delete;
    let (outputs, _) = run(vec![delete]);
    let judged = &classified(&outputs[0]).classification;
    assert_eq!((judged.intent.label, judged.severity.score), (Some(Intent::Other), 0));
    assert!(judged.severity.factors.is_empty() && judged.themes.is_empty() && judged.harm.is_empty());
}

#[test]
fn a_threat_that_triage_did_not_see_is_promoted_and_a_flood_is_not() {
    let (outputs, _) = run(vec![enriched("a", "there's a bomb on SK123 tonight"), enriched("b", "love it!")]);
    assert_eq!(outputs[0].topic, Topic::MentionsClassifiedExpress);
    assert_eq!(classified(&outputs[0]).mention.express, Some(ExpressReason::Threat));
    assert_eq!(outputs[1].topic, Topic::MentionsClassified);
    let (outputs, _) = run(vec![enriched("a", "people say a plane is missing")]);
    assert_eq!(outputs[0].topic, Topic::MentionsClassified, "what befell others is told on the main lane");
    let mut flood: Vec<_> = (0..200).map(|at| enriched(&at.to_string(), "smoke in the cabin, we are scared")).collect();
    flood.push(enriched("last", "there's a bomb on SK123 tonight"));
    let (outputs, _) = run(flood);
    let express = outputs.iter().filter(|output| output.topic.express()).count();
    assert_eq!(express, 20);
    assert!(outputs[200].topic.express(), "the gravest is promoted first");
}

#[test]
fn severity_and_tallies_hold_no_words_of_a_mention_but_single_terms() {
    let text = "Marta Jones from Elm Street says staff copied my card and charged 900 at SK123";
    let (outputs, tallies) = run(vec![enriched("a", text)]);
    let judged = &classified(&outputs[0]).classification;
    for factor in &judged.severity.factors {
        assert!(!["Marta", "Elm", "card", "900"].iter().any(|word| factor.evidence.contains(word)), "{factor:?}");
    }
    let terms: Vec<&str> = tallies.iter().flat_map(|tally| &tally.terms).map(|term| term.term.as_str()).collect();
    assert!(!["jones", "street", "900", "sk123"].iter().any(|word| terms.contains(word)), "{terms:?}");
}

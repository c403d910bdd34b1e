use std::collections::{BTreeMap, BTreeSet};

use events::{
    Author, AuthorRole, Clamped, EventTime, Language, LanguageSource, MentionId, Offset, Partition, Payload, Tally,
};
use proptest::prelude::*;
use testkit::build;

use super::*;
use crate::fixture::{author, book, mention};

struct Rig {
    stage: Enrich,
    state: EnrichState,
    offset: i64,
}

/// What became of a mention.
#[derive(Debug, Clone, PartialEq)]
enum Went {
    On(Box<EnrichedMention>),
    Dropped(&'static str),
}

impl Rig {
    fn new() -> Self {
        Self { stage: Enrich::new(book()).unwrap(), state: EnrichState::default(), offset: 0 }
    }

    fn turn(&mut self, mentions: Vec<Mention>) -> (Vec<Verdict>, Vec<Tally>) {
        let records = mentions.into_iter().map(|mention| {
            self.offset += 1;
            let topic = if mention.express.is_some() { Topic::MentionsRawExpress } else { Topic::MentionsRaw };
            let (offset, timestamp, key) = (Offset(self.offset), mention.event_time, mention.id.to_string());
            Record { topic, offset, timestamp, key, value: RawMention(mention) }
        });
        let batch = Batch::new(Partition(7), records.collect());
        let decided = self.stage.process(batch, &mut self.state, &build::context()).unwrap();
        let (verdicts, outputs) = decided.into_parts();
        let tallies = outputs.into_iter().map(|output| match output.payload {
            Payload::Tally(tally) => *tally,
            other => panic!("{other:?}"),
        });
        (verdicts, tallies.collect())
    }

    /// The turn is committed.
    fn merge(&mut self) {
        self.state.tables_mut().into_iter().for_each(StoredTable::merge);
    }

    /// A turn that is committed.
    fn hear(&mut self, mentions: Vec<Mention>) -> Vec<Went> {
        let (verdicts, _) = self.turn(mentions);
        self.merge();
        verdicts.into_iter().map(went).collect()
    }

    fn one(&mut self, mention: Mention) -> Went {
        self.hear(vec![mention]).remove(0)
    }

    fn enriched(&mut self, mention: Mention) -> EnrichedMention {
        match self.one(mention) {
            Went::On(enriched) => *enriched,
            Went::Dropped(reason) => panic!("dropped: {reason}"),
        }
    }
}

fn went(verdict: Verdict) -> Went {
    match verdict {
        Verdict::Drop(reason) => Went::Dropped(reason.0),
        Verdict::Forward(outputs) => match outputs.into_iter().next().map(|output| (output.key, output.payload)) {
            Some((key, Payload::Enriched(enriched))) => {
                assert_eq!(key, enriched.enrichment.person.as_str());
                Went::On(enriched)
            }
            other => panic!("{other:?}"),
        },
        other @ Verdict::Reject { .. } => panic!("{other:?}"),
    }
}

fn revision(native_id: &str, revision: i64, kind: MentionKind) -> Mention {
    Mention { revision, kind, ..mention(native_id, "my nova mobile phone is dead") }
}

#[test]
fn a_mention_passes_once_and_its_copy_is_a_duplicate() {
    let mut rig = Rig::new();
    let post = mention("1", "nova mobile took my money");
    let enriched = rig.enriched(post.clone());
    assert!(enriched.enrichment.first && enriched.enrichment.joined);
    assert_eq!(enriched.enrichment.person, Person::from("x:jo"));
    assert_eq!(enriched.enrichment.book_version, build::book_version());
    assert_eq!(rig.one(post.clone()), Went::Dropped("duplicate"));
    let twice = rig.hear(vec![mention("2", "nova mobile"), mention("2", "nova mobile")]);
    assert_eq!(twice[1], Went::Dropped("duplicate"), "in the same batch too");
}

#[test]
fn an_aborted_turn_has_not_happened() {
    let mut rig = Rig::new();
    let post = mention("1", "nova mobile took my money");
    rig.turn(vec![post.clone()]);
    rig.state.tables_mut().into_iter().for_each(StoredTable::discard);
    assert!(rig.enriched(post).enrichment.first);
}

#[test]
fn what_is_about_no_brand_is_dropped_once_and_its_copy_is_a_duplicate() {
    let mut rig = Rig::new();
    let star = mention("1", "nova remnant seen by telescope");
    assert_eq!(rig.one(star.clone()), Went::Dropped("not_the_brand"));
    assert_eq!(rig.one(star.clone()), Went::Dropped("duplicate"));
    // An edit of it is judged anew: it never left, so it follows nobody.
    let edit = Mention { revision: 1, kind: MentionKind::Edit, ..star };
    assert_eq!(rig.one(edit.clone()), Went::Dropped("not_the_brand"));
    let named = rig.enriched(Mention { revision: 2, text: "nova mobile, I meant".into(), ..edit });
    assert!(named.enrichment.first, "the first that left");
}

#[test]
fn later_revisions_leave_with_the_person_of_the_first_whatever_they_carry() {
    let mut rig = Rig::new();
    rig.enriched(mention("1", "nova mobile took my money"));
    let edit = Mention { revision: 1, kind: MentionKind::Edit, author: None, ..mention("1", "took my money") };
    let edit = rig.enriched(edit);
    assert_eq!((edit.enrichment.person.as_str(), edit.enrichment.first), ("x:jo", false));
    assert!(edit.enrichment.brands.is_empty(), "it goes on for what it belongs to");
    let delete = Mention { revision: 2, kind: MentionKind::Delete, author: None, ..mention("1", "") };
    assert_eq!(rig.enriched(delete).enrichment.person, Person::from("x:jo"));
    let older = Mention { revision: 0, author: None, ..revision("2", 5, MentionKind::Edit) };
    rig.enriched(revision("2", 5, MentionKind::Edit));
    assert!(!rig.enriched(older).enrichment.first, "an older revision goes on");
}

#[test]
fn a_mention_without_author_is_its_own_person() {
    let mut rig = Rig::new();
    let post = Mention { author: None, ..mention("1", "nova mobile took my money") };
    let own = Person::new(format!("mention:{}", post.id));
    assert_eq!(rig.enriched(post.clone()).enrichment.person, own);
    assert_eq!(rig.enriched(Mention { revision: 1, author: Some(author("jo")), ..post }).enrichment.person, own);
}

fn answer(native_id: &str, parent: &MentionId) -> Mention {
    Mention {
        from_brand: true,
        author: Some(Author { id: "9".into(), handle: Some("TernBank".into()), ..Author::default() }),
        parent_id: Some(parent.clone()),
        express: Some(events::ExpressReason::BrandAnswer),
        ..mention(native_id, "we will resolve")
    }
}

/// Topic, person and whether it is joined, of what a verdict or a timer lets leave.
fn left(outputs: Vec<Output>) -> Vec<(Topic, String, bool)> {
    let each = outputs.into_iter().map(|output| match output.payload {
        Payload::Enriched(enriched) => (output.topic, output.key, enriched.enrichment.joined),
        other => panic!("{other:?}"),
    });
    each.collect()
}

#[test]
fn an_answer_that_overtook_its_mention_leaves_behind_it_with_its_person() {
    let mut rig = Rig::new();
    let complaint = mention("1", "@ternbank your machine ate my card");
    let early = answer("8", &complaint.id);
    assert_eq!(rig.turn(vec![early.clone()]).0, [Verdict::Forward(Vec::new())], "it waits");
    rig.merge();
    assert_eq!(rig.one(early.clone()), Went::Dropped("duplicate"), "it is here, though it has not left");
    let (mut verdicts, _) = rig.turn(vec![complaint]);
    let Some(Verdict::Forward(outputs)) = verdicts.pop() else { panic!("{verdicts:?}") };
    let main = (Topic::MentionsEnriched, "x:jo".to_owned(), true);
    assert_eq!(left(outputs), [main, (Topic::MentionsEnrichedExpress, "x:jo".to_owned(), true)]);
    rig.merge();
    assert_eq!(rig.one(early), Went::Dropped("duplicate"));
    assert_eq!(rig.state.timers().unwrap().next(), None);
}

#[test]
fn an_answer_leaves_alone_once_no_mention_can_come_any_more() {
    let mut rig = Rig::new();
    let unknown = MentionId::of("x", "never seen");
    let early = answer("8", &unknown);
    rig.turn(vec![early.clone()]);
    rig.merge();
    let timer = rig.state.timers().unwrap().take_due(early.received_at).expect("it waits for its own acceptance");
    let outputs = rig.stage.fire(&timer, &mut rig.state, &build::context()).unwrap();
    assert_eq!(left(outputs), [(Topic::MentionsEnrichedExpress, "x:9".to_owned(), false)]);
    rig.merge();
    assert_eq!(rig.one(early), Went::Dropped("duplicate"));
}

#[test]
fn an_answer_to_what_was_dropped_or_deleted_or_without_a_brand_of_its_own_waits_for_nobody() {
    let mut rig = Rig::new();
    rig.enriched(Mention { kind: MentionKind::Delete, revision: 1, ..mention("1", "") });
    let to_deleted = rig.enriched(answer("8", &MentionId::of("x", "1")));
    assert_eq!(to_deleted.enrichment.person.as_str(), "x:jo");
    let nobodys = Mention { author: Some(author("kim")), ..answer("9", &MentionId::of("x", "2")) };
    assert_eq!(rig.one(Mention { text: "thank you".into(), ..nobodys }), Went::Dropped("not_the_brand"));
}

#[test]
fn a_brands_answer_leaves_with_the_person_it_answers() {
    let mut rig = Rig::new();
    let complaint = mention("1", "@ternbank your machine ate my card");
    rig.enriched(complaint.clone());
    let late = rig.enriched(answer("9", &complaint.id));
    assert_eq!((late.enrichment.person.as_str(), late.enrichment.joined), ("x:jo", true));
    assert_eq!(late.enrichment.author_role, AuthorRole::Brand);
    assert_eq!(late.enrichment.brands[0].confidence, 1.0);
    let corrected =
        rig.enriched(Mention { revision: 1, kind: MentionKind::Edit, parent_id: None, ..answer("9", &complaint.id) });
    assert_eq!(corrected.enrichment.person.as_str(), "x:jo", "an edit of the answer too");
}

#[test]
fn odd_orders_lose_nothing_and_a_delete_is_final() {
    let mut rig = Rig::new();
    let edit_first = rig.enriched(revision("1", 1, MentionKind::Edit));
    let create_late = rig.enriched(revision("1", 0, MentionKind::Create));
    assert!(edit_first.enrichment.first && !create_late.enrichment.first);

    let never_seen =
        rig.enriched(Mention { author: None, text: String::new(), ..revision("2", 1, MentionKind::Delete) });
    assert!(never_seen.enrichment.brands.is_empty());
    let after = rig.enriched(revision("2", 0, MentionKind::Create));
    assert_eq!((after.mention.text.as_str(), after.mention.kind), ("", MentionKind::Create), "its text is gone");
    assert_eq!(after.enrichment.person, never_seen.enrichment.person);
    assert_eq!(after.enrichment.copied_text, None);
}

#[test]
fn emoji_and_pictures_without_words_go_on_when_the_source_says_whose_they_are() {
    let mut rig = Rig::new();
    let emoji = Mention { brand_hints: vec!["nova".into()], ..mention("1", "🔥🔥") };
    let emoji = rig.enriched(emoji);
    let undetermined = Language { tag: "und".into(), confidence: 0.0, source: LanguageSource::Undetermined };
    assert_eq!(emoji.enrichment.language, undetermined);
    assert_eq!(rig.one(mention("2", "🔥🔥")), Went::Dropped("not_the_brand"));
    let long = mention("3", &format!("nova mobile {}", "é".repeat(50_000)));
    assert_eq!(rig.enriched(long).mention.text.len(), 100_012);
}

#[test]
fn authors_have_roles() {
    let mut rig = Rig::new();
    for (number, (who, role)) in
        [("@Kim", AuthorRole::Employee), ("DailyNews", AuthorRole::Press), ("jo", AuthorRole::Public)]
            .into_iter()
            .enumerate()
    {
        let post = Mention { author: Some(author(who)), ..mention(&number.to_string(), "nova mobile is down") };
        assert_eq!(rig.enriched(post).enrichment.author_role, role, "{who}");
    }
}

#[test]
fn the_express_lane_stays_the_express_lane() {
    let mut rig = Rig::new();
    let fast = Mention { express: Some(events::ExpressReason::Threat), ..mention("1", "nova mobile") };
    let (verdicts, _) = rig.turn(vec![fast, mention("2", "nova mobile")]);
    let topics: Vec<Topic> = verdicts
        .into_iter()
        .map(|verdict| match verdict {
            Verdict::Forward(outputs) => outputs[0].topic,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(topics, [Topic::MentionsEnrichedExpress, Topic::MentionsEnriched]);
}

#[test]
fn volume_counts_first_revisions_of_the_public_in_their_own_time() {
    let mut rig = Rig::new();
    let brand_post =
        Mention { from_brand: true, author: Some(author("nova")), ..mention("4", "nova mobile says sorry") };
    let back_fill = Mention { clamped: Clamped::Past, ..mention("5", "nova mobile is slow") };
    let owned = Mention { owned_channel: true, brand_hints: vec!["nova".into()], ..mention("6", "slow again") };
    let (_, tallies) = rig.turn(vec![
        mention("1", "nova mobile network outage #outage"),
        mention("1", "nova mobile network outage #outage"),
        Mention {
            author: Some(author("kim")),
            repost: true,
            ..mention("2", "nova mobile outage and tern bank outage")
        },
        revision("1", 1, MentionKind::Edit),
        brand_post,
        back_fill,
        owned,
        mention("7", "nova remnant seen by telescope"),
    ]);
    let counted: Vec<(&str, &str, i64, i64, i64)> = tallies
        .iter()
        .map(|tally| {
            (tally.brand.as_str(), tally.source_class.as_str(), tally.mentions, tally.reposts, tally.persons.count())
        })
        .collect();
    assert_eq!(counted, [("nova", "owned", 1, 0, 1), ("nova", "social", 2, 1, 2), ("tern", "social", 1, 1, 1)]);
    let nova = &tallies[1];
    assert_eq!((nova.terms[0].term.as_str(), nova.terms[0].count), ("outage", 2));
    assert_eq!((nova.lineage.partition, nova.lineage.first_offset, nova.lineage.last_offset), (Partition(7), 1, 3));
    assert_eq!(nova.minute, EventTime::parse("2026-11-02T02:05:00Z").unwrap());
}

/// `nova mobile` and eight words more; numbers tell texts apart.
fn words(number: u8) -> String {
    format!("nova mobile put every single bill up overnight again {number}")
}

fn by(who: u32, native_id: &str, text: &str) -> Mention {
    let author = Author { followers: Some(3), ..author(&format!("u{who}")) };
    Mention { author: Some(author), ..mention(native_id, text) }
}

#[test]
fn many_accounts_with_one_text_are_called_coordinated_and_others_beside_them_are_not() {
    let mut rig = Rig::new();
    let mut found = Vec::new();
    for number in 0..40u32 {
        let copy = rig.enriched(by(number, &format!("c{number}"), &words(1)));
        found.push(copy.enrichment.coordination);
        let own = format!("nova mobile and my bill number {number} is wrong for the second time");
        let other = rig.enriched(by(100 + number, &format!("o{number}"), &own));
        assert_eq!(other.enrichment.coordination, None);
    }
    assert_eq!(found[..2], [None, None], "two are no campaign");
    let likelihoods: Vec<f64> = found[2..].iter().map(|found| found.unwrap().likelihood).collect();
    assert!(likelihoods.is_sorted(), "{likelihoods:?}");
    assert!(likelihoods[0] < 0.1 && likelihoods[37] > 0.9, "{likelihoods:?}");
    assert_eq!(found[39].unwrap().accounts, 40);
}

#[test]
fn reposts_edits_back_fills_the_press_and_the_brand_do_not_count_nor_does_an_account_twice() {
    let mut rig = Rig::new();
    for number in 0..2 {
        rig.enriched(by(number, &format!("c{number}"), &words(1)));
    }
    let at = |number: u32| by(number, &format!("c{number}"), &words(1));
    let passed = [
        Mention { repost: true, ..at(10) },
        Mention { clamped: Clamped::Past, ..at(11) },
        Mention { author: Some(author("dailynews")), ..at(12) },
        Mention { from_brand: true, author: Some(author("nova")), ..at(13) },
        Mention { author: None, ..at(14) },
        Mention { revision: 1, kind: MentionKind::Edit, ..by(0, "c0", &words(1)) },
        by(0, "c0-again", &words(1)),
    ];
    for mention in passed {
        assert_eq!(rig.enriched(mention.clone()).enrichment.coordination, None, "{mention:?}");
    }
    assert_eq!(rig.enriched(at(2)).enrichment.coordination.unwrap().accounts, 3);
    let short = (0..9).map(|number| rig.enriched(by(number, &format!("s{number}"), "nova mobile is so slow today")));
    assert!(short.into_iter().all(|short| short.enrichment.coordination.is_none()));
}

fn history() -> impl Strategy<Value = Vec<(u8, i64, u8, bool)>> {
    proptest::collection::vec((0..6u8, 0..4i64, 0..3u8, any::<bool>()), 0..60)
}

/// What a stage says of each mention when all of them are one turn.
fn straight(mentions: &[Mention]) -> Vec<Went> {
    Rig::new().hear(mentions.to_vec())
}

proptest! {
    /// Turns of any size, each tried in vain before, and a restart from the topic behind any of them.
    #[test]
    fn however_turns_are_cut_aborted_and_restored_the_labels_are_those_of_one_turn(
        said in proptest::collection::vec((0..3u8, 0..8u32, 0..9_000i64), 1..60),
        turns in proptest::collection::vec((1..9usize, any::<bool>(), any::<bool>()), 1..60),
    ) {
        let mentions: Vec<Mention> = said
            .into_iter()
            .enumerate()
            .map(|(number, (text, who, second))| {
                build::at(by(who, &number.to_string(), &words(text)), build::AT.plus(Span::seconds(second)))
            })
            .collect();
        let expected = straight(&mentions);
        let (mut rig, mut topic, mut found) = (Rig::new(), Vec::new(), Vec::new());
        let mut rest = mentions.as_slice();
        for (size, in_vain, restart) in turns.into_iter().cycle() {
            let (turn, later) = rest.split_at(size.min(rest.len()));
            if in_vain {
                rig.turn(turn.to_vec());
                rig.state.tables_mut().into_iter().for_each(StoredTable::discard);
            }
            let (verdicts, _) = rig.turn(turn.to_vec());
            found.extend(verdicts.into_iter().map(went));
            topic.extend(rig.state.seen.changes().unwrap());
            rig.merge();
            if restart {
                rig.state = EnrichState::default();
                for change in &topic {
                    rig.state.seen.restore(&change.key, change.value.as_deref()).unwrap();
                }
            }
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(found, expected);
    }

    /// Any order of creates, edits, deletes and copies, in any batches, some of them aborted.
    #[test]
    fn no_revision_leaves_twice_and_exactly_one_of_each_mention_is_first(
        batches in proptest::collection::vec((history(), any::<bool>()), 1..8),
    ) {
        let mut rig = Rig::new();
        let (mut left, mut firsts, mut persons) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        for (batch, committed) in batches {
            let mentions: Vec<Mention> = batch
                .into_iter()
                .map(|(id, number, kind, named)| {
                    let kind = [MentionKind::Create, MentionKind::Edit, MentionKind::Delete][usize::from(kind)];
                    let mut one = revision(&id.to_string(), number, kind);
                    if !named {
                        one.text = "nothing of interest".into();
                        one.author = None;
                    }
                    one
                })
                .collect();
            let count = mentions.len();
            let (verdicts, _) = rig.turn(mentions);
            prop_assert_eq!(verdicts.len(), count, "read = forwarded + dropped + rejected");
            let tables = rig.state.tables_mut().into_iter();
            if !committed {
                tables.for_each(StoredTable::discard);
                continue;
            }
            tables.for_each(StoredTable::merge);
            for verdict in verdicts {
                let Went::On(enriched) = went(verdict) else { continue };
                let id = enriched.mention.id.clone();
                prop_assert!(left.insert((id.clone(), enriched.mention.revision)), "left twice");
                *firsts.entry(id.clone()).or_insert(0) += i32::from(enriched.enrichment.first);
                let person = persons.entry(id).or_insert_with(|| enriched.enrichment.person.clone());
                prop_assert_eq!(&*person, &enriched.enrichment.person, "all revisions lie with one person");
            }
        }
        for (id, count) in firsts {
            prop_assert_eq!(count, 1, "{}", id);
        }
    }

    #[test]
    fn any_text_is_enriched_and_spans_lie_within_it(text in "\\PC{0,80}", named in any::<bool>()) {
        let text = if named { format!("{text} nova mobile {text}") } else { text };
        let mut rig = Rig::new();
        if let Went::On(enriched) = rig.one(mention("1", &text)) {
            for span in enriched.enrichment.brands.iter().flat_map(|brand| &brand.spans) {
                prop_assert!(enriched.mention.text.get(span.start as usize..span.end as usize).is_some());
            }
        }
    }
}

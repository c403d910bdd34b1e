//! Mentions that overtake each other, on two lanes and from partitions of which one is behind, make the cases that they would
//! have made in order.

use std::collections::{BTreeMap, BTreeSet};

use escalate::Care;
use escalate::care::CareIn;
use events::{
    BrandId, BrandMatch, Case, CaseState, ClassifiedMention, ClockOutcome, Codec, EventTime, Intent, MentionId,
    MentionKind, Person, Span, Topic,
};
use proptest::prelude::*;
use testkit::build;

use crate::book::book;
use crate::driver::{Driver, at, heard};

/// One who writes, or is answered, and how much later it comes. Numbers choose among what was said before.
#[derive(Debug, Clone)]
struct Drawn {
    minute: i64,
    delay: i64,
    answers: Option<prop::sample::Index>,
    edits: Option<prop::sample::Index>,
    refers: Option<prop::sample::Index>,
    intent: Intent,
    theme: Option<&'static str>,
    thread: Option<&'static str>,
    brands: &'static [&'static str],
    owned: bool,
    severity: i64,
}

/// A mention, and when it comes.
#[derive(Debug, Clone)]
struct Coming {
    said: ClassifiedMention,
    comes: EventTime,
}

const DAY: i64 = 24 * 60;

fn drawn() -> impl Strategy<Value = Drawn> {
    // Half of it within an hour, so that it is much the same matter; the rest within days, so that a week passes too.
    let minute = prop_oneof![0..60i64, 0..9 * DAY];
    let delay = prop_oneof![Just(0i64), 0..60i64, 0..DAY];
    let intent = prop_oneof![4 => Just(Intent::Complaint), 2 => Just(Intent::Query), 1 => Just(Intent::Praise)];
    let theme = prop::sample::select(vec![None, Some("atm_card"), Some("delay")]);
    let thread = prop::sample::select(vec![None, None, Some("t1"), Some("t2")]);
    let brands = prop::sample::select(vec![&["tern"][..], &["tern"], &["skyline"], &["skyline", "tern"]]);
    let said = (intent, theme, thread, brands, any::<bool>(), 0..100i64);
    let one = |share| prop::option::weighted(share, any::<prop::sample::Index>());
    (minute, delay, one(0.3), one(0.1), one(0.2), said).prop_map(
        |(minute, delay, answers, edits, refers, (intent, theme, thread, brands, owned, severity))| Drawn {
            minute,
            delay,
            answers,
            edits,
            refers,
            intent,
            theme,
            thread,
            brands,
            owned,
            severity,
        },
    )
}

/// What was drawn, in order of (event time, id): an answer comes some minutes after what it answers.
fn said(drawn: Vec<Drawn>) -> Vec<Coming> {
    let start = at("11-02T12:00:00");
    let mut all: Vec<Coming> = Vec::new();
    for (number, drawn) in drawn.into_iter().enumerate() {
        if let Some(edited) = drawn.edits.filter(|_| !all.is_empty()).map(|index| index.get(&all).said.clone())
            && !edited.mention.from_brand
        {
            all.push(edit(edited, &drawn, all.len() as i64));
            continue;
        }
        let answered = drawn.answers.filter(|_| !all.is_empty()).map(|index| index.get(&all).said.mention.clone());
        let time = match &answered {
            Some(answered) => answered.event_time.plus(Span::minutes(drawn.minute % 90)),
            None => start.plus(Span::minutes(drawn.minute)),
        };
        let mut post = build::at(build::mention(&number.to_string(), "jo", "words"), time);
        post.from_brand = answered.is_some();
        post.owned_channel = drawn.owned;
        post.thread_id = drawn.thread.map(str::to_owned);
        let earlier: Vec<MentionId> = all.iter().map(|said| said.said.mention.id.clone()).collect();
        let refers = drawn.refers.filter(|_| !earlier.is_empty()).map(|index| index.get(&earlier).clone());
        post.parent_id = answered.map(|answered| answered.id).or(refers);
        let mut said = build::classified(build::enriched(post, drawn.brands[0]), drawn.intent, drawn.theme);
        let brand = |id: &&str| BrandMatch { id: BrandId::from(*id), confidence: 0.9, spans: Vec::new() };
        said.enrichment.brands = drawn.brands.iter().map(brand).collect();
        said.enrichment.person = Person::from("x:jo");
        said.classification.severity.score = drawn.severity;
        all.push(Coming { comes: time.plus(Span::minutes(drawn.delay)), said });
    }
    all.sort_by_key(|one| (one.said.mention.event_time, one.said.mention.id.clone(), one.said.mention.revision));
    all
}

/// A later revision about another matter, by one who wants the same as gravely: what an edit that was overtaken adds to a case
/// besides is lost.
fn edit(edited: ClassifiedMention, drawn: &Drawn, revision: i64) -> Coming {
    let time = edited.mention.event_time.plus(Span::minutes(drawn.minute % 90));
    let mut post = build::at(edited.mention, time);
    (post.revision, post.kind) = (revision, MentionKind::Edit);
    let intent = edited.classification.intent.label.unwrap();
    let mut said = build::classified(build::enriched(post, "tern"), intent, drawn.theme);
    said.enrichment = edited.enrichment;
    said.classification.severity = edited.classification.severity;
    Coming { comes: time.plus(Span::minutes(drawn.delay)), said }
}

fn row(one: &Coming, express: bool) -> (Topic, String, CareIn) {
    let topic = if express { Topic::MentionsClassifiedExpress } else { Topic::MentionsClassified };
    (topic, "x:jo".into(), heard(&one.said))
}

/// All that a case decides: not its id, nor the steps by which it became so.
fn decided(case: Case) -> impl Ord + std::fmt::Debug {
    let listed: Vec<_> = case.mentions.iter().map(|it| (it.id.clone(), it.from.clone(), it.revision)).collect();
    let clocks: Vec<_> = case
        .clocks
        .iter()
        .map(|clock| (clock.policy.clone(), clock.due_at, format!("{:?}", clock.outcome), clock.ended_at))
        .collect();
    let threads: BTreeSet<String> = case.threads.into_iter().collect();
    let names = (case.brand, case.person, case.matter, case.queue, format!("{:?}", case.state));
    (names, listed, case.mention_count, clocks, threads, case.severity, case.opened_at)
}

fn cases(driver: &Driver<Care>) -> Vec<impl Ord + std::fmt::Debug + use<>> {
    let all = driver.state.all().unwrap().into_iter();
    let mut all: Vec<_> = all.filter(|case| case.state != CaseState::Moved).map(decided).collect();
    all.sort();
    all
}

/// A case that is written again has a higher revision: who reads the topic takes no other.
fn revisions_rise(driver: &Driver<Care>) -> Result<(), TestCaseError> {
    let codec = Codec::default();
    let mut last: BTreeMap<&[u8], i64> = BTreeMap::new();
    for change in driver.written("cases") {
        let Some(value) = &change.value else { continue };
        let case: Case = codec.decode(value).unwrap();
        let before = last.insert(&change.key, case.revision);
        prop_assert!(before.is_none_or(|before| before < case.revision), "{before:?} and then {case:?}");
    }
    Ok(())
}

fn post(id: &str, time: &str, theme: Option<&'static str>, thread: Option<&str>) -> Coming {
    let mut post = build::at(build::mention(id, "jo", "words"), at(time));
    post.thread_id = thread.map(str::to_owned);
    let said = build::classified(build::enriched(post, "tern"), Intent::Complaint, theme);
    Coming { comes: said.mention.event_time, said }
}

fn answer(id: &str, parent: &str, time: &str) -> Coming {
    let mut answer = post(id, time, None, None);
    answer.said.mention.from_brand = true;
    answer.said.mention.parent_id = Some(MentionId::of("x", parent));
    answer
}

/// All cases after these came one by one, while time is at `tick`; the one with the most mentions first.
fn after(coming: &[Coming], tick: &str) -> Vec<Case> {
    let mut driver = Driver::new(Care::new(book()));
    for one in coming {
        driver.turn(vec![row(one, false)], at(tick));
    }
    let mut cases = driver.state.all().unwrap();
    cases.sort_by_key(|case| (case.state == CaseState::Moved, -case.mention_count));
    cases
}

fn steps(case: &Case) -> Vec<String> {
    case.steps.iter().map(|step| format!("{} {}", step.kind, step.detail)).collect()
}

#[test]
fn one_that_comes_late_is_the_first_of_its_case_which_keeps_its_id_and_warns_once() {
    let late = post("m1", "11-02T21:00:00", None, Some("t1"));
    let cases = after(&[post("m2", "11-02T22:30:00", Some("atm_card"), Some("t1")), late], "11-02T23:20:00");
    let [case] = &cases[..] else { panic!("{cases:?}") };
    assert_eq!(case.case_id.as_str(), events::digest(&["case", MentionId::of("x", "m2").as_str()]));
    assert_eq!((case.matter.as_str(), case.queue.as_str()), ("general", "front"));
    assert_eq!(case.clocks[0].due_at, at("11-02T22:00:00"));
    let told =
        ["opened queue cards_night", "warned first_reply", "retold matter general, queue front", "joined as the first"];
    assert_eq!(steps(case), [&told[..], &["breached first_reply"]].concat());
}

#[test]
fn one_that_connects_two_cases_makes_them_one_and_the_other_says_where_it_goes_on() {
    let coming = [
        post("m2", "11-02T12:10:00", Some("delay"), Some("t1")),
        post("m3", "11-02T12:20:00", Some("atm_card"), None),
        post("m1", "11-02T12:00:00", Some("atm_card"), Some("t1")),
    ];
    let cases = after(&coming, "11-02T12:30:00");
    let [one, other] = &cases[..] else { panic!("{cases:?}") };
    assert_eq!((one.mention_count, one.state, one.matter.as_str()), (3, CaseState::New, "atm_card"));
    assert_eq!(other.state, CaseState::Moved);
    assert_eq!(steps(other).last().unwrap(), &format!("moved to case {}", one.case_id));
    assert!(steps(one).contains(&format!("merged 1 of case {}", other.case_id)), "{:?}", steps(one));
    assert_eq!(other.clocks[0].outcome, ClockOutcome::Cancelled);
}

#[test]
fn one_that_takes_mentions_out_of_a_case_leaves_the_rest_as_a_case_of_its_own() {
    let coming = [
        post("m2", "11-02T12:10:00", Some("atm_card"), Some("t1")),
        post("m3", "11-02T12:20:00", Some("atm_card"), None),
        post("m1", "11-02T12:00:00", None, Some("t1")),
    ];
    let cases = after(&coming, "11-02T12:30:00");
    let [one, other] = &cases[..] else { panic!("{cases:?}") };
    assert_eq!((one.mention_count, one.matter.as_str()), (2, "general"));
    assert_eq!((other.mention_count, other.matter.as_str()), (1, "atm_card"));
    assert!(steps(one).contains(&format!("split 1 to case {}", other.case_id)), "{:?}", steps(one));
    assert_eq!(steps(other), ["opened queue cards_day".to_owned(), format!("merged 1 of case {}", one.case_id)]);
}

#[test]
fn an_earlier_revision_that_comes_late_makes_a_revision_of_the_case() {
    let first = post("m1", "11-02T12:00:00", None, None);
    let mut edited = first.clone();
    (edited.said.mention.revision, edited.said.mention.kind) = (1, MentionKind::Edit);
    edited.said.mention.event_time = at("11-02T12:10:00");
    let begun = post("m0", "11-02T11:50:00", None, None);
    let cases = after(&[begun, edited, first], "11-02T12:20:00");
    let [case] = &cases[..] else { panic!("{cases:?}") };
    let id = MentionId::of("x", "m1");
    assert_eq!(case.mentions[1].at, at("11-02T12:00:00"));
    assert_eq!(
        steps(case),
        ["opened queue front", "joined by matter", &format!("retold mention {id} by its revision 0")]
    );
    assert_eq!(case.revision, 3);
}

#[test]
fn a_reply_in_time_that_becomes_known_after_the_breach_meets_the_clock() {
    let coming = [post("m1", "11-02T12:00:00", None, None), answer("a1", "m1", "11-02T12:59:00")];
    let cases = after(&coming, "11-02T13:30:00");
    let clock = &cases[0].clocks[0];
    assert_eq!((clock.outcome, clock.ended_at), (ClockOutcome::Met, Some(at("11-02T12:59:00"))));
    let kinds: Vec<&str> = cases[0].steps.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(kinds, ["opened", "warned", "breached", "answered", "met"]);
}

#[test]
fn a_case_that_lists_no_more_all_its_mentions_goes_on_as_it_began() {
    let start = at("11-02T12:00:00");
    let many: Vec<Coming> = (0..150)
        .map(|minute| {
            let mut one = post(&format!("m{minute}"), "11-02T12:00:00", Some("atm_card"), None);
            one.said.mention.event_time = start.plus(Span::minutes(minute));
            one
        })
        .collect();
    let late = post("late", "11-02T13:00:30", Some("atm_card"), None);
    let cases = after(&[&many[..], &[late]].concat(), "11-02T12:00:00");
    let [case] = &cases[..] else { panic!("{} cases", cases.len()) };
    assert_eq!((case.mention_count, case.mentions.len(), case.opened_at), (151, 100, start));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Each comes up to a day late, in batches, and time may pass as far as what came last, or hang back behind it.
    #[test]
    fn cases_depend_on_what_was_said_and_not_on_the_order_in_which_it_comes(
        drawn in prop::collection::vec(drawn(), 1..14),
        batches in prop::collection::vec((1..4usize, 0..DAY, any::<bool>()), 14),
    ) {
        let all = said(drawn);
        let end = all.iter().map(|one| one.comes).max().unwrap().plus(Span::minutes(30));
        let mut straight = Driver::new(Care::new(book()));
        for one in &all {
            straight.turn(vec![row(one, false)], one.said.mention.event_time);
        }
        straight.turn(Vec::new(), end);

        let mut overtaken = Driver::new(Care::new(book()));
        let mut coming = all;
        coming.sort_by_key(|one| one.comes);
        for (most, behind, express) in batches {
            let batch: Vec<Coming> = coming.drain(..most.min(coming.len())).collect();
            let Some(last) = batch.last() else { break };
            let tick = last.comes.minus(Span::minutes(behind));
            overtaken.turn(batch.iter().map(|one| row(one, express)).collect(), tick);
        }
        overtaken.turn(coming.iter().map(|one| row(one, true)).collect(), end);
        revisions_rise(&straight)?;
        revisions_rise(&overtaken)?;
        overtaken.restart();
        prop_assert_eq!(cases(&straight), cases(&overtaken));
    }
}

//! Mentions and actions to cases.

use escalate::Care;
use escalate::care::{CareIn, DELETED, NO_ACTION, NOISE, PRESS, REPOST, STALE};
use events::{
    Action, AuthorRole, BrandId, Case, CaseState, ClassifiedMention, ClockOutcome, EventTime, HarmClass, HarmFinding,
    Intent, Mention, MentionId, MentionKind, Person, Span, TextSpan, Topic,
};
use proptest::prelude::*;
use stream::Verdict;
use testkit::build;

use crate::book::book;
use crate::driver::{Driver, at, heard};

type Row = (Topic, String, CareIn);

fn care() -> Driver<Care> {
    Driver::new(Care::new(book()))
}

fn say(mention: Mention, intent: Intent, theme: Option<&str>) -> ClassifiedMention {
    build::classified(build::enriched(mention, "tern"), intent, theme)
}

fn post(native_id: &str, author: &str, time: &str) -> Mention {
    build::at(build::mention(native_id, author, "words"), at(time))
}

fn row(mention: ClassifiedMention) -> Row {
    let express = mention.mention.from_brand || mention.mention.kind == MentionKind::Delete;
    let topic = if express { Topic::MentionsClassifiedExpress } else { Topic::MentionsClassified };
    (topic, mention.enrichment.person.to_string(), heard(&mention))
}

/// The brand's answer to a mention of `person`.
fn answer(native_id: &str, parent: &str, person: &str, time: &str) -> Row {
    let mut said = say(post(native_id, "tern", time), Intent::Other, None);
    said.mention.from_brand = true;
    said.mention.parent_id = Some(MentionId::of("x", parent));
    said.enrichment.person = Person::from(person);
    row(said)
}

fn cases(driver: &Driver<Care>) -> Vec<Case> {
    driver.state.all().unwrap()
}

fn only(driver: &Driver<Care>) -> Case {
    let cases = cases(driver);
    assert_eq!(cases.len(), 1, "{cases:?}");
    cases[0].clone()
}

fn kinds(case: &Case) -> Vec<&str> {
    case.steps.iter().map(|step| step.kind.as_str()).collect()
}

#[test]
fn c19_complaint_and_query_open_a_case_praise_and_noise_do_not() {
    let mut driver = care();
    let rows = [Intent::Praise, Intent::Query, Intent::Complaint, Intent::Noise].into_iter().enumerate();
    let rows =
        rows.map(|(i, intent)| row(say(post(&format!("m{i}"), &format!("a{i}"), "11-02T12:00:00"), intent, None)));
    let (verdicts, _) = driver.turn(rows.collect(), at("11-02T12:00:05"));
    assert_eq!(verdicts[0], Verdict::Drop(NO_ACTION));
    assert_eq!(verdicts[3], Verdict::Drop(NOISE));
    let cases = cases(&driver);
    assert_eq!(cases.len(), 2);
    assert!(cases.iter().all(|case| case.queue == "front" && case.route_reason.contains("default")));
}

#[test]
fn a_call_whose_matter_nobody_can_name_opens_a_case_and_such_a_post_does_not() {
    let mut driver = care();
    let posted = say(post("m0", "a0", "11-02T12:00:00"), Intent::Other, None);
    let mut called = say(post("m1", "0044", "11-02T12:00:00"), Intent::Other, None);
    called.mention.source = "phone".into();
    driver.turn(vec![row(posted), row(called)], at("11-02T12:00:05"));
    assert_eq!(only(&driver).person.as_str(), "x:0044");
}

fn harmful(native_id: &str, intent: Intent, class: HarmClass, confidence: f64) -> ClassifiedMention {
    let mut said = say(post(native_id, native_id, "11-02T12:00:00"), intent, None);
    let span = TextSpan { start: 0, end: 5 };
    said.classification.harm =
        vec![HarmFinding { class, subclass: None, confidence, span, rule: "test".into(), target: None, time: None }];
    said
}

#[test]
fn words_passed_on_and_pieces_of_the_press_open_no_case_but_questions_of_the_press_and_threats_do() {
    let mut driver = care();
    let mut repost = say(post("m0", "a0", "11-02T12:00:00"), Intent::Complaint, None);
    repost.mention.repost = true;
    let mut threat = harmful("m1", Intent::Other, HarmClass::Threat, 0.9);
    threat.mention.repost = true;
    let mut piece = harmful("m2", Intent::Complaint, HarmClass::Safety, 0.8);
    piece.enrichment.author_role = AuthorRole::Press;
    let mut asks = say(post("m3", "a3", "11-02T12:00:00"), Intent::Query, None);
    asks.enrichment.author_role = AuthorRole::Press;
    let rows = [repost, threat, piece, asks].into_iter().map(row).collect();
    let (verdicts, _) = driver.turn(rows, at("11-02T12:00:05"));
    assert_eq!(verdicts[0], Verdict::Drop(REPOST));
    assert_eq!(verdicts[2], Verdict::Drop(PRESS));
    let mut opened: Vec<String> = cases(&driver).iter().map(|case| case.person.to_string()).collect();
    opened.sort_unstable();
    assert_eq!(opened, ["x:a3", "x:m1"]);
}

#[test]
fn harm_that_is_hardly_likely_opens_no_case_and_neither_do_good_wishes_after_an_accident() {
    let mut driver = care();
    let rows = [
        harmful("joke", Intent::Other, HarmClass::Threat, 0.45),
        harmful("real", Intent::Other, HarmClass::Threat, 0.5),
        harmful("wishes", Intent::Praise, HarmClass::Safety, 0.8),
        harmful("smoke", Intent::Other, HarmClass::Safety, 0.8),
    ];
    let (verdicts, _) = driver.turn(rows.into_iter().map(row).collect(), at("11-02T12:00:05"));
    assert_eq!((&verdicts[0], &verdicts[2]), (&Verdict::Drop(NO_ACTION), &Verdict::Drop(NO_ACTION)));
    assert_eq!(cases(&driver).len(), 2);
}

#[test]
fn who_passes_on_an_accident_opens_no_case_but_a_witness_and_a_relative_do() {
    let mut driver = care();
    let mut rumour = harmful("rumour", Intent::Other, HarmClass::Safety, 0.8);
    let mut relative = harmful("relative", Intent::Other, HarmClass::Distress, 0.85);
    let mut question = harmful("question", Intent::Query, HarmClass::Safety, 0.8);
    for told in [&mut rumour, &mut relative, &mut question] {
        told.classification.firsthand = false;
    }
    let witness = harmful("witness", Intent::Other, HarmClass::Safety, 0.8);
    let rows = [rumour, relative, question, witness];
    let (verdicts, _) = driver.turn(rows.into_iter().map(row).collect(), at("11-02T12:00:05"));
    assert_eq!(verdicts[0], Verdict::Drop(NO_ACTION));
    assert_eq!(cases(&driver).len(), 3);
}

#[test]
fn c53_post_answer_and_call_of_one_person_on_one_matter_are_one_case_in_order() {
    let mut driver = care();
    let person = "customer:881";
    let mut posted = say(post("m7", "jo", "11-02T02:05:00"), Intent::Complaint, Some("atm_card"));
    posted.enrichment.person = Person::from(person);
    let mut called = say(post("call-1", "0044", "11-02T02:20:00"), Intent::Complaint, Some("atm_card"));
    called.mention.source = "phone".into();
    called.enrichment.person = Person::from(person);
    // The answer overtakes its mention on the express lane.
    driver.turn(vec![answer("a1", "m7", person, "11-02T02:07:00")], at("11-02T02:07:05"));
    driver.turn(vec![row(posted)], at("11-02T02:07:10"));
    driver.turn(vec![row(called)], at("11-02T02:20:05"));
    let case = only(&driver);
    let mentions: Vec<(&str, &str)> =
        case.mentions.iter().map(|mention| (mention.from.as_str(), mention.source.as_str())).collect();
    assert_eq!(mentions, [("customer", "x"), ("brand", "x"), ("customer", "phone")]);
    assert_eq!((case.queue.as_str(), case.matter.as_str(), case.mention_count), ("cards_night", "atm_card", 3));
    assert!(
        case.route_reason.starts_with("route `cards-night`: theme atm_card, between 22 and 6 UTC"),
        "{}",
        case.route_reason
    );
    assert_eq!(kinds(&case), ["opened", "answered", "met", "joined"]);
    assert_eq!(case.clocks[0].outcome, ClockOutcome::Met);
    driver.turn(vec![], at("11-03T12:00:00"));
    assert_eq!(kinds(&only(&driver)), ["opened", "answered", "met", "joined"], "no warning after the answer");
}

fn owned(time: &str) -> Row {
    let mut said = say(post("m1", "jo", time), Intent::Complaint, None);
    said.mention.owned_channel = true;
    row(said)
}

#[test]
fn c67_warning_and_breach_are_stamped_with_their_deadlines_once_each_also_across_a_restart() {
    let mut driver = care();
    driver.turn(vec![owned("11-02T12:00:00")], at("11-02T12:00:05"));
    driver.turn(vec![], at("11-02T12:06:59"));
    assert_eq!(kinds(&only(&driver)), ["opened"]);
    driver.turn(vec![], at("11-02T12:09:30"));
    driver.restart();
    driver.turn(vec![], at("11-02T12:30:00"));
    driver.restart();
    driver.turn(vec![], at("11-02T13:30:00"));
    let case = only(&driver);
    assert_eq!(kinds(&case), ["opened", "warned", "breached"]);
    let clock = &case.clocks[0];
    assert_eq!(clock.policy, "owned-complaint");
    assert_eq!((clock.warned_at, clock.ended_at), (Some(at("11-02T12:07:00")), Some(at("11-02T12:10:00"))));
    assert_eq!((clock.outcome, case.steps[1].at), (ClockOutcome::Breached, at("11-02T12:07:00")));
    assert_eq!(driver.fired.len(), 2);
}

#[test]
fn c67_a_reply_at_six_thirty_meets_the_clock_and_nobody_is_warned() {
    let mut driver = care();
    driver.turn(vec![owned("11-02T12:00:00")], at("11-02T12:00:05"));
    // It arrives with the tick that would have breached.
    driver.turn(vec![answer("a1", "m1", "x:jo", "11-02T12:06:30")], at("11-02T12:30:00"));
    let case = only(&driver);
    assert_eq!(kinds(&case), ["opened", "answered", "met"]);
    assert_eq!((case.clocks[0].warned_at, case.clocks[0].ended_at), (None, Some(at("11-02T12:06:30"))));
    assert_eq!(case.state, CaseState::Answered);
}

#[test]
fn a_reply_after_the_deadline_does_not_meet_the_clock() {
    let mut driver = care();
    driver.turn(vec![owned("11-02T12:00:00")], at("11-02T12:00:05"));
    driver.turn(vec![answer("a1", "m1", "x:jo", "11-02T12:10:01")], at("11-02T12:30:00"));
    let case = only(&driver);
    assert_eq!(case.clocks[0].outcome, ClockOutcome::Breached);
    assert_eq!(case.state, CaseState::Answered);
}

#[test]
fn a_threat_opens_a_case_whatever_its_intent_and_a_hateful_word_does_not() {
    let mut driver = care();
    let harm = |class| HarmFinding {
        class,
        subclass: None,
        confidence: 0.9,
        span: TextSpan::default(),
        rule: "r".into(),
        target: None,
        time: None,
    };
    for (id, class) in [("m1", HarmClass::Threat), ("m2", HarmClass::Hate)] {
        let mut said = say(post(id, id, "11-02T12:00:00"), Intent::Noise, None);
        said.classification.harm = vec![harm(class)];
        driver.turn(vec![row(said)], at("11-02T12:00:05"));
    }
    let case = only(&driver);
    assert_eq!(kinds(&case), ["opened", "harm_reported"]);
    assert_eq!(case.steps[1].detail, "threat");
}

#[test]
fn the_same_revision_changes_nothing_a_newer_one_does_and_a_delete_is_final() {
    let mut driver = care();
    let first = say(post("m1", "jo", "11-02T12:00:00"), Intent::Complaint, None);
    let revised = |revision, kind| {
        let mut said = first.clone();
        (said.mention.revision, said.mention.kind) = (revision, kind);
        said
    };
    driver.turn(vec![row(first.clone())], at("11-02T12:00:05"));
    let before = only(&driver);
    assert_eq!(driver.turn(vec![row(first.clone())], at("11-02T12:00:06")).0, [Verdict::Drop(STALE)]);
    assert_eq!(only(&driver), before);
    driver.turn(vec![row(revised(1, MentionKind::Edit))], at("11-02T12:00:07"));
    driver.turn(vec![row(revised(2, MentionKind::Delete))], at("11-02T12:00:08"));
    assert_eq!(driver.turn(vec![row(revised(3, MentionKind::Edit))], at("11-02T12:00:09")).0, [Verdict::Drop(STALE)]);
    let case = only(&driver);
    assert_eq!(kinds(&case), ["opened", "edited", "deleted"]);
    assert!(case.mentions[0].deleted);
    assert_eq!(case.mention_count, 1);
}

#[test]
fn a_mention_that_was_deleted_before_it_came_opens_nothing() {
    let mut driver = care();
    let mention = say(post("m1", "jo", "11-02T12:00:00"), Intent::Complaint, None);
    let mut deleted = mention.clone();
    (deleted.mention.revision, deleted.mention.kind) = (1, MentionKind::Delete);
    driver.turn(vec![row(deleted)], at("11-02T12:00:05"));
    assert_eq!(driver.turn(vec![row(mention)], at("11-02T12:00:06")).0, [Verdict::Drop(DELETED)]);
    assert_eq!(cases(&driver), []);
}

#[test]
fn a_mention_joins_by_thread_or_matter_within_seven_days_and_opens_a_case_after_them() {
    let mut driver = care();
    let mut first = say(post("m1", "jo", "11-02T12:00:00"), Intent::Complaint, Some("atm_card"));
    first.mention.thread_id = Some("t1".into());
    let mut same_thread = say(post("m2", "jo", "11-03T12:00:00"), Intent::Query, None);
    same_thread.mention.thread_id = Some("t1".into());
    let same_matter = say(post("m3", "jo", "11-10T11:59:59"), Intent::Complaint, Some("atm_card"));
    let other_matter = say(post("m4", "jo", "11-10T12:00:00"), Intent::Complaint, None);
    let too_late = say(post("m5", "jo", "11-17T12:00:00"), Intent::Complaint, Some("atm_card"));
    for said in [first, same_thread, same_matter, other_matter, too_late] {
        let tick = said.mention.event_time.plus(Span::seconds(1));
        driver.turn(vec![row(said)], tick);
    }
    let mut sizes: Vec<(EventTime, i64)> =
        cases(&driver).iter().map(|case| (case.opened_at, case.mention_count)).collect();
    sizes.sort();
    assert_eq!(sizes.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [3, 1, 1]);
}

fn act(id: &str, kind: &str, subject: &str, time: &str) -> Row {
    let action = Action {
        action_id: id.into(),
        kind: kind.into(),
        subject_kind: "case".into(),
        subject_id: subject.into(),
        person: Some(Person::from("x:jo")),
        brand: Some(BrandId::from("tern")),
        actor: "mia".into(),
        at: at(time),
        detail: String::new(),
    };
    (Topic::Actions, "x:jo".into(), CareIn::Action(Box::new(action)))
}

#[test]
fn actions_are_steps_that_count_once_a_reply_meets_the_clock_and_a_closed_case_takes_no_more_mentions() {
    let mut driver = care();
    driver.turn(vec![owned("11-02T12:00:00")], at("11-02T12:00:05"));
    let id = only(&driver).case_id.to_string();
    for (action, kind) in
        [("1", "acknowledge"), ("2", "reply"), ("2", "reply"), ("3", "praise_the_team"), ("4", "close")]
    {
        driver.turn(vec![act(action, kind, &id, "11-02T12:05:00")], at("11-02T12:05:01"));
    }
    let case = only(&driver);
    assert_eq!(kinds(&case), ["opened", "acknowledged", "answered", "met", "praise_the_team", "closed"]);
    let again = say(post("m9", "jo", "11-02T13:00:00"), Intent::Complaint, None);
    driver.turn(vec![row(again)], at("11-02T13:00:01"));
    assert_eq!(cases(&driver).len(), 2);
}

#[test]
fn a_case_is_forgotten_thirty_days_after_its_last_change() {
    let mut driver = care();
    driver.turn(vec![owned("10-02T12:00:00")], at("10-02T12:00:05"));
    driver.turn(vec![], at("10-20T12:00:00"));
    assert_eq!(cases(&driver).len(), 1);
    driver.turn(vec![], at("11-20T12:00:00"));
    assert_eq!(cases(&driver), []);
    driver.restart();
    assert_eq!(cases(&driver), []);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Answers and mentions may lie in a batch in any order, and an answer may come a batch early.
    #[test]
    fn the_order_of_lanes_in_a_batch_does_not_change_the_cases(order in Just((0..6usize).collect::<Vec<_>>()).prop_shuffle()) {
        let rows = || {
            let mention = |id: &str, time: &str, theme| row(say(post(id, "jo", time), Intent::Complaint, theme));
            vec![
                mention("m1", "11-02T12:00:00", Some("atm_card")),
                answer("a1", "m1", "x:jo", "11-02T12:03:00"),
                mention("m2", "11-02T12:01:00", Some("atm_card")),
                mention("m3", "11-02T12:01:00", None),
                answer("a2", "m3", "x:jo", "11-02T12:02:00"),
                mention("m4", "11-02T12:04:00", None),
            ]
        };
        let mut straight = care();
        straight.turn(rows(), at("11-02T12:05:00"));
        let mut shuffled = care();
        let all = rows();
        shuffled.turn(order.iter().map(|at| all[*at].clone()).collect(), at("11-02T12:05:00"));
        prop_assert_eq!(cases(&straight), cases(&shuffled));
        prop_assert_eq!(cases(&straight).len(), 2);
    }

    /// However the ticks fall, each clock warns and breaches once, at its deadline.
    #[test]
    fn a_timer_fires_once_however_time_is_cut(seconds in prop::collection::vec(1i64..400, 1..30)) {
        let mut driver = care();
        driver.turn(vec![owned("11-02T12:00:00")], at("11-02T12:00:00"));
        let mut tick = at("11-02T12:00:00");
        for step in seconds {
            tick = tick.plus(Span::seconds(step));
            driver.turn(vec![], tick);
            driver.restart();
        }
        driver.turn(vec![], at("11-03T12:00:00"));
        let case = only(&driver);
        prop_assert_eq!(kinds(&case), ["opened", "warned", "breached"]);
        prop_assert_eq!((case.steps[1].at, case.steps[2].at), (at("11-02T12:07:00"), at("11-02T12:10:00")));
    }
}

//! What holds for every text.

use classify::decide::severity::{Grounds, harm_points, reach_points, severity};
use classify::{Judge, Situation};
use events::{BrandId, Classification, HarmClass, Intent, TextSpan};
use proptest::prelude::*;

use crate::fixture::baseline;

fn judged(judge: &dyn Judge, text: &str, reach: Option<i64>) -> Classification {
    let (skyline, harbour) = (BrandId::from("skyline"), BrandId::from("harbour"));
    let situation = Situation { language: "en", brands: &[&skyline, &harbour], reach, ..Situation::default() };
    judge.judge(text, &situation).classification
}

fn spans(judged: &Classification) -> Vec<TextSpan> {
    let mut spans = judged.sentiment.spans.clone();
    spans.extend(&judged.intent.spans);
    spans.extend(judged.themes.iter().map(|theme| theme.span));
    spans.extend(judged.harm.iter().map(|harm| harm.span));
    spans
}

/// Words that rules look at, between any others, so that rules are met.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "not",
            "bomb",
            "there's a",
            "tonight",
            "SK123",
            "love",
            "delayed",
            "crew",
            "kill",
            "you",
            "I will",
            "lost my bag",
            "but",
            "soooo",
            "😡",
            "\u{201c}",
            "?",
            "!!",
            "please add",
            "my sister",
            "on that flight",
            "Project",
            "Heron",
            "İ",
            "e\u{301}",
            "\u{200d}",
            "checkout",
            "burn",
            "down",
            "staff",
            "stole",
            "my card",
            "\n",
            ".",
            "win crypto now",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_judged_with_spans_inside_it_and_an_exact_severity(text in texts(), reach in proptest::option::of(any::<i64>())) {
        let baseline = baseline_once();
        let judged = judged(baseline, &text, reach);
        for span in spans(&judged) {
            prop_assert!(span.start <= span.end);
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
        }
        let sum: i64 = judged.severity.factors.iter().map(|factor| factor.points).sum();
        prop_assert_eq!(judged.severity.score, sum);
        prop_assert!((0..=100).contains(&judged.severity.score));
        let sentiment = &judged.sentiment;
        prop_assert!((sentiment.negative + sentiment.neutral + sentiment.positive - 1.0).abs() < 1e-9);
        prop_assert_eq!(&judged, &self::judged(baseline, &text, reach));
    }

    #[test]
    fn factors_add_up_and_only_the_cap_is_negative(
        negative in proptest::option::of(0.0..=1.0f64),
        complaint in any::<bool>(),
        class in proptest::option::of(0..6usize),
        theme in proptest::option::of((0..=20i64, any::<bool>())),
        (legal, profanity, verified) in any::<(bool, bool, bool)>(),
        intensity in 0..=5i64,
        reach in proptest::option::of(any::<i64>()),
    ) {
        let classes = [HarmClass::Threat, HarmClass::Safety, HarmClass::Leak, HarmClass::Allegation, HarmClass::Distress, HarmClass::Hate];
        let class = class.map(|at| classes[at]);
        let grounds = Grounds {
            negative,
            intent: complaint.then_some(Intent::Complaint),
            harm: class.map(|class| (class, "rule")),
            theme: theme.map(|(points, safety)| ("theme", points, safety)),
            legal,
            profanity,
            intensity,
            reach,
            verified,
        };
        let severity = severity(&grounds);
        let points = |name: &str| severity.factors.iter().filter(|factor| factor.name == name).map(|factor| factor.points).sum::<i64>();
        prop_assert_eq!(severity.score, severity.factors.iter().map(|factor| factor.points).sum::<i64>());
        prop_assert_eq!(points("harm"), class.map_or(0, harm_points));
        prop_assert!(severity.factors.iter().all(|factor| (factor.points < 0) == (factor.name == "cap")));
        let uncapped = severity.score - points("cap");
        prop_assert_eq!(severity.score, uncapped.min(100));
        // Taking away the evidence of a factor changes the uncapped sum by exactly that factor.
        let without = [
            ("sentiment", Grounds { negative: None, ..grounds.clone() }),
            ("intent", Grounds { intent: None, ..grounds.clone() }),
            ("harm", Grounds { harm: None, ..grounds.clone() }),
            ("theme", Grounds { theme: None, ..grounds.clone() }),
            ("legal", Grounds { legal: false, ..grounds.clone() }),
            ("profanity", Grounds { profanity: false, ..grounds.clone() }),
            ("intensity", Grounds { intensity: 0, ..grounds.clone() }),
            ("reach", Grounds { reach: None, ..grounds.clone() }),
            ("verified", Grounds { verified: false, ..grounds.clone() }),
        ];
        for (name, grounds) in without {
            let without = self::severity(&grounds);
            let cap: i64 = without.factors.iter().filter(|factor| factor.name == "cap").map(|factor| factor.points).sum();
            prop_assert_eq!(uncapped - (without.score - cap), points(name), "{}", name);
        }
    }

    #[test]
    fn reach_is_monotone_and_within_bounds(one in any::<i64>(), other in any::<i64>()) {
        let (less, more) = (one.min(other), one.max(other));
        prop_assert!(reach_points(less) <= reach_points(more));
        prop_assert!((0..=15).contains(&reach_points(one)));
    }
}

fn baseline_once() -> &'static classify::Baseline {
    static BASELINE: std::sync::OnceLock<classify::Baseline> = std::sync::OnceLock::new();
    BASELINE.get_or_init(baseline)
}

#[test]
fn reach_is_nothing_at_forty_followers_and_fifteen_at_two_million() {
    assert_eq!((reach_points(40), reach_points(2_000_000)), (0, 15));
    assert_eq!((reach_points(0), reach_points(i64::MAX), reach_points(i64::MIN)), (0, 15, 0));
}

#[test]
fn the_whole_difference_between_a_small_and_a_large_account_is_reach() {
    let text = "my bag was lost at Leeds";
    let (small, large) = (judged(baseline_once(), text, Some(40)), judged(baseline_once(), text, Some(2_000_000)));
    assert_eq!(large.severity.score - small.severity.score, 15);
    let factors = |judged: &Classification| {
        let rest = judged.severity.factors.iter().filter(|factor| factor.name != "reach");
        rest.cloned().collect::<Vec<_>>()
    };
    assert_eq!(factors(&small), factors(&large));
}

#[test]
fn long_texts_of_one_letter_word_or_mark_are_judged_in_bounded_work() {
    // A quadratic rule would need minutes here; the harness ends a test at 60 s.
    for unit in
        ["a", "kill you ", "not ", "bomb ", "my sister on that flight ", "😡", "delay ", "love ", "! ", "\u{301}", "K"]
    {
        let text = unit.repeat(100_000 / unit.len());
        let judged = judged(baseline_once(), &text, None);
        assert!((0..=100).contains(&judged.severity.score), "{unit}");
    }
}

#[test]
fn every_phrase_of_the_tables_can_be_listed() {
    let phrases = classify::phrases().expect("the tables are valid");
    assert!(phrases.len() > 2_000, "{}", phrases.len());
    assert!(phrases.iter().any(|phrase| phrase == "you lost"));
}

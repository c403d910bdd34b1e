//! Other languages, emoji, and texts without words.

use classify::{Judge, Situation};
use events::{BrandId, Intent, Tone};

use crate::fixture::{about, baseline};

fn in_language(language: &str, text: &str) -> events::Classification {
    let brand = BrandId::from("skyline");
    let situation = Situation { language, brands: &[&brand], ..Situation::default() };
    baseline().judge(text, &situation).classification
}

#[test]
fn words_of_english_are_not_read_in_another_language() {
    // "Die" and "fast" are words of both languages, and "war" is one too.
    let judged = in_language("de", "Die Crew war fast perfekt, danke!");
    assert_eq!((judged.sentiment.label, judged.intent.label), (None, None));
    assert_eq!(judged.unsure, ["intent", "sentiment"]);
    assert!(judged.harm.is_empty());
}

#[test]
fn the_books_phrases_are_found_in_every_language() {
    let judged = in_language("de", "die Crew hat uns vergessen");
    assert_eq!(judged.main_theme.as_ref().map(|id| id.as_str()), Some("crew"));
}

#[test]
fn emoji_give_a_hint_in_another_language_but_no_label() {
    let judged = in_language("de", "vier Stunden am Gate 😡😡");
    assert!(judged.sentiment.negative > 0.6, "{judged:?}");
    assert_eq!(judged.sentiment.label, None);
}

#[test]
fn undetermined_and_regional_english_are_judged_as_english() {
    for language in ["und", "en", "en-GB", ""] {
        assert_eq!(in_language(language, "love it!").intent.label, Some(Intent::Praise), "{language}");
    }
}

#[test]
fn an_empty_text_is_neutral_and_of_no_intent() {
    let judged = about(&baseline(), "skyline", "").classification;
    assert_eq!((judged.sentiment.label, judged.intent.label), (Some(Tone::Neutral), Some(Intent::Other)));
    assert_eq!(judged.themes.len() + judged.harm.len(), 0);
}

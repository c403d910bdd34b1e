//! Themes of the book: reason, polarity, brand, and what forbids them.

use events::{Intent, Tone};

use crate::fixture::{about, baseline};

#[test]
fn two_wordings_of_an_early_check_out_are_one_theme_with_its_reason() {
    let baseline = baseline();
    for text in ["10am checkout is a joke, kids still asleep", "let us sleep in, leaving at ten is absurd"] {
        let judged = about(&baseline, "harbour", text).classification;
        assert_eq!(judged.main_theme.as_ref().map(|id| id.as_str()), Some("checkout_time"), "{text}");
        let theme = &judged.themes[0];
        assert_eq!(theme.reason.as_deref(), Some("too_early"), "{text}");
        assert_eq!(theme.polarity, Some(Tone::Negative), "{text}: {judged:?}");
        assert_eq!(judged.intent.label, Some(Intent::Complaint), "{text}");
        let span = &text[theme.span.start as usize..theme.span.end as usize];
        assert!(["checkout", "sleep in", "leaving at"].contains(&span), "{span}");
    }
}

#[test]
fn polarity_is_that_of_the_words_around_the_theme() {
    let baseline = baseline();
    let polarity = |text: &str, id: &str| {
        let judged = about(&baseline, "skyline", text).classification;
        let theme = judged.themes.iter().find(|theme| theme.id.as_str() == id);
        theme.unwrap_or_else(|| panic!("no {id} in {text}: {judged:?}")).polarity
    };
    assert_eq!(polarity("the crew were wonderful. the app is a nightmare", "crew"), Some(Tone::Positive));
    assert_eq!(polarity("the crew were wonderful. the app is a nightmare", "app_down"), Some(Tone::Negative));
    assert_eq!(polarity("no delay today, lovely", "delay"), Some(Tone::Positive));
    assert_eq!(polarity("you lost my bag", "lost_bag"), Some(Tone::Negative));
    assert_ne!(polarity("how do I add a bag?", "lost_bag"), Some(Tone::Negative));
}

#[test]
fn a_missing_thing_is_bad_although_its_name_has_no_tone() {
    let judged = about(&baseline(), "harbour", "no wifi in the room").classification;
    assert_eq!(judged.themes[0].polarity, Some(Tone::Negative));
}

#[test]
fn a_theme_of_another_brand_is_not_found_and_a_forbidding_phrase_forbids() {
    let baseline = baseline();
    assert!(about(&baseline, "skyline", "checkout at ten is absurd").classification.themes.is_empty());
    assert!(about(&baseline, "skyline", "late checkout would be nice").classification.themes.is_empty());
}

#[test]
fn the_strongest_of_several_themes_is_the_main_one_and_three_are_the_most() {
    let text = "delayed, delays, late, tarmac, and the app, the crew, the bag were bad";
    let judged = about(&baseline(), "skyline", text).classification;
    assert_eq!(judged.main_theme.as_ref().map(|id| id.as_str()), Some("delay"));
    assert_eq!(judged.themes.len(), 3);
}

#[test]
fn terms_are_words_of_the_matter_and_no_handles_numbers_or_names() {
    let text = "@skylineair Marta Jones lost my bag on flight SK123, the carousel stood empty for 90 minutes http://t.co/abcde";
    let terms = about(&baseline(), "skyline", text).terms;
    assert!(terms.contains(&"lost".to_owned()) && terms.contains(&"carousel".to_owned()), "{terms:?}");
    for unwanted in ["skylineair", "@skylineair", "jones", "sk123", "abcde", "http"] {
        assert!(!terms.contains(&unwanted.to_owned()), "{terms:?}");
    }
}

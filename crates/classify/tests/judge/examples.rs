//! Themes that a book tells by example sentences alone.

use std::sync::Arc;

use book::Theme;
use classify::Baseline;
use testkit::build::theme;

use crate::fixture::{about, airline};

/// The fixture's book with one more theme, and five sentences that are about it.
fn with_examples() -> Baseline {
    let examples = [
        "they seated me three rows away from my six year old son",
        "we paid for seats together and the family was split up",
        "my daughter had to sit alone in the back, away from her parents",
        "why can't families sit together any more",
        "the app moved our seats, so now the kids sit next to strangers",
    ];
    let apart =
        Theme { examples: examples.map(str::to_owned).to_vec(), points: 6, ..theme("seated_apart", "skyline", &[]) };
    let mut book = airline();
    book.themes.push(apart);
    Baseline::new(Arc::new(book)).expect("the book is valid")
}

fn themes(baseline: &Baseline, text: &str) -> Vec<String> {
    about(baseline, "skyline", text).classification.themes.iter().map(|theme| theme.id.to_string()).collect()
}

#[test]
fn a_text_with_several_of_their_words_is_about_the_theme() {
    let baseline = with_examples();
    for text in [
        "our family was seated in four different rows",
        "you split up families and then ask for money for seats together",
        "our kids sit alone, nowhere near the rest of the family",
    ] {
        assert_eq!(themes(&baseline, text), ["seated_apart"], "{text}");
    }
}

#[test]
fn one_word_alone_is_not_enough() {
    let baseline = with_examples();
    for text in
        ["the seats are comfortable", "my son loves planes", "flying to see my family", "a stranger gave me a lift"]
    {
        assert_eq!(themes(&baseline, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_phrase_of_the_book_is_surer_than_examples() {
    let judged =
        about(&with_examples(), "skyline", "lost my bag and our family was seated in different rows").classification;
    let ids: Vec<&str> = judged.themes.iter().map(|theme| theme.id.as_str()).collect();
    assert_eq!(ids, ["lost_bag", "seated_apart"]);
    assert!(judged.themes[0].confidence > judged.themes[1].confidence, "{:?}", judged.themes);
}

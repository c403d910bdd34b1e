//! The three example books, with sentences written for them.

use std::path::Path;
use std::sync::Arc;

use classify::{Baseline, Judge, Situation};
use events::{BrandId, Intent};

/// The main theme and the reason of a text, with its intent.
fn judged(book: &str, brand: &str, text: &str) -> (Option<String>, Option<String>, Option<Intent>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books").join(book);
    let book = Arc::new(book::load_dir(&folder).expect("an example book is valid"));
    let brand = BrandId::from(brand);
    let situation = Situation { language: "en", brands: &[&brand], ..Situation::default() };
    let judged = Baseline::new(book).expect("its phrases are valid").judge(text, &situation).classification;
    let theme = judged.main_theme.map(|id| id.to_string());
    (theme, judged.themes.into_iter().next().and_then(|theme| theme.reason), judged.intent.label)
}

#[test]
fn the_example_books_find_their_themes_in_complaints() {
    let complaint = Some(Intent::Complaint);
    let early = (Some("checkout_time".to_owned()), Some("too_early".to_owned()), complaint);
    assert_eq!(judged("hotel", "harbour", "10am checkout is a joke, kids still asleep"), early);
    assert_eq!(judged("hotel", "harbour", "let us sleep in, leaving at ten is absurd"), early);
    let (theme, _, intent) = judged("airline", "skyline", "you lost my bag");
    assert_eq!((theme.as_deref(), intent), (Some("lost_bag"), complaint));
    let (theme, _, intent) = judged("bank", "tern", "your machine ate my card, stuck at Leeds station @ternbank");
    assert_eq!((theme.as_deref(), intent), (Some("atm_card"), complaint));
}

#[test]
fn the_rules_of_harm_of_the_example_books_judge_their_sentences_as_they_say() {
    for name in ["airline", "bank", "hotel"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../books").join(name);
        let book = Arc::new(book::load_dir(&folder).expect("an example book is valid"));
        assert!(!book.harm.is_empty(), "{name}");
        assert_eq!(classify::misjudged(&book).expect("its phrases are valid"), Vec::<String>::new(), "{name}");
    }
}

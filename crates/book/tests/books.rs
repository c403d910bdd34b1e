//! The books that come with the project.

use std::path::{Path, PathBuf};

use book::phrases::{FoldedText, PhraseSet};
use book::{Book, Theme, lint, load_dir, read_dir};

/// Every book in the repository.
const BOOKS: [&str; 4] = ["books/airline", "books/hotel", "books/bank", "tests/books/five-brands"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

fn book(name: &str) -> Book {
    match load_dir(&folder(name)) {
        Ok(book) => book,
        Err(errors) => panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

fn theme<'a>(book: &'a Book, id: &str) -> &'a Theme {
    book.theme(&id.into()).unwrap_or_else(|| panic!("no theme {id}"))
}

fn any_in(phrases: &[String], text: &str) -> bool {
    let Ok(set) = PhraseSet::new(phrases.iter().map(|phrase| (0, phrase))) else {
        panic!("phrases of a loaded book compile")
    };
    !set.find(&FoldedText::new(text)).is_empty()
}

fn themes_in(book: &Book, text: &str) -> Vec<String> {
    let hit = |theme: &&Theme| any_in(&theme.any, text) && !any_in(&theme.none, text);
    book.themes.iter().filter(hit).map(|theme| theme.id.to_string()).collect()
}

#[test]
fn every_book_loads_and_gives_no_warning() {
    for name in BOOKS {
        let warnings = lint(&book(name));
        let expected: &[&str] = if name.ends_with("five-brands") { FIVE_BRANDS_WARNINGS } else { &[] };
        assert_eq!(warnings, expected, "{name}");
    }
}

/// The shared test book leaves these to the default team, so that tests see it.
const FIVE_BRANDS_WARNINGS: &[&str] = &[
    "no route takes theme `price_change`: its cases go to the default team `care`",
    "no route takes theme `outage`: its cases go to the default team `care`",
    "no route takes theme `boarding`: its cases go to the default team `care`",
    "no route takes theme `delay`: its cases go to the default team `care`",
    "no route takes theme `taste`: its cases go to the default team `care`",
];

#[test]
fn versions_differ_between_books_and_are_twelve_hex_digits() {
    let mut versions: Vec<String> = BOOKS.iter().map(|name| book(name).version.to_string()).collect();
    assert!(versions.iter().all(|version| version.len() == 12 && version.bytes().all(|byte| byte.is_ascii_hexdigit())));
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len(), BOOKS.len());
}

#[test]
fn a_comment_in_every_file_changes_no_version() {
    for name in BOOKS {
        let files = read_dir(&folder(name)).unwrap();
        let commented: Vec<_> =
            files.iter().map(|(file, text)| (format!("other-{file}"), format!("# new\n{text}\n# end\n"))).collect();
        assert_eq!(book::load(&commented).unwrap().version, book(name).version, "{name}");
    }
}

#[test]
fn checkout_complaints_of_the_hotel_are_found_with_their_reason() {
    for name in ["books/hotel", "tests/books/five-brands"] {
        let book = book(name);
        let too_early = theme(&book, "checkout_time").reasons.iter().find(|reason| reason.id == "too_early").unwrap();
        for text in ["10am checkout is a joke, kids still asleep", "let us sleep in, leaving at ten is absurd"] {
            assert!(themes_in(&book, text).contains(&"checkout_time".to_owned()), "{text}");
            assert!(any_in(&too_early.any, text), "{text}");
        }
    }
}

#[test]
fn complaints_in_peoples_words_are_found_under_their_theme() {
    for (name, text, expected) in [
        ("books/airline", "you lost my bag", "lost_bag"),
        ("books/airline", "Where the hell is my suitcase @skylineair", "lost_bag"),
        ("books/airline", "Two hours late and no announcement", "delay"),
        ("books/airline", "My brother is on that flight, please", "missing_plane"),
        ("books/airline", "your ad is racist", "campaign"),
        ("books/hotel", "Car-park token had expired by 10.30", "parking_expiry"),
        ("books/hotel", "hair in the shower, lovely", "room_clean"),
        ("books/bank", "ATM ate my card", "atm_card"),
        ("books/bank", "my card was declined in front of everyone", "card_declined"),
        ("books/bank", "somebody emptied my account", "fraud"),
        ("tests/books/five-brands", "nova put my bill up 6 quid, unreal", "price_change"),
        ("tests/books/five-brands", "how do I add bags?", "bags"),
    ] {
        assert!(
            themes_in(&book(name), text).contains(&expected.to_owned()),
            "{name}: {text}: {:?}",
            themes_in(&book(name), text)
        );
    }
}

#[test]
fn what_is_no_complaint_of_the_theme_is_not_found() {
    for (name, text, not) in [
        ("books/airline", "the app crashed again", "missing_plane"),
        ("books/hotel", "check out this sunset", "checkout_time"),
        ("books/bank", "our striker is out on loan from Leeds", "loan"),
    ] {
        assert!(!themes_in(&book(name), text).contains(&not.to_owned()), "{name}: {text}");
    }
}

#[test]
fn false_friends_of_an_ambiguous_name_are_known() {
    let book = book("tests/books/five-brands");
    let nova = book.brand(&"nova".into()).unwrap();
    let text = "nova remnant seen by telescope";
    assert!(any_in(&nova.ambiguous, text) && any_in(&nova.false_friends, text) && !any_in(&nova.context, text));
    let text = "nova put my bill up 6 quid, unreal";
    assert!(any_in(&nova.ambiguous, text) && !any_in(&nova.false_friends, text) && any_in(&nova.context, text));
    assert!(any_in(&nova.rules[0].any, text) && any_in(&nova.rules[0].with, text));
}

#[test]
fn threats_and_accusations_go_to_the_teams_that_are_trained_for_them() {
    use events::HarmClass::{Allegation, Distress, Leak, Threat};
    let gets = |book: &Book, harm| {
        book.routes.iter().find(|route| route.when.harm.contains(&harm)).map(|route| route.team.clone())
    };
    for name in &BOOKS[..3] {
        let book = book(name);
        assert_eq!(gets(&book, Threat).as_deref(), Some("security"), "{name}");
        assert_eq!(gets(&book, Allegation).as_deref(), Some("pr_legal"), "{name}");
        assert_eq!(gets(&book, Leak).as_deref(), Some("privacy"), "{name}");
    }
    assert_eq!(gets(&book("books/airline"), Distress).as_deref(), Some("family_assistance"));
}

#[test]
fn a_folder_that_is_no_book_says_what_to_give_instead() {
    let missing = load_dir(&folder("books/nowhere")).unwrap_err();
    assert!(
        missing[0].to_string().contains("cannot be opened") && missing[0].to_string().contains("books/airline"),
        "{}",
        missing[0]
    );
    let none = load_dir(&folder("crates/book/src")).unwrap_err();
    assert!(none[0].to_string().contains("holds no `*.yaml` file"), "{}", none[0]);
}

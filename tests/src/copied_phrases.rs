//! The scenarios would prove nothing if their complaints were written from the rules: a good part of them must not be.
//!
//! A complaint phrase of the grammars counts as known when any of these occurs in it as whole words: a phrase of a theme,
//! a reason, a product or a tracking rule of an example book; a phrase of two words or more of classify's tables or of
//! ingest's triage (intents, harm, tone and cues alike). Single words of those tables, such as `late`, are no phrase:
//! they say how something sounds, and a language without them is none.

use book::Book;
use book::phrases::{FoldedText, PhraseSet};

use crate::books::example_book;

/// At least this share of the complaint phrases occurs in no rule, lexicon or book.
const UNKNOWN_SHARE: f64 = 0.3;

/// Whatever a book looks for besides the names of brands.
fn phrases_of(book: &Book) -> impl Iterator<Item = &String> {
    let themes = book.themes.iter().flat_map(|theme| {
        let reasons = theme.reasons.iter().flat_map(|reason| &reason.any);
        theme.any.iter().chain(reasons)
    });
    let brands = book.brands.iter().flat_map(|brand| {
        let products = brand.products.iter().flat_map(|product| product.aliases.iter().chain([&product.name]));
        products.chain(brand.rules.iter().flat_map(|rule| &rule.any))
    });
    themes.chain(brands)
}

/// A phrase, and no single word.
fn has_two_words(phrase: &str) -> bool {
    phrase.split_whitespace().filter(|word| !word.starts_with('~')).count() >= 2
}

fn known_phrases() -> Vec<String> {
    let books = ["airline", "hotel", "bank"].map(example_book);
    let mut known: Vec<String> = books.iter().flat_map(|book| phrases_of(book)).cloned().collect();
    assert!(known.len() > 200, "the books are not read");
    let classify = classify::phrases().unwrap();
    let triage = ingest::triage_phrases().map(str::to_owned);
    known.extend(classify.into_iter().chain(triage).filter(|phrase| has_two_words(phrase)));
    known
}

/// Those in which no known phrase occurs.
fn unknown<'a>(complaints: &[&'a str], known: &[String]) -> Vec<&'a str> {
    let tagged = known.iter().map(|phrase| (0, phrase.as_str()));
    let known = PhraseSet::new(tagged).unwrap();
    let is_unknown = |complaint: &&str| known.find(&FoldedText::new(complaint)).is_empty();
    complaints.iter().copied().filter(is_unknown).collect()
}

#[test]
fn three_in_ten_complaint_phrases_occur_in_no_rule_lexicon_or_book() {
    let complaints = scenario::complaint_phrases();
    let unknown = unknown(&complaints, &known_phrases());
    let share = unknown.len() as f64 / complaints.len() as f64;
    println!("{} of {} complaint phrases are unknown: {:.0} %", unknown.len(), complaints.len(), 100.0 * share);
    assert!(share >= UNKNOWN_SHARE, "only {:.0} % are unknown", 100.0 * share);
}

#[test]
fn a_complaint_that_holds_a_known_phrase_is_known() {
    let known = ["lost ~2 bag".to_owned(), "checkout*".to_owned()];
    let complaints =
        ["You lost my blue bag!", "checkouts at ten", "nobody told the kids", "lost somewhere in the bag hall"];
    assert_eq!(unknown(&complaints, &known), complaints[2..]);
    assert!(has_two_words("lost ~2 bag") && !has_two_words("late") && !has_two_words("~1 late"));
}

#[test]
fn a_phrase_copied_from_the_grammar_into_a_book_is_noticed() {
    let complaints = scenario::complaint_phrases();
    let copied: Vec<String> = complaints.iter().map(|phrase| (*phrase).to_owned()).collect();
    assert_eq!(unknown(&complaints, &copied), Vec::<&str>::new());
}

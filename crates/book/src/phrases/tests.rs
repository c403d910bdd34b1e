use proptest::prelude::*;

use super::*;

fn set(phrases: &[&str]) -> PhraseSet {
    PhraseSet::new(phrases.iter().enumerate().map(|(i, phrase)| (i as u32, *phrase))).unwrap()
}

/// The parts of `text` where `phrases` were found.
fn found<'a>(phrases: &[&str], text: &'a str) -> Vec<&'a str> {
    let hits = set(phrases).find(&FoldedText::new(text));
    hits.iter().map(|hit| text.get(hit.span.start as usize..hit.span.end as usize).unwrap()).collect()
}

#[test]
fn a_name_is_not_found_inside_another_word() {
    assert_eq!(found(&["nova"], "Nova, supernova, nova_fan, NOVA's, novabank"), ["Nova", "NOVA"]);
}

#[test]
fn a_handle_is_neither_a_longer_handle_nor_an_address() {
    assert_eq!(found(&["@nova"], "@Nova @novabank info@nova.com (@nova)"), ["@Nova", "@nova"]);
    assert_eq!(found(&["nova"], "@novabank"), [""; 0]);
}

#[test]
fn a_hashtag_is_found_as_a_tag() {
    assert_eq!(found(&["#myskyline"], "so #MySkyline! #myskylinefail"), ["#MySkyline"]);
}

#[test]
fn with_and_without_apostrophe_are_two_phrases_and_curly_is_straight() {
    assert_eq!(found(&["don't"], "I don’t, I don't, I dont"), ["don’t", "don't"]);
    assert_eq!(found(&["dont"], "I don’t, I dont"), ["dont"]);
    assert_eq!(found(&["don", "can"], "don't can't"), [""; 0]);
    assert_eq!(found(&["hotel"], "l'hotel de l’hotel"), ["hotel", "hotel"]);
}

#[test]
fn white_space_of_any_length_and_hyphens_in_words_are_one_space() {
    assert_eq!(
        found(&["check out"], "check  out check-out check\n\tout check\0out check - out"),
        ["check  out", "check-out", "check\n\tout", "check\0out"]
    );
    assert_eq!(found(&["check-out"], "Check out"), ["Check out"]);
}

#[test]
fn a_star_takes_in_the_rest_of_the_word() {
    assert_eq!(found(&["refund*"], "refund, refunds; Refunded prefund"), ["refund", "refunds", "Refunded"]);
    assert_eq!(found(&["cancel* flight"], "cancelled flights cancelled flight"), ["cancelled flight"]);
}

#[test]
fn parts_are_found_with_up_to_so_many_words_between() {
    let phrase = &["lost ~2 bag"];
    assert_eq!(found(phrase, "you lost my bag"), ["lost my bag"]);
    assert_eq!(found(phrase, "you lost my only bag"), ["lost my only bag"]);
    assert_eq!(found(phrase, "lost bag"), ["lost bag"]);
    assert_eq!(found(phrase, "you lost my very own bag"), [""; 0]);
    assert_eq!(found(phrase, "the bag I lost"), [""; 0]);
    assert_eq!(found(phrase, "lost and lost my bag"), ["lost my bag"]);
    assert_eq!(found(&["lost ~1 bag ~1 again"], "lost my bag, yet again"), ["lost my bag, yet again"]);
    assert_eq!(found(&["a a ~1 a"], "a a a"), ["a a a"]);
}

#[test]
fn phrases_overlap_and_come_in_order_of_start() {
    let hits = set(&["bag", "my bag", "lost my bag", "Bag"]).find(&FoldedText::new("lost my bag"));
    let order: Vec<(i64, u32)> = hits.iter().map(|hit| (hit.span.start, hit.tag)).collect();
    assert_eq!(order, [(0, 2), (5, 1), (8, 0), (8, 3)]);
}

#[test]
fn signs_without_letters_are_phrases_too() {
    assert_eq!(found(&["😡", "!!"], "no😡😡 no!!"), ["😡", "😡", "!!"]);
}

#[test]
fn spans_are_those_of_the_original_where_folding_changes_lengths() {
    let text = "“İstanbul”  ist\u{ad}anbul ＩSTANBUL K\u{212a}";
    assert_eq!(found(&["istanbul"], text), ["İstanbul", "ist\u{ad}anbul"]);
    assert_eq!(found(&["kk"], text), ["K\u{212a}"]);
}

#[test]
fn phrases_that_cannot_be_searched_for_are_refused_with_a_remedy() {
    for phrase in [
        "",
        "  ",
        "\u{ad}",
        "*",
        "a*b",
        "?*",
        "~2 bag",
        "lost ~2",
        "lost ~ bag",
        "lost ~10 bag",
        "lost ~2 ~2 bag",
        "lost ~0 bag",
    ] {
        let error = PhraseSet::new([(0, phrase)]).unwrap_err().to_string();
        assert!(error.contains("such as") || error.contains("at least one"), "{phrase}: {error}");
    }
}

#[test]
fn words_have_their_signs_and_contractions_but_no_possessive_s() {
    let text = FoldedText::new("@Nova’s bill: I don't pay £6, #late_again a@b.c");
    let words: Vec<&str> = text.words().map(|(_, word)| word).collect();
    assert_eq!(words, ["@nova", "bill", "i", "don't", "pay", "6", "#late_again", "a", "b", "c"]);
}

#[test]
fn a_set_goes_from_thread_to_thread() {
    fn goes<T: Send + Sync>() {}
    goes::<PhraseSet>();
}

/// The time may be that of a slow machine, but not that of a square: 100,000² steps would take minutes.
#[test]
fn a_hundred_kilobytes_of_one_letter_take_no_square_time() {
    let started = std::time::Instant::now();
    let many = set(&["a", "a a", "a ~9 a", "a* ~9 a*", "a ~2 a ~2 a", "aa", "aaa*"]);
    for text in [
        "a".repeat(100_000),
        "a ".repeat(50_000),
        "a'".repeat(50_000),
        "@a".repeat(50_000),
        "a-".repeat(50_000),
        "é\u{ad}".repeat(30_000),
    ] {
        let folded = FoldedText::new(&text);
        let _hits = many.find(&folded);
        assert!(folded.words().count() <= 100_000);
    }
    assert!(started.elapsed().as_secs() < 10, "took {:?}", started.elapsed());
}

#[test]
fn a_set_too_large_for_a_full_table_finds_the_same() {
    let many = (1..).map(|i| (i, format!("filler phrase {i}"))).take(4_000);
    let large = PhraseSet::new(many.chain([(0, "lost ~2 bag".to_owned())])).unwrap();
    let text = FoldedText::new("you lost my bag");
    assert_eq!(large.find(&text), set(&["lost ~2 bag"]).find(&text));
    assert_eq!(large.find(&text).len(), 1);
}

#[test]
fn no_phrases_find_nothing() {
    assert_eq!(found(&[], "anything"), [""; 0]);
}

/// Text that is rich in what folding treats specially.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-cA-C@#_'’“ \\-\\n\\x00~*]{0,12}",
        Just("İ".to_owned()),
        Just("\u{ad}".to_owned()),
        Just("\u{200d}\u{fe0f}".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("lost my ba'g".to_owned()),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn spans_are_on_character_boundaries_inside_any_text(text in odd_text()) {
        let folded = FoldedText::new(&text);
        let hits = set(&["a", "b c", "a* ~3 b", "lost ~2 ba*", "i", "@a", "#b", "don't", "'", "\"", "e", "-"]).find(&folded);
        for span in hits.iter().map(|hit| hit.span).chain(folded.words().map(|(span, _)| span)) {
            prop_assert!(span.start < span.end);
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
        }
    }

    #[test]
    fn ascii_with_and_without_a_table_is_found_in_the_same_places(text in "[a-cA-C@#_'* \\-~]{0,40}") {
        // One letter that is not ASCII takes the other way through the folding.
        let phrases = set(&["a", "b c", "a* ~3 b", "@a", "#b", "a-b", "-"]);
        let plain = phrases.find(&FoldedText::new(&text));
        let tabled = phrases.find(&FoldedText::new(&format!("{text} é")));
        prop_assert_eq!(plain, tabled);
    }

    #[test]
    fn any_phrase_is_refused_or_found_in_itself(phrase in odd_text()) {
        prop_assume!(!phrase.contains(['~', '*']));
        if let Ok(set) = PhraseSet::new([(7, &phrase)]) {
            let trimmed = format!(" {} ", phrase);
            let hits = set.find(&FoldedText::new(&trimmed));
            prop_assert!(!hits.is_empty(), "{phrase:?}");
        }
    }

    #[test]
    fn any_phrase_at_all_compiles_or_is_an_error(phrase in "[a-c~*0-9 ]{0,20}") {
        if let Ok(set) = PhraseSet::new([(7, &phrase)]) {
            let _hits = set.find(&FoldedText::new("a b c aa ab 1 2"));
        }
    }

    #[test]
    fn words_in_order_never_overlap(text in odd_text()) {
        let folded = FoldedText::new(&text);
        let spans: Vec<_> = folded.words().map(|(span, _)| span).collect();
        prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "{spans:?}");
    }
}

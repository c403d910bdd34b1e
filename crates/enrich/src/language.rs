//! Which language a text is in: what the source declares, else its script, else its letters, else nothing.
//!
//! Confidence is what tests of the detector on short posts showed for texts of that length; it knows 16 languages and
//! always answers, so a text in another one is told wrongly. Hence a declared language is believed first.
//!
//! The detector costs most, so it is asked last, and not at all where its answer could change nothing.

mod little;
mod votes;

use events::{Language, LanguageSource};
use votes::Votes;
use whichlang::Lang;

/// Fewer letters than this say nothing.
const FEWEST_LETTERS: usize = 12;
/// More text than this says no more: of 15,123 short posts of seven languages 3 are told otherwise than by 600 bytes, one for the
/// better.
const ENOUGH_BYTES: usize = 120;
/// Characters that are read of a word with a `#`, or of one that is longer than any word is.
const LONGEST_WORD: usize = 150;
/// Texts shorter than this are checked by their little words even when they seem English.
const SHORT_BYTES: usize = 40;
/// Confidence of a language that few letters and clear words tell.
const SHORT: f64 = 0.6;
/// Confidence of a language that the source declares.
const DECLARED: f64 = 0.95;
/// Confidence of a language that has its script for itself.
const SCRIPT: f64 = 0.99;

/// The language of `text`, of which the source says that it is `declared`.
pub(crate) fn language(text: &str, declared: Option<&str>) -> Language {
    if let Some(tag) = declared.and_then(primary) {
        return Language { tag, confidence: DECLARED, source: LanguageSource::Declared };
    }
    let words = plain_words(text);
    let letters = Letters::of(&words);
    if let Some(tag) = letters.script() {
        return Language { tag: tag.into(), confidence: SCRIPT, source: LanguageSource::Script };
    }
    let votes = Votes::of(&words);
    if letters.all < FEWEST_LETTERS {
        return match votes.clear() {
            Some(tag) => Language { tag: tag.into(), confidence: SHORT, source: LanguageSource::Detected },
            None => Language { tag: "und".into(), confidence: 0.0, source: LanguageSource::Undetermined },
        };
    }
    let confidence = match words.len() {
        0..30 => 0.81,
        30..60 => 0.94,
        60..100 => 0.97,
        _ => 0.99,
    };
    let tag = if votes.are_english() { "en" } else { detected(&words, &votes) };
    Language { tag: tag.into(), confidence, source: LanguageSource::Detected }
}

/// What the detector says. It is at its best with English; what its letters say of other languages, little words may overrule.
fn detected(words: &str, votes: &Votes) -> &'static str {
    let detected = tag(whichlang::detect_language(words));
    if detected == "en" && words.len() >= SHORT_BYTES { detected } else { votes.overrule(detected) }
}

/// The language of a BCP 47 tag, lower case: `en` of `en-GB`. `und` and what platforms write for "none" are no language.
fn primary(tag: &str) -> Option<String> {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    let formed = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    let primary = primary.to_ascii_lowercase();
    let none = matches!(primary.as_str(), "und" | "zxx" | "mul" | "qam" | "qct" | "qht" | "qme" | "qst" | "art");
    (formed && !none).then_some(primary)
}

/// The beginning of a text without addresses and handles, and without the sign of hashtags.
fn plain_words(text: &str) -> String {
    if text.is_ascii() {
        return plain(words_of_ascii(text));
    }
    plain(text.split_whitespace().map(|word| (word, word.as_bytes().contains(&b'#'))))
}

/// What stands between white space, each with whether a `#` is in it: both in one pass over the bytes.
fn words_of_ascii(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let bytes = text.as_bytes();
    let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let mut at = 0;
    std::iter::from_fn(move || {
        while is_space(*bytes.get(at)?) {
            at += 1;
        }
        let (start, mut hash) = (at, false);
        while let Some(byte) = bytes.get(at).filter(|byte| !is_space(**byte)) {
            hash |= *byte == b'#';
            at += 1;
        }
        Some((text.get(start..at)?, hash))
    })
}

fn plain<'a>(all: impl Iterator<Item = (&'a str, bool)>) -> String {
    let mut words = String::with_capacity(ENOUGH_BYTES + 40);
    for (word, has_hash) in all {
        if word.starts_with('@') || word.starts_with("http") || word.starts_with("www.") {
            continue;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        if word.len() <= LONGEST_WORD && !has_hash {
            words.push_str(word);
        } else {
            words.extend(word.chars().filter(|c| *c != '#').take(LONGEST_WORD));
        }
        if words.len() >= ENOUGH_BYTES {
            break;
        }
    }
    words
}

/// Letters of a text, and how many of them are of a script that one language has for itself.
#[derive(Default)]
struct Letters {
    all: usize,
    kana: usize,
    han: usize,
    hangul: usize,
    thai: usize,
    greek: usize,
    hebrew: usize,
    arabic: usize,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut letters = Self::default();
        if text.is_ascii() {
            letters.all = text.bytes().filter(u8::is_ascii_alphabetic).count();
            return letters;
        }
        for c in text.chars().filter(|c| c.is_alphabetic()) {
            letters.all += 1;
            match c {
                '\u{3040}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => letters.kana += 1,
                '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => letters.han += 1,
                '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}' => letters.hangul += 1,
                '\u{0e00}'..='\u{0e7f}' => letters.thai += 1,
                '\u{0370}'..='\u{03ff}' | '\u{1f00}'..='\u{1fff}' => letters.greek += 1,
                '\u{0590}'..='\u{05ff}' => letters.hebrew += 1,
                '\u{0600}'..='\u{06ff}' => letters.arabic += 1,
                _ => {}
            }
        }
        letters
    }

    /// The language whose script most of the letters are of. Kana among Han is Japanese.
    fn script(&self) -> Option<&'static str> {
        let most = |count: usize| count >= 2 && count * 2 > self.all;
        if self.kana > 0 && most(self.kana + self.han) {
            return Some("ja");
        }
        let scripts =
            [(self.han, "zh"), (self.hangul, "ko"), (self.thai, "th"), (self.greek, "el"), (self.hebrew, "he")];
        // Persian and Urdu are written so too; of the languages that the detector knows only this one is.
        if most(self.arabic) {
            return Some("ar");
        }
        scripts.into_iter().find(|(count, _)| most(*count)).map(|(_, tag)| tag)
    }
}

const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Ara => "ar",
        Lang::Cmn => "zh",
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Hin => "hi",
        Lang::Ita => "it",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Nld => "nl",
        Lang::Por => "pt",
        Lang::Rus => "ru",
        Lang::Spa => "es",
        Lang::Swe => "sv",
        Lang::Tur => "tr",
        Lang::Vie => "vi",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn where_the_votes_are_english_the_detector_changes_nothing(
            words in proptest::collection::vec(
                proptest::sample::select(vec![
                    "the", "and", "my", "is", "was", "der", "nicht", "und", "les", "pas", "que", "los", "het", "een", "att",
                    "için", "flight", "Gepäck", "İstanbul", "don't", "l'avion", "São", "bir", "#late", "12:30", "on", "in",
                ]),
                0..24,
            ),
        ) {
            let words = words.join(" ");
            let votes = Votes::of(&words);
            if votes.are_english() {
                prop_assert_eq!(detected(&words, &votes), "en");
            }
        }

        #[test]
        fn words_of_ascii_are_those_of_any_text(text in "[a-z@# \\t\\n\\x0b\\x0c\\r\\x1c]{0,60}") {
            let expected: Vec<(&str, bool)> = text.split_whitespace().map(|word| (word, word.contains('#'))).collect();
            prop_assert_eq!(words_of_ascii(&text).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn only_the_beginning_of_a_long_text_is_read() {
        let english = "my card was swallowed by your machine again and nobody there can tell me when I will get it back, so what now? ";
        assert!(english.len() < ENOUGH_BYTES);
        let long = format!("{english}{}", "und jetzt wieder auf Deutsch, weil niemand hilft ".repeat(40));
        assert_eq!(language(&long, None).tag, "en");
        assert!(plain_words(&"word ".repeat(1_000)).len() < ENOUGH_BYTES + 5);
    }

    #[test]
    fn languages_are_told_by_declaration_script_and_letters() {
        use LanguageSource::{Declared, Detected, Script, Undetermined};
        for (text, declared, tag, source) in [
            ("se tragó mi tarjeta el cajero", None, "es", Detected),
            ("my card was swallowed by your machine again", None, "en", Detected),
            ("der Automat hat meine Karte eingezogen und niemand hilft", None, "de", Detected),
            ("le distributeur a avalé ma carte bancaire", None, "fr", Detected),
            ("банкомат съел мою карту вчера вечером", None, "ru", Detected),
            ("カードが出てきません", None, "ja", Script),
            ("取款机吞了我的卡", None, "zh", Script),
            ("현금인출기가 카드를 먹었어요", None, "ko", Script),
            ("η κάρτα μου χάθηκε", None, "el", Script),
            ("lol", None, "und", Undetermined),
            ("@ternbank https://x.example/a/very/long/address", None, "und", Undetermined),
            ("🔥🔥🔥", None, "und", Undetermined),
            ("", None, "und", Undetermined),
            ("kort tekst", Some("nl-BE"), "nl", Declared),
            ("my card was swallowed by your machine again", Some("und"), "en", Detected),
            ("my card was swallowed by your machine again", Some("not a tag"), "en", Detected),
        ] {
            let found = language(text, declared);
            assert_eq!((found.tag.as_str(), found.source), (tag, source), "{text}");
            assert!((0.0..=1.0).contains(&found.confidence));
        }
    }

    #[test]
    fn a_longer_text_is_told_with_more_confidence() {
        let short = language("my card is gone now", None).confidence;
        let long = language(&"my card is gone now and nobody helps me ".repeat(4), None).confidence;
        assert!(short < long, "{short} {long}");
    }
}

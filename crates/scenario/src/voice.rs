//! From a template of a grammar to what somebody writes: slots, case, slips of the finger, emoji.

use std::fmt::Write;

use rand::RngExt;

use crate::grammar::{COMMON_SLOTS, Grammar};
use crate::random::{Stream, chance, pick};

/// Appends `template` with its slots filled; `{core}` stands for the template `core`.
pub(crate) fn say(stream: &mut Stream, grammar: &Grammar, template: &str, core: &str, text: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((slot, next)) = after.split_once('}') else {
            rest = after;
            break;
        };
        fill(stream, grammar, slot, core, text);
        rest = next;
    }
    text.push_str(rest);
}

fn fill(stream: &mut Stream, grammar: &Grammar, slot: &str, core: &str, text: &mut String) {
    // Writing into a `String` can't fail.
    let written = match slot {
        "core" => {
            say(stream, grammar, core, "", text);
            Ok(())
        }
        "handle" => text.write_char('@').and_then(|()| text.write_str(grammar.account)),
        "n" => write!(text, "{}", stream.random_range(2..9)),
        "nn" => write!(text, "{}", stream.random_range(11..90)),
        "nnn" => write!(text, "{}", stream.random_range(101..990)),
        // Never a full or half hour: those are values that people ask for.
        "time" => {
            let minute = stream.random_range(1..6) * 5 + if stream.random() { 30 } else { 0 };
            write!(text, "{}:{minute:02}", stream.random_range(5..23))
        }
        "flight" => write!(text, "SK{}", stream.random_range(100..990)),
        "code" => write!(text, "{:06X}", stream.random_range(0x10_0000..0xff_ffff)),
        "brand" => text.write_str(pick(stream, grammar.names)),
        _ => {
            // A word may have slots of its own, such as a gate with its number.
            let word = pick(stream, words_of(grammar, slot));
            say(stream, grammar, word, "", text);
            Ok(())
        }
    };
    debug_assert!(written.is_ok());
}

fn words_of(grammar: &Grammar, slot: &str) -> &'static [&'static str] {
    let lists = grammar.slots.iter().chain(COMMON_SLOTS);
    lists.into_iter().find(|list| list.0 == slot).map_or(&[], |list| list.1)
}

/// How people type: small letters, slips, an emoji at the end. `emoji` belongs to the mood.
pub(crate) fn type_out(stream: &mut Stream, text: &mut String, emoji: &[&'static str]) {
    if chance(stream, 0.3) {
        text.make_ascii_lowercase();
    } else if let Some(first) = text.chars().next()
        && first.is_ascii_lowercase()
    {
        text.replace_range(..1, first.to_ascii_uppercase().encode_utf8(&mut [0; 4]));
    }
    if chance(stream, 0.08) {
        slip(stream, text);
    }
    if chance(stream, 0.15) {
        text.push_str(pick(stream, &["!", "!!", "...", "?!", "."]));
    }
    if chance(stream, 0.14) {
        text.push(' ');
        text.push_str(pick(stream, emoji));
    }
}

/// Swaps two letters inside a word; handles, tags and numbers stay as they are.
fn slip(stream: &mut Stream, text: &mut String) {
    let words: Vec<(usize, &str)> = spans(text).filter(|(_, word)| plain(word)).collect();
    if words.is_empty() {
        return;
    }
    let (start, word) = words[stream.random_range(0..words.len())];
    let at = start + stream.random_range(1..word.len() - 2);
    let mut pair: Vec<char> = text.chars().collect();
    // `plain` words lie in ASCII text, so bytes and letters have the same index there.
    if text.is_ascii() {
        pair.swap(at, at + 1);
        *text = pair.into_iter().collect();
    }
}

fn plain(word: &str) -> bool {
    word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(' ').scan(0, |start, word| {
        let here = *start;
        *start += word.len() + 1;
        Some((here, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::AIRLINE;
    use crate::random::{Purpose, stream};

    #[test]
    fn slots_are_filled_and_the_rest_is_kept() {
        let mut stream = stream(1, Purpose::Background);
        let mut text = String::new();
        say(&mut stream, &AIRLINE, "so {handle}, {core}, ok", "gate {nn} again", &mut text);
        assert!(text.starts_with("so @skylineair, gate ") && text.ends_with(" again, ok"), "{text}");
    }

    #[test]
    fn a_slip_keeps_the_letters_and_the_handle() {
        let mut stream = stream(1, Purpose::Background);
        for _ in 0..50 {
            let mut text = "waiting again @skylineair #MySkyline".to_owned();
            slip(&mut stream, &mut text);
            assert!(text.ends_with("@skylineair #MySkyline") && text.len() == 36 && !text.starts_with("waiting again"));
        }
    }
}

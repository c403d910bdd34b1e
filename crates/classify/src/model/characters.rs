//! The first half of `norm-v1`: a text as characters that compare equal when they are meant alike, each with its place.
//!
//! Compatibility forms (NFKC, a letter with its marks at a time), entities of HTML once, curly quotes as plain ones; joiners,
//! variation selectors and skin tones left out. Case and repeated letters are the tokens' matter. Frozen: a change is `norm-v2`.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick};

/// More of a text is not read.
const MOST_BYTES: usize = 16_384;
/// More marks on one letter are not read.
const MOST_MARKS: usize = 8;
const ENTITIES: [(&str, char); 5] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];

/// A character and the bytes of the text that it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Character {
    pub(super) value: char,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Fills `into` with the characters of `text`.
pub(super) fn characters(text: &str, into: &mut Vec<Character>) {
    into.clear();
    let text = beginning(text);
    into.reserve(text.len());
    if text.is_ascii() {
        ascii(text, into);
    } else {
        any(text, is_nfkc_quick(text.chars()) != IsNormalized::Yes, into);
    }
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MOST_BYTES)).unwrap_or_default()
}

fn ascii(text: &str, into: &mut Vec<Character>) {
    // What stands before the first entity, mostly all of it, is taken as it is.
    let plain = text.find('&').unwrap_or(text.len());
    let character = |(at, byte)| Character { value: char::from(byte), start: at as u32, end: at as u32 + 1 };
    into.extend(text.bytes().take(plain).enumerate().map(character));
    let mut skip = 0;
    for (at, byte) in text.bytes().enumerate().skip(plain) {
        if at < skip {
            continue;
        }
        if byte == b'&'
            && let Some((value, end)) = entity(text, at)
        {
            into.push(Character { value, start: at as u32, end: end as u32 });
            skip = end;
            continue;
        }
        into.push(character((at, byte)));
    }
}

fn any(text: &str, compose: bool, into: &mut Vec<Character>) {
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if first == '&'
            && let Some((value, end)) = entity(text, at)
        {
            into.push(Character { value, start: at as u32, end: end as u32 });
            at = end;
            continue;
        }
        let (start, mut end) = (at, at + first.len_utf8());
        if compose {
            end += marks_behind(text.get(end..).unwrap_or_default());
        }
        at = end;
        if !compose || (first.is_ascii() && end - start == 1) {
            push(first, start, end, into);
            continue;
        }
        let cluster = text.get(start..end).unwrap_or_default();
        for value in cluster.nfkc().take(MOST_MARKS + 24) {
            push(value, start, end, into);
        }
    }
}

/// Bytes of the marks that belong to the letter before; what is beyond [`MOST_MARKS`] stands alone and is dropped later.
fn marks_behind(rest: &str) -> usize {
    let marks = rest.chars().take(MOST_MARKS).take_while(|c| canonical_combining_class(*c) != 0);
    marks.map(char::len_utf8).sum()
}

fn push(value: char, start: usize, end: usize, into: &mut Vec<Character>) {
    let value = match value {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{2033}' => '"',
        // Joiners and marks of direction, variation selectors, skin tones, the soft hyphen.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' => return,
        '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{feff}' | '\u{ad}' => return,
        other => other,
    };
    into.push(Character { value, start: start as u32, end: end as u32 });
}

fn entity(text: &str, at: usize) -> Option<(char, usize)> {
    let rest = text.get(at..)?;
    let (name, value) = ENTITIES.into_iter().find(|(name, _)| rest.starts_with(name))?;
    Some((value, at + name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut found = Vec::new();
        characters(text, &mut found);
        found.iter().map(|character| character.value).collect()
    }

    #[test]
    fn what_is_meant_alike_is_written_alike() {
        for (text, expected) in [
            ("a &amp; b &lt;3 &amp;amp;", "a & b <3 &amp;"),
            ("\u{201c}don\u{2019}t\u{201d}", "\"don't\""),
            ("\u{ff21}\u{ff22}\u{ff23}", "ABC"),
            ("cafe\u{301}", "caf\u{e9}"),
            ("wait\u{2026}", "wait..."),
            ("\u{2764}\u{fe0f} \u{1f44d}\u{1f3fd}", "\u{2764} \u{1f44d}"),
            ("b\u{200b}o\u{200d}mb", "bomb"),
            ("", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn each_character_knows_the_bytes_that_it_came_from() {
        let text = "é &lt; e\u{301}";
        let mut found = Vec::new();
        characters(text, &mut found);
        let spans: Vec<Option<&str>> = found.iter().map(|c| text.get(c.start as usize..c.end as usize)).collect();
        assert_eq!(spans, ["é", " ", "&lt;", " ", "e\u{301}"].map(Some));
    }

    #[test]
    fn a_text_without_end_is_read_to_a_bound() {
        let mut found = Vec::new();
        characters(&"é".repeat(100_000), &mut found);
        assert!(found.len() <= MOST_BYTES);
        characters(&format!("a{}", "\u{301}".repeat(100_000)), &mut found);
        assert!(found.len() <= MOST_BYTES);
    }
}

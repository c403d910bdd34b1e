//! The quick way to read a line: JSON as programs write it, with the fields that most lines have.
//!
//! Everything else is left to serde_json, which alone decides what is wrong: what is read here, it would read the same. So nothing
//! here needs to be complete, and nothing may be lenient. A property test holds the two against each other.

use std::borrow::Cow;

use events::MentionKind;

use crate::line::{Count, Line, LineAuthor};
use crate::stamp::Stamp;

/// Digits of a number that surely fits.
const MOST_DIGITS: usize = 18;

/// The line that `text` is; `None` when it must be read with care.
pub(crate) fn quick(text: &str) -> Option<Line<'_>> {
    let mut line = Line::default();
    let mut cursor = Cursor { text, at: 0 };
    cursor.object(|cursor, key| match key {
        "source" => cursor.fill(0, &mut line.source, Cursor::string),
        "native_id" => cursor.fill(1, &mut line.native_id, Cursor::string),
        "published_at" => cursor.fill(2, &mut line.published_at, Cursor::stamp),
        "received_at" => cursor.fill(3, &mut line.received_at, Cursor::stamp),
        "text" => cursor.fill(4, &mut line.text, Cursor::string),
        "revision" => cursor.fill(5, &mut line.revision, Cursor::count),
        "kind" => cursor.fill(6, &mut line.kind, Cursor::kind),
        "channel" => cursor.fill(7, &mut line.channel, Cursor::string),
        "owned_channel" => cursor.fill(8, &mut line.owned_channel, Cursor::flag),
        "from_brand" => cursor.fill(9, &mut line.from_brand, Cursor::flag),
        "author" => cursor.fill(10, &mut line.author, Cursor::author),
        "thread_id" => cursor.fill(11, &mut line.thread_id, Cursor::string),
        "parent_id" => cursor.fill(12, &mut line.parent_id, Cursor::text),
        "language" => cursor.fill(13, &mut line.language, Cursor::string),
        "url" => cursor.fill(14, &mut line.url, Cursor::string),
        "reach" => cursor.fill(15, &mut line.reach, Cursor::count),
        "repost" => cursor.fill(16, &mut line.repost, Cursor::flag),
        "brand" => cursor.fill(17, &mut line.brand, Cursor::string),
        _ => None,
    })?;
    (cursor.at == text.len()).then_some(line)
}

/// A place in a line.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over `byte`, and blanks behind it.
    fn pass(&mut self, byte: u8) -> Option<()> {
        if self.peek()? != byte {
            return None;
        }
        self.at += 1;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        Some(())
    }

    /// Reads an object; `field` reads the value of a key, and tells the number of its field. No field comes twice.
    fn object(&mut self, mut field: impl FnMut(&mut Self, &str) -> Option<u8>) -> Option<()> {
        self.pass(b'{')?;
        let mut seen = 0_u32;
        loop {
            let key = self.key()?;
            self.pass(b':')?;
            let bit = 1 << field(self, key)?;
            if seen & bit != 0 {
                return None;
            }
            seen |= bit;
            if self.peek()? == b'}' {
                self.at += 1;
                return Some(());
            }
            self.pass(b',')?;
        }
    }

    /// What stands between quotes. Whether it is a text does not matter: it is only compared with names.
    fn key(&mut self) -> Option<&'a str> {
        let behind = self.text.get(self.at..)?.strip_prefix('"')?;
        let length = behind.bytes().position(|byte| byte == b'"')?;
        self.at += length + 2;
        behind.get(..length)
    }

    /// A text between quotes. One with escapes is left to serde_json.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        if self.peek()? != b'"' {
            return None;
        }
        let bytes = self.text.as_bytes();
        let (start, mut end) = (self.at, self.at + 1);
        let mut escapes = false;
        loop {
            end += memchr::memchr2(b'"', b'\\', bytes.get(end..)?)?;
            if bytes.get(end) == Some(&b'"') {
                break;
            }
            escapes = true;
            end += 2;
        }
        self.at = end + 1;
        if escapes {
            return serde_json::from_str(self.text.get(start..=end)?).ok().map(Cow::Owned);
        }
        let text = self.text.get(start + 1..end)?;
        let control = text.bytes().fold(false, |found, byte| found | (byte < 0x20));
        (!control).then_some(Cow::Borrowed(text))
    }

    /// Puts what `read` reads, or null, into the field with this number.
    fn fill<T>(&mut self, number: u8, field: &mut Option<T>, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<u8> {
        *field = match self.peek()? {
            b'n' => self.word("null").map(|()| None)?,
            _ => Some(read(self)?),
        };
        Some(number)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.text().map(Cow::into_owned)
    }

    fn stamp(&mut self) -> Option<Stamp> {
        Stamp::read(&self.text()?)
    }

    fn kind(&mut self) -> Option<MentionKind> {
        match &*self.text()? {
            "create" => Some(MentionKind::Create),
            "edit" => Some(MentionKind::Edit),
            "delete" => Some(MentionKind::Delete),
            _ => None,
        }
    }

    fn flag(&mut self) -> Option<bool> {
        match self.peek()? {
            b't' => self.word("true").map(|()| true),
            _ => self.word("false").map(|()| false),
        }
    }

    /// A whole number without sign, fraction and exponent: what stands behind it must end the value.
    fn count(&mut self) -> Option<Count> {
        let rest = self.text.get(self.at..)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..digits).filter(|_| digits <= MOST_DIGITS)?;
        self.at += digits;
        number.parse().ok().filter(|_| digits == 1 || !number.starts_with('0')).map(Count)
    }

    fn author(&mut self) -> Option<LineAuthor> {
        let mut author = LineAuthor::default();
        self.object(|cursor, key| match key {
            "id" => cursor.fill(0, &mut author.id, Cursor::string),
            "handle" => cursor.fill(1, &mut author.handle, Cursor::string),
            "name" => cursor.fill(2, &mut author.name, Cursor::string),
            "followers" => cursor.fill(3, &mut author.followers, Cursor::count),
            "verified" => cursor.fill(4, &mut author.verified, Cursor::flag),
            _ => None,
        })?;
        Some(author)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: &str = r#"{"source":"x","native_id":"1","published_at":"2026-11-02T00:00:33.525Z","author":{"id":"2","handle":"jo","name":"Jo \"J\" M","followers":212,"verified":false},"text":"Kind pilot.\nThank you \u00e9","kind":"edit","revision":3,"language":null,"url":"https://x.example/p/1","reach":0,"repost":true,"parent_id":"a"}"#;

    fn careful(text: &str) -> Option<String> {
        serde_json::from_str::<Line<'_>>(text).ok().map(|line| format!("{line:?}"))
    }

    #[test]
    fn a_line_as_programs_write_it_is_read_quickly() {
        let spaced = USUAL.replace("\":", "\": ").replace(",\"", ", \"");
        for text in [USUAL, &spaced] {
            assert_eq!(quick(text).map(|line| format!("{line:?}")), careful(text));
            assert!(quick(text).is_some_and(|line| line.text.is_some_and(|text| text.ends_with("you é"))));
        }
    }

    #[test]
    fn what_is_not_usual_is_left_alone() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"text":"a"} "#,
            r#"{"text":"a"}}"#,
            r#"{"text":"a","text":"b"}"#,
            r#"{"text":null,"text":"b"}"#,
            r#"{"text":"a","more":1}"#,
            r#"{"text":"a",}"#,
            r#"{"text":"\ud800"}"#,
            "{\"text\":\"a\tb\"}",
            r#"{"reach":01}"#,
            r#"{"reach":1.5}"#,
            r#"{"reach":-1}"#,
            r#"{"reach":9999999999999999999}"#,
            r#"{"repost":falsely}"#,
            r#"{"text":nul}"#,
            r#"{"kind":"none"}"#,
            r#"{"published_at":"soon"}"#,
            r#"{"text":"a"#,
            r#"{"text":"a\"#,
            r#"{"author":{}}"#,
        ] {
            assert!(quick(text).is_none(), "{text}");
        }
    }

    /// A piece of the usual line goes, or another comes in its place.
    fn damaged() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just(String::new()),
            prop::sample::select(vec![
                "\"", "\\", "{", "}", ",", ":", " ", "null", "0", "-", "e", "\\u0041", "\t", "é", "true"
            ])
            .prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
        ];
        (0..USUAL.len(), 0..6usize, piece).prop_map(|(start, length, piece)| {
            let end = (start + length).min(USUAL.len());
            format!("{}{piece}{}", USUAL.get(..start).unwrap(), USUAL.get(end..).unwrap())
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn what_is_read_quickly_is_what_serde_json_reads(text in damaged()) {
            if let Some(line) = quick(&text) {
                prop_assert_eq!(Some(format!("{line:?}")), careful(&text));
            }
        }
    }
}

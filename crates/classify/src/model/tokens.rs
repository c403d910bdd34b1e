//! The second half of `norm-v1`: characters as tokens, in lower case and without what only its author's keyboard knows.
//!
//! Addresses, handles and numbers are one code point each; a letter that is repeated more than twice stands twice; a hashtag,
//! an emoji, an emoticon and a run of `!?.` are one token each. Frozen: a change is `norm-v2`.

use unicode_normalization::char::is_combining_mark;

use super::characters::Character;

/// More tokens of a text are not read.
const MOST_TOKENS: usize = 512;
/// Code points of private use that stand for what is not read itself.
const URL: char = '\u{e000}';
const USER: char = '\u{e001}';
const NUMBER: char = '\u{e002}';

/// Emoticons as they are typed, longest first, and how they are read.
const EMOTICONS: [(&str, &str); 40] = [
    (":'-(", ":'("),
    (">:-(", ">:("),
    ("</3", "</3"),
    (":'(", ":'("),
    (":')", ":')"),
    (":-)", ":)"),
    (":-(", ":("),
    (";-)", ";)"),
    (":-d", ":d"),
    (":-p", ":p"),
    (":-/", ":/"),
    (":-|", ":|"),
    (":-o", ":o"),
    (":-*", ":*"),
    (">:(", ">:("),
    ("^_^", "^^"),
    ("-_-", "-_-"),
    ("._.", "-_-"),
    ("o_o", "o_o"),
    (":))", ":)"),
    (":((", ":("),
    ("<3", "<3"),
    (":)", ":)"),
    (":(", ":("),
    (";)", ";)"),
    (":d", ":d"),
    (";d", ":d"),
    ("xd", ":d"),
    (":p", ":p"),
    (";p", ":p"),
    (":/", ":/"),
    (":|", ":|"),
    (":o", ":o"),
    (":*", ":*"),
    ("=)", ":)"),
    ("=(", ":("),
    ("=d", ":d"),
    ("(:", ":)"),
    ("d:", "d:"),
    ("^^", "^^"),
];

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters and digits, with apostrophes inside.
    Word,
    /// A word behind `#`, which is part of the text.
    Hashtag,
    /// One code point for an address, a handle, or a number.
    Stand,
    /// An emoji, an emoticon, or punctuation.
    Mark,
}

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a [char],
    /// Bytes of the text.
    pub(super) span: (u32, u32),
    /// Whether a letter was repeated more than twice.
    pub(super) elongated: bool,
    /// Whether it is a word of two and more letters, all of them large.
    pub(super) shouted: bool,
}

/// Reads the tokens of `characters`; `word` is room to work in.
pub(super) fn tokens(characters: &[Character], word: &mut Vec<char>, mut each: impl FnMut(Token<'_>)) {
    let mut scanner = Scanner { characters, at: 0, word };
    for _ in 0..MOST_TOKENS {
        let Some((kind, start, elongated, shouted)) = scanner.next() else { return };
        let end = scanner.characters.get(scanner.at.wrapping_sub(1)).map_or(0, |last| last.end);
        each(Token { kind, text: scanner.word, span: (start, end.max(start)), elongated, shouted });
    }
}

struct Scanner<'a> {
    characters: &'a [Character],
    at: usize,
    word: &'a mut Vec<char>,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).map(|character| character.value)
    }

    /// Kind, start, elongated, shouted; the text stands in `word`.
    fn next(&mut self) -> Option<(Kind, u32, bool, bool)> {
        while self.peek(0).is_some_and(|c| c.is_whitespace() || c.is_control() || is_mark_on_letter(c)) {
            self.at += 1;
        }
        let first = *self.characters.get(self.at)?;
        self.word.clear();
        let (kind, elongated, shouted) = match first.value {
            // No other letter begins an address.
            'h' | 'H' | 'w' | 'W' if self.address() => self.stand(URL),
            c if in_word(c) => self.emoticon().unwrap_or_else(|| self.plain_word()),
            '@' if self.peek(1).is_some_and(in_handle) => {
                self.at += 1;
                self.skip_while(in_handle);
                self.stand(USER)
            }
            '#' if self.peek(1).is_some_and(in_word) => {
                self.word.push('#');
                self.at += 1;
                let (elongated, shouted) = self.letters(|c| in_word(c) || c == '_');
                (Kind::Hashtag, elongated, shouted)
            }
            c => self.emoticon().unwrap_or_else(|| self.mark(c)),
        };
        Some((kind, first.start, elongated, shouted))
    }

    /// Whether an address begins here; it is passed over.
    fn address(&mut self) -> bool {
        let begins = |text: &str| {
            text.chars()
                .enumerate()
                .all(|(ahead, c)| self.peek(ahead).is_some_and(|found| found.eq_ignore_ascii_case(&c)))
        };
        let found = begins("http://") || begins("https://") || begins("www.");
        if found {
            self.skip_while(|c| !c.is_whitespace());
        }
        found
    }

    fn stand(&mut self, sign: char) -> (Kind, bool, bool) {
        self.word.clear();
        self.word.push(sign);
        (Kind::Stand, false, false)
    }

    fn plain_word(&mut self) -> (Kind, bool, bool) {
        let (elongated, shouted) = self.letters(in_word);
        if self.word.iter().all(char::is_ascii_digit) {
            while self.peek(0).is_some_and(|c| matches!(c, '.' | ',' | ':'))
                && self.peek(1).is_some_and(|c| c.is_ascii_digit())
            {
                self.at += 1;
                self.skip_while(|c| c.is_ascii_digit());
            }
            return self.stand(NUMBER);
        }
        // What is left of an address in texts whose addresses were taken out.
        if matches!(self.word.as_slice(), ['h', 't', 't', 'p'] | ['h', 't', 't', 'p', 's']) {
            return self.stand(URL);
        }
        (Kind::Word, elongated, shouted)
    }

    /// Takes letters while they belong; tells whether one was repeated more than twice, and whether all were large.
    fn letters(&mut self, belongs: impl Fn(char) -> bool) -> (bool, bool) {
        let (mut elongated, mut large, mut small) = (false, 0, false);
        while let Some(c) = self.peek(0) {
            // Most are small letters of ASCII, which every word takes.
            if c.is_ascii_lowercase() {
                small = true;
                elongated |= self.take(c);
                self.at += 1;
                continue;
            }
            let apostrophe = c == '\'' && !self.word.is_empty() && self.peek(1).is_some_and(in_word);
            if !belongs(c) && !is_mark_on_letter(c) && !apostrophe {
                break;
            }
            large += usize::from(c.is_uppercase());
            small |= c.is_lowercase();
            if c.is_ascii() {
                elongated |= self.take(c.to_ascii_lowercase());
            } else {
                for lower in c.to_lowercase() {
                    elongated |= self.take(lower);
                }
            }
            self.at += 1;
        }
        (elongated, large >= 2 && !small)
    }

    /// Adds a letter, unless it would stand a third time in a row.
    fn take(&mut self, c: char) -> bool {
        let again = c.is_alphabetic() && matches!(self.word.as_slice(), [.., a, b] if *a == c && *b == c);
        if !again {
            self.word.push(c);
        }
        again
    }

    fn emoticon(&mut self) -> Option<(Kind, bool, bool)> {
        let first = self.peek(0)?.to_ascii_lowercase();
        if !matches!(first, ':' | ';' | '=' | '<' | '>' | '^' | '-' | '.' | '(' | 'x' | 'd' | 'o') {
            return None;
        }
        // Most words that begin so are words.
        if first.is_ascii_alphabetic() && !self.peek(1).is_some_and(|c| matches!(c, 'd' | 'D' | ':' | '_')) {
            return None;
        }
        let inside = self.at.checked_sub(1).and_then(|at| self.characters.get(at)).is_some_and(|c| in_word(c.value));
        if inside {
            return None;
        }
        let (typed, read) = EMOTICONS.into_iter().find(|(typed, _)| self.stands(typed))?;
        self.at += typed.len();
        self.word.extend(read.chars());
        Some((Kind::Mark, false, false))
    }

    /// Whether an emoticon stands here and no word goes on behind it.
    fn stands(&self, typed: &str) -> bool {
        let here = typed
            .bytes()
            .enumerate()
            .all(|(ahead, byte)| self.peek(ahead).is_some_and(|found| found.eq_ignore_ascii_case(&char::from(byte))));
        here && !self.peek(typed.len()).is_some_and(in_word)
    }

    /// A run of `!?.` is read as two of them; of other marks, each is a token.
    fn mark(&mut self, first: char) -> (Kind, bool, bool) {
        self.at += 1;
        self.word.push(first);
        if matches!(first, '!' | '?' | '.') {
            let (mut asks, mut calls, mut run) = (first == '?', first == '!', false);
            while let Some(c @ ('!' | '?' | '.')) = self.peek(0) {
                asks |= c == '?';
                calls |= c == '!';
                run = true;
                self.at += 1;
            }
            if run {
                self.word.clear();
                self.word.extend(match (asks, calls) {
                    (true, true) => ['?', '!'],
                    (true, false) => ['?', '?'],
                    (false, true) => ['!', '!'],
                    (false, false) => ['.', '.'],
                });
            }
        }
        (Kind::Mark, false, false)
    }

    fn skip_while(&mut self, belongs: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
    }
}

fn in_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
}

fn is_mark_on_letter(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

fn in_handle(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::super::characters::characters;
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let (mut found, mut word, mut read) = (Vec::new(), Vec::new(), Vec::new());
        characters(text, &mut found);
        tokens(&found, &mut word, |token| {
            let text: String = token
                .text
                .iter()
                .map(|c| match *c {
                    URL => "URL".to_owned(),
                    USER => "USER".to_owned(),
                    NUMBER => "NUMBER".to_owned(),
                    c => c.to_string(),
                })
                .collect();
            let flags = [(token.elongated, "+"), (token.shouted, "^")];
            read.push(text + &flags.into_iter().filter(|(set, _)| *set).map(|(_, sign)| sign).collect::<String>());
        });
        read
    }

    #[test]
    fn tokens_are_read_as_frozen() {
        for (text, expected) in [
            ("@NovaAir is SOOOO late!!!", &["USER", "is", "soo+^", "late", "!!"][..]),
            ("Don't go to https://nova.example/x?y now", &["don't", "go", "to", "URL", "now"]),
            ("see www.nova.example", &["see", "URL"]),
            ("http gone", &["URL", "gone"]),
            ("#FlightFail 3,5 hours at 12:30 in 2nd", &["#flightfail", "NUMBER", "hours", "at", "NUMBER", "in", "2nd"]),
            ("what?! why?? so... ok.", &["what", "?!", "why", "??", "so", "..", "ok", "."]),
            ("love it :-) <3 XD", &["love", "it", ":)", "<3", ":d"]),
            ("&lt;3 😂😂", &["<3", "😂", "😂"]),
            ("re: xdroid d:", &["re", ":", "xdroid", "d:"]),
            ("user@mail", &["user", "USER"]),
            ("a@ # @", &["a", "@", "#", "@"]),
            ("ÉTÉ", &["été^"]),
            ("", &[]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn no_more_tokens_are_read_than_the_bound() {
        assert_eq!(read(&"a ".repeat(10_000)).len(), MOST_TOKENS);
    }
}

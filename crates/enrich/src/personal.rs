//! Personal data in a text: card and bank numbers whose check digits hold, mail addresses, telephone numbers, booking codes, and a
//! name where its bearer says it.
//!
//! Rather one too few than a flight number too many: what is found is hidden from whoever has no need of it. Bounded work: one pass
//! over the bytes, and a few dozen bytes from each place that could begin something. What the bytes of a text, counted, rule out is
//! not looked for.

mod census;

use census::Census;
use events::{PersonalData, TextSpan};

/// Digits of a card number.
const CARD: std::ops::RangeInclusive<usize> = 13..=CARD_DIGITS;
const CARD_DIGITS: usize = 19;
/// Digits of a telephone number.
const PHONE: std::ops::RangeInclusive<usize> = 9..=15;
/// Letters and digits of an IBAN.
const IBAN: std::ops::RangeInclusive<usize> = 15..=34;
/// Digits that each has at least.
const IBAN_DIGITS: usize = 2;
/// Words behind which a code of a booking stands.
const BOOKING: [&str; 9] =
    ["booking", "reservation", "reference", "ref", "pnr", "confirmation", "locator", "itinerary", "order"];
/// Words between such a word and the code.
const BETWEEN: [&str; 10] = ["number", "no", "no.", "code", "is", "ref", "reference", "id", "nr", "#"];
/// Letters and digits of a code.
const SHORTEST_CODE: usize = 5;
const LONGEST_CODE: usize = 8;
const NAME: [&str; 3] = ["my name is ", "my full name is ", "name's "];

/// Everything personal in `text`, in order, not overlapping.
pub(crate) fn personal(text: &str) -> Vec<PersonalData> {
    let census = Census::of(text.as_bytes());
    let mut found = Vec::new();
    if census.digits >= *PHONE.start() || (census.digits >= IBAN_DIGITS && census.codes >= *IBAN.start()) {
        numbers_and_mails(text.as_bytes(), &mut found);
    } else if census.has_at {
        mails(text, &mut found);
    }
    if text.len() < 4_096 || !found.is_empty() || text.is_ascii() {
        if census.codes >= SHORTEST_CODE {
            codes(text, &mut found);
        }
        names(text, &mut found);
    }
    in_order(found)
}

/// A kind and the bytes where it stands.
type Hit = (usize, usize, &'static str);

/// What begins with a digit, a sign or a capital, and mail addresses.
fn numbers_and_mails(bytes: &[u8], found: &mut Vec<Hit>) {
    let mut at = 0;
    while let Some(ahead) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| BEGINS[usize::from(*byte)])) {
        at += ahead;
        let Some(byte) = bytes.get(at) else { break };
        let begins = at == 0 || !bytes.get(at - 1).is_some_and(|before| word(*before));
        let hit = match byte {
            b'@' => mail(bytes, at),
            b'0'..=b'9' | b'+' | b'(' if begins => number(bytes, at),
            b'A'..=b'Z' if begins => iban(bytes, at).map(|end| (at, end, "iban")),
            _ => None,
        };
        at += 1;
        if let Some(hit) = hit.filter(|(start, ..)| is_apart(found, *start)) {
            found.push(hit);
            at = hit.1;
        }
    }
}

/// The same of a text of so few digits that only mail addresses can be in it.
fn mails(text: &str, found: &mut Vec<Hit>) {
    let mut from = 0;
    while let Some(ahead) = text.get(from..).and_then(|rest| rest.find('@')) {
        let at = from + ahead;
        from = at + 1;
        if let Some(hit) = mail(text.as_bytes(), at).filter(|(start, ..)| is_apart(found, *start)) {
            found.push(hit);
            from = hit.1;
        }
    }
}

fn is_apart(found: &[Hit], start: usize) -> bool {
    found.last().is_none_or(|(_, last, _)| *last <= start)
}

/// In order; of those that overlap the first.
fn in_order(mut found: Vec<Hit>) -> Vec<PersonalData> {
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_unstable();
    let mut end = 0;
    found.retain(|(start, to, _)| {
        let apart = *start >= end;
        end = if apart { *to } else { end };
        apart
    });
    let data = |(start, end, kind): Hit| PersonalData {
        kind: kind.to_owned(),
        span: TextSpan { start: start as i64, end: end as i64 },
    };
    found.into_iter().map(data).collect()
}

/// Bytes at which something may begin, or around which it may stand.
static BEGINS: [bool; 256] = {
    let mut begins = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        begins[byte] = matches!(byte as u8, b'@' | b'+' | b'(' | b'0'..=b'9' | b'A'..=b'Z');
        byte += 1;
    }
    begins
};

const fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The mail address around an `@`.
fn mail(bytes: &[u8], at: usize) -> Option<Hit> {
    let local = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    let host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let before = bytes.get(..at)?.iter().rev().take(64).take_while(|byte| local(**byte)).count();
    // A handle, mostly.
    if before == 0 {
        return None;
    }
    let mut behind = bytes.get(at + 1..)?.iter().take(253).take_while(|byte| host(**byte)).count();
    while behind > 0 && bytes.get(at + behind).is_some_and(|last| matches!(last, b'.' | b'-')) {
        behind -= 1;
    }
    let domain = bytes.get(at + 1..at + 1 + behind)?;
    let last = domain.rsplit(|byte| *byte == b'.').next()?;
    let formed = domain.contains(&b'.') && last.len() >= 2 && last.iter().all(u8::is_ascii_alphabetic);
    formed.then_some((at - before, at + 1 + behind, "mail"))
}

/// The card or telephone number that begins here.
fn number(bytes: &[u8], start: usize) -> Option<Hit> {
    let mut digits = [0; CARD_DIGITS + 1];
    let (mut count, mut end, mut at) = (0, start, start);
    // A pair of separators parts two numbers, but `) ` and the like are one number's own.
    let mut separators = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = byte - b'0';
                count += 1;
                end = at + 1;
                separators = 0;
            }
            b'+' | b'(' if at == start => {}
            b' ' | b'-' | b'.' | b')' | b'(' if separators < 2 => separators += 1,
            _ => break,
        }
        at += 1;
        if count == digits.len() {
            break;
        }
    }
    if count < *PHONE.start() {
        return None;
    }
    let digits = digits.get(..count)?;
    if bytes.get(end).is_some_and(|next| word(*next)) {
        return None;
    }
    let written = bytes.get(start..end)?;
    if CARD.contains(&digits.len()) && luhn(digits) && digits.iter().any(|digit| *digit != 0) {
        return Some((start, end, "card"));
    }
    let abroad = written.starts_with(b"+") || digits.starts_with(&[0, 0]);
    let trunk = digits.first() == Some(&0) && digits.len() <= 12;
    let grouped = digits.len() == 10 && groups(written) == [3, 3, 4];
    let dotted = written.contains(&b'.') && !grouped;
    let phone = PHONE.contains(&digits.len()) && (abroad || trunk || grouped) && !dotted;
    phone.then_some((start, end, "phone"))
}

/// Lengths of the runs of digits.
fn groups(written: &[u8]) -> Vec<usize> {
    written.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).filter(|length| *length > 0).collect()
}

/// The check that card numbers pass: every second digit from the right doubled, its digits added.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let value = u32::from(*digit) * if at % 2 == 1 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The end of the IBAN that begins here: two letters, two digits, and a rest that gives 1 when divided by 97.
fn iban(bytes: &[u8], start: usize) -> Option<usize> {
    let head = bytes.get(start..start + 4)?;
    if !head.get(..2)?.iter().all(u8::is_ascii_uppercase) || !head.get(2..)?.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (mut letters, mut ends) = (Vec::with_capacity(34), Vec::with_capacity(34));
    for (at, byte) in bytes.iter().enumerate().skip(start).take(2 * IBAN.end()) {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' => {
                letters.push(*byte);
                ends.push(at + 1);
            }
            b' ' if bytes.get(at - 1).is_some_and(|before| *before != b' ') => {}
            _ => break,
        }
    }
    letters.truncate(*IBAN.end());
    // Words in capitals may follow, so the longest beginning that passes the check is meant.
    (*IBAN.start()..=letters.len()).rev().find_map(|length| {
        let end = *ends.get(length - 1)?;
        let whole = !bytes.get(end).is_some_and(|next| word(*next));
        (whole && mod_97(letters.get(..length)?) == 1).then_some(end)
    })
}

fn mod_97(letters: &[u8]) -> u32 {
    let (head, rest) = letters.split_at(4.min(letters.len()));
    rest.iter().chain(head).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// Codes of bookings: five to eight capitals and digits behind a word that announces them.
fn codes(text: &str, found: &mut Vec<Hit>) {
    // Where the last word ended that looks like a code, and whether the words before it announced one.
    let mut before = (0, false);
    let mut from = 0;
    while let Some((start, end)) = next_run(text.as_bytes(), from) {
        from = end;
        if !is_code(text, start, end) {
            continue;
        }
        let announced = announced(text.get(..start).unwrap_or_default(), before);
        if announced {
            found.push((start, end, "booking"));
        }
        before = (end, announced);
    }
}

/// Whether the capitals and digits `start..end` are a code, with nothing but signs between them and the white space around.
fn is_code(text: &str, start: usize, end: usize) -> bool {
    let Some((before, run)) = text.get(..end).and_then(|text| text.split_at_checked(start)) else { return false };
    let alone = |sign: &u8| !sign.is_ascii_alphanumeric();
    let signs_before = before.bytes().rev().take_while(|byte| !byte.is_ascii_whitespace()).all(|byte| alone(&byte));
    let behind = text.as_bytes().get(end..).unwrap_or_default();
    let signs_behind = || behind.iter().take_while(|byte| !byte.is_ascii_whitespace()).all(alone);
    let formed = || run.len() <= LONGEST_CODE && (run.len() == 6 || run.bytes().any(|byte| byte.is_ascii_digit()));
    formed() && signs_before && signs_behind()
}

/// Whether what stands before a code announces it. `last` is where the code before that ended, and whether it was announced.
fn announced(before: &str, last: (usize, bool)) -> bool {
    // Signs before the code are part of its own word.
    let before = before.trim_end_matches(|c: char| !c.is_ascii_whitespace());
    for word in before.split_ascii_whitespace().rev() {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(bare));
        if one_of(&BOOKING) {
            return true;
        }
        if !bare.is_empty() && !one_of(&BETWEEN) {
            return false;
        }
        // `word` lies in the text, so its place is the distance of the two.
        let start = word.as_ptr() as usize - before.as_ptr() as usize;
        if start < last.0 {
            return last.1;
        }
    }
    false
}

/// The next run of capitals and digits, as long as the shortest code or longer, at `from` or behind it. Such a run holds one of
/// every fifth byte, so that the others are looked at only beside those.
fn next_run(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let wanted = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let rest = bytes.get(from..)?;
    let mut at = SHORTEST_CODE - 1;
    loop {
        if !wanted(rest.get(at)?) {
            at += SHORTEST_CODE;
            continue;
        }
        let (before, behind) = rest.split_at_checked(at)?;
        let start = at - before.iter().rev().take_while(|byte| wanted(byte)).count();
        let end = at + behind.iter().take_while(|byte| wanted(byte)).count();
        if end - start >= SHORTEST_CODE {
            return Some((from + start, from + end));
        }
        at = end + SHORTEST_CODE - 1;
    }
}

/// A name where its bearer says it: one or two words with a capital.
fn names(text: &str, found: &mut Vec<Hit>) {
    if !text.contains("ame") {
        return;
    }
    let lower = text.to_ascii_lowercase();
    let Some(start) = NAME.iter().find_map(|cue| lower.find(cue).map(|at| at + cue.len())) else { return };
    let rest = text.get(start..).unwrap_or_default();
    let mut end = 0;
    for word in rest.split_inclusive(' ').take(2) {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !bare.starts_with(char::is_uppercase) || !bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-'))
        {
            break;
        }
        end = bare.as_ptr() as usize - rest.as_ptr() as usize + bare.len();
        if bare.len() + 1 != word.len() {
            break;
        }
    }
    if end > 1 {
        found.push((start, start + end, "name"));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<(String, &str)> {
        let found = personal(text).into_iter();
        found.map(|data| (data.kind, text.get(data.span.start as usize..data.span.end as usize).unwrap())).collect()
    }

    #[test]
    fn personal_data_is_found_where_it_stands() {
        for (text, kind, part) in [
            ("call me on 07700 900123, please", "phone", "07700 900123"),
            ("ring +44 7700 900123 now", "phone", "+44 7700 900123"),
            ("my number is (555) 010-4477.", "phone", "(555) 010-4477"),
            ("555-010-4477 is mine", "phone", "555-010-4477"),
            ("card 4111 1111 1111 1111 was charged", "card", "4111 1111 1111 1111"),
            ("5500-0000-0000-0004", "card", "5500-0000-0000-0004"),
            ("IBAN DE89 3704 0044 0532 0130 00 PLEASE", "iban", "DE89 3704 0044 0532 0130 00"),
            ("pay to GB29NWBK60161331926819.", "iban", "GB29NWBK60161331926819"),
            ("write to jo.smith+air@mail.example.com.", "mail", "jo.smith+air@mail.example.com"),
            ("booking ABC123, help", "booking", "ABC123"),
            ("my booking reference is QWERTY", "booking", "QWERTY"),
            ("PNR: X7K2PL", "booking", "X7K2PL"),
            ("Hi, my name is Ada Byron and I wait", "name", "Ada Byron"),
        ] {
            assert_eq!(kinds(text), [(kind.to_owned(), part)], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_left_alone() {
        for text in [
            "flight SK123 at 10:30 on 2026-11-02 to gate B12",
            "card 4111 1111 1111 1112 has a wrong digit",
            "IBAN GB29 NWBK 6016 1331 9268 18",
            "@nova you are late, see info at nova",
            "over 1,000,000 people in 2019 and 2020",
            "ticket 1234567890 of 3 pages",
            "the booking system IS DOWN AGAIN",
            "BOEING and AIRBUS",
            "my name is mud",
            "version 10.0.19041.1234",
        ] {
            assert!(kinds(text).is_empty(), "{text}: {:?}", kinds(text));
        }
    }

    #[test]
    fn long_texts_of_digits_and_signs_are_read_in_bounded_work() {
        for unit in
            ["1", "1 ", "@", "a@b.c ", "DE89", "+0", "(", "my name is A ", "booking AB12C ", "NUMBER ", "AB12C-"]
        {
            drop(personal(&unit.repeat(100_000 / unit.len())));
        }
    }

    /// Without a look at the counts.
    fn plainly(text: &str) -> Vec<PersonalData> {
        let mut found = Vec::new();
        numbers_and_mails(text.as_bytes(), &mut found);
        if text.is_ascii() || !found.is_empty() || text.len() < 4_096 {
            codes(text, &mut found);
            names(text, &mut found);
        }
        in_order(found)
    }

    /// Codes word by word, with what stands before each.
    fn codes_by_words(text: &str) -> Vec<Hit> {
        let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let code = |word: &str| {
            (SHORTEST_CODE..=LONGEST_CODE).contains(&word.len())
                && word.bytes().all(capital)
                && (word.bytes().any(|byte| byte.is_ascii_digit()) || word.len() == 6)
        };
        let (mut found, mut announced) = (Vec::new(), false);
        for word in text.split_ascii_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(bare));
            if announced && code(bare) {
                let start = bare.as_ptr() as usize - text.as_ptr() as usize;
                found.push((start, start + bare.len(), "booking"));
            }
            announced = one_of(&BOOKING) || (announced && (bare.is_empty() || one_of(&BETWEEN)));
        }
        found
    }

    /// Texts in which nearly everything is found or nearly found.
    fn likely() -> impl Strategy<Value = String> {
        let parts = prop_oneof![
            "[0-9]{1,5}|[A-Z]{1,3}|[ @+().-]|[a-z]{1,3}",
            proptest::sample::select(vec![
                "jo@mail.example",
                "@nova",
                "07700 900123",
                "4111 1111 1111 1111",
                "+44 7700 900123",
                "DE89 3704 0044 0532 0130 00",
                "NO9386011117947",
                " booking ABC12",
                " PNR: QWERTY ",
                "my name is Ada",
                "é",
                "a@b.c@d.ef",
                "555-010-4477",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(parts, 0..16).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn codes_are_those_that_a_look_at_every_word_finds(
            text in "((booking|Ref|NUMBER|is|no\\.|nr|ABC12|QWERTY|X7K2PL9Z|PNR|ORDER|ABCDE|[A-Z0-9]{1,9}|[-.#:é]{1,2}|x)[ \t]{0,2}){0,14}",
        ) {
            let mut found = Vec::new();
            codes(&text, &mut found);
            prop_assert_eq!(found, codes_by_words(&text));
        }

        #[test]
        fn what_the_counts_rule_out_would_not_be_found(text in likely()) {
            prop_assert_eq!(personal(&text), plainly(&text));
        }

        #[test]
        fn spans_lie_in_any_text_and_do_not_overlap(text in "[\\PC]{0,40}[0-9 +@.A-Z-]{0,60}[\\PC]{0,20}") {
            let mut end = 0;
            for data in personal(&text) {
                let (from, to) = (data.span.start as usize, data.span.end as usize);
                prop_assert!(from >= end && from < to && text.get(from..to).is_some());
                end = to;
            }
        }
    }
}

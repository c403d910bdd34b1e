//! Accusations of insiders: what they took, what they did to somebody, what they had others do, and what they are said to know.

use events::{HarmClass, TextSpan};

use super::super::{Find, excused};
use super::{around, find, hits, near, near_word, subclass};
use crate::lexicon::Part;
use crate::reading::{Hit, Reading};

/// Who speaks of these after a question speaks of how they were served.
const OWN: [&str; 6] = ["i", "me", "my", "us", "we", "our"];

/// Adds the finds.
pub(super) fn add(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    theft(reading, finds);
    abuse(reading, finds);
    testimony(reading, finds);
    hints(reading, finds);
}

/// "The guy at your branch pocketed my cash": an insider, a theft, and what was taken.
fn theft(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Theft) {
        if excused(reading, HarmClass::Allegation, hit.span) {
            continue;
        }
        // "My card was used, 300 stolen. The man at the desk shrugged": another sentence, another man.
        let by = |other: &Hit<'_>| near_word(other, hit, 6, 4) && same_sentence(reading, other, hit);
        let insider = hits(reading, Part::Insider).any(by);
        let property = near(reading, Part::Property, hit, 3, 6);
        let confidence = if property { 0.85 } else { 0.6 };
        if insider {
            finds.push(find(
                HarmClass::Allegation,
                subclass(hit, "theft"),
                confidence,
                hit,
                around(reading, hit, 4, 4),
            ));
        }
    }
}

/// "A steward grabbed my mum": an insider, what they did to somebody, and to whom, in this order.
fn abuse(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Abuse) {
        let behind = |other: &Hit<'_>| other.word >= hit.after && other.word - hit.after <= 1;
        let insider = near(reading, Part::Insider, hit, 4, 0);
        let whom = hits(reading, Part::Victim).chain(hits(reading, Part::Family)).any(behind);
        if insider && whom && !excused(reading, HarmClass::Allegation, hit.span) {
            finds.push(find(HarmClass::Allegation, subclass(hit, "abuse"), 0.75, hit, around(reading, hit, 4, 3)));
        }
    }
}

/// "My manager made us backdate them, I kept the mails": somebody accuses an insider and has something to show for it.
fn testimony(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    let witness = reading.has(Part::Witness) || reading.has(Part::Insider);
    let proof = hits(reading, Part::Proof).next().filter(|_| witness && reading.has(Part::Misdeed));
    if let Some(hit) = proof {
        finds.push(find(HarmClass::Allegation, subclass(hit, "illegal"), 0.7, hit, around(reading, hit, 2, 3)));
    }
    for hit in hits(reading, Part::Witness) {
        let misdeed = |other: &Hit<'_>| near_word(other, hit, 12, 16);
        if hits(reading, Part::Misdeed).any(misdeed) {
            finds.push(find(HarmClass::Allegation, "illegal".to_owned(), 0.65, hit, around(reading, hit, 2, 6)));
        }
    }
}

/// "Ask the night crew why nobody stays": insiders are said to know something, and it is not how they served the writer.
fn hints(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Ask) {
        let opens = reading.words.get(hit.word).is_some_and(|word| word.starts_clause);
        let behind = |part, from: usize, within: usize| {
            hits(reading, part).find(move |other| other.word >= from && other.word - from <= within)
        };
        let insider = behind(Part::Insider, hit.after, 3).or_else(|| behind(Part::Colleague, hit.after, 3));
        let Some(insider) = insider.filter(|_| opens) else { continue };
        let Some(what) = behind(Part::Matter, insider.after, 3) else { continue };
        let rest = reading.words.iter().skip(what.after).take(8);
        let own =
            rest.map(|word| reading.slice(word.span)).any(|word| OWN.iter().any(|own| own.eq_ignore_ascii_case(word)));
        if !own {
            finds.push(find(HarmClass::Allegation, "hint".to_owned(), 0.55, hit, around(reading, hit, 0, 8)));
        }
    }
}

/// Whether no sentence ends between two hits.
fn same_sentence(reading: &Reading<'_>, one: &Hit<'_>, other: &Hit<'_>) -> bool {
    let (from, to) = (one.span.end.min(other.span.end), one.span.start.max(other.span.start));
    !reading.slice(TextSpan { start: from, end: to }).contains(['.', '!', '?', '\n'])
}

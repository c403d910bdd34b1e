//! Violence in words of its author's own: what somebody means to do, what should be done to somebody, what is wished upon them.
//!
//! Recall first, but every pattern needs three things near each other: a will, a violent word, and somebody whom it is to hit.

use events::{HarmClass, TextSpan};

use super::super::{Find, excused};
use super::{around, find, flight_near, hits, near, subclass};
use crate::lexicon::Part;
use crate::reading::{Hit, Reading};

/// Who is meant.
const WHO: [Part; 3] = [Part::Person, Part::Target, Part::Group];

/// Adds the finds.
pub(super) fn add(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    announced(reading, finds);
    demanded(reading, finds);
    ordered(reading, finds);
    wished(reading, finds);
    armed(reading, finds);
    coming_for(reading, finds);
}

/// Whether one of these parts begins at the word `from` or up to `within` words behind it.
fn behind(reading: &Reading<'_>, parts: &[Part], from: usize, within: usize) -> bool {
    parts.iter().any(|part| hits(reading, *part).any(|hit| hit.word >= from && hit.word - from <= within))
}

/// "I'm going to stab your driver", "I swear I'll knock his teeth out": a will, violence, and whom it is to hit.
fn announced(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for (part, grave) in [(Part::Violence, 0.3), (Part::Mild, 0.1)] {
        for hit in hits(reading, part) {
            if excused(reading, HarmClass::Threat, hit.span) {
                continue;
            }
            let before = |intent: &&Hit<'_>| intent.after <= hit.word && hit.word - intent.after <= 2;
            // "Gonna shoot" leaves out who; "the strike is going to hurt everyone" is no will.
            let opens = |hit: &Hit<'_>| reading.words.get(hit.word).is_some_and(|word| word.starts_clause);
            let meant = hits(reading, Part::Intent).any(|hit| before(&hit))
                || hits(reading, Part::Going).filter(before).any(opens);
            if !meant {
                continue;
            }
            // What hurts only a little must name its victim at once: "hit you", not "hit the road with everybody".
            let within = if part == Part::Violence { 4 } else { 1 };
            let grave_one = part == Part::Violence && pointed_at(reading, hit.after);
            let whom =
                grave_one || behind(reading, &WHO, hit.after, within) || behind(reading, &[Part::Body], hit.after, 4);
            let what = behind(reading, &[Part::Place], hit.after, if part == Part::Violence { 5 } else { 2 })
                || flight_near(reading, hit, 4);
            if !whom && !what {
                continue;
            }
            let soon = near(reading, Part::Time, hit, 6, 8);
            let points = 0.3 + grave + 0.25 + if soon { 0.1 } else { 0.0 };
            finds.push(find(HarmClass::Threat, subclass(hit, "violence"), points, hit, around(reading, hit, 3, 4)));
        }
    }
}

/// "They should all be shot", "he deserves to be beaten": what ought to be done to somebody.
fn demanded(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for must in hits(reading, Part::Must) {
        let done = |hit: &&Hit<'_>| hit.word >= must.after && hit.word - must.after <= 2;
        let Some(done) = hits(reading, Part::Done).find(done) else { continue };
        let somebody = near_any(reading, &WHO, must, 9, 0) || third_person(reading, must);
        if !somebody || excused(reading, HarmClass::Threat, done.span) {
            continue;
        }
        let span = TextSpan { start: must.span.start, end: done.span.end };
        finds.push(find(HarmClass::Threat, "demanded".to_owned(), 0.65, must, span));
    }
}

/// "Kill them all": violence as an order, at the beginning of a clause and right before its victims.
fn ordered(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Violence) {
        let opens = reading.words.get(hit.word).is_some_and(|word| word.starts_clause) || called_for(reading, hit);
        let whom = behind(reading, &WHO, hit.after, 2);
        if opens && whom && !excused(reading, HarmClass::Threat, hit.span) {
            finds.push(find(HarmClass::Threat, subclass(hit, "violence"), 0.6, hit, around(reading, hit, 0, 4)));
        }
    }
}

/// Whether a call stands right before: "let's kill", "please murder", "just shoot", "go stab".
fn called_for(reading: &Reading<'_>, hit: &Hit<'_>) -> bool {
    const CALLS: [&str; 10] = ["let's", "lets", "please", "just", "go", "and", "then", "must", "should", "now"];
    let before = hit.word.checked_sub(1).and_then(|at| reading.words.get(at)).map(|word| reading.slice(word.span));
    before.is_some_and(|word| CALLS.iter().any(|call| call.eq_ignore_ascii_case(word)))
}

/// "I hope you all burn to death": an end that is wished upon somebody.
fn wished(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for wish in hits(reading, Part::Wish) {
        let dying = |hit: &&Hit<'_>| hit.word > wish.after && hit.word - wish.after <= 5;
        let Some(dying) = hits(reading, Part::Dying).find(dying) else { continue };
        let between = |hit: &Hit<'_>| hit.word >= wish.after && hit.word < dying.word;
        let whom = WHO.iter().any(|part| hits(reading, *part).any(between))
            || words(reading, wish.after, dying.word).any(pronoun);
        let same = reading.clause(wish.word) == reading.clause(dying.word);
        let denied = words(reading, wish.after, dying.word).any(|word| word.ends_with("n't") || word == "not");
        if whom && same && !denied && !excused(reading, HarmClass::Threat, dying.span) {
            let span = TextSpan { start: wish.span.start, end: dying.span.end };
            finds.push(find(HarmClass::Threat, "wished".to_owned(), 0.55, wish, span));
        }
    }
}

/// "Knife in hand, on the way to gate 12": a weapon of one's own, and where it is to go or whom it is for.
fn armed(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    // "Can I carry my hunting rifle in the hold" asks for leave.
    if reading.has(Part::Permission) {
        return;
    }
    for hit in hits(reading, Part::Armed) {
        let comes = near(reading, Part::Coming, hit, 8, 8);
        let goal = near_any(reading, &WHO, hit, 8, 8) || near(reading, Part::Place, hit, 8, 10);
        let means = near(reading, Part::Intent, hit, 8, 4);
        let points =
            0.3 + if comes { 0.25 } else { 0.0 } + if goal { 0.15 } else { 0.0 } + if means { 0.15 } else { 0.0 };
        if points >= 0.5 && !excused(reading, HarmClass::Threat, hit.span) {
            finds.push(find(HarmClass::Threat, "weapon".to_owned(), points, hit, around(reading, hit, 3, 5)));
        }
    }
}

/// Whether the word points at somebody or something: after "I will strangle", `that` is enough, and look-alikes are excused before.
fn pointed_at(reading: &Reading<'_>, word: usize) -> bool {
    const POINTERS: [&str; 16] = [
        "your",
        "you",
        "u",
        "him",
        "her",
        "them",
        "em",
        "that",
        "this",
        "those",
        "these",
        "every",
        "everyone",
        "everybody",
        "all",
        "whoever",
    ];
    words(reading, word, word + 1).any(|word| POINTERS.iter().any(|pointer| pointer.eq_ignore_ascii_case(word)))
}

/// "We will come for the gays": who comes for a group, or for whoever is pointed at, does not come for a visit.
fn coming_for(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::ComesFor) {
        let whom = hits(reading, Part::Group).any(|other| other.word >= hit.after && other.word - hit.after <= 1);
        if whom && !excused(reading, HarmClass::Threat, hit.span) {
            finds.push(find(HarmClass::Threat, "violence".to_owned(), 0.6, hit, around(reading, hit, 2, 3)));
        }
    }
}

fn near_any(reading: &Reading<'_>, parts: &[Part], hit: &Hit<'_>, before: usize, behind: usize) -> bool {
    parts.iter().any(|part| near(reading, *part, hit, before, behind))
}

/// Whether the word before speaks of others: "they should", "he deserves".
fn third_person(reading: &Reading<'_>, must: &Hit<'_>) -> bool {
    words(reading, must.word.saturating_sub(3), must.word).any(pronoun)
}

fn pronoun(word: &str) -> bool {
    const OTHERS: [&str; 12] =
        ["he", "she", "they", "you", "u", "ya", "these", "those", "all", "your", "him", "everybody"];
    OTHERS.iter().any(|other| other.eq_ignore_ascii_case(word))
}

fn words<'a>(reading: &'a Reading<'_>, from: usize, to: usize) -> impl Iterator<Item = &'a str> {
    let range = reading.words.get(from..to.min(reading.words.len())).unwrap_or_default();
    range.iter().map(|word| reading.slice(word.span))
}

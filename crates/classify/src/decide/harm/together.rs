//! Harms of several words: weapon and place, intent and violence and person, family and aboard, and so on.
//!
//! Each part adds points; enough of them near each other are a find. Windows are counted in words.

use events::{AuthorRole, HarmClass, TextSpan};

use super::{Find, excused};
use crate::decide::register::LOST;
use crate::lexicon::{Meaning, Part};
use crate::reading::{Hit, Reading};

mod accusations;
mod violence;

/// Of one part, so many occurrences are looked at: bounded work on any text.
const MAX_HITS: usize = 32;

/// Adds the finds of several words.
pub(super) fn add(reading: &Reading<'_>, role: AuthorRole, positive: f64, finds: &mut Vec<Find>) {
    weapons(reading, finds);
    blasts(reading, finds);
    violence::add(reading, finds);
    affected(reading, positive, finds);
    gone(reading, finds);
    accusations::add(reading, finds);
    projects(reading, role, finds);
    hostility(reading, finds);
}

/// What a threat is to hit and when, as far as the text says: the flight, else the nearest place, else the nearest person.
pub(super) fn whom_and_when(reading: &Reading<'_>, word: usize) -> (Option<TextSpan>, Option<TextSpan>) {
    let flight = reading.words.iter().find(|word| flight(reading.slice(word.span))).map(|word| word.span);
    let nearest = |part| hits(reading, part).min_by_key(|hit| (hit.word.abs_diff(word), hit.word)).map(|hit| hit.span);
    let whom = || [Part::Place, Part::Target, Part::Person].into_iter().find_map(nearest);
    (flight.or_else(whom), nearest(Part::Time))
}

fn hits<'r, 'a>(reading: &'r Reading<'a>, part: Part) -> impl Iterator<Item = &'r Hit<'a>> {
    reading.parts(part).take(MAX_HITS)
}

/// Whether the part stands within so many words before or behind a hit.
fn near(reading: &Reading<'_>, part: Part, hit: &Hit<'_>, before: usize, behind: usize) -> bool {
    hits(reading, part).any(|other| near_word(other, hit, before, behind))
}

fn near_word(other: &Hit<'_>, hit: &Hit<'_>, before: usize, behind: usize) -> bool {
    (other.word <= hit.word && hit.word - other.word <= before)
        || (other.word >= hit.word && other.word - hit.word <= behind)
}

fn subclass(hit: &Hit<'_>, otherwise: &str) -> String {
    match hit.meaning {
        Meaning::Part(_, Some(subclass)) => subclass.clone(),
        _ => otherwise.to_owned(),
    }
}

fn find(class: HarmClass, subclass: String, confidence: f64, hit: &Hit<'_>, span: TextSpan) -> Find {
    Find { class, subclass, confidence, span, word: hit.word, together: true }
}

/// "There's a bomb on SK123 tonight": a weapon that is there, with a place and a time.
fn weapons(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for (part, there) in [(Part::Weapon, 0.3), (Part::Blade, 0.1)] {
        for hit in hits(reading, part) {
            if excused(reading, HarmClass::Threat, hit.span) {
                continue;
            }
            let mut points: f64 = 0.3;
            let present = near(reading, Part::Presence, hit, 5, 8);
            let meant = near(reading, Part::Intent, hit, 6, 1);
            points += if present || meant { there } else { 0.0 };
            points += if near(reading, Part::Place, hit, 6, 12) || flight_near(reading, hit, 8) { 0.2 } else { 0.0 };
            points += if near(reading, Part::Time, hit, 8, 10) { 0.15 } else { 0.0 };
            points += if near(reading, Part::Person, hit, 3, 6) { 0.1 } else { 0.0 };
            if points >= 0.65 || (meant && points >= 0.6) {
                finds.push(find(
                    HarmClass::Threat,
                    subclass(hit, "weapon"),
                    points.min(0.95),
                    hit,
                    around(reading, hit, 3, 5),
                ));
            }
        }
    }
}

/// "SK123 will explode": what is to happen, right behind the place or the flight that it is to happen to.
fn blasts(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Blast) {
        let before = reading.words.get(hit.word.saturating_sub(2)..hit.word).unwrap_or_default();
        let flight = before.iter().any(|word| flight(reading.slice(word.span)));
        if (flight || near(reading, Part::Place, hit, 2, 0)) && !excused(reading, HarmClass::Threat, hit.span) {
            finds.push(find(HarmClass::Threat, subclass(hit, "bomb"), 0.8, hit, around(reading, hit, 3, 3)));
        }
    }
}

/// "My sister was on that flight": somebody of the writer's own is in it. A plea makes it sure.
fn affected(reading: &Reading<'_>, positive: f64, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Family) {
        if !near(reading, Part::Aboard, hit, 0, 8) {
            continue;
        }
        let plea = reading.has(Part::Plea);
        let confidence = if plea { 0.85 } else { 0.45 } * if positive >= 0.6 { 0.5 } else { 1.0 };
        finds.push(find(HarmClass::Distress, "affected".to_owned(), confidence, hit, around(reading, hit, 0, 8)));
    }
}

/// "SK123 has vanished": a flight that nobody can find, and not what somebody left on it.
fn gone(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Gone) {
        let Some(before) = reading.words.get(hit.word.saturating_sub(3)..hit.word) else { continue };
        let Some(at) = before.iter().rposition(|word| flight(reading.slice(word.span))) else { continue };
        let same_clause = before.iter().skip(at).all(|word| word.clause == reading.clause(hit.word));
        let what = |other: &Hit<'_>| reading.clause(other.word) == reading.clause(hit.word);
        if same_clause && !reading.parts(Part::Belonging).any(what) && !excused(reading, HarmClass::Safety, hit.span) {
            finds.push(find(HarmClass::Safety, LOST.to_owned(), 0.8, hit, around(reading, hit, 3, 0)));
        }
    }
}

/// "Can't wait for Project Heron launch": a project with a name, by somebody who should not speak of it.
fn projects(reading: &Reading<'_>, role: AuthorRole, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Project) {
        let named = reading.words.get(hit.after).is_some_and(|word| {
            reading.slice(word.span).starts_with(|c: char| c.is_uppercase()) && reading.slice(hit.span).starts_with('P')
        });
        let launch = near(reading, Part::Launch, hit, 6, 8);
        let secret = near(reading, Part::Secret, hit, 8, 10);
        let confidence = match role {
            AuthorRole::Employee if named && (launch || secret) => 0.85,
            AuthorRole::Employee if named => 0.6,
            _ if named && secret => 0.6,
            _ => continue,
        };
        let subclass = "confidential".to_owned();
        finds.push(find(HarmClass::Leak, subclass, confidence, hit, around(reading, hit, 0, 2)));
    }
}

/// A group of people, and what is said of it.
fn hostility(reading: &Reading<'_>, finds: &mut Vec<Find>) {
    for hit in hits(reading, Part::Group) {
        if near(reading, Part::Hostility, hit, 4, 6) {
            finds.push(find(HarmClass::Hate, "group".to_owned(), 0.7, hit, around(reading, hit, 3, 5)));
        }
    }
}

/// Whether something like a flight number (SK123, `BA 2490`) stands near.
fn flight_near(reading: &Reading<'_>, hit: &Hit<'_>, words: usize) -> bool {
    let from = hit.word.saturating_sub(words);
    reading.words.iter().skip(from).take(2 * words).any(|word| flight(reading.slice(word.span)))
}

fn flight(word: &str) -> bool {
    let bytes = word.as_bytes();
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let letters = bytes.len() - digits;
    (2..=3).contains(&letters) && (2..=4).contains(&digits) && bytes.iter().take(letters).all(u8::is_ascii_alphabetic)
}

/// The span from some words before a hit to some words behind it, within its clause.
fn around(reading: &Reading<'_>, hit: &Hit<'_>, before: usize, behind: usize) -> TextSpan {
    let clause = reading.clause(hit.word);
    let last = hit.after.saturating_sub(1).max(hit.word);
    let from = hit.word.saturating_sub(before);
    let window = reading.words.iter().skip(from).take(last + behind + 1 - from).filter(|word| word.clause == clause);
    let mut span = hit.span;
    for word in window {
        span.start = span.start.min(word.span.start);
        span.end = span.end.max(word.span.end);
    }
    span
}

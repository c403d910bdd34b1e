//! Words with a tone, and what the words around them make of it: negation, strengthening, "but".
//!
//! Where phrases overlap, the earlier and longer one counts: "thanks for nothing" is no thanks.

use std::collections::BTreeSet;

use events::{Intent, TextSpan};

use crate::lexicon::{Cue, IntentRule, Meaning, Shift};
use crate::reading::{Hit, Reading};

/// A negator turns what stands up to so many words behind it.
const NEGATION_WINDOW: usize = 3;
/// What is left of a good word that is turned ("not good"), and of a bad one ("not bad").
const TURNED_GOOD: f64 = -0.8;
const TURNED_BAD: f64 = -0.5;

/// A phrase with a tone, after what its neighbours make of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Toned<'a> {
    pub(crate) span: TextSpan,
    pub(crate) word: usize,
    /// Below 0 is bad.
    pub(crate) weight: f64,
    /// The rule for an intent that it also is.
    pub(crate) rule: Option<&'a IntentRule>,
    pub(crate) negated: bool,
}

/// The phrases with a tone, in order, none overlapping.
pub(crate) fn toned<'a>(reading: &Reading<'a>) -> Vec<Toned<'a>> {
    let kept = kept(reading);
    let negators = negators(reading, &kept);
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut toned: Vec<Toned<'a>> = Vec::with_capacity(kept.len());
    for hit in &kept {
        let (tone, rule) = match hit.meaning {
            Meaning::Tone(tone) | Meaning::Mark(tone) => (*tone, None),
            Meaning::Intent(rule) => (rule.tone, Some(rule)),
            _ => continue,
        };
        let negator = match hit.meaning {
            Meaning::Mark(_) => None,
            _ => negator_before(reading, &negators, hit),
        };
        used.extend(negator);
        let turned = if tone > 0.0 { TURNED_GOOD } else { TURNED_BAD };
        let weight = tone * if negator.is_some() { turned } else { strength(reading, hit) };
        toned.push(Toned { span: hit.span, word: hit.word, weight, rule, negated: negator.is_some() });
    }
    // A negator at work has no tone of its own: "never late" is not sad about "never".
    toned.retain(|toned| toned.rule.is_some() || !used.contains(&toned.word));
    weigh_after_but(reading, &mut toned);
    toned
}

/// Of the phrases that have a tone, those that count.
fn kept<'a>(reading: &Reading<'a>) -> Vec<Hit<'a>> {
    let mut kept: Vec<Hit<'a>> = Vec::new();
    let mut friend = TextSpan::default();
    for hit in &reading.hits {
        match hit.meaning {
            Meaning::Friend(_) if hit.span.end > friend.end => friend = hit.span,
            Meaning::Tone(_) | Meaning::Mark(_) => {}
            Meaning::Intent(rule) if rule.tone != 0.0 => {}
            _ => continue,
        }
        if matches!(hit.meaning, Meaning::Friend(_)) {
            continue;
        }
        // "I would kill for a latte": the word's tone is not meant. A rule for an intent is longer than a word, and is.
        let idiom = hit.span.start >= friend.start && hit.span.end <= friend.end;
        if idiom && matches!(hit.meaning, Meaning::Tone(_)) {
            continue;
        }
        match kept.last_mut() {
            Some(last) if last.span.start == hit.span.start && last.span.end <= hit.span.end => *last = *hit,
            Some(last) if hit.span.start < last.span.end => {}
            _ => kept.push(*hit),
        }
    }
    kept
}

/// The words at which a negator stands that is not part of a longer phrase.
fn negators(reading: &Reading<'_>, kept: &[Hit<'_>]) -> Vec<usize> {
    let mut plain = reading.hits.iter().filter(|hit| matches!(hit.meaning, Meaning::Shift(Shift::Plain))).peekable();
    let mut plain_end = 0;
    let mut at = 0;
    let mut negators = Vec::new();
    for hit in &reading.hits {
        if !matches!(hit.meaning, Meaning::Shift(Shift::Negator)) {
            continue;
        }
        while plain.peek().is_some_and(|plain| plain.span.start <= hit.span.start) {
            plain_end = plain.next().map_or(plain_end, |plain| plain.span.end.max(plain_end));
        }
        while kept.get(at).is_some_and(|kept| kept.span.end <= hit.span.start) {
            at += 1;
        }
        let inside = kept.get(at).is_some_and(|kept| {
            kept.span.start <= hit.span.start && kept.span.end >= hit.span.end && kept.span != hit.span
        });
        if hit.span.start >= plain_end && !inside {
            negators.push(hit.word);
        }
    }
    negators
}

/// The word of the negator that turns `hit`, if there is one.
fn negator_before(reading: &Reading<'_>, negators: &[usize], hit: &Hit<'_>) -> Option<usize> {
    let next = negators.partition_point(|word| *word < hit.word);
    let word = *negators.get(next.checked_sub(1)?)?;
    let near = hit.word - word <= NEGATION_WINDOW && reading.clause(word) == reading.clause(hit.word);
    near.then_some(word)
}

/// What boosters and dampers in the two words before make of it.
fn strength(reading: &Reading<'_>, hit: &Hit<'_>) -> f64 {
    let mut strength = 1.0;
    let near =
        |shift: &Hit<'_>| shift.after <= hit.word && hit.word - shift.after < 2 && shift.span.end <= hit.span.start;
    let behind = reading.hits.partition_point(|other| other.span.start < hit.span.start);
    for other in reading.hits.iter().take(behind).rev().take(12) {
        match other.meaning {
            Meaning::Shift(Shift::Booster) if near(other) => strength *= 1.3,
            Meaning::Shift(Shift::Damper) if near(other) => strength *= 0.7,
            _ => {}
        }
    }
    strength
}

/// "Nice room, but the staff were rude" is about the staff.
fn weigh_after_but(reading: &Reading<'_>, toned: &mut [Toned<'_>]) {
    let but = reading.hits.iter().find(|hit| matches!(hit.meaning, Meaning::Shift(Shift::But)) && hit.word > 0);
    let Some(but) = but else { return };
    for one in toned {
        one.weight *= if one.word > but.word { 1.3 } else { 0.7 };
    }
}

/// Whether praise stands in company that turns it: "great, another delay, love it".
pub(crate) fn sarcastic(reading: &Reading<'_>, toned: &[Toned<'_>]) -> bool {
    let wrong = |toned: &Toned<'_>| !toned.negated && toned.rule.is_some_and(|rule| rule.intent == Intent::Complaint);
    reading.says(Cue::Sarcasm) && toned.iter().any(wrong)
}

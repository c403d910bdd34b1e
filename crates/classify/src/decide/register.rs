//! Register: does somebody speak of a matter of their own, or of what happened to others?
//!
//! After an accident most mentions are rumour, news and sympathy. They hold the same sad words as a complaint, but nobody who
//! writes them waits for an answer. Three things tell them apart: what happened is told, not how one was treated; nobody is
//! blamed; the writer is not in it. Where nothing grave happened, a mention is taken as its author's own.

use events::{HarmClass, HarmFinding, Intent, Sentiment, TextSpan};

use super::tone::Toned;
use crate::judge::counts;
use crate::lexicon::{Cue, Meaning};
use crate::reading::{Hit, Reading};

/// The writer, alone or among others.
const FIRST_PERSON: [&str; 10] = ["i", "im", "me", "my", "mine", "myself", "our", "ours", "us", "we"];
/// Who is spoken to.
const SECOND_PERSON: [&str; 6] = ["you", "your", "yours", "yourself", "yourselves", "u"];

/// The kind of harm that leaves no witness among those it befell.
pub(crate) const LOST: &str = "lost";

/// How a mention stands to what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Register {
    /// Whether it is its author's own matter.
    pub(crate) firsthand: bool,
    /// Words that name the grave thing that happened; empty when none did.
    event: Vec<TextSpan>,
    /// Whether those who were there could not tell of it: they are lost.
    unseen: bool,
}

impl Register {
    /// The register of a text with these harms; `safety` are its words for themes of life and health.
    pub(crate) fn of(
        reading: &Reading<'_>,
        toned: &[Toned<'_>],
        harm: &[HarmFinding],
        safety: impl Iterator<Item = TextSpan>,
    ) -> Self {
        let found = || harm.iter().filter(|finding| counts(finding));
        let grave = || found().filter(|finding| finding.class == HarmClass::Safety);
        let unseen = grave().any(|finding| finding.subclass.as_deref() == Some(LOST));
        let event: Vec<TextSpan> = grave().map(|finding| finding.span).chain(safety).collect();
        let mut register = Self { firsthand: true, event, unseen };
        let only_told = found().all(|finding| finding.class == HarmClass::Safety);
        if register.tells_event() && only_told {
            register.firsthand = register.involved(reading, toned);
        }
        register
    }

    /// Whether these words only name what happened: they say nothing of how anybody was treated.
    pub(crate) fn only_names(&self, span: TextSpan) -> bool {
        self.event.iter().any(|event| event.start < span.end && span.start < event.end)
    }

    /// The probability of negative as far as somebody is displeased: sad words that only name what happened displease nobody.
    pub(crate) fn displeasure(&self, toned: &[Toned<'_>], sentiment: &Sentiment) -> f64 {
        let treated = |toned: &Toned<'_>| toned.weight < 0.0 && !self.only_names(toned.span);
        let displeased = !self.tells_event() || (self.firsthand && toned.iter().any(treated));
        if displeased { sentiment.negative } else { 0.0 }
    }

    /// Whether a grave thing is told.
    pub(crate) fn tells_event(&self) -> bool {
        !self.event.is_empty()
    }

    /// Whether the writer blames somebody, is in it, or speaks to those who are.
    fn involved(&self, reading: &Reading<'_>, toned: &[Toned<'_>]) -> bool {
        let blames = |toned: &Toned<'_>| {
            toned.rule.is_some_and(|rule| rule.intent == Intent::Complaint && rule.weight >= 3.0)
                && !self.only_names(toned.span)
        };
        if toned.iter().any(blames) {
            return true;
        }
        if reading.says(Cue::Solace) {
            return false;
        }
        let speaks = |persons: &[&str]| speaks(reading, persons);
        if speaks(&SECOND_PERSON) {
            return true;
        }
        let trouble = |hit: &Hit<'_>| matches!(hit.meaning, Meaning::Cue(Cue::Trouble)) && !self.only_names(hit.span);
        if reading.says(Cue::Service) && reading.hits.iter().any(trouble) {
            return true;
        }
        !reading.says(Cue::Hearsay) && (!self.unseen || speaks(&FIRST_PERSON))
    }
}

/// Whether one of these persons stands in the text: `I'm` and `we've` too.
fn speaks(reading: &Reading<'_>, persons: &[&str]) -> bool {
    let opening = |word: &str| word.bytes().next().map(|byte| byte.to_ascii_lowercase());
    // A bit for each letter that a person begins with: most words need no more than a look at it.
    let bit = |byte: u8| 1_u32 << (byte & 31);
    let openings = persons.iter().filter_map(|person| person.bytes().next()).fold(0, |bits, byte| bits | bit(byte));
    let bytes = reading.text.as_bytes();
    reading.words.iter().any(|word| {
        if bytes.get(word.span.start as usize).is_none_or(|byte| openings & bit(*byte) == 0) {
            return false;
        }
        let word = reading.slice(word.span);
        let opening_of_word = opening(word);
        let mut alike = persons.iter().filter(|person| opening(person) == opening_of_word);
        alike.any(|person| {
            let parted = word.split_at_checked(person.len());
            parted.is_some_and(|(stem, ending)| {
                stem.eq_ignore_ascii_case(person) && (ending.is_empty() || ending.starts_with(['\'', '\u{2019}']))
            })
        })
    })
}

//! Which mentions take the express lane: one cheap pass over the text, no judgement.
//!
//! Threats, allegations, leaks and distress are criteria of content; deletes and the brand's own answers always pass.
//! Classify looks again with care: what is let through here in error costs a little order, what is missed waits in the
//! main lane. The lists are this project's own.

mod lane;
mod phrases;
mod recent;

use book::phrases::{FoldedText, PhraseSet};
use events::{ExpressReason, Mention, MentionKind};

pub(crate) use lane::choose;
pub(crate) use phrases::CRITERIA;
pub use phrases::triage_phrases;
pub(crate) use recent::Recent;

/// The criteria of content that a text meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Found {
    /// One bit for each of [`CRITERIA`].
    bits: u8,
}

impl Found {
    /// Whether the text meets none.
    pub(crate) const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The numbers of the criteria met, in the order of [`CRITERIA`].
    pub(crate) fn criteria(self) -> impl Iterator<Item = usize> {
        (0..CRITERIA.len()).filter(move |number| self.bits & (1 << number) != 0)
    }

    /// Points of all criteria met: who has more goes first.
    pub(crate) fn score(self) -> u32 {
        CRITERIA.iter().enumerate().filter(|(number, _)| self.bits & (1 << number) != 0).map(|(_, c)| c.points).sum()
    }

    /// The gravest criterion met; the criteria are listed gravest first.
    pub(crate) fn gravest(self) -> Option<ExpressReason> {
        self.criteria().next().and_then(|number| CRITERIA.get(number)).map(|criterion| criterion.reason)
    }
}

/// What triage makes of a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It passes whatever the load.
    Always(ExpressReason),
    /// It passes on content, if the lane has room; or it does not claim to.
    Content(Found),
}

/// The compiled phrases.
#[derive(Debug)]
pub(crate) struct Triage {
    phrases: PhraseSet,
}

/// Tag of the phrases that look like harm and are none.
const HARMLESS: u32 = u32::MAX;

impl Triage {
    /// Compiles the lists.
    pub(crate) fn new() -> Self {
        let tagged =
            CRITERIA.iter().zip(0..).flat_map(|(criterion, tag)| criterion.any.iter().map(move |any| (tag, *any)));
        let harmless = phrases::HARMLESS.iter().map(|phrase| (HARMLESS, *phrase));
        #[expect(
            clippy::expect_used,
            reason = "the phrases are constants, and every test of this module compiles them"
        )]
        let phrases = PhraseSet::new(tagged.chain(harmless)).expect("the constant phrases are well formed");
        Self { phrases }
    }

    /// What `mention` claims.
    pub(crate) fn claim(&self, mention: &Mention) -> Claim {
        if mention.kind == MentionKind::Delete {
            return Claim::Always(ExpressReason::Delete);
        }
        if mention.from_brand {
            let answers = mention.parent_id.is_some();
            // What a brand posts about a threat is no threat.
            return if answers { Claim::Always(ExpressReason::BrandAnswer) } else { Claim::Content(Found::default()) };
        }
        let mut found = self.find(&mention.text);
        for alt_text in mention.media.iter().filter_map(|media| media.alt_text.as_deref()) {
            found.bits |= self.find(alt_text).bits;
        }
        Claim::Content(found)
    }

    fn find(&self, text: &str) -> Found {
        if text.is_empty() {
            return Found::default();
        }
        let hits = self.phrases.find(&FoldedText::new(text));
        let harmless = || hits.iter().filter(|hit| hit.tag == HARMLESS);
        let mut bits = 0;
        for hit in hits.iter().filter(|hit| hit.tag != HARMLESS) {
            let part_of_idiom =
                harmless().any(|idiom| idiom.span.start < hit.span.end && hit.span.start < idiom.span.end);
            if !part_of_idiom {
                bits |= 1 << hit.tag;
            }
        }
        Found { bits }
    }
}

#[cfg(test)]
mod tests;

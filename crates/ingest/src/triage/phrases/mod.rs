//! The phrases of triage, gravest criterion first. Written for recall: rather one look too many.

mod allegation;
mod distress;
mod harmless;
mod leak;
mod threat;

use events::ExpressReason;

use allegation::ALLEGATION;
use distress::DISTRESS;
pub(super) use harmless::HARMLESS;
use leak::LEAK;
use threat::THREAT;

/// A criterion of content.
#[derive(Debug)]
pub(crate) struct Criterion {
    /// What it is called on the mention.
    pub(crate) reason: ExpressReason,
    /// Who has more points goes first where the lane is short of room.
    pub(crate) points: u32,
    /// Phrases of which one must occur.
    pub(crate) any: &'static [&'static str],
}

/// The criteria, gravest first.
pub(crate) const CRITERIA: [Criterion; 4] = [
    Criterion { reason: ExpressReason::Threat, points: 80, any: THREAT },
    Criterion { reason: ExpressReason::Leak, points: 41, any: LEAK },
    Criterion { reason: ExpressReason::Allegation, points: 40, any: ALLEGATION },
    Criterion { reason: ExpressReason::Distress, points: 30, any: DISTRESS },
];

/// Every phrase of triage, harmless idioms included, as it is written.
pub fn triage_phrases() -> impl Iterator<Item = &'static str> {
    let criteria = CRITERIA.into_iter().flat_map(|criterion| criterion.any.iter());
    criteria.chain(HARMLESS).copied()
}

//! Who of a batch takes the express lane.
//!
//! In a crisis everybody writes the words of harm, and a lane that takes them all is no lane. So a criterion that more than
//! 2 % of the last minute met no longer qualifies alone, and content may take a tenth of the stream, the highest score first.

use std::cmp::Reverse;

use events::{EventTime, ExpressReason};

use super::recent::Counts;
use super::{Claim, Recent};

/// A criterion met by more than this share of the last minute is a topic of the day, no alarm.
const COMMON: f64 = 0.02;
/// Content takes at most this share of the last minute.
const SHARE: f64 = 0.10;
/// So few a minute and partition are never too many: a share of a trickle would be less than one.
const ALWAYS: u32 = 10;

/// The reason for which each claim of a batch takes the express lane, in the order of the claims, and the last minute
/// with the batch added.
pub(crate) fn choose(claims: &[Option<Claim>], recent: &mut Recent, now: EventTime) -> Vec<Option<ExpressReason>> {
    let before = recent.forget_before(now);
    let mut batch = Counts::default();
    for claim in claims.iter().flatten() {
        batch.see(match claim {
            Claim::Content(found) => *found,
            Claim::Always(_) => super::Found::default(),
        });
    }
    let minute = f64::from(before.mentions) + f64::from(batch.mentions);
    let limit = |share: f64| (minute * share).max(f64::from(ALWAYS));
    let common: Vec<bool> =
        before.met.iter().zip(batch.met).map(|(met, more)| f64::from(*met) + f64::from(more) > limit(COMMON)).collect();

    let mut chosen: Vec<Option<ExpressReason>> = vec![None; claims.len()];
    let mut qualified = Vec::new();
    for (number, claim) in claims.iter().enumerate() {
        match claim {
            Some(Claim::Always(reason)) => {
                if let Some(slot) = chosen.get_mut(number) {
                    *slot = Some(*reason);
                }
            }
            Some(Claim::Content(found)) if !found.is_empty() => {
                let rare = found.criteria().any(|criterion| !common.get(criterion).is_some_and(|common| *common));
                let several = found.criteria().count() > 1;
                if rare || several {
                    qualified.push((Reverse(found.score()), number, found.gravest()));
                }
            }
            _ => {}
        }
    }
    qualified.sort_unstable_by_key(|(score, number, _)| (*score, *number));
    let room = (limit(SHARE) - f64::from(before.admitted)).max(0.0) as usize;
    for (_, number, reason) in qualified.into_iter().take(room) {
        if let Some(slot) = chosen.get_mut(number) {
            *slot = reason;
            batch.admitted += 1;
        }
    }
    recent.add(now, &batch);
    chosen
}

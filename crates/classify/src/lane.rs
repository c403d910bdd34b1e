//! Promotion to the express lane: harm that the cheap triage of ingest did not see. Nobody is demoted.

use events::{Classification, ClassifiedMention, ExpressReason, HarmClass};
use stream::Record;

use crate::judge::gravest;

/// At most one in so many records of a batch is promoted, the gravest class first: else the lane fills up exactly in a crisis.
const ONE_IN: usize = 10;
/// But always so many.
const ALWAYS: usize = 8;

/// Marks what is promoted with its reason.
pub(crate) fn promote(records: &mut [Record<ClassifiedMention>]) {
    let most = (records.len() / ONE_IN).max(ALWAYS);
    let mut grave: Vec<(HarmClass, i64, usize, ExpressReason)> = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let stays = record.topic.express() || record.value.mention.express.is_some();
        let classification = &record.value.classification;
        if let (false, Some((class, reason))) = (stays, reason(classification)) {
            grave.push((class, classification.severity.score, at, reason));
        }
    }
    grave.sort_by_key(|(class, severity, at, _)| (*class, -severity, *at));
    for (_, _, at, reason) in grave.into_iter().take(most) {
        if let Some(record) = records.get_mut(at) {
            record.value.mention.express = Some(reason);
        }
    }
}

fn reason(classification: &Classification) -> Option<(HarmClass, ExpressReason)> {
    let class = gravest(&classification.harm)?.class;
    let reason = match class {
        HarmClass::Threat => ExpressReason::Threat,
        HarmClass::Leak => ExpressReason::Leak,
        HarmClass::Allegation => ExpressReason::Allegation,
        // News of a danger that others are in reaches everybody anyway; the lane is for those who are in it.
        HarmClass::Safety if !classification.firsthand => return None,
        HarmClass::Distress | HarmClass::Safety => ExpressReason::Distress,
        HarmClass::Hate | HarmClass::Unknown => return None,
    };
    Some((class, reason))
}

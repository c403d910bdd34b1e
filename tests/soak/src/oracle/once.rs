//! Every mention once, counted apart from the stages: what was accepted, what lies where, which is marked first.

use std::collections::{BTreeMap, HashMap};

use events::{ClassifiedMention, EnrichedMention, Mention, Topic};

use crate::load::{Revision, number_of};

/// How often a revision was met.
#[derive(Debug, Clone, Copy, Default)]
struct Met {
    /// Whether a sender was told that it is taken.
    acknowledged: bool,
    /// Whether a sender tried.
    posted: bool,
    passes: bool,
    raw: u16,
    enriched: u16,
    /// Whether it lies in the express lane of `mentions.enriched`.
    express: bool,
    classified: u16,
}

/// What is wrong, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Once {
    /// Revisions that were accepted.
    pub(crate) accepted: usize,
    /// Revisions in `mentions.classified`.
    pub(crate) classified: usize,
    /// Accepted, and missing somewhere without a reason.
    pub(crate) lost: usize,
    /// More often somewhere than once, or there without being accepted.
    pub(crate) doubled: usize,
}

/// The count.
#[derive(Debug, Default)]
pub(super) struct Count {
    revisions: HashMap<(u32, u8), Met>,
    /// How often a mention was marked first, in `mentions.enriched`.
    firsts: HashMap<u32, u16>,
    /// The last revision of a mention in a topic.
    last: BTreeMap<Topic, HashMap<u32, u8>>,
    /// Revisions that lie in a topic behind a higher one.
    overtaken: Vec<Overtaken>,
}

/// A revision of a mention, behind one that is not lower.
#[derive(Debug, Clone, Copy)]
struct Overtaken {
    topic: Topic,
    number: u32,
    revision: u8,
    behind: u8,
}

impl Count {
    /// A line goes out.
    pub(super) fn posted(&mut self, revision: Revision) {
        let met = self.revisions.entry((revision.number, revision.revision)).or_default();
        (met.posted, met.passes) = (true, revision.passes);
    }

    /// It was taken.
    pub(super) fn acknowledged(&mut self, revision: Revision) {
        self.posted(revision);
        self.revisions.entry((revision.number, revision.revision)).or_default().acknowledged = true;
    }

    /// A record of `mentions.raw`, either lane.
    ///
    /// # Errors
    /// It is of nobody.
    pub(super) fn raw(&mut self, mention: &Mention) -> Result<(), String> {
        let met = self.met(mention)?;
        met.raw = met.raw.saturating_add(1);
        Ok(())
    }

    /// A record of `mentions.enriched`, either lane.
    ///
    /// # Errors
    /// It is of nobody, there twice, out of order, or the second that is marked first.
    pub(super) fn enriched(&mut self, topic: Topic, record: &EnrichedMention) -> Result<(), String> {
        let mention = &record.mention;
        let met = self.met(mention)?;
        met.enriched += 1;
        met.express = topic.express();
        if met.enriched > 1 {
            return Err(format!("`{topic}` has {} revision {} twice", mention.native_id, mention.revision));
        }
        if record.enrichment.first {
            let firsts = self.firsts.entry(number_of(&mention.native_id).unwrap_or_default()).or_default();
            *firsts += 1;
            if *firsts > 1 {
                return Err(format!("`{topic}` has {} marked first twice", mention.native_id));
            }
        }
        self.follows(topic, mention);
        Ok(())
    }

    /// A record of `mentions.classified`, either lane.
    ///
    /// # Errors
    /// It is of nobody, or there twice.
    pub(super) fn classified(&mut self, topic: Topic, record: &ClassifiedMention) -> Result<(), String> {
        let mention = &record.mention;
        let met = self.met(mention)?;
        met.classified += 1;
        if met.classified > 1 {
            return Err(format!("`{topic}` has {} revision {} twice", mention.native_id, mention.revision));
        }
        self.follows(topic, mention);
        Ok(())
    }

    fn met(&mut self, mention: &Mention) -> Result<&mut Met, String> {
        let revision = u8::try_from(mention.revision).ok();
        let key = number_of(&mention.native_id).zip(revision);
        let met = key.and_then(|key| self.revisions.get_mut(&key)).filter(|met| met.posted);
        met.ok_or_else(|| format!("nobody posted {} revision {}", mention.native_id, mention.revision))
    }

    /// Notes which revision of a mention a topic has last.
    fn follows(&mut self, topic: Topic, mention: &Mention) {
        let key = number_of(&mention.native_id).zip(u8::try_from(mention.revision).ok());
        let Some((number, revision)) = key else { return };
        let before = self.last.entry(topic).or_default().insert(number, revision);
        if let Some(behind) = before.filter(|before| *before >= revision) {
            self.overtaken.push(Overtaken { topic, number, revision, behind });
        }
    }

    /// Revisions out of order within a lane, once it is known by which lane they came. One that classify promoted was overtaken
    /// while it was on the main lane: by a deletion, say, which is always express.
    pub(super) fn out_of_order(&mut self) -> Vec<String> {
        let mut told = Vec::new();
        let revisions = &self.revisions;
        self.overtaken.retain(|it| {
            let came = |revision| revisions.get(&(it.number, revision)).filter(|met| met.enriched > 0);
            let (Some(one), Some(other)) = (came(it.revision), came(it.behind)) else { return true };
            if one.express == other.express {
                told.push(format!("`{}` has m{} revision {} after {}", it.topic, it.number, it.revision, it.behind));
            }
            false
        });
        told
    }

    /// Whether everything that was accepted has gone through.
    pub(super) fn is_settled(&self) -> bool {
        self.revisions.values().all(|met| !met.acknowledged || !met.passes || met.classified > 0)
    }

    /// The count at the end, and what is wrong with it.
    pub(super) fn closing(&self) -> (Once, Vec<String>) {
        let (mut once, mut wrong) = (Once::default(), Vec::new());
        for ((number, revision), met) in &self.revisions {
            let reached = usize::from(met.acknowledged || met.raw > 0);
            once.accepted += reached;
            once.classified += usize::from(met.classified);
            let (expected, there) = (usize::from(met.passes) * reached, [met.enriched, met.classified]);
            let lost = (met.acknowledged && met.raw == 0) || there.iter().any(|there| usize::from(*there) < expected);
            let doubled = there.iter().any(|there| usize::from(*there) > expected);
            (once.lost, once.doubled) = (once.lost + usize::from(lost), once.doubled + usize::from(doubled));
            if lost || doubled {
                wrong.push(format!("m{number} revision {revision}: {met:?}"));
            }
        }
        for ((number, revision), met) in &self.revisions {
            let first = self.firsts.get(number).copied().unwrap_or_default();
            if *revision == 0 && met.classified > 0 && first != 1 {
                wrong.push(format!("m{number} is marked first {first} times"));
            }
        }
        // By a lane that is not known: `mentions.enriched` lacks it, which is told above.
        wrong.extend(self.overtaken.iter().map(|it| format!("{it:?}")));
        (once, wrong)
    }

    /// Revisions that lie in `mentions.classified`, for stores: each mention with its highest.
    pub(super) fn highest(&self) -> BTreeMap<u32, u8> {
        let mut highest: BTreeMap<u32, u8> = BTreeMap::new();
        for ((number, revision), met) in &self.revisions {
            if met.classified > 0 {
                let known = highest.entry(*number).or_default();
                *known = (*known).max(*revision);
            }
        }
        highest
    }
}

#[cfg(test)]
mod tests {
    use events::Intent;
    use testkit::build;

    use super::*;

    fn mention(number: u32) -> Mention {
        revised(number, 0)
    }

    fn revised(number: u32, revision: u8) -> Mention {
        let json = serde_json::json!({
            "id": "x", "source": "soak", "native_id": format!("m{number}"), "revision": revision,
            "published_at": 0, "received_at": 0, "event_time": 0,
        });
        serde_json::from_value(json).unwrap()
    }

    fn revision(number: u32, passes: bool) -> Revision {
        Revision { number, revision: 0, passes, complains: false }
    }

    #[test]
    fn what_was_acknowledged_and_lies_nowhere_is_lost() {
        let mut count = Count::default();
        count.acknowledged(revision(1, true));
        count.acknowledged(revision(2, false));
        count.raw(&mention(2)).unwrap();
        assert_eq!(count.closing().0, Once { accepted: 2, classified: 0, lost: 1, doubled: 0 });
        assert!(!count.is_settled());
    }

    #[test]
    fn a_revision_behind_a_higher_one_is_told_unless_it_was_promoted() {
        let (main, express) = (Topic::MentionsEnriched, Topic::MentionsEnrichedExpress);
        for (first, wrong) in [(main, 0), (express, 1)] {
            let mut count = Count::default();
            for (revision, topic) in [(0, first), (1, express)] {
                count.posted(Revision { number: 1, revision, passes: true, complains: false });
                let mut record = build::enriched(revised(1, revision), "alderway");
                record.enrichment.first = revision == 0;
                count.enriched(topic, &record).unwrap();
            }
            for revision in [1, 0] {
                let record = build::enriched(revised(1, revision), "alderway");
                let record = build::classified(record, Intent::Other, None);
                count.classified(Topic::MentionsClassifiedExpress, &record).unwrap();
            }
            assert_eq!(count.out_of_order().len(), wrong, "revision 0 in {first}");
        }
    }

    #[test]
    fn what_nobody_posted_is_told() {
        assert!(Count::default().raw(&mention(3)).unwrap_err().contains("nobody posted m3"));
    }
}

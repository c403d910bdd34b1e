//! What care remembers of a person: their cases, and what was said in each.

use events::{BrandId, CaseId, EventTime};
use serde::{Deserialize, Serialize};

use super::change::KEPT;
use super::said::Said;

/// A person's cases, oldest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct History {
    pub(super) known: Vec<Known>,
}

/// A case, and the mentions that it lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) id: CaseId,
    pub(super) brand: BrandId,
    /// Set where nothing that comes changes any more what it is: it was closed, or no longer lists all its mentions.
    pub(super) settled: Option<Settled>,
    /// In order of (event time, id). None is left of a case that is continued in another one.
    pub(super) said: Vec<Said>,
}

/// What a case is, whatever comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Settled {
    pub(super) matter: String,
    pub(super) threads: Vec<String>,
    pub(super) last: EventTime,
    /// Whether it takes no more mentions of customers.
    pub(super) closed: bool,
}

impl History {
    /// Whether a mention is among the last ones of a case.
    pub(super) fn has(&self, mention: &str) -> bool {
        self.known.iter().any(|known| known.has(mention))
    }

    /// Whether cases have a mention by a later revision than this one.
    pub(super) fn has_later(&self, mention: &str, revision: i64) -> bool {
        let said = self.known.iter().flat_map(|known| &known.said).filter(|said| said.id.as_str() == mention);
        said.filter_map(|said| said.asks.as_ref()).any(|asks| revision < asks.revision)
    }

    /// The brands of the cases that have a mention.
    pub(super) fn brands_of(&self, mention: &str) -> Vec<BrandId> {
        self.known.iter().filter(|known| known.has(mention)).map(|known| known.brand.clone()).collect()
    }

    pub(super) fn case_mut(&mut self, id: &CaseId) -> Option<&mut Known> {
        self.known.iter_mut().find(|known| known.id == *id)
    }
}

impl Known {
    pub(super) fn has(&self, mention: &str) -> bool {
        self.said.iter().any(|said| said.id.as_str() == mention)
    }

    /// Somebody replied to a mention of it, or to the case: to its first one.
    pub(super) fn replied(&mut self, subject: &str, at: EventTime) {
        let mention = self.said.iter().position(|said| said.id.as_str() == subject);
        if let Some(said) = self.said.get_mut(mention.unwrap_or_default()) {
            said.replied(at);
        }
    }

    /// Somebody closed it: what they saw of it is what it is.
    pub(super) fn close(&mut self) {
        let mut settled = self.settled.take().unwrap_or_else(|| Settled::of(&self.said));
        settled.closed = true;
        self.settled = Some(settled);
    }

    /// Forgets what the case no longer lists.
    pub(super) fn shorten(&mut self) {
        let over = self.said.len().saturating_sub(KEPT);
        if over > 0 {
            let mut settled = self.settled.take().unwrap_or_else(|| Settled::of(&self.said));
            for said in self.said.drain(..over) {
                settled.last = settled.last.max(said.at);
                settled.threads.extend(said.thread.filter(|thread| !settled.threads.contains(thread)));
            }
            self.settled = Some(settled);
        }
    }
}

impl Settled {
    /// What a case with these mentions is.
    fn of(said: &[Said]) -> Self {
        let first = said.iter().find_map(|said| said.asks.as_ref());
        let matter = first.map(|asks| asks.matter().to_owned()).unwrap_or_default();
        Self { matter, threads: Vec::new(), last: EventTime::EPOCH, closed: false }
    }
}

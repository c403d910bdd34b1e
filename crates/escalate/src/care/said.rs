//! What care remembers of a mention: all that decides which case it belongs to, and how a case that begins with it opens.

use events::{BrandId, EventTime, HarmClass, Intent, MentionId, ThemeId};
use serde::{Deserialize, Serialize};

use super::heard::Heard;
use super::{decide, route};

/// The matter of a case without a theme.
const GENERAL: &str = "general";

/// A mention of a case, as care remembers it for one brand. It has no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) id: MentionId,
    pub(super) at: EventTime,
    pub(super) parent: Option<MentionId>,
    /// The thread of a customer's mention, unique over sources.
    pub(super) thread: Option<String>,
    /// What its author wants; `None` of the brand's own answer.
    pub(super) asks: Option<Asks>,
    /// The highest severity of its revisions; 0 of the brand's own answer.
    pub(super) severity: i64,
    /// When somebody first replied to it, other than by a mention.
    pub(super) replied_at: Option<EventTime>,
}

/// What a case that begins with a mention opens by: the conditions of a book ask for nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asks {
    /// Whether the brand is the first that the mention is about.
    pub(super) first_brand: bool,
    /// The revision that says all this: the lowest that asked for something.
    pub(super) revision: i64,
    pub(super) received_at: EventTime,
    pub(super) theme: Option<ThemeId>,
    pub(super) intent: Intent,
    pub(super) severity: i64,
    /// Classes of harm that count.
    pub(super) harm: Vec<HarmClass>,
    pub(super) language: String,
    pub(super) source: String,
    pub(super) owned: bool,
}

impl Said {
    /// A customer's mention, as far as `brand` is concerned.
    pub(super) fn by_customer(mention: &Heard, brand: &BrandId, intent: Intent) -> Self {
        let (said, classification) = (&mention.mention, &mention.classification);
        let asks = Asks {
            first_brand: mention.enrichment.brands.first().is_some_and(|first| first.id == *brand),
            revision: said.revision,
            received_at: said.received_at,
            theme: decide::theme_for(mention, brand).cloned(),
            intent,
            severity: classification.severity.score,
            harm: route::counted(&classification.harm).collect(),
            language: mention.enrichment.language.tag.clone(),
            source: said.source.clone(),
            owned: said.owned_channel,
        };
        let thread = said.thread_id.as_ref().map(|thread| format!("{}:{thread}", said.source));
        Self { thread, severity: asks.severity, asks: Some(asks), ..Self::by_brand(mention) }
    }

    /// The brand's own answer.
    pub(super) fn by_brand(mention: &Heard) -> Self {
        let said = &mention.mention;
        Self {
            id: said.id.clone(),
            at: said.event_time,
            parent: said.parent_id.clone(),
            thread: None,
            asks: None,
            severity: 0,
            replied_at: None,
        }
    }

    /// What mentions are ordered by, whenever they come.
    pub(super) fn order(&self) -> (EventTime, &MentionId) {
        (self.at, &self.id)
    }

    /// When it replied, or was replied to by other means than a mention.
    pub(super) fn reply(&self) -> Option<EventTime> {
        let own = self.asks.is_none().then_some(self.at);
        own.into_iter().chain(self.replied_at).min()
    }

    /// Another revision of it has this severity.
    pub(super) fn revised(&mut self, severity: i64) {
        self.severity = self.severity.max(severity);
    }

    /// Somebody replied to it by other means than a mention.
    pub(super) fn replied(&mut self, at: EventTime) {
        self.replied_at = Some(self.replied_at.map_or(at, |known| known.min(at)));
    }
}

impl Asks {
    /// Name of the theme or of the lack of one.
    pub(super) fn matter(&self) -> &str {
        self.theme.as_ref().map_or(GENERAL, ThemeId::as_str)
    }
}

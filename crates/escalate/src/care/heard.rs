//! What care reads of a classified mention: the fields that it decides by.
//!
//! A mention has many more, above all its text and the evidence of every label. To build them took half of care's time;
//! they are passed over where they lie. Fields that are neither kept nor passed over in [`events::parts`] do not compile.

use events::{
    AuthorRole, BrandId, ClassifiedMention, EventTime, HarmClass, Intent, MentionId, MentionKind, PartOf, Person,
    ThemeId,
};
use serde::Deserialize;

/// Part of a [`ClassifiedMention`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename = "ClassifiedMention")]
pub struct Heard {
    pub(super) mention: Mention,
    pub(super) enrichment: Enrichment,
    pub(super) classification: Classification,
}

impl PartOf for Heard {
    type Event = ClassifiedMention;
}

events::parts! {
    Heard of ClassifiedMention { mention, enrichment, classification }
    Mention of events::Mention {
        id, revision, kind, source, [native_id] channel, owned_channel, from_brand, [author] thread_id, parent_id,
        [text, language, url, urls, media, reach] repost, [published_at] received_at, event_time;
        clamped, brand_hints, express, drill
    }
    Enrichment of events::Enrichment {
        person, [first] language, brands, [products, matched_rules] author_role;
        joined, copied_text, book_version, programmes, geo, personal_data, coordination
    }
    Language of events::Language { tag; confidence, source }
    BrandMatch of events::BrandMatch { id; confidence, spans }
    Classification of events::Classification {
        [sentiment] intent, themes, main_theme, harm, firsthand, severity;
        unsure, model, book_version, brand_tones, emotion, offensive, hate, irony, requests, churn, wow, referral,
        apology, phrases_to_avoid
    }
    IntentFinding of events::IntentFinding { label; confidence, spans, rule }
    ThemeFinding of events::ThemeFinding { id, brand; polarity, reason, span, confidence }
    HarmFinding of events::HarmFinding { class, [subclass] confidence; span, rule, target, time }
    Severity of events::Severity { score; factors }
}

/// Part of an [`events::Mention`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Mention {
    pub(super) id: MentionId,
    #[serde(default)]
    pub(super) revision: i64,
    #[serde(default)]
    pub(super) kind: MentionKind,
    pub(super) source: String,
    #[serde(default)]
    pub(super) channel: String,
    #[serde(default)]
    pub(super) owned_channel: bool,
    #[serde(default)]
    pub(super) from_brand: bool,
    #[serde(default)]
    pub(super) thread_id: Option<String>,
    #[serde(default)]
    pub(super) parent_id: Option<MentionId>,
    #[serde(default)]
    pub(super) repost: bool,
    pub(super) received_at: EventTime,
    pub(super) event_time: EventTime,
}

/// Part of an [`events::Enrichment`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Enrichment {
    pub(super) person: Person,
    pub(super) language: Language,
    #[serde(default)]
    pub(super) brands: Vec<BrandMatch>,
    #[serde(default)]
    pub(super) author_role: AuthorRole,
}

/// Part of an [`events::Language`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Language {
    pub(super) tag: String,
}

/// Part of an [`events::BrandMatch`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct BrandMatch {
    pub(super) id: BrandId,
}

/// Part of an [`events::Classification`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Classification {
    pub(super) intent: IntentFinding,
    #[serde(default)]
    pub(super) themes: Vec<ThemeFinding>,
    #[serde(default)]
    pub(super) main_theme: Option<ThemeId>,
    #[serde(default)]
    pub(super) harm: Vec<HarmFinding>,
    #[serde(default = "own")]
    pub(super) firsthand: bool,
    pub(super) severity: Severity,
}

/// A matter is its author's own unless a judge says otherwise.
const fn own() -> bool {
    true
}

/// Part of an [`events::IntentFinding`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct IntentFinding {
    #[serde(default)]
    pub(super) label: Option<Intent>,
}

/// Part of an [`events::ThemeFinding`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct ThemeFinding {
    pub(super) id: ThemeId,
    pub(super) brand: BrandId,
}

/// Part of an [`events::HarmFinding`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct HarmFinding {
    pub(super) class: HarmClass,
    pub(super) confidence: f64,
}

/// Part of an [`events::Severity`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Severity {
    pub(super) score: i64,
}

//! What classify adds: what is meant, how bad, and why.

use serde::{Deserialize, Serialize};

use crate::{BookVersion, BrandId, Enrichment, Mention, TextSpan, ThemeId};

/// The record of `mentions.classified`: the data product for downstream teams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassifiedMention {
    /// What was said.
    pub mention: Mention,
    /// What enrich knows about it.
    pub enrichment: Enrichment,
    /// What classify makes of it.
    pub classification: Classification,
}

/// What classify makes of a mention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Its tone.
    pub sentiment: Sentiment,
    /// What its author wants.
    pub intent: IntentFinding,
    /// Themes of the book, the strongest first, at most 3.
    #[serde(default)]
    pub themes: Vec<ThemeFinding>,
    /// The strongest theme; null without one.
    #[serde(default)]
    pub main_theme: Option<ThemeId>,
    /// Harm classes found, the gravest first.
    #[serde(default)]
    pub harm: Vec<HarmFinding>,
    /// Whether its author speaks of a matter of their own; false for news, rumour and sympathy about what befell others.
    #[serde(default = "own")]
    pub firsthand: bool,
    /// How bad, as a sum of named factors.
    pub severity: Severity,
    /// Heads that abstain, such as `sentiment` or `intent`, sorted.
    #[serde(default)]
    pub unsure: Vec<String>,
    /// Version of the rules or model that decided.
    pub model: String,
    /// The book that decided.
    pub book_version: BookVersion,
    /// The tone towards each brand that it is about, surest brand first.
    #[serde(default)]
    pub brand_tones: Vec<BrandTone>,
    /// What its author feels; null when unsure, or where no model was asked.
    #[serde(default)]
    pub emotion: Option<EmotionFinding>,
    /// Probability that it offends; null where no model was asked.
    #[serde(default)]
    pub offensive: Option<f64>,
    /// Probability that it hates a group; null where no model was asked.
    #[serde(default)]
    pub hate: Option<f64>,
    /// Whether good words are meant otherwise.
    #[serde(default)]
    pub irony: bool,
    /// Values that its author asks for, one for each parameter of the book.
    #[serde(default)]
    pub requests: Vec<RequestFinding>,
    /// The risk that its author leaves; null when nothing says so.
    #[serde(default)]
    pub churn: Option<ChurnFinding>,
    /// Whether it is delighted beyond ordinary praise.
    #[serde(default)]
    pub wow: bool,
    /// Whether it tells others to come, buy or stay.
    #[serde(default)]
    pub referral: bool,
    /// Whether an apology is due; null where nothing went wrong.
    #[serde(default)]
    pub apology: Option<ApologyFinding>,
    /// In the brand's own words: phrases that its book asks to avoid.
    #[serde(default)]
    pub phrases_to_avoid: Vec<TextSpan>,
}

/// The tone towards one brand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrandTone {
    /// The brand.
    pub brand: BrandId,
    /// Its tone; null when unsure.
    #[serde(default)]
    pub tone: Option<Tone>,
}

/// What an author feels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmotionFinding {
    /// Such as `anger`.
    pub label: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// A value that an author asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestFinding {
    /// The parameter's id in the book.
    pub parameter: String,
    /// The value, such as `12:00`.
    pub value: String,
    /// Where.
    pub span: TextSpan,
}

/// A risk that a customer leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChurnFinding {
    /// 0 to 1, from the text alone.
    pub risk: f64,
    /// What drives them away: a theme's id.
    #[serde(default)]
    pub trigger: Option<String>,
    /// Where.
    pub span: TextSpan,
    /// Id of the rule that found it.
    pub rule: String,
}

/// Whether an apology is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApologyFinding {
    /// Whether the brand failed, and not the author.
    pub due: bool,
    /// Id of the rule that decided.
    pub rule: String,
}

/// A matter is its author's own unless a judge says otherwise.
const fn own() -> bool {
    true
}

/// Tone of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sentiment {
    /// The tone; null when unsure.
    #[serde(default)]
    pub label: Option<Tone>,
    /// Probability of negative, 0 to 1; the three add up to 1.
    pub negative: f64,
    /// Probability of neutral.
    pub neutral: f64,
    /// Probability of positive.
    pub positive: f64,
    /// Words that decided.
    #[serde(default)]
    pub spans: Vec<TextSpan>,
}

/// A tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Unhappy.
    Negative,
    /// Neither.
    #[default]
    Neutral,
    /// Happy.
    Positive,
    /// A tone that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// What an author wants, with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentFinding {
    /// The intent; null when unsure.
    #[serde(default)]
    pub label: Option<Intent>,
    /// 0 to 1.
    pub confidence: f64,
    /// Words that decided.
    #[serde(default)]
    pub spans: Vec<TextSpan>,
    /// Id of the rule that decided; null when none did.
    #[serde(default)]
    pub rule: Option<String>,
}

/// What an author wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Something is wrong.
    Complaint,
    /// Something is asked.
    Query,
    /// Something is good.
    Praise,
    /// Something could be better.
    Idea,
    /// Nothing for the brand: advertising, rubbish.
    Noise,
    /// Something is to be bought.
    Purchase,
    /// None of these, or an intent that this reader does not know.
    #[default]
    #[serde(other)]
    Other,
}

impl Intent {
    /// The name, as labels and books write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Query => "query",
            Self::Praise => "praise",
            Self::Idea => "idea",
            Self::Noise => "noise",
            Self::Other => "other",
            Self::Purchase => "purchase",
        }
    }
}

/// A theme of the book found in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThemeFinding {
    /// The theme's id in the book.
    pub id: ThemeId,
    /// The brand whose theme it is.
    pub brand: BrandId,
    /// Tone towards the theme; null when unsure.
    #[serde(default)]
    pub polarity: Option<Tone>,
    /// The reason's id in the book, such as `too_early`; null when none matched.
    #[serde(default)]
    pub reason: Option<String>,
    /// Where.
    pub span: TextSpan,
    /// 0 to 1.
    pub confidence: f64,
}

/// A kind of harm found in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HarmFinding {
    /// The class.
    pub class: HarmClass,
    /// A finer class such as `bomb` or `fraud`; null when there is none.
    #[serde(default)]
    pub subclass: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
    /// Where.
    pub span: TextSpan,
    /// Id of the rule that found it.
    pub rule: String,
    /// Of a threat: what or whom it is to hit.
    #[serde(default)]
    pub target: Option<TextSpan>,
    /// Of a threat: when it is to happen.
    #[serde(default)]
    pub time: Option<TextSpan>,
}

/// A kind of harm, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HarmClass {
    /// Violence announced.
    Threat,
    /// Danger to life or health.
    Safety,
    /// Something confidential.
    Leak,
    /// A serious accusation: fraud, abuse, illegality, discrimination.
    Allegation,
    /// Grief, panic, danger to the writer.
    Distress,
    /// Hate towards a group.
    Hate,
    /// A class that this reader does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

impl HarmClass {
    /// The name, as labels and books write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Threat => "threat",
            Self::Safety => "safety",
            Self::Leak => "leak",
            Self::Allegation => "allegation",
            Self::Distress => "distress",
            Self::Hate => "hate",
            Self::Unknown => "unknown",
        }
    }
}

/// How bad a mention is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Severity {
    /// 0 to 100: exactly the sum of the factors' points.
    pub score: i64,
    /// What it is made of.
    #[serde(default)]
    pub factors: Vec<SeverityFactor>,
}

/// One part of a severity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeverityFactor {
    /// `sentiment`, `intent`, `harm`, `theme`, `reach`, `verified`, `intensity`, `legal`, `cap`.
    pub name: String,
    /// Points; negative only for `cap`.
    pub points: i64,
    /// What it rests on, without the text of the mention.
    #[serde(default)]
    pub evidence: String,
}

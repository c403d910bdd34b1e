//! What enrich adds: who, what brand, which language, and whether it is the first of its id.

use serde::{Deserialize, Serialize};

use crate::{BookVersion, BrandId, Mention, Person};

/// The record of `mentions.enriched`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnrichedMention {
    /// What was said.
    pub mention: Mention,
    /// What enrich knows about it.
    pub enrichment: Enrichment,
}

/// What enrich knows about a mention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enrichment {
    /// The person it belongs to: the key of the record.
    pub person: Person,
    /// True for exactly one committed revision of each id.
    pub first: bool,
    /// The language of the text.
    pub language: Language,
    /// Brands that it is about, surest first.
    #[serde(default)]
    pub brands: Vec<BrandMatch>,
    /// Products named, in order of their place in the text.
    #[serde(default)]
    pub products: Vec<ProductMatch>,
    /// Ids of the tracking rules that matched, sorted.
    #[serde(default)]
    pub matched_rules: Vec<String>,
    /// What the author is to the brand.
    #[serde(default)]
    pub author_role: AuthorRole,
    /// False for an answer whose parent is not known (yet).
    #[serde(default)]
    pub joined: bool,
    /// xxh3 of the normalised text, the same for copies; null for a text too short to say.
    #[serde(default)]
    pub copied_text: Option<i64>,
    /// The book that decided.
    pub book_version: BookVersion,
    /// Programmes and campaigns named, in order of their place, each once.
    #[serde(default)]
    pub programmes: Vec<ProgrammeMatch>,
    /// The first place of the book that the text names.
    #[serde(default)]
    pub geo: Option<PlaceMatch>,
    /// Personal data in the text, in order, not overlapping.
    #[serde(default)]
    pub personal_data: Vec<PersonalData>,
    /// Whether many accounts say these words; null when fewer than three did, and where it is not asked.
    #[serde(default)]
    pub coordination: Option<Coordination>,
}

/// That several accounts said the same words lately.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coordination {
    /// Accounts with these words in this partition lately, the author's included, each once; at least 3.
    pub accounts: i64,
    /// How likely they act together, 0 to 1, in thousandths.
    pub likelihood: f64,
}

/// A programme or campaign named in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeMatch {
    /// The programme's id in the book.
    pub id: String,
    /// Its brand.
    pub brand: BrandId,
    /// Where.
    pub span: TextSpan,
}

/// A place named in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceMatch {
    /// The place's id in the book.
    pub id: String,
    /// The name that was found, as the book writes it.
    pub alias: String,
    /// Where.
    pub span: TextSpan,
}

/// Something in a text that tells who or where somebody is, or opens an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalData {
    /// `card`, `iban`, `mail`, `phone`, `booking` or `name`.
    pub kind: String,
    /// Where.
    pub span: TextSpan,
}

/// A language and how it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// BCP 47 tag; `und` when undetermined.
    pub tag: String,
    /// 0 to 1.
    pub confidence: f64,
    /// How it is known.
    #[serde(default)]
    pub source: LanguageSource,
}

/// How a language is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageSource {
    /// Nothing to tell it by.
    #[default]
    Undetermined,
    /// The source declares it.
    Declared,
    /// The script has only this one.
    Script,
    /// Detected from the text.
    Detected,
    /// A way that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// A brand that a mention is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BrandMatch {
    /// The brand's id in the book.
    pub id: BrandId,
    /// 0 to 1; below the book's threshold it is no match.
    pub confidence: f64,
    /// Byte offsets of the words that named it; empty when a hint or an account did.
    #[serde(default)]
    pub spans: Vec<TextSpan>,
}

/// A product named in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductMatch {
    /// The product's id in the book.
    pub id: String,
    /// Its brand.
    pub brand: BrandId,
    /// The alias that was found, as the book writes it.
    pub alias: String,
    /// Where.
    pub span: TextSpan,
    /// 0 to 1.
    pub confidence: f64,
}

/// A part of a text: byte offsets into its UTF-8 form, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct TextSpan {
    /// First byte.
    pub start: i64,
    /// First byte after it.
    pub end: i64,
}

/// What an author is to the brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorRole {
    /// Somebody from the public, a customer perhaps.
    #[default]
    Public,
    /// The brand itself.
    Brand,
    /// Somebody on the book's staff list.
    Employee,
    /// Somebody on the book's press list.
    Press,
    /// A role that this reader does not know.
    #[serde(other)]
    Unknown,
}

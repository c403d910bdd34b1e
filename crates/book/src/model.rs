//! What a book says, as types: whoever holds a loaded [`Book`] holds a valid one.
//!
//! Serialised only to find its version: the field names and their order are part of that.

use std::collections::BTreeMap;

use events::{BookVersion, BrandId, HarmClass, Intent, Mention, Recipient, Span, ThemeId};
use serde::{Serialize, Serializer};

use crate::judging::{Costs, HarmRule, Tones};

/// A valid brand book. Made by [`load`](crate::load) only; every id that it refers to exists.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Book {
    /// Hash of its content: stamped on every decision.
    #[serde(skip)]
    pub version: BookVersion,
    /// Name for people.
    pub name: String,
    /// The brands, at least one.
    pub brands: Vec<Brand>,
    /// The teams, at least one.
    pub teams: Vec<Team>,
    /// The themes.
    pub themes: Vec<Theme>,
    /// Which team gets what: the first that matches wins.
    pub routes: Vec<RouteRule>,
    /// The team that gets what no route matches.
    pub default_team: String,
    /// How soon to respond: the first that matches wins.
    pub clocks: Vec<ClockPolicy>,
    /// Class of each source; one not listed is `other`.
    pub sources: BTreeMap<String, SourceClass>,
    /// Accounts of the press, `<source>:<handle or id>`, lower case.
    pub press: Vec<String>,
    /// When a rise is a spike.
    pub detection: Detection,
    /// What a wrong answer costs against none.
    #[serde(skip_serializing_if = "Costs::is_default")]
    pub costs: Costs,
    /// What is harm to the brands of this book beside what is harm to everybody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub harm: Vec<HarmRule>,
}

/// A brand that is listened for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// Name for people.
    pub name: String,
    /// Names and handles that are sure by themselves.
    pub names: Vec<String>,
    /// Names that also mean other things: they need a word of `context`.
    pub ambiguous: Vec<String>,
    /// Words that make an ambiguous name sure.
    pub context: Vec<String>,
    /// Words that say an ambiguous name means something else.
    pub false_friends: Vec<String>,
    /// The brand's own accounts, `<source>:<handle or id>`, lower case.
    pub accounts: Vec<String>,
    /// Accounts of its staff, `<source>:<handle or id>`, lower case.
    pub staff: Vec<String>,
    /// Confidence from which a mention is about the brand, 0 to 1.
    pub threshold: f64,
    /// Language of a text too short to tell.
    pub language: String,
    /// Tracking rules; their ids are unique in the book.
    pub rules: Vec<TrackingRule>,
    /// Products, routes, branches; their ids are unique in the book.
    pub products: Vec<Product>,
    /// Programmes and campaigns; their ids are unique in the book.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<Programme>,
    /// Places that people name; their ids are unique in the book.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// What people want otherwise, with the values that they ask for; their ids are unique in the book.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    /// How often its mentions have each tone; unknown unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tones: Option<Tones>,
    /// Phrases that the brand's own words should not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub avoid: Vec<String>,
    /// The team that owns incidents of the brand.
    pub owner: String,
}

/// A named rule for what is worth tracking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrackingRule {
    /// Its id.
    pub id: String,
    /// At least one of these must occur.
    pub any: Vec<String>,
    /// And at least one of these, unless empty.
    pub with: Vec<String>,
    /// And none of these.
    pub none: Vec<String>,
}

/// Something that the brand sells or runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Product {
    /// Its id, such as a SKU, a route, a branch.
    pub id: String,
    /// Name for people, which is also searched for.
    pub name: String,
    /// Other words for it.
    pub aliases: Vec<String>,
}

/// A programme or campaign.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Programme {
    /// Its id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Words and hashtags that name it.
    pub any: Vec<String>,
}

/// A place that people name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Name for people, which is also searched for.
    pub name: String,
    /// Other words for it.
    pub aliases: Vec<String>,
}

/// Something that people want otherwise: a time, a price, a flavour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Its id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The values that they ask for, distinct.
    pub values: Vec<ParameterValue>,
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterValue {
    /// As it is counted: `12:00`.
    pub value: String,
    /// Words that ask for it.
    pub any: Vec<String>,
}

/// People who act.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Team {
    /// Its id, which is also the name of its queue.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Who is told.
    pub recipient: Recipient,
}

/// Something that goes well or wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Theme {
    /// Its id, unique in the book.
    pub id: ThemeId,
    /// Name for people.
    pub name: String,
    /// The brands it belongs to; empty means all.
    pub brands: Vec<BrandId>,
    /// Phrases of which one must occur, unless the text is like the examples; `~2` between words allows up to two words between.
    pub any: Vec<String>,
    /// Sentences that are about it: a text with several of the words that they have in common is about it too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Phrases that must not occur.
    pub none: Vec<String>,
    /// Finer reasons.
    pub reasons: Vec<Reason>,
    /// Points of severity, 0 to 20.
    pub points: i64,
    /// True where life or health is at stake: 20 points more.
    pub safety: bool,
    /// True for a theme that counts only where no other is found.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub otherwise: bool,
    /// The team that owns its incidents. A loaded book names one for every theme; a book made in code may leave it to the brand's owner.
    pub owner: Option<String>,
}

/// A reason within a theme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// Its id, unique within the theme.
    pub id: String,
    /// Phrases of which one must occur.
    pub any: Vec<String>,
}

/// Which mentions a route or a clock is for. Empty lists and nulls match everything.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Condition {
    /// Brands.
    pub brands: Vec<BrandId>,
    /// Intents.
    pub intents: Vec<Intent>,
    /// Main themes.
    pub themes: Vec<ThemeId>,
    /// Harm classes, any of those found.
    pub harm: Vec<HarmClass>,
    /// Language tags.
    pub languages: Vec<String>,
    /// Sources.
    pub sources: Vec<String>,
    /// Severity at least, 0 to 100.
    pub min_severity: Option<i64>,
    /// Only on owned channels (true), only elsewhere (false).
    pub owned: Option<bool>,
    /// Only between these hours of the day in UTC, such as 22 to 6; the end is exclusive.
    pub hours: Option<(u8, u8)>,
}

/// Which team gets what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RouteRule {
    /// Its id, unique in the book.
    pub id: String,
    /// What it is for.
    pub when: Condition,
    /// The team that gets it.
    pub team: String,
}

/// How soon to respond.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClockPolicy {
    /// Its id, unique in the book.
    pub id: String,
    /// What it is for.
    pub when: Condition,
    /// Time to the first reply, from `received_at`.
    #[serde(serialize_with = "as_millis")]
    pub first_reply: Span,
    /// Share of that time after which the owner is warned, above 0 and below 1.
    pub warn_at: f64,
}

/// What kind of place a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceClass {
    /// Networks where everybody reads.
    Social,
    /// Forums and communities.
    Forum,
    /// Reviews.
    Review,
    /// Press and blogs.
    News,
    /// Mail, telephone, chat: to the brand alone.
    Direct,
    /// None of these.
    #[default]
    Other,
}

impl SourceClass {
    /// Every class.
    pub const ALL: [Self; 6] = [Self::Social, Self::Forum, Self::Review, Self::News, Self::Direct, Self::Other];

    /// The name, as books and tallies write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Social => "social",
            Self::Forum => "forum",
            Self::Review => "review",
            Self::News => "news",
            Self::Direct => "direct",
            Self::Other => "other",
        }
    }
}

/// When a rise is a spike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detection {
    /// Fewer mentions than this in a window are no spike.
    pub min_mentions: i64,
    /// Fewer distinct people than this in a window are no spike.
    pub min_people: i64,
    /// At least this many times the expected count.
    pub min_ratio: f64,
    /// False alarms a week that a quiet brand may see, above 0.
    pub false_alarms_per_week: f64,
}

impl Default for Detection {
    fn default() -> Self {
        Self { min_mentions: 10, min_people: 5, min_ratio: 2.0, false_alarms_per_week: 1.0 }
    }
}

impl Book {
    /// The brand called `id`.
    pub fn brand(&self, id: &BrandId) -> Option<&Brand> {
        self.brands.iter().find(|brand| brand.id == *id)
    }

    /// The team called `id`.
    pub fn team(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    /// The theme called `id`.
    pub fn theme(&self, id: &ThemeId) -> Option<&Theme> {
        self.themes.iter().find(|theme| theme.id == *id)
    }

    /// The class of a source.
    pub fn source_class(&self, source: &str) -> SourceClass {
        self.sources.get(source).copied().unwrap_or_default()
    }

    /// The class that a mention is counted in: `owned` where the brand's own channel brought it, else that of its source.
    pub fn counted_as(&self, mention: &Mention) -> &'static str {
        if mention.owned_channel { "owned" } else { self.source_class(&mention.source).name() }
    }
}

fn as_millis<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(span.as_millis())
}

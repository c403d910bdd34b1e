//! The shape of an input line that is a mention, as `docs` and outside programs know it.

use std::borrow::Cow;

use events::MentionKind;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::stamp::Stamp;

/// A line as it was read: every field may be missing, none has been checked. Unknown fields are let pass.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Line<'a> {
    pub(crate) source: Option<String>,
    pub(crate) native_id: Option<String>,
    pub(crate) published_at: Option<Stamp>,
    pub(crate) received_at: Option<Stamp>,
    pub(crate) text: Option<String>,
    pub(crate) revision: Option<Count>,
    pub(crate) kind: Option<MentionKind>,
    pub(crate) channel: Option<String>,
    pub(crate) owned_channel: Option<bool>,
    pub(crate) from_brand: Option<bool>,
    pub(crate) author: Option<LineAuthor>,
    pub(crate) thread_id: Option<String>,
    #[serde(borrow)]
    pub(crate) parent_id: Option<Cow<'a, str>>,
    pub(crate) language: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) urls: Option<Vec<String>>,
    pub(crate) media: Option<Vec<LineMedia>>,
    pub(crate) reach: Option<Count>,
    pub(crate) repost: Option<bool>,
    pub(crate) brand: Option<String>,
    pub(crate) brand_hints: Option<Vec<String>>,
    pub(crate) drill: Option<String>,
    #[serde(rename = "_action")]
    pub(crate) action: Option<IgnoredAny>,
    #[serde(rename = "_link")]
    pub(crate) link: Option<IgnoredAny>,
    #[serde(rename = "_business")]
    pub(crate) business: Option<IgnoredAny>,
    #[serde(rename = "_raw")]
    pub(crate) raw: Option<IgnoredAny>,
}

/// A whole number, 0 or more.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Count(pub(crate) i64);

impl TryFrom<u64> for Count {
    type Error = std::num::TryFromIntError;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        i64::try_from(number).map(Self)
    }
}

/// The author of a line.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct LineAuthor {
    pub(crate) id: Option<String>,
    pub(crate) handle: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) followers: Option<Count>,
    pub(crate) verified: Option<bool>,
}

/// A picture, film or sound of a line.
#[derive(Debug, Deserialize)]
pub(crate) struct LineMedia {
    pub(crate) kind: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) alt_text: Option<String>,
}

impl Line<'_> {
    /// Whether the line wraps something that is no mention.
    pub(crate) const fn is_wrapped(&self) -> bool {
        self.action.is_some() || self.link.is_some() || self.business.is_some() || self.raw.is_some()
    }
}

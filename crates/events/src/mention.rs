//! The canonical mention: what somebody said, wherever they said it.

use serde::{Deserialize, Serialize};

use crate::{BrandId, EventTime, MentionId};

/// One revision of a post, comment, call note or e-mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Identity, the same for all revisions.
    pub id: MentionId,
    /// 0 for the first, higher is newer; comes from the source.
    #[serde(default)]
    pub revision: i64,
    /// What happened to the post.
    #[serde(default)]
    pub kind: MentionKind,
    /// Where it was said: `x`, `meta`, `forum`, `phone`, …
    pub source: String,
    /// The source's own id of the post.
    pub native_id: String,
    /// Shape of the message: `post`, `comment`, `review`, `phone`, `email`, `chat`, …
    #[serde(default)]
    pub channel: String,
    /// True on a page or address of the brand's own.
    #[serde(default)]
    pub owned_channel: bool,
    /// True when the brand itself wrote it.
    #[serde(default)]
    pub from_brand: bool,
    /// Who wrote it; null when the source does not say.
    #[serde(default)]
    pub author: Option<Author>,
    /// The source's id of the thread; null outside a thread.
    #[serde(default)]
    pub thread_id: Option<String>,
    /// The mention that this one answers; null when it answers none.
    #[serde(default)]
    pub parent_id: Option<MentionId>,
    /// What was written; empty for a delete or for media without words.
    #[serde(default)]
    pub text: String,
    /// Language as the source declares it (BCP 47); null when it does not.
    #[serde(default)]
    pub language: Option<String>,
    /// Address of the post; null when it has none.
    #[serde(default)]
    pub url: Option<String>,
    /// Addresses that the post links to.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Pictures, films and sound.
    #[serde(default)]
    pub media: Vec<Media>,
    /// People reached according to the source; null when it does not say.
    #[serde(default)]
    pub reach: Option<i64>,
    /// True when the post only passes on another one.
    #[serde(default)]
    pub repost: bool,
    /// When it was written, according to the source.
    pub published_at: EventTime,
    /// When it was accepted.
    pub received_at: EventTime,
    /// `published_at` clamped to the 24 hours before `received_at`: the time that counts.
    pub event_time: EventTime,
    /// Whether `event_time` differs from `published_at`, and to which side.
    #[serde(default)]
    pub clamped: Clamped,
    /// Brands that the source says this is about, such as the owner of a page.
    #[serde(default)]
    pub brand_hints: Vec<BrandId>,
    /// Why it took the express lane; null on the main lane.
    #[serde(default)]
    pub express: Option<ExpressReason>,
    /// Id of the drill that made it up; null for a real mention.
    #[serde(default)]
    pub drill: Option<String>,
}

/// What happened to the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MentionKind {
    /// It was written.
    #[default]
    Create,
    /// It was changed.
    Edit,
    /// It was taken back.
    Delete,
    /// A kind that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// Whether the event time was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clamped {
    /// The published time counts as it is.
    #[default]
    No,
    /// Published more than 24 hours before it was received.
    Past,
    /// Published after it was received.
    Future,
    /// A value that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// Why a mention takes the express lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpressReason {
    /// A direct threat.
    Threat,
    /// A serious allegation.
    Allegation,
    /// Something confidential.
    Leak,
    /// Grief, panic, danger to life.
    Distress,
    /// A deletion.
    Delete,
    /// The brand's own answer.
    BrandAnswer,
    /// A reason that this reader does not know.
    #[serde(other)]
    Unknown,
}

/// Who wrote a mention.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Author {
    /// The platform's id of the account.
    pub id: String,
    /// The account's handle without `@`; null when it has none.
    #[serde(default)]
    pub handle: Option<String>,
    /// The name shown; null when there is none.
    #[serde(default)]
    pub name: Option<String>,
    /// Followers, 0 or more; null when the source does not say.
    #[serde(default)]
    pub followers: Option<i64>,
    /// Whether the platform vouches for the account; null when it does not say.
    #[serde(default)]
    pub verified: Option<bool>,
}

/// A picture, film or sound.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Media {
    /// `image`, `video`, `audio`, `file`.
    pub kind: String,
    /// Where it lies; null when the source does not say.
    #[serde(default)]
    pub url: Option<String>,
    /// What it shows, in words; null when nobody said.
    #[serde(default)]
    pub alt_text: Option<String>,
}

impl Mention {
    /// `<source>:<author id>`, or null without an author.
    pub fn author_key(&self) -> Option<String> {
        self.author.as_ref().map(|author| [self.source.as_str(), ":", author.id.as_str()].concat())
    }
}

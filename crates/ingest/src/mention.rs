//! From a line that could be read to a mention, or to the reason why it is none.

use book::{Accounts, Book};
use events::{Author, BrandId, Clamped, EventTime, Media, Mention, MentionId, MentionKind, Span};

use crate::input::Message;
use crate::line::{Line, LineAuthor, LineMedia};
use crate::stamp::Stamp;

/// How long before its receipt a mention may have been published and still count as of its own time.
const BACK_FILL: Span = Span::hours(24);

/// What the book says that a line is read with.
#[derive(Debug)]
pub(crate) struct Reading {
    accounts: Accounts,
    /// The brand of an owned channel that does not say whose it is: the only one of the book.
    only_brand: Option<BrandId>,
}

/// What is known of a line besides its words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival<'a> {
    /// The stream time, which stands in for a date that nobody believes.
    pub(crate) now: EventTime,
    /// When it was received; `None` when the line says it.
    pub(crate) received: Option<EventTime>,
    /// The webhook's message that brought it, for what the line lacks.
    pub(crate) message: Option<&'a Message>,
}

/// The source of what comes by webhook and does not name its own.
const WEBHOOK: &str = "webhook";

/// A mention, and how many of its dates were not believed.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) mention: Mention,
    pub(crate) undated: u64,
}

impl Reading {
    /// Reads lines by `book`.
    pub(crate) fn of(book: &Book) -> Self {
        let only_brand = match book.brands.as_slice() {
            [brand] => Some(brand.id.clone()),
            _ => None,
        };
        Self { accounts: Accounts::of(book), only_brand }
    }

    /// The mention that `line` is.
    ///
    /// # Errors
    /// What is missing or wrong, in words for the sender.
    pub(crate) fn mention(&self, line: Line<'_>, arrival: Arrival<'_>) -> Result<Parsed, String> {
        let Arrival { now, received, message } = arrival;
        let source = line.source.or_else(|| message.map(|_| WEBHOOK.to_owned()));
        let native_id = line.native_id.or_else(|| message.map(|message| message.id.clone()));
        let published_at = line.published_at.or_else(|| message.map(|message| Stamp::of(message.sent_at)));
        let kind = line.kind.or_else(|| message.and_then(|message| message.kind));
        let source = filled(source, "`source` is missing: it names where this was said, such as `x` or `forum`")?;
        let native_id = filled(native_id, "`native_id` is missing: it is the source's own id of the post")?;
        let published = published_at.ok_or("`published_at` is missing: it is a time such as 2026-11-02T02:05:00Z")?;
        let kind = match kind.unwrap_or_default() {
            MentionKind::Unknown => return Err("`kind` must be `create`, `edit` or `delete`".into()),
            kind => kind,
        };
        let media: Vec<Media> = line.media.unwrap_or_default().into_iter().map(media).collect();
        if line.text.is_none() && media.is_empty() && kind != MentionKind::Delete {
            return Err("`text` is missing: only a delete, or a post with `media`, may lack it".into());
        }
        let said = line.received_at.filter(|_| received.is_none());
        let undated = [Some(published), said].into_iter().flatten().filter(|stamp| stamp.believed_at(now).is_none());
        let undated = undated.count() as u64;
        let published_at = published.believed_at(now).unwrap_or(now);
        // Nothing is received before the stream has come to it.
        let said = said.map_or(published_at.min(now), |stamp| stamp.believed_at(now).unwrap_or(now));
        let received_at = received.unwrap_or(said);
        let (event_time, clamped) = clamp(published_at, received_at);
        let author = line.author.and_then(author);
        let speaks_for = author.as_ref().and_then(|author| self.accounts.brand(&source, author));
        let from_brand = line.from_brand.unwrap_or_default() || speaks_for.is_some();
        let owned_channel = line.owned_channel.unwrap_or_default();
        let mut brand_hints: Vec<BrandId> =
            line.brand.into_iter().chain(line.brand_hints.unwrap_or_default()).map(BrandId::new).collect();
        if owned_channel && brand_hints.is_empty() {
            brand_hints.extend(self.only_brand.clone());
        }
        let parent_id = line.parent_id.filter(|parent| !parent.is_empty());
        let channel = line.channel.unwrap_or_else(|| channel(&source, parent_id.is_some()).to_owned());
        let mention = Mention {
            id: MentionId::of(&source, &native_id),
            revision: line.revision.map_or(0, |revision| revision.0),
            kind,
            parent_id: parent_id.map(|parent| MentionId::of(&source, &parent)),
            source,
            native_id,
            channel,
            owned_channel,
            from_brand,
            author,
            thread_id: line.thread_id,
            text: line.text.unwrap_or_default(),
            language: line.language,
            url: line.url,
            urls: line.urls.unwrap_or_default(),
            media,
            reach: line.reach.map(|reach| reach.0),
            repost: line.repost.unwrap_or_default(),
            published_at,
            received_at,
            event_time,
            clamped,
            brand_hints,
            express: None,
            drill: line.drill,
        };
        Ok(Parsed { mention, undated })
    }
}

fn filled(field: Option<String>, missing: &str) -> Result<String, String> {
    field.filter(|text| !text.is_empty()).ok_or_else(|| missing.to_owned())
}

/// `published_at` clamped to the 24 hours before `received_at`, and whether that moved it.
fn clamp(published_at: EventTime, received_at: EventTime) -> (EventTime, Clamped) {
    let earliest = received_at.minus(BACK_FILL);
    if published_at > received_at {
        (received_at, Clamped::Future)
    } else if published_at < earliest {
        (earliest, Clamped::Past)
    } else {
        (published_at, Clamped::No)
    }
}

/// An author without id is known by the handle; with neither there is nobody to know.
fn author(line: LineAuthor) -> Option<Author> {
    let handle = line.handle.map(|handle| match handle.strip_prefix('@') {
        Some(bare) => bare.to_owned(),
        None => handle,
    });
    let handle = handle.filter(|handle| !handle.is_empty());
    let id = line.id.filter(|id| !id.is_empty()).or_else(|| handle.clone())?;
    Some(Author {
        id,
        handle,
        name: line.name,
        followers: line.followers.map(|count| count.0),
        verified: line.verified,
    })
}

fn media(line: LineMedia) -> Media {
    Media { kind: line.kind.unwrap_or_else(|| "file".into()), url: line.url, alt_text: line.alt_text }
}

/// The shape of a message whose source does not tell it.
fn channel(source: &str, answers: bool) -> &'static str {
    match source {
        "phone" => "phone",
        "email" => "email",
        "chat" => "chat",
        "review" => "review",
        _ if answers => "comment",
        _ => "post",
    }
}

//! Mentions: what was said, and that it was taken back.

use std::time::SystemTime;

use events::{ClassifiedMention, HarmFinding, Mention};
use stream::Raw;

use super::clean::{instant, maybe, text, word};
use super::json::Json;
use super::row;

row! {
    /// A revision of a mention that was written.
    MentionRow {
        id: String = "text",
        revision: i64 = "bigint",
        source: String = "text",
        native_id: String = "text",
        channel: String = "text",
        owned_channel: bool = "boolean",
        from_brand: bool = "boolean",
        author_id: Option<String> = "text",
        author_handle: Option<String> = "text",
        author_name: Option<String> = "text",
        followers: Option<i64> = "bigint",
        person: String = "text",
        thread_id: Option<String> = "text",
        parent_id: Option<String> = "text",
        text: String = "text",
        language: String = "text",
        url: Option<String> = "text",
        reach: Option<i64> = "bigint",
        repost: bool = "boolean",
        published_at: SystemTime = "timestamptz",
        received_at: SystemTime = "timestamptz",
        event_time: SystemTime = "timestamptz",
        clamped: String = "text",
        brands: Json = "jsonb",
        products: Json = "jsonb",
        sentiment: Option<String> = "text",
        intent: Option<String> = "text",
        main_theme: Option<String> = "text",
        themes: Json = "jsonb",
        harm: Json = "jsonb",
        severity: i64 = "bigint",
        express: Option<String> = "text",
        drill: Option<String> = "text",
        enrichment: Json = "jsonb",
        classification: Json = "jsonb",
        book_version: String = "text",
        topic: String = "text",
        partition: i32 = "integer",
        offset: i64 = "bigint",
    }
}

row! {
    /// A mention that was deleted at its source. The revision of a delete says nothing: it is final.
    DeletedRow {
        id: String = "text",
        source: String = "text",
        native_id: String = "text",
        deleted_at: SystemTime = "timestamptz",
    }
}

impl MentionRow {
    pub(super) fn of(classified: &ClassifiedMention, raw: &Raw) -> Self {
        let ClassifiedMention { mention, enrichment, classification } = classified;
        let author = mention.author.as_ref();
        Self {
            id: text(mention.id.as_str()),
            revision: mention.revision,
            source: text(&mention.source),
            native_id: text(&mention.native_id),
            channel: text(&mention.channel),
            owned_channel: mention.owned_channel,
            from_brand: mention.from_brand,
            author_id: author.map(|author| text(&author.id)),
            author_handle: author.and_then(|author| maybe(author.handle.as_deref())),
            author_name: author.and_then(|author| maybe(author.name.as_deref())),
            followers: author.and_then(|author| author.followers),
            person: text(enrichment.person.as_str()),
            thread_id: maybe(mention.thread_id.as_deref()),
            parent_id: mention.parent_id.as_ref().map(|parent| text(parent.as_str())),
            text: text(&mention.text),
            language: text(&enrichment.language.tag),
            url: maybe(mention.url.as_deref()),
            reach: mention.reach,
            repost: mention.repost,
            published_at: instant(mention.published_at),
            received_at: instant(mention.received_at),
            event_time: instant(mention.event_time),
            clamped: word(&mention.clamped),
            brands: Json::of(&enrichment.brands.iter().map(|brand| &brand.id).collect::<Vec<_>>()),
            products: Json::of(&enrichment.products.iter().map(|product| &product.id).collect::<Vec<_>>()),
            sentiment: classification.sentiment.label.map(|tone| word(&tone)),
            intent: classification.intent.label.map(|intent| intent.name().to_owned()),
            main_theme: classification.main_theme.as_ref().map(|theme| text(theme.as_str())),
            themes: Json::of(&classification.themes.iter().map(|theme| &theme.id).collect::<Vec<_>>()),
            harm: Json::of(&classification.harm.iter().map(harm).collect::<Vec<_>>()),
            severity: classification.severity.score,
            express: mention.express.map(|reason| word(&reason)),
            drill: maybe(mention.drill.as_deref()),
            enrichment: Json::of(enrichment),
            classification: Json::of(classification),
            book_version: text(classification.book_version.as_str()),
            topic: raw.topic.name(),
            partition: raw.partition.0,
            offset: raw.offset.0,
        }
    }
}

impl DeletedRow {
    pub(super) fn of(mention: &Mention) -> Self {
        Self {
            id: text(mention.id.as_str()),
            source: text(&mention.source),
            native_id: text(&mention.native_id),
            deleted_at: instant(mention.event_time),
        }
    }
}

/// `threat`, or `threat.bomb` where there is a subclass.
fn harm(finding: &HarmFinding) -> String {
    let class = finding.class.name();
    finding.subclass.as_ref().map_or_else(|| class.to_owned(), |subclass| format!("{class}.{subclass}"))
}

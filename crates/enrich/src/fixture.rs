//! A small book and small mentions for the tests of this crate.

use std::collections::BTreeMap;
use std::sync::Arc;

use book::{Book, Brand, Detection, Product, SourceClass, TrackingRule};
use events::{Author, BookVersion, BrandId, Clamped, EventTime, Mention, MentionId, MentionKind, Span};

pub(crate) fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// Nova, a telephone company whose name stars have too, and Tern Bank.
pub(crate) fn book() -> Arc<Book> {
    let nova = Brand {
        id: BrandId::from("nova"),
        name: "Nova Mobile".into(),
        names: texts(&["nova mobile", "@nova"]),
        ambiguous: texts(&["nova"]),
        context: texts(&["bill*", "price*", "phone", "signal"]),
        false_friends: texts(&["remnant", "telescope*", "star"]),
        accounts: texts(&["x:nova", "meta:nova-1"]),
        staff: texts(&["x:kim"]),
        threshold: 0.5,
        language: "en".into(),
        rules: vec![TrackingRule {
            id: "nova-price".into(),
            any: texts(&["nova", "nova mobile", "@nova"]),
            with: texts(&["price*", "tariff*", "bill*"]),
            none: texts(&["bill gates"]),
        }],
        products: vec![
            Product { id: "4411".into(), name: "crunch four".into(), aliases: texts(&["the blue one"]) },
            Product { id: "router".into(), name: "router".into(), aliases: vec![] },
        ],
        owner: "desk".into(),
    };
    let tern = Brand {
        id: BrandId::from("tern"),
        name: "Tern Bank".into(),
        names: texts(&["tern bank", "@ternbank"]),
        ambiguous: vec![],
        context: vec![],
        false_friends: vec![],
        accounts: texts(&["x:ternbank"]),
        staff: vec![],
        rules: vec![],
        products: vec![],
        ..nova.clone()
    };
    Arc::new(Book {
        version: BookVersion::from("0123456789ab"),
        name: "test".into(),
        brands: vec![nova, tern],
        teams: vec![],
        themes: vec![],
        routes: vec![],
        default_team: "desk".into(),
        clocks: vec![],
        sources: BTreeMap::from([("x".to_owned(), SourceClass::Social)]),
        press: texts(&["x:dailynews"]),
        detection: Detection::default(),
    })
}

/// A mention on `x` by `x:jo`, at a second.
pub(crate) fn mention(native_id: &str, text: &str) -> Mention {
    let at = EventTime::parse("2026-11-02T02:05:10Z").unwrap();
    Mention {
        id: MentionId::of("x", native_id),
        revision: 0,
        kind: MentionKind::Create,
        source: "x".into(),
        native_id: native_id.into(),
        channel: "post".into(),
        owned_channel: false,
        from_brand: false,
        author: Some(author("jo")),
        thread_id: None,
        parent_id: None,
        text: text.into(),
        language: None,
        url: None,
        urls: vec![],
        media: vec![],
        reach: None,
        repost: false,
        published_at: at,
        received_at: at.plus(Span::seconds(1)),
        event_time: at,
        clamped: Clamped::No,
        brand_hints: vec![],
        express: None,
        drill: None,
    }
}

pub(crate) fn author(id: &str) -> Author {
    Author { id: id.into(), ..Author::default() }
}

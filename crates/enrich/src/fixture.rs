//! A small book and small mentions for the tests of this crate.

use std::sync::Arc;

use book::{Book, Brand, Product, SourceClass, TrackingRule};
use events::Mention;
use testkit::build;

pub(crate) use testkit::build::author;

pub(crate) fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// Nova, a telephone company whose name stars have too, and Tern Bank.
pub(crate) fn book() -> Arc<Book> {
    let nova = Brand {
        names: texts(&["nova mobile", "@nova"]),
        ambiguous: texts(&["nova"]),
        context: texts(&["bill*", "price*", "phone", "signal"]),
        false_friends: texts(&["remnant", "telescope*", "star"]),
        accounts: texts(&["x:nova", "meta:nova-1"]),
        staff: texts(&["x:kim"]),
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
        ..build::brand("nova", "Nova Mobile")
    };
    let tern = Brand {
        names: texts(&["tern bank", "@ternbank"]),
        accounts: texts(&["x:ternbank"]),
        ..build::brand("tern", "Tern Bank")
    };
    Arc::new(Book {
        sources: [("x".to_owned(), SourceClass::Social)].into(),
        press: texts(&["x:dailynews"]),
        ..build::book(vec![nova, tern])
    })
}

/// A mention on `x` by `x:jo`.
pub(crate) fn mention(native_id: &str, text: &str) -> Mention {
    build::mention(native_id, "jo", text)
}

use events::Media;

use super::*;
use crate::fixture::{book, mention};

fn find(mention: &Mention) -> Found {
    Brands::of(&book()).unwrap().find(mention, &FoldedText::new(&mention.text), None)
}

fn confidence_in(text: &str, brand: usize) -> f64 {
    let brands = Brands::of(&book()).unwrap();
    let mut evidence = Sparse::default();
    brands.read(&FoldedText::new(text), &mut evidence, &mut Sparse::default(), &mut Named::default());
    confidence(evidence.get(brand).unwrap_or(&Evidence::default()))
}

/// C01, to the figure.
#[test]
fn a_bill_is_the_company_and_a_remnant_is_a_star() {
    let found = find(&mention("1", "nova put my bill up 6 quid, unreal"));
    assert_eq!(found.matched_rules, ["nova-price"]);
    assert_eq!(found.brands.len(), 1);
    assert_eq!((found.brands[0].id.as_str(), found.brands[0].confidence), ("nova", 0.7));
    assert_eq!(found.brands[0].spans, [TextSpan { start: 0, end: 4 }]);

    assert_eq!(confidence_in("nova remnant seen by telescope", 0), 0.08);
    assert_eq!(find(&mention("2", "nova remnant seen by telescope")), Found::default());
}

#[test]
fn confidence_grows_with_what_speaks_for_the_brand() {
    for (text, expected) in [
        ("Nova Mobile is down", 0.95),
        ("@nova nothing works", 0.95),
        ("nova: no signal", 0.7),
        ("nova: no signal on my phone, and the price!", 0.8),
        ("nova broke my router", 0.7),
        ("nova again", 0.3),
        ("a nova star", 0.08),
        ("a nova star on my phone", 0.4),
        ("a nova star, no signal on my phone", 0.7),
        ("supernova in the phone book", 0.0),
        ("the router is hot", 0.2),
        ("the blue one tastes of soap", 0.5),
    ] {
        assert_eq!(confidence_in(text, 0), expected, "{text}");
    }
}

/// C21.
#[test]
fn a_product_carries_the_alias_that_named_it_and_where() {
    let found = find(&mention("1", "the blue one tastes of soap"));
    let product = &found.products[0];
    assert_eq!((product.id.as_str(), product.alias.as_str()), ("4411", "the blue one"));
    assert_eq!((product.brand.as_str(), product.span), ("nova", TextSpan { start: 0, end: 12 }));
    assert_eq!(product.confidence, PRODUCT_ALONE);
    let named = find(&mention("2", "Nova Mobile: the router, the blue one"));
    let ids: Vec<(&str, f64)> =
        named.products.iter().map(|product| (product.id.as_str(), product.confidence)).collect();
    assert_eq!(ids, [("router", PRODUCT), ("4411", PRODUCT)]);
    assert!(find(&mention("3", "the router is hot")).products.is_empty(), "of no brand, no product");
}

#[test]
fn several_brands_stand_surest_first_and_a_rule_does_not_hold_against_its_exception() {
    let found = find(&mention("1", "my tern bank card paid the nova bill"));
    let ids: Vec<&str> = found.brands.iter().map(|brand| brand.id.as_str()).collect();
    assert_eq!(ids, ["tern", "nova"]);
    assert!(find(&mention("2", "nova phone of bill gates, what a price")).matched_rules.is_empty());
}

#[test]
fn of_names_within_each_other_the_longest_is_where_the_brand_stands() {
    let found = find(&mention("1", "@nova, nova mobile, nova"));
    let spans: Vec<(i64, i64)> = found.brands[0].spans.iter().map(|span| (span.start, span.end)).collect();
    assert_eq!(spans, [(0, 5), (7, 18), (20, 24)]);
}

#[test]
fn a_hint_or_an_account_is_certain_and_has_no_span() {
    let mut hinted = mention("1", "third outage this week");
    hinted.brand_hints = vec![BrandId::from("nova"), BrandId::from("nobody")];
    let found = find(&hinted);
    assert_eq!((found.brands.len(), found.brands[0].confidence), (1, 1.0));
    assert!(found.brands[0].spans.is_empty());
    let plain = mention("2", "we will resolve");
    let through =
        Brands::of(&book()).unwrap().find(&plain, &FoldedText::new(&plain.text), Some(&BrandId::from("tern")));
    assert_eq!((through.brands[0].id.as_str(), through.brands[0].confidence), ("tern", 1.0));
}

#[test]
fn what_a_picture_shows_counts_but_has_no_span() {
    let mut picture = mention("1", "");
    picture.media = vec![Media { kind: "image".into(), url: None, alt_text: Some("the logo of Tern Bank".into()) }];
    let found = find(&picture);
    assert_eq!((found.brands[0].id.as_str(), found.brands[0].confidence), ("tern", 0.95));
    assert!(found.brands[0].spans.is_empty());
}

//! Books without words: a test adds those that it is about.

use std::collections::BTreeMap;

use book::{Book, Brand, Costs, Detection, Theme};
use events::{BrandId, ThemeId};

use super::book_version;

/// The team that all of a book belongs to.
const DESK: &str = "desk";

/// A book of these brands, with one team and no rules.
pub fn book(brands: Vec<Brand>) -> Book {
    Book {
        version: book_version(),
        name: "test".into(),
        brands,
        teams: Vec::new(),
        themes: Vec::new(),
        routes: Vec::new(),
        default_team: DESK.into(),
        clocks: Vec::new(),
        sources: BTreeMap::new(),
        press: Vec::new(),
        detection: Detection::default(),
        costs: Costs::default(),
        harm: Vec::new(),
    }
}

/// A brand that is called by its name alone.
pub fn brand(id: &str, name: &str) -> Brand {
    Brand {
        id: BrandId::from(id),
        name: name.to_owned(),
        names: vec![name.to_lowercase()],
        ambiguous: Vec::new(),
        context: Vec::new(),
        false_friends: Vec::new(),
        accounts: Vec::new(),
        staff: Vec::new(),
        threshold: 0.5,
        language: "en".into(),
        rules: Vec::new(),
        products: Vec::new(),
        programmes: Vec::new(),
        places: Vec::new(),
        parameters: Vec::new(),
        tones: None,
        avoid: Vec::new(),
        owner: DESK.into(),
    }
}

/// A theme of `brand` that any of the phrases tells.
pub fn theme(id: &str, brand: &str, any: &[&str]) -> Theme {
    Theme {
        id: ThemeId::from(id),
        name: id.replace('_', " "),
        brands: vec![BrandId::from(brand)],
        any: any.iter().map(|phrase| (*phrase).to_owned()).collect(),
        examples: Vec::new(),
        none: Vec::new(),
        reasons: Vec::new(),
        points: 0,
        safety: false,
        otherwise: false,
        owner: None,
    }
}

//! The book of the scenarios: an airline and a bank.

use std::sync::Arc;

use book::{Book, Brand, ClockPolicy, Condition, Detection, RouteRule, SourceClass, Team, Theme};
use events::{BookVersion, BrandId, Intent, Recipient, Span, ThemeId};

fn brand(id: &str, owner: &str) -> Brand {
    Brand {
        id: BrandId::from(id),
        name: format!("{id} plc"),
        names: Vec::new(),
        ambiguous: Vec::new(),
        context: Vec::new(),
        false_friends: Vec::new(),
        accounts: vec![format!("x:{id}")],
        staff: Vec::new(),
        threshold: 0.5,
        language: "en".into(),
        rules: Vec::new(),
        products: Vec::new(),
        owner: owner.into(),
    }
}

fn theme(id: &str, brand: &str, safety: bool, owner: Option<&str>) -> Theme {
    Theme {
        id: ThemeId::from(id),
        name: id.replace('_', " "),
        brands: vec![BrandId::from(brand)],
        any: Vec::new(),
        none: Vec::new(),
        reasons: Vec::new(),
        points: 8,
        safety,
        owner: owner.map(str::to_owned),
    }
}

fn team(id: &str) -> Team {
    Team { id: id.into(), name: id.into(), recipient: Recipient::new(format!("{id}@on-call")) }
}

pub(crate) fn book() -> Arc<Book> {
    let cards =
        |hours| Condition { themes: vec![ThemeId::from("atm_card")], hours: Some(hours), ..Condition::default() };
    let owned = Condition { intents: vec![Intent::Complaint], owned: Some(true), ..Condition::default() };
    let clock = |id: &str, when, minutes| ClockPolicy {
        id: id.into(),
        when,
        first_reply: Span::minutes(minutes),
        warn_at: 0.7,
    };
    Arc::new(Book {
        version: BookVersion::from("0123456789ab"),
        name: "scenarios".into(),
        brands: vec![brand("skyline", "duty"), brand("tern", "bank_duty")],
        teams: ["duty", "bank_duty", "front", "gate", "cards_night", "cards_day"].map(team).into(),
        themes: vec![
            theme("boarding", "skyline", false, Some("gate")),
            theme("delay", "skyline", false, None),
            theme("missing_plane", "skyline", true, None),
            theme("atm_card", "tern", false, None),
        ],
        routes: vec![
            RouteRule { id: "cards-night".into(), when: cards((22, 6)), team: "cards_night".into() },
            RouteRule { id: "cards-day".into(), when: cards((6, 22)), team: "cards_day".into() },
        ],
        default_team: "front".into(),
        clocks: vec![clock("owned-complaint", owned, 10), clock("any", Condition::default(), 60)],
        sources: [("phone".into(), SourceClass::Direct), ("news".into(), SourceClass::News)].into(),
        press: Vec::new(),
        detection: Detection::default(),
    })
}

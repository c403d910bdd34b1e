//! The book of the scenarios: an airline and a bank.

use std::sync::Arc;

use book::{Book, Brand, ClockPolicy, Condition, RouteRule, SourceClass, Team, Theme};
use events::{Intent, Recipient, Span, ThemeId};
use testkit::build;

fn brand(id: &str, owner: &str) -> Brand {
    Brand { accounts: vec![format!("x:{id}")], owner: owner.into(), ..build::brand(id, &format!("{id} plc")) }
}

fn theme(id: &str, brand: &str, safety: bool, owner: Option<&str>) -> Theme {
    Theme { points: 8, safety, owner: owner.map(str::to_owned), ..build::theme(id, brand, &[]) }
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
        ..build::book(vec![brand("skyline", "duty"), brand("tern", "bank_duty")])
    })
}

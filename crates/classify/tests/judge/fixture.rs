//! A small book and mentions to judge, so that these tests stand on their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use book::{Book, Reason, SourceClass, Theme};
use classify::{Baseline, Judge, Judgement, Situation};
use events::{BrandId, Intent};
use testkit::build::{book, brand, theme};

/// A book of two brands with a handful of themes.
pub(crate) fn airline() -> Book {
    let reason = |id: &str, any: &[&str]| Reason { id: id.into(), any: texts(any) };
    let checkout = Theme {
        reasons: vec![
            reason("too_early", &["10am", "at ten", "sleep in", "asleep", "early"]),
            reason("queue", &["queue*", "line"]),
        ],
        ..theme("checkout_time", "harbour", &["checkout", "check out", "check-out", "sleep in", "leaving at"])
    };
    let delay = Theme { none: texts(&["late checkout"]), ..theme("delay", "skyline", &["delay*", "late", "tarmac"]) };
    let lost_bag = theme("lost_bag", "skyline", &["lost ~2 bag", "lost ~2 luggage", "bag", "suitcase"]);
    let missing_plane = theme("missing_plane", "skyline", &["missing plane", "plane is missing", "off the radar"]);
    Book {
        themes: vec![
            delay,
            Theme { points: 5, ..lost_bag },
            theme("crew", "skyline", &["crew", "stewardess"]),
            Theme { points: 3, ..theme("app_down", "skyline", &["app", "website"]) },
            theme("wifi", "harbour", &["wifi", "wi-fi"]),
            Theme { points: 10, safety: true, ..missing_plane },
            checkout,
        ],
        sources: BTreeMap::from([
            ("x".to_owned(), SourceClass::Social),
            ("news".to_owned(), SourceClass::News),
            ("email".to_owned(), SourceClass::Direct),
        ]),
        ..book(vec![brand("skyline", "Skyline Air"), brand("harbour", "Harbour Hotel")])
    }
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

/// The baseline over the fixture's book.
pub(crate) fn baseline() -> Baseline {
    Baseline::new(Arc::new(airline())).expect("the fixture's book is valid")
}

/// Judges a text about a brand of the book.
pub(crate) fn about(baseline: &Baseline, brand: &str, text: &str) -> Judgement {
    let brand = BrandId::from(brand);
    baseline.judge(text, &Situation { language: "en", brands: &[&brand], ..Situation::default() })
}

/// Judges texts about the airline and lists those whose intent is another one.
pub(crate) fn wrong_intents(intent: Intent, texts: &[&str]) -> Vec<String> {
    let baseline = baseline();
    let judged = texts.iter().map(|text| (text, about(&baseline, "skyline", text).classification));
    let wrong = judged.filter(|(_, judged)| judged.intent.label != Some(intent));
    wrong.map(|(text, judged)| format!("{text}\n    {:?} {:?}", judged.intent, judged.sentiment)).collect()
}

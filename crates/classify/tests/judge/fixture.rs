//! A small book and mentions to judge, so that these tests stand on their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use book::{Book, Brand, Detection, Reason, SourceClass, Team, Theme};
use classify::{Baseline, Judge, Judgement, Situation};
use events::{BookVersion, BrandId, Intent, Recipient, ThemeId};

/// A book of two brands with a handful of themes.
pub(crate) fn airline() -> Book {
    let theme = |id: &str, brand: &str, any: &[&str], points, safety| Theme {
        id: ThemeId::from(id),
        name: id.to_owned(),
        brands: vec![BrandId::from(brand)],
        any: any.iter().map(|phrase| (*phrase).to_owned()).collect(),
        none: Vec::new(),
        reasons: Vec::new(),
        points,
        safety,
        owner: None,
    };
    let mut checkout =
        theme("checkout_time", "harbour", &["checkout", "check out", "check-out", "sleep in", "leaving at"], 0, false);
    checkout.reasons = vec![
        Reason {
            id: "too_early".into(),
            any: ["10am", "at ten", "sleep in", "asleep", "early"].map(String::from).to_vec(),
        },
        Reason { id: "queue".into(), any: ["queue*", "line"].map(String::from).to_vec() },
    ];
    let mut delay = theme("delay", "skyline", &["delay*", "late", "tarmac"], 0, false);
    delay.none = vec!["late checkout".to_owned()];
    Book {
        version: BookVersion::from("0123456789ab"),
        name: "Fixture".into(),
        brands: vec![brand("skyline", "Skyline Air"), brand("harbour", "Harbour Hotel")],
        teams: vec![Team { id: "care".into(), name: "Care".into(), recipient: Recipient::from("care") }],
        themes: vec![
            delay,
            theme("lost_bag", "skyline", &["lost ~2 bag", "lost ~2 luggage", "bag", "suitcase"], 5, false),
            theme("crew", "skyline", &["crew", "stewardess"], 0, false),
            theme("app_down", "skyline", &["app", "website"], 3, false),
            theme("wifi", "harbour", &["wifi", "wi-fi"], 0, false),
            theme("missing_plane", "skyline", &["missing plane", "plane is missing", "off the radar"], 10, true),
            checkout,
        ],
        routes: Vec::new(),
        default_team: "care".into(),
        clocks: Vec::new(),
        sources: BTreeMap::from([
            ("x".to_owned(), SourceClass::Social),
            ("news".to_owned(), SourceClass::News),
            ("email".to_owned(), SourceClass::Direct),
        ]),
        press: Vec::new(),
        detection: Detection::default(),
    }
}

fn brand(id: &str, name: &str) -> Brand {
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
        owner: "care".into(),
    }
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

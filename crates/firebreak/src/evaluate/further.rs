//! What no head of the model says, scored as `firebreak label` says it: themes of a book of rules, languages, threats.

use std::path::Path;

use anyhow::{Context, Result};
use book::load;
use classify::measure::Metric;
use serde_json::Value;

use super::plan::{Plan, Test};
use super::score::{self, Said};
use super::{TestReport, tally_of};
use crate::label::{Item, Labeller};
use crate::parallel;
use crate::training::{Labelled, SetRecipe, Source, labelled};

const THREATS: &str = include_str!("../../../classify/evaluation/threats.txt");
const REASONS: [(&str, &str); 2] = [
    ("book.yaml", include_str!("../../../classify/evaluation/airline-reasons/book.yaml")),
    ("themes.yaml", include_str!("../../../classify/evaluation/airline-reasons/themes.yaml")),
];
/// The reasons as the set names them, and the themes of the book.
const THEMES: [(&str, &str); 10] = [
    ("Bad Flight", "bad_flight"),
    ("Late Flight", "late_flight"),
    ("Cancelled Flight", "cancelled_flight"),
    ("Lost Luggage", "lost_luggage"),
    ("Damaged Luggage", "damaged_luggage"),
    ("Flight Booking Problems", "flight_booking"),
    ("Flight Attendant Complaints", "flight_attendant"),
    ("Customer Service Issue", "customer_service"),
    ("longlines", "longlines"),
    ("Can't Tell", "cant_tell"),
];
const LANGUAGES: [(&str, &str); 7] = [
    ("arabic", "ar"),
    ("english", "en"),
    ("french", "fr"),
    ("german", "de"),
    ("italian", "it"),
    ("portuguese", "pt"),
    ("spanish", "es"),
];

/// Scores all of them.
///
/// # Errors
/// A set is not there or not as expected.
pub(super) fn further(plan: &Plan, data: &Path, told: &mut dyn FnMut(&str)) -> Result<Vec<TestReport>> {
    told("reasons, languages, threats");
    Ok(vec![reasons(plan, data)?, languages(data)?, threats(), ordinary(plan, data)?])
}

fn reasons(plan: &Plan, data: &Path) -> Result<TestReport> {
    let airline = plan.sets.get("airline").context("the plan has the airline set")?;
    let mut set = SetRecipe { label: "negativereason".to_owned(), ..airline.clone() };
    set.keep.insert("airline_sentiment".to_owned(), vec!["negative".to_owned()]);
    let files = REASONS.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let book = load(&files).map_err(|errors| anyhow::anyhow!("the book of reasons has mistakes: {errors:?}"))?;
    let labeller = Labeller::new(Some(book), None, false)?;
    let mut rows = Vec::new();
    for row in labelled(data, &set)?.0 {
        let reason = |(name, _): &(&str, &str)| row.labels.iter().any(|label| label == name);
        if let Some(truth) = THEMES.iter().position(reason) {
            rows.push((row, truth));
        }
    }
    let ids = THEMES.map(|(_, id)| id);
    let test = test("airline reasons (book of rules, no label seen)", &ids, Metric::MacroF1, "prototype 50.7");
    let none = ids.len() - 1;
    Ok(asked(&labeller, &rows, &test, |value| position(&ids, value["main_theme"].as_str()).unwrap_or(none)))
}

fn languages(data: &Path) -> Result<TestReport> {
    let labeller = Labeller::new(None, None, false)?;
    let mut rows = Vec::new();
    for (at, (folder, _)) in LANGUAGES.iter().enumerate() {
        for part in ["train", "val"] {
            let path = data.join("umsab").join(folder).join(format!("{part}_text.txt"));
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            rows.extend(text.lines().map(|line| (row(line), at)));
        }
    }
    let mut tags = LANGUAGES.map(|(_, tag)| tag).to_vec();
    tags.push("other");
    let test = test(
        "language of short posts (UMSAB, seven languages)",
        &tags,
        Metric::Accuracy,
        "whichlang 96.6, lid.176 96.8",
    );
    let other = tags.len() - 1;
    Ok(asked(&labeller, &rows, &test, |value| position(&tags, value["language"]["tag"].as_str()).unwrap_or(other)))
}

fn threats() -> TestReport {
    let mut truth = 0;
    let mut rows = Vec::new();
    for line in THREATS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "[threat]" => truth = 1,
            "[none]" => truth = 0,
            _ => rows.push((row(line), truth)),
        }
    }
    let test = test(
        "threats and look-alikes (own sentences)",
        &["none", "threat"],
        Metric::MacroRecall,
        "on other sentences: linear 46, small transformer 83 of 100 threats",
    );
    asked_of_nobody(&rows, &test)
}

/// Posts of airline customers and of nobody in particular: whatever is taken for a threat there is a false alarm, but for a handful.
fn ordinary(plan: &Plan, data: &Path) -> Result<TestReport> {
    let mut rows = Vec::new();
    for name in ["airline", "sentiment-val", "complaints"] {
        let set = plan.sets.get(name).with_context(|| format!("the plan has the set `{name}`"))?;
        rows.extend(labelled(data, set)?.0.into_iter().map(|row| (row, 0)));
    }
    let test =
        test("ordinary posts that are no threat", &["none", "threat"], Metric::Accuracy, "at most 1 in 100 alarms");
    Ok(asked_of_nobody(&rows, &test))
}

fn asked_of_nobody(rows: &[(Labelled, usize)], test: &Test) -> TestReport {
    match Labeller::new(None, None, false) {
        Ok(labeller) => asked(&labeller, rows, test, |value| {
            let sure = |harm: &Value| harm["class"] == "threat" && harm["confidence"].as_f64() >= Some(0.5);
            usize::from(value["harm"].as_array().is_some_and(|harm| harm.iter().any(sure)))
        }),
        Err(_) => tally_of(rows, &[], test),
    }
}

fn asked(
    labeller: &Labeller,
    rows: &[(Labelled, usize)],
    test: &Test,
    said: impl Fn(&Value) -> usize + Sync,
) -> TestReport {
    let answers = parallel::on_all_cores(rows, |(row, _)| {
        let item = Item { line: 1, id: String::new(), language: None, text: Ok(row.text.clone()) };
        Said::surely(said(&labeller.label(&item)))
    });
    tally_of(rows, &answers, test)
}

fn position(known: &[&str], word: Option<&str>) -> Option<usize> {
    known.iter().position(|known| Some(*known) == word)
}

fn row(text: &str) -> Labelled {
    Labelled { text: text.to_owned(), labels: Vec::new(), percent: 0, place: String::new() }
}

fn test(name: &str, labels: &[&str], metric: Metric, published: &str) -> Test {
    Test {
        name: name.to_owned(),
        head: "rules".to_owned(),
        source: Source { set: String::new(), labels: None, weight: 1.0, percent: (0, 100) },
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        metric,
        published: published.to_owned(),
    }
}

/// Majority of a test, for those that have one.
pub(super) fn majority(rows: &[(Labelled, usize)], test: &Test) -> Vec<Said> {
    let truth: Vec<usize> = rows.iter().map(|(_, truth)| *truth).collect();
    vec![Said::surely(score::majority(&truth, test.labels.len())); truth.len()]
}

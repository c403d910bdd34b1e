//! What no head of the model says, scored as `firebreak label` says it: themes of a book of rules, languages, threats.

use std::path::Path;

use anyhow::{Context, Result};
use book::{Book, load};
use classify::measure::Metric;
use serde_json::Value;

use super::examples;
use super::plan::{Plan, Test};
use super::score::Said;
use super::slices::Slicer;
use super::{TestReport, report};
use crate::label::{Item, Labeller};
use crate::parallel;
use crate::training::{Labelled, SetRecipe, Source, labelled};

const THREATS: [(&str, &str, &str); 2] = [
    (
        "threats and look-alikes (own sentences)",
        "threats.txt",
        include_str!("../../../classify/evaluation/threats.txt"),
    ),
    (
        "threats and look-alikes (own sentences, written after the rules)",
        "threats-after.txt",
        include_str!("../../../classify/evaluation/threats-after.txt"),
    ),
];
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
pub(super) fn further(plan: &Plan, data: &Path, slicer: &Slicer) -> Result<Vec<TestReport>> {
    let mut tests = vec![reasons(plan, data, slicer)?, languages(data, slicer)?, romanised(data, slicer)?];
    tests.extend(THREATS.map(|(name, file, text)| threats(name, file, text, slicer)));
    tests.push(ordinary(plan, data, slicer)?);
    tests.push(examples::examples(data, slicer)?);
    Ok(tests)
}

/// The book of the airline reasons.
///
/// # Errors
/// It has mistakes.
pub(super) fn book_of_reasons() -> Result<Book> {
    let files = REASONS.map(|(name, text)| (name.to_owned(), text.to_owned()));
    load(&files).map_err(|errors| anyhow::anyhow!("the book of reasons has mistakes: {errors:?}"))
}

fn reasons(plan: &Plan, data: &Path, slicer: &Slicer) -> Result<TestReport> {
    let airline = plan.sets.get("airline").context("the plan has the airline set")?;
    let mut set = SetRecipe { label: "negativereason".to_owned(), ..airline.clone() };
    set.keep.insert("airline_sentiment".to_owned(), vec!["negative".to_owned()]);
    let labeller = Labeller::new(Some(book_of_reasons()?), None, false)?;
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
    Ok(asked(&labeller, slicer, &rows, &test, |value| position(&ids, value["main_theme"].as_str()).unwrap_or(none)))
}

fn languages(data: &Path, slicer: &Slicer) -> Result<TestReport> {
    let mut rows = Vec::new();
    for (at, (folder, _)) in LANGUAGES.iter().enumerate() {
        rows.extend(posts(data, folder)?.into_iter().map(|row| (row, at)));
    }
    let mut tags = LANGUAGES.map(|(_, tag)| tag).to_vec();
    tags.push("other");
    let test = test(
        "language of short posts (UMSAB, seven languages)",
        &tags,
        Metric::Accuracy,
        "whichlang 96.6, lid.176 96.8",
    );
    Ok(asked_for_language(&rows, &tags, &test, slicer))
}

/// Hindi in Latin letters: as which language it passes.
fn romanised(data: &Path, slicer: &Slicer) -> Result<TestReport> {
    let rows: Vec<(Labelled, usize)> = posts(data, "hindi")?.into_iter().map(|row| (row, 0)).collect();
    let tags = ["hi", "en", "id", "it", "tr", "und", "other"];
    let test = test("romanised Hindi (UMSAB): what it is taken for", &tags, Metric::Accuracy, "nobody recognises it");
    Ok(asked_for_language(&rows, &tags, &test, slicer))
}

/// Posts of a folder of UMSAB.
fn posts(data: &Path, folder: &str) -> Result<Vec<Labelled>> {
    let mut rows = Vec::new();
    for part in ["train", "val"] {
        let file = format!("umsab/{folder}/{part}_text.txt");
        let path = data.join(&file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        rows.extend(text.lines().enumerate().map(|(at, line)| row(line, &file, at)));
    }
    Ok(rows)
}

fn asked_for_language(rows: &[(Labelled, usize)], tags: &[&str], test: &Test, slicer: &Slicer) -> TestReport {
    let other = tags.len() - 1;
    asked(&slicer.labeller, slicer, rows, test, |value| {
        position(tags, value["language"]["tag"].as_str()).unwrap_or(other)
    })
}

fn threats(name: &str, file: &str, text: &str, slicer: &Slicer) -> TestReport {
    let mut truth = 0;
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        match line {
            "[threat]" => truth = 1,
            "[none]" => truth = 0,
            _ => rows.push((row(line, file, at), truth)),
        }
    }
    let peers = "on other sentences: linear 46, small transformer 83 of 100 threats";
    let test = test(name, &["none", "threat"], Metric::MacroRecall, peers);
    asked_for_threats(&rows, &test, slicer)
}

/// Posts of airline customers and of nobody in particular: whatever is taken for a threat there is a false alarm, but for a handful.
fn ordinary(plan: &Plan, data: &Path, slicer: &Slicer) -> Result<TestReport> {
    let mut rows = Vec::new();
    for name in ["airline", "sentiment-val", "complaints"] {
        let set = plan.sets.get(name).with_context(|| format!("the plan has the set `{name}`"))?;
        rows.extend(labelled(data, set)?.0.into_iter().map(|row| (row, 0)));
    }
    let test =
        test("ordinary posts that are no threat", &["none", "threat"], Metric::Accuracy, "at most 1 in 100 alarms");
    Ok(asked_for_threats(&rows, &test, slicer))
}

fn asked_for_threats(rows: &[(Labelled, usize)], test: &Test, slicer: &Slicer) -> TestReport {
    asked(&slicer.labeller, slicer, rows, test, |value| {
        let sure = |harm: &Value| harm["class"] == "threat" && harm["confidence"].as_f64() >= Some(0.5);
        usize::from(value["harm"].as_array().is_some_and(|harm| harm.iter().any(sure)))
    })
}

pub(super) fn asked(
    labeller: &Labeller,
    slicer: &Slicer,
    rows: &[(Labelled, usize)],
    test: &Test,
    said: impl Fn(&Value) -> usize + Sync,
) -> TestReport {
    let answers =
        parallel::on_all_cores(rows, |(row, _)| Said::surely(said(&labeller.label(&Item::of_text(&row.text)))));
    report(rows, vec![("rules", answers)], test, slicer)
}

fn position(known: &[&str], word: Option<&str>) -> Option<usize> {
    known.iter().position(|known| Some(*known) == word)
}

fn row(text: &str, file: &str, at: usize) -> Labelled {
    Labelled { text: text.to_owned(), labels: Vec::new(), percent: 0, place: format!("{file}:{}", at + 1) }
}

pub(super) fn test(name: &str, labels: &[&str], metric: Metric, published: &str) -> Test {
    Test {
        name: name.to_owned(),
        head: "rules".to_owned(),
        source: Source { set: String::new(), labels: None, weight: 1.0, percent: (0, 100) },
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        metric,
        published: published.to_owned(),
        learnt_from: false,
    }
}

//! How the baseline does on public development data: macro recall of sentiment, macro F1 of complaints; and how the shipped model does
//! beside it, at several degrees of trust: `classify` takes the one that measures well on both sets.
//!
//! Reads `../shared/data` beside the repository when it is there, and says so when it is not. Nothing is tuned on single rows.
#![expect(clippy::disallowed_methods, clippy::expect_used, clippy::print_stdout, reason = "a measurement reads files")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use classify::model::shipped;
use classify::{Baseline, Judge, Situation};
use events::{Classification, Intent};

#[path = "../tests/judge/fixture.rs"]
#[allow(dead_code, reason = "the example needs a part of it only")]
mod fixture;

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let baseline = Baseline::new(Arc::new(fixture::airline())).expect("the fixture's book is valid");
    let judge = |text: &str| {
        let situation = Situation { language: "en", ..Situation::default() };
        baseline.judge(text, &situation).classification
    };
    let read = |path: &str| std::fs::read_to_string(data.join(path)).ok();
    match (read("tweeteval/sentiment/val_text.txt"), read("tweeteval/sentiment/val_labels.txt")) {
        (Some(texts), Some(labels)) => {
            let rows = labels
                .lines()
                .zip(texts.lines())
                .map(|(label, text)| (label.trim().to_owned(), best_tone(&judge(text))));
            report("tweeteval sentiment, development", &rows.collect::<Vec<_>>());
        }
        _ => println!("tweeteval: no data beside the repository, not measured"),
    }
    together(
        &baseline,
        "tweeteval sentiment",
        &pairs(read("tweeteval/sentiment/val_text.txt"), read("tweeteval/sentiment/val_labels.txt")),
    );
    together(&baseline, "airline sentiment", &airline(&data));
    match read("complaints/complaints_dev.csv") {
        Some(table) => {
            let rows = records(&table).into_iter().skip(1).filter_map(|row| {
                let (label, text) = (row.get(3)?, row.get(4)?);
                let complaint = judge(text).intent.label == Some(Intent::Complaint);
                Some((label.clone(), String::from(if complaint { "1" } else { "0" })))
            });
            report("complaints, development", &rows.collect::<Vec<_>>());
        }
        None => println!("complaints: no data beside the repository, not measured"),
    }
}

/// Texts with their tones in TweetEval's numbers.
fn pairs(texts: Option<String>, labels: Option<String>) -> Vec<(String, String)> {
    let (texts, labels) = (texts.unwrap_or_default(), labels.unwrap_or_default());
    labels.lines().zip(texts.lines()).map(|(label, text)| (label.trim().to_owned(), text.to_owned())).collect()
}

/// The airline posts, unpacked by the system's `gzip`.
fn airline(data: &Path) -> Vec<(String, String)> {
    let path = data.join("airline/airline_dev.csv.gz");
    let Ok(output) = std::process::Command::new("gzip").arg("-dc").arg(path).output() else { return Vec::new() };
    let rows = records(&String::from_utf8_lossy(&output.stdout)).into_iter().skip(1);
    let tones = ["negative", "neutral", "positive"];
    rows.filter_map(|row| {
        let tone = tones.iter().position(|tone| row.get(6).is_some_and(|found| found == tone))?;
        Some((tone.to_string(), row.get(13)?.clone()))
    })
    .collect()
}

/// Lexicon and model as one, by how much the model's logarithm counts.
fn together(baseline: &Baseline, name: &str, rows: &[(String, String)]) {
    let situation = Situation { language: "en", ..Situation::default() };
    let read: Vec<(&str, [f64; 3], Vec<f64>)> = rows
        .iter()
        .map(|(label, text)| {
            let lexicon = baseline.judge(text, &situation).classification.sentiment;
            let model = shipped().answer(text, "sentiment").expect("it has this head").probabilities;
            (label.as_str(), [lexicon.negative, lexicon.neutral, lexicon.positive], model)
        })
        .collect();
    for trust in [0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0] {
        let said = read.iter().map(|(label, lexicon, model)| {
            let points = lexicon.iter().zip(model).map(|(a, b)| a.max(0.01).powf(1.0 - trust) * b.powf(trust));
            let best =
                points.enumerate().fold((0, 0.0), |best, (at, value)| if value > best.1 { (at, value) } else { best });
            ((*label).to_owned(), best.0.to_string())
        });
        report(&format!("{name}, model counts {trust}"), &said.collect::<Vec<_>>());
    }
}

/// The most probable tone, in TweetEval's numbers, also where the head abstains.
fn best_tone(judged: &Classification) -> String {
    let sentiment = &judged.sentiment;
    let best = if sentiment.negative >= sentiment.neutral.max(sentiment.positive) {
        "0"
    } else if sentiment.positive > sentiment.neutral {
        "2"
    } else {
        "1"
    };
    best.to_owned()
}

fn report(name: &str, rows: &[(String, String)]) {
    let mut labels: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for (truth, said) in rows {
        labels.entry(truth).or_default()[0] += 1.0;
        labels.entry(said).or_default()[1] += 1.0;
        if truth == said {
            labels.entry(truth).or_default()[2] += 1.0;
        }
    }
    let count = labels.len() as f64;
    let recall = labels.values().map(|[truth, _, both]| both / truth.max(1.0)).sum::<f64>() / count;
    let f1 = labels.values().map(|[truth, said, both]| 2.0 * both / (truth + said).max(1.0)).sum::<f64>() / count;
    println!("{name}: {} rows, macro recall {:.1}, macro F1 {:.1}", rows.len(), recall * 100.0, f1 * 100.0);
    for (label, [truth, said, both]) in labels {
        println!(
            "  {label}: {truth} rows, recall {:.1}, precision {:.1}",
            both / truth.max(1.0) * 100.0,
            both / said.max(1.0) * 100.0
        );
    }
}

/// The records of a comma-separated table with quotes.
fn records(table: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = table.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            _ => field.push(c),
        }
    }
    records
}

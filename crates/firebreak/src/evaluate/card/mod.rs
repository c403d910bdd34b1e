//! The report as a page for people: `docs/model-card.md`.

mod errors;

use std::fmt::Write;

use classify::model::{Card, shipped};

use super::{Outcome, Report, TestReport};

/// What people found when they read the errors. Written by hand, so that a run does not write over it.
const READ: &str = include_str!("../../../../classify/evaluation/error-analysis.md");

/// The page.
///
/// # Errors
/// None that is known: it is written to memory.
pub fn card(report: &Report) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    let card = shipped().card();
    writeln!(page, "# Model card\n")?;
    writeln!(
        page,
        "Made by `make evaluate`; do not edit. Model `{}`, {}, {}, {}.\n",
        report.model, card.normalisation, card.features, card.trainer
    )?;
    writeln!(page, "{}\n", card.about)?;
    made_of(&mut page, card)?;
    targets(&mut page, &report.targets)?;
    writeln!(page, "\n## How it measures\n")?;
    writeln!(
        page,
        "On development sets, by the official metric of each, in percent, with 95 % intervals of 400 resamples. *Lexicon* is the rules' \
         own; *both* is what `firebreak label` says. A head that abstains is scored by its likeliest label.\n"
    )?;
    scores(&mut page, &report.tests)?;
    if !report.in_domain.is_empty() {
        writeln!(page, "\n## Recipes for labels of one's own\n")?;
        writeln!(
            page,
            "Trained in this run and measured on rows of the same set that were kept from them; these weights do not come with the \
             program. *Both* is the head together with a book of rules whose themes are its labels.\n"
        )?;
        scores(&mut page, &report.in_domain)?;
    }
    writeln!(page, "\n## Where it errs\n")?;
    writeln!(
        page,
        "Rows are named by file and line of the set, the surest errors first; the words of a set are not passed on. Parts of a set are \
         told by accuracy, with their rows in brackets.\n"
    )?;
    report.tests.iter().chain(&report.in_domain).try_for_each(|test| errors::errors(&mut page, test))?;
    page.push_str(READ);
    Ok(page)
}

fn made_of(page: &mut String, card: &Card) -> std::fmt::Result {
    writeln!(page, "## What it was made of\n")?;
    writeln!(page, "| set | licence | whom to name | learnt from | measured on |\n|---|---|---|--:|--:|")?;
    for set in &card.data {
        writeln!(
            page,
            "| {} | {} | {} | {} | {} |",
            set.name, set.licence, set.attribution, set.trained, set.measured
        )?;
    }
    writeln!(
        page,
        "\nLearnt from counts a row once for every head; what a head measured itself on and learnt from at the end counts in both.\n"
    )?;
    writeln!(
        page,
        "| head | languages | labels | settings chosen | abstains below | measured in training |\n|---|---|---|---|--:|---|"
    )?;
    for head in &card.heads {
        let chosen: Vec<String> = head.chosen.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let measured: Vec<String> = head.measured.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let low = if head.low_confidence { " (low confidence)" } else { "" };
        writeln!(
            page,
            "| {}{low} | {} | {} | {} | {} | {} |",
            head.name,
            head.languages.join(", "),
            head.labels.join(", "),
            chosen.join(", "),
            head.unsure_below,
            measured.join(", ")
        )?;
    }
    Ok(())
}

fn targets(page: &mut String, targets: &[Outcome]) -> std::fmt::Result {
    writeln!(page, "\n## What is to be reached\n")?;
    writeln!(page, "| what | weights | others | to reach | measured | 95 % | |\n|---|---|---|---|--:|---|---|")?;
    for target in targets {
        let figure = target.figure.map_or_else(|| "–".to_owned(), percent);
        let interval =
            target.interval.map_or_else(String::new, |(from, to)| format!("{}–{}", percent(from), percent(to)));
        let Outcome { what, weights, peers, line, verdict, .. } = target;
        writeln!(page, "| {what} | {weights} | {peers} | {line} | {figure} | {interval} | {} |", verdict.words())?;
    }
    writeln!(page, "\nWhat a mention costs is measured by `make bench`: [performance.md](performance.md).")
}

fn scores(page: &mut String, tests: &[TestReport]) -> std::fmt::Result {
    writeln!(
        page,
        "| set | rows | metric | who | figure | interval | accuracy | calibration error | sure | others |\n|---|--:|---|---|--:|---|--:|--:|--:|---|"
    )?;
    for test in tests {
        let star = if test.weights.note().is_some() { " \\*" } else { "" };
        for (name, score) in &test.systems {
            let error = score.calibration_error.map_or_else(|| "–".to_owned(), percent);
            writeln!(
                page,
                "| {}{star} | {} | {} | {name} | {} | {}–{} | {} | {error} | {} | {} |",
                test.name,
                test.rows,
                test.metric,
                percent(score.figure),
                percent(score.interval.0),
                percent(score.interval.1),
                percent(score.accuracy),
                percent(score.sure),
                test.published
            )?;
        }
    }
    for test in tests {
        if let Some(note) = test.weights.note() {
            writeln!(page, "\n\\* {}: {note}.", test.name)?;
        }
    }
    Ok(())
}

fn percent(fraction: f64) -> String {
    format!("{:.1}", fraction * 100.0)
}

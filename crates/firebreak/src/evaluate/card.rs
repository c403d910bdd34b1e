//! The report as a page for people: `docs/model-card.md`.

use std::fmt::Write;

use classify::model::{Model, shipped};

use super::{Report, TestReport};

/// The page.
///
/// # Errors
/// None that is known: it is written to memory.
pub fn card(report: &Report) -> Result<String, std::fmt::Error> {
    let mut page = String::new();
    write(&mut page, report, shipped())?;
    Ok(page)
}

fn write(page: &mut String, report: &Report, model: &Model) -> std::fmt::Result {
    let card = model.card();
    writeln!(page, "# Model card\n")?;
    writeln!(
        page,
        "Made by `make evaluate`; do not edit. Model `{}`, {}, {}, {}.\n",
        report.model, card.normalisation, card.features, card.trainer
    )?;
    writeln!(page, "{}\n", card.about)?;
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
        "\n| head | labels | settings chosen | abstains below | measured in training |\n|---|---|---|--:|---|"
    )?;
    for head in &card.heads {
        let chosen: Vec<String> = head.chosen.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let measured: Vec<String> = head.measured.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let low = if head.low_confidence { " (low confidence)" } else { "" };
        writeln!(
            page,
            "| {}{low} | {} | {} | {} | {} |",
            head.name,
            head.labels.join(", "),
            chosen.join(", "),
            head.unsure_below,
            measured.join(", ")
        )?;
    }
    writeln!(page, "\n## How it measures\n")?;
    writeln!(
        page,
        "On development sets, by the official metric of each, in percent, with 95 % intervals. *Lexicon* is the rules' own; *both* is \
         what `firebreak label` says. A head that abstains is scored by its likeliest label.\n"
    )?;
    writeln!(
        page,
        "| set | rows | metric | who | figure | interval | accuracy | calibration error | sure | others |\n|---|--:|---|---|--:|---|--:|--:|--:|---|"
    )?;
    for test in &report.tests {
        for (name, score) in &test.systems {
            let error = score.calibration_error.map_or_else(|| "–".to_owned(), percent);
            writeln!(
                page,
                "| {} | {} | {} | {name} | {} | {}–{} | {} | {error} | {} | {} |",
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
    if !report.in_domain.is_empty() {
        writeln!(page, "\n## Recipes for labels of one's own\n")?;
        writeln!(page, "Trained and measured on parts of the same set; these weights do not come with the program.\n")?;
        writeln!(
            page,
            "| recipe | metric | figure | calibration error | learnt from | measured on |\n|---|---|--:|--:|--:|--:|"
        )?;
        for recipe in &report.in_domain {
            let of = |name: &str| recipe.measured.get(name).copied().unwrap_or_default();
            writeln!(
                page,
                "| {} | {} | {} | {} | {} | {} |",
                recipe.name,
                recipe.metric,
                percent(of(recipe.metric)),
                percent(of("calibration_error")),
                of("rows_trained"),
                of("rows_measured")
            )?;
        }
    }
    writeln!(page, "\n## Where it errs\n")?;
    report.tests.iter().try_for_each(|test| errors(page, test))
}

/// What the last system confuses, and the parts of the set where it does better or worse.
fn errors(page: &mut String, test: &TestReport) -> std::fmt::Result {
    let Some((name, score)) = test.systems.last() else { return Ok(()) };
    writeln!(page, "### {} ({name})\n", test.name)?;
    writeln!(page, "| label | rows | precision | recall | F1 |\n|---|--:|--:|--:|--:|")?;
    for (label, rows, precision, recall, f1) in &score.labels {
        writeln!(page, "| {label} | {rows} | {} | {} | {} |", percent(*precision), percent(*recall), percent(*f1))?;
    }
    let confusions: Vec<String> =
        score.confusions.iter().map(|(truth, said, count)| format!("{truth} taken for {said} {count}")).collect();
    writeln!(page, "\nConfusions: {}.\n", confusions.join("; "))?;
    let slices: Vec<String> = test
        .slices
        .iter()
        .filter(|slice| slice.rows > 0)
        .map(|slice| format!("{} {} of {}", slice.name, percent(slice.accuracy), slice.rows))
        .collect();
    writeln!(page, "Accuracy of rows {}.\n", slices.join("; "))
}

fn percent(fraction: f64) -> String {
    format!("{:.1}", fraction * 100.0)
}

//! What the last system of a test confuses, what its probabilities are worth, and the parts of the set where it does better or worse.

use std::fmt::Write;

use super::super::{Bin, Mistaken, Slice, TestReport};
use super::percent;

/// Fewer claims than this say nothing of a probability.
const FEWEST_CLAIMS: u64 = 20;

pub(super) fn errors(page: &mut String, test: &TestReport) -> std::fmt::Result {
    let Some((name, score)) = test.systems.last() else { return Ok(()) };
    writeln!(page, "### {} ({name})\n", test.name)?;
    // Of dozens of labels the confusions say enough.
    if score.labels.len() <= 12 {
        writeln!(page, "| label | rows | precision | recall | F1 |\n|---|--:|--:|--:|--:|")?;
        for (label, rows, precision, recall, f1) in &score.labels {
            writeln!(page, "| {label} | {rows} | {} | {} | {} |", percent(*precision), percent(*recall), percent(*f1))?;
        }
        writeln!(page)?;
    }
    sentence(page, "Confusions", score.confusions.iter().map(confusion))?;
    let claims = score.calibration.iter().filter(|bin| bin.rows >= FEWEST_CLAIMS);
    sentence(page, "Probabilities claimed, and what came true", claims.map(claim))?;
    sentence(page, "Accuracy of rows", test.slices.iter().map(slice))
}

/// A paragraph; nothing where there is nothing to say.
fn sentence(page: &mut String, what: &str, items: impl Iterator<Item = String>) -> std::fmt::Result {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        return Ok(());
    }
    writeln!(page, "{what}: {}.\n", items.join("; "))
}

fn confusion(confusion: &Mistaken) -> String {
    let Mistaken { truth, said, rows, examples } = confusion;
    format!("{truth} taken for {said} {rows} (`{}`)", examples.join("`, `"))
}

fn claim(bin: &Bin) -> String {
    format!("{} → {} ({})", percent(bin.claimed), percent(bin.came_true), bin.rows)
}

fn slice(slice: &Slice) -> String {
    format!("{} {} ({})", slice.name, percent(slice.accuracy), slice.rows)
}

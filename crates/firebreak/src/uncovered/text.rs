//! What rises, for people and for programs.

use std::io::{self, Write};

use events::Span;
use serde_json::json;

use super::heard::Heard;
use super::rank::{Brand, Rising};
use crate::report::Names;
use crate::report::text::{counted, quoted, table, thousands, time};

/// Characters of a sample.
const SAMPLE: usize = 100;

/// Tells what rises: a table, or one line of JSON for each term.
///
/// # Errors
/// It cannot be written.
pub fn write(heard: &Heard, (window, names): (Span, &Names), as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if as_json {
        return heard.brands.iter().try_for_each(|brand| json_lines(brand, out));
    }
    let from = heard.until.minus(window);
    writeln!(out, "From {} to {}, beside the time from {} on", time(from), time(heard.until), time(heard.since))?;
    heard.brands.iter().try_for_each(|brand| section(brand, names, out))
}

fn section(brand: &Brand, names: &Names, out: &mut dyn Write) -> io::Result<()> {
    let Brand { mentions, uncovered, people, people_before, .. } = *brand;
    writeln!(out, "\n{}", names.brand(brand.id.as_str()).to_uppercase())?;
    let share = uncovered as f64 * 100.0 / mentions.max(1) as f64;
    writeln!(
        out,
        "  no theme covers {} of {} ({share:.0} %), by {} now and {} before",
        thousands(uncovered),
        counted(mentions, "mention", "mentions"),
        counted(people, "person", "people"),
        thousands(people_before)
    )?;
    if brand.rising.is_empty() {
        return writeln!(out, "  no term of theirs rises");
    }
    let rows: Vec<Vec<String>> = brand
        .rising
        .iter()
        .map(|rising| vec![rising.term.clone(), thousands(rising.people), thousands(rising.people_before)])
        .collect();
    // Each row of the table with what was said below it.
    let table = table(&["term", "people now", "before"], &rows);
    let mut lines = table.lines();
    writeln!(out, "{}", lines.next().unwrap_or_default())?;
    for (line, rising) in lines.zip(&brand.rising) {
        writeln!(out, "{line}")?;
        for sample in rising.samples.iter().rev() {
            writeln!(out, "      {}  {}", time(sample.at), quoted(&sample.text, SAMPLE))?;
        }
    }
    Ok(())
}

fn json_lines(brand: &Brand, out: &mut dyn Write) -> io::Result<()> {
    for Rising { term, people, people_before, surprise, samples } in &brand.rising {
        let samples: Vec<_> = samples.iter().map(|sample| json!({"at": sample.at, "text": &*sample.text})).collect();
        let line = json!({
            "brand": brand.id.as_str(),
            "term": term,
            "people": people,
            "people_before": people_before,
            "of": brand.people,
            "of_before": brand.people_before,
            "surprise": (surprise * 100.0).round() / 100.0,
            "samples": samples,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

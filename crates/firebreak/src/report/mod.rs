//! The short readable report at the end of a run, for somebody who runs a service and not a computer.
//!
//! Made from what lies in OUT alone, so that it says nothing that the files do not. It decides nothing and ranks nothing
//! that the stages have not ranked.

mod cases;
pub(crate) mod incidents;
mod left_out;
mod names;
mod outputs;
mod samples;
pub(crate) mod text;

use std::path::Path;

use anyhow::Context;

use crate::run::Summary;

pub use names::Names;

/// The report about the folder OUT.
///
/// # Errors
/// A file of OUT cannot be read.
pub fn report(out: &Path, names: &Names) -> anyhow::Result<String> {
    let path = out.join("summary.json");
    let summary = std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let summary: Summary =
        serde_json::from_slice(&summary).with_context(|| format!("`{}` is no summary", path.display()))?;
    let incidents = incidents::read(out)?;
    let samples = samples::find(out, incidents.iter().flat_map(incidents::Found::samples))?;
    let cases = cases::read(out)?;
    let mut report = String::from("\n");
    report += &heading(&summary);
    report += &incidents::section(&incidents, &samples, names, out);
    report += &cases::section(&cases, names, out);
    report += &left_out::section(&summary);
    report += &speed(&summary);
    report += &outputs::section(out);
    Ok(report)
}

fn heading(summary: &Summary) -> String {
    format!("Firebreak read {} mentions in {}.\n", text::thousands(summary.read), text::seconds(summary.seconds))
}

fn speed(summary: &Summary) -> String {
    let rows: Vec<Vec<String>> = summary
        .stages
        .iter()
        .filter(|(_, rate)| rate.read > 0)
        .map(|(stage, rate)| {
            let speed = text::thousands(rate.records_per_second.round() as u64);
            vec![names::stage(stage).to_owned(), text::thousands(rate.read), speed]
        })
        .collect();
    let mut section = format!(
        "\nHOW FAST\n  {} mentions a second over all, with at most {:.0} MiB of memory\n",
        text::thousands(summary.mentions_per_second.round() as u64),
        summary.max_rss_mib
    );
    if !rows.is_empty() {
        let header = ["part", "records read", "a second, on one core"];
        section += &text::table(&header, &rows);
    }
    section
}

#[cfg(test)]
mod tests;

//! What grows, and how: the work a mention takes with more partitions, with a larger book and with more ids seen.
//!
//! All but the raw copies runs on the embedded log or on the state alone, in one thread and in its processor time: what is asked
//! is how our own work grows, and a broker would only hide it.

mod book;
mod chain;
mod partitions;
mod seen;

use std::fmt::Write as _;

use serde_json::{Value, json};
use testkit::figures::Figure;

use crate::installation::World;
use crate::report::Report;
use crate::{Plan, say};

/// What was measured at one size.
struct Point {
    /// What has that size.
    of: &'static str,
    size: usize,
    /// What is measured, its unit, and how much.
    figures: Vec<(&'static str, &'static str, Figure)>,
}

/// Measures all three.
///
/// # Errors
/// A stage refuses what it gets, or the broker is away.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let mut points = partitions::measure(plan, world)?;
    points.extend(book::measure(plan)?);
    points.extend(seen::measure(plan)?);
    let mut text = String::from("\nGROWTH\n");
    let _written =
        writeln!(text, "  {:<24}{:>11}  {:<34}{:>10}{:>10}{:>10}", "of", "size", "", "median", "least", "most");
    let mut values = Vec::new();
    for point in points {
        let mut value = json!({"of": point.of, "size": point.size});
        for (name, unit, figure) in point.figures {
            let told = format!("{}, {unit}", name.replace('_', " "));
            let _written = writeln!(text, "  {:<24}{:>11}  {told:<34}{}", point.of, point.size, figure.told(2));
            value[name] = figure.json(3);
            value[name]["unit"] = unit.into();
        }
        values.push(value);
    }
    report.put(&["growth"], Value::from(values));
    report.table(text);
    Ok(())
}

impl Point {
    fn tell(self) -> Self {
        let figures = self.figures.iter();
        let told: Vec<String> = figures
            .map(|(name, unit, figure)| format!("{} {:.2} {unit}", name.replace('_', " "), figure.median()))
            .collect();
        say(&format!("  {} {}: {}", self.size, self.of, told.join(", ")));
        self
    }
}

//! An incident or a case for people: what a service manager asks when a notification names one.
//!
//! Made from the record alone, in the words of the report: it decides nothing, and knows no text of a mention.

mod case;
mod find;
mod incident;

use events::Step;

pub use case::case_text;
pub use find::find;
pub use incident::incident_text;

use crate::report::text::{quantity, time};

/// Steps shown; the others are in the record.
const STEPS: usize = 30;

/// What happened, the oldest first.
fn steps(steps: &[Step], all: i64) -> String {
    let shown = &steps[steps.len().saturating_sub(STEPS)..];
    let mut text = format!("  {}\n", quantity(all, "step", "steps"));
    let earlier = all.saturating_sub(i64::try_from(shown.len()).unwrap_or(i64::MAX));
    if earlier > 0 {
        text += &format!("    {earlier} earlier, of which --json has the last\n");
    }
    for step in shown {
        text += format!("    {}  {:<12}  {}", time(step.at), step.kind, step.detail).trim_end();
        text.push('\n');
    }
    text
}

//! Steps of incidents and cases: numbered for good, the last 200 kept.

use events::{EventTime, Step};

/// Steps that a record carries.
const KEPT: usize = 200;

/// Adds a step. `count` is the number of all steps ever, which is the next one's index.
pub(crate) fn push(steps: &mut Vec<Step>, count: &mut i64, at: EventTime, kind: &str, detail: String) {
    if steps.len() >= KEPT {
        steps.remove(0);
    }
    steps.push(Step { index: *count, at, kind: kind.to_owned(), detail });
    *count += 1;
}

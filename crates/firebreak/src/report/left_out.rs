//! The section about what was not looked at, and why.

use super::text::{table, thousands};
use crate::run::Summary;

/// The section.
pub(super) fn section(summary: &Summary) -> String {
    let mut rows = Vec::new();
    let mut add = |count: u64, what: String| {
        if count > 0 {
            rows.push(vec![what, thousands(count)]);
        }
    };
    add(summary.duplicates, "received before, so counted once".into());
    for (reason, count) in &summary.dropped {
        add(*count, dropped(reason));
    }
    for (reason, count) in &summary.rejected {
        add(*count, rejected(reason));
    }
    if rows.is_empty() {
        return "\nWHAT WAS LEFT OUT\n  nothing\n".into();
    }
    let mut text = format!("\nWHAT WAS LEFT OUT\n{}", table(&["why", "mentions"], &rows));
    if summary.rejected.values().any(|count| *count > 0) {
        text += "  what could not be read is kept whole: `firebreak dlq list` shows it\n";
    }
    if summary.undated > 0 {
        text +=
            &format!("  {} dates that cannot be were replaced by the time of the stream\n", thousands(summary.undated));
    }
    text
}

/// A reason in plain words; the name of one that is not known here stands for itself.
fn dropped(reason: &str) -> String {
    let why = reason.rsplit('.').next().unwrap_or(reason);
    let words = match why {
        "not_the_brand" => "not about a brand of the book",
        "noise" => "advertising and rubbish",
        "no_action" => "praise, ideas and remarks: counted, nobody has to act",
        "no_brand" => "about none of the book's brands",
        "own_post" => "the brand's own posts that answer nobody",
        "stale" => "older than what is known of the same mention",
        "deleted" => "deleted by its author before it could be looked at",
        "no_case" => "answers to mentions that needed no case",
        _ => return format!("dropped: {reason}"),
    };
    words.into()
}

fn rejected(reason: &str) -> String {
    let why = reason.rsplit('.').next().unwrap_or(reason);
    let words = match why {
        "decode" => "could not be read (no JSON, or no UTF-8)",
        "invalid" => "lacks something that a mention needs",
        "oversize" => "larger than 900 KiB",
        _ => return format!("refused: {reason}"),
    };
    words.into()
}

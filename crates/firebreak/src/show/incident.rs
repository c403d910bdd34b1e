//! An incident for people.

use anyhow::Context;
use events::{Incident, IncidentMode};
use serde::Deserialize;

use super::steps;
use crate::report::Names;
use crate::report::incidents::{Found, facts, title};
use crate::report::text::time;

/// A record of `incidents`, for its own words and for those of the report.
#[derive(Deserialize)]
struct Record<T> {
    value: T,
}

/// The text about an incident, of its record as a line of JSON.
///
/// # Errors
/// The line is no incident.
pub fn incident_text(line: &str, names: &Names) -> anyhow::Result<String> {
    let what = "the record is no incident";
    let Record { value: incident } = serde_json::from_str::<Record<Incident>>(line).context(what)?;
    let Record { value: found } = serde_json::from_str::<Record<Found>>(line).context(what)?;
    let mode = if incident.mode == IncidentMode::Crisis { ", crisis rules are on" } else { "" };
    let mut text = format!("{}\n", title(&found, names));
    let mut told = facts(&found, "", names);
    told.insert(1, ("severity", format!("{} of 100{mode}", incident.severity)));
    told.push(("changed", format!("{}, revision {}", time(incident.updated_at), incident.revision)));
    if incident.unconfirmed {
        told.push(("but", "time had to pass although input was missing: see whether earlier stages lag".to_owned()));
    }
    if !incident.samples.is_empty() {
        let ids: Vec<&str> = incident.samples.iter().map(events::MentionId::as_str).collect();
        told.push(("mentions", format!("for example {}", ids.join(", "))));
    }
    told.push(("book", incident.book_version.to_string()));
    for (label, fact) in told {
        text += &format!("  {label:<9}  {fact}\n");
    }
    Ok(text + &steps(&incident.steps, incident.step_count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_says_how_bad_it_is_who_was_told_and_what_happened() {
        let value = include_str!("../../../../schemas/incident/examples/cancellations-get-worse.json");
        let text = incident_text(&format!("{{\"value\":{value}}}"), &Names::default()).unwrap();
        for expected in [
            "skyline: cancellation (sudden rise)\n",
            "  began      2026-11-02 06:40:00, noticed 2026-11-02 06:43:00, getting worse\n",
            "  severity   78 of 100, crisis rules are on\n",
            "  at worst   164 mentions in 10 minutes by 2026-11-02 07:02:00; about 3.4 would be normal\n",
            "    2026-11-02 06:43:00  opened",
        ] {
            assert!(text.contains(expected), "`{expected}` is not in\n{text}");
        }
        assert!(incident_text("{\"value\":null}", &Names::default()).is_err());
    }
}

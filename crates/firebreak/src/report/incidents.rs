//! The section about what went wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use events::{Driver, EventTime, IncidentState, MentionId, Recipient};
use serde::Deserialize;

use super::names::Names;
use super::outputs::latest;
use super::samples::Sample;
use super::text::{counted, expected, quantity, quoted, thousands, time, unsigned};

/// Sample mentions shown of each incident.
const SHOWN: usize = 2;

/// What the report needs of an incident.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Found {
    brand: String,
    kind: String,
    #[serde(default)]
    theme: Option<String>,
    state: IncidentState,
    onset_at: EventTime,
    #[serde(default)]
    opened_at: Option<EventTime>,
    #[serde(default)]
    resolved_at: Option<EventTime>,
    expected: f64,
    observed: i64,
    window_minutes: i64,
    peak_at: EventTime,
    mentions: i64,
    people: i64,
    #[serde(default)]
    drivers: Vec<Driver>,
    #[serde(default)]
    samples: Vec<MentionId>,
    #[serde(default)]
    called: Vec<Recipient>,
}

impl Found {
    /// The mentions that may be shown.
    pub(super) fn samples(&self) -> impl Iterator<Item = &MentionId> {
        self.samples.iter()
    }

    /// The samples to show: the first few that say different things, so that copies do not stand for the rest.
    fn shown<'a>(&'a self, found: &'a BTreeMap<MentionId, Sample>) -> Vec<(&'a MentionId, Option<&'a Sample>)> {
        let mut said = BTreeSet::new();
        let all = self.samples.iter().map(|id| (id, found.get(id)));
        all.filter(|(id, sample)| said.insert(sample.map_or(id.as_str(), |sample| own_words(&sample.text))))
            .take(SHOWN)
            .collect()
    }
}

/// The incidents that were opened, in order of their beginning.
pub(super) fn read(out: &Path) -> anyhow::Result<Vec<Found>> {
    let mut found: Vec<Found> = latest(out, "incidents")?.into_values().collect();
    found.retain(|incident: &Found| incident.opened_at.is_some());
    found.sort_by(|a, b| (a.onset_at, &a.brand, &a.theme).cmp(&(b.onset_at, &b.brand, &b.theme)));
    Ok(found)
}

/// The section.
pub(super) fn section(incidents: &[Found], samples: &BTreeMap<MentionId, Sample>, names: &Names, out: &Path) -> String {
    if !out.join("incidents.ndjson").exists() {
        return "\nWHAT WENT WRONG\n  not known: the topic `incidents` was not written\n".into();
    }
    let count = incidents.len() as u64;
    if count == 0 {
        return "\nWHAT WENT WRONG\n  nothing out of the ordinary\n".into();
    }
    let mut text = format!("\nWHAT WENT WRONG: {}\n", counted(count, "incident", "incidents"));
    for (index, incident) in incidents.iter().enumerate() {
        text += &one(index + 1, incident, samples, names);
    }
    text
}

fn one(number: usize, incident: &Found, samples: &BTreeMap<MentionId, Sample>, names: &Names) -> String {
    let mut text = format!("\n  {number}. {}\n", title(incident, names));
    for (label, fact) in facts(incident, " when the input ended", names) {
        text += &format!("     {label:<9}  {fact}\n");
    }
    for (id, sample) in incident.shown(samples) {
        text += &match sample {
            Some(sample) => format!("     {}  ({}, {})\n", quoted(&sample.text, 140), sample.by, time(sample.at)),
            None => format!("     mention {id}: its text is not among the topics that were written\n"),
        };
    }
    text
}

/// What it is, in one line.
pub(crate) fn title(incident: &Found, names: &Names) -> String {
    let about = match &incident.theme {
        Some(theme) => names.theme(theme),
        None => "everything said about the brand",
    };
    let kind = if incident.kind == "spike" { "sudden rise" } else { incident.kind.as_str() };
    format!("{}: {about} ({kind})", names.brand(&incident.brand))
}

/// What there is to tell of it, each with a label; `as_of` says as of when it stands as it does.
pub(crate) fn facts(incident: &Found, as_of: &str, names: &Names) -> Vec<(&'static str, String)> {
    let noticed = incident.opened_at.map(|at| format!(", noticed {}", time(at))).unwrap_or_default();
    let worst = format!(
        "{} in {} by {}; about {} would be normal",
        quantity(incident.observed, "mention", "mentions"),
        quantity(incident.window_minutes, "minute", "minutes"),
        time(incident.peak_at),
        expected(incident.expected)
    );
    let (mentions, people) =
        (quantity(incident.mentions, "mention", "mentions"), quantity(incident.people, "person", "people"));
    let mut facts = vec![
        ("began", format!("{}{noticed}, {}", time(incident.onset_at), standing(incident, as_of))),
        ("at worst", worst),
        ("in all", format!("{mentions} from {people}")),
    ];
    for (kind, label) in [("theme", "about"), ("term", "words"), ("source", "where"), ("intent", "meant as")] {
        facts.extend(drivers(incident, kind, names).map(|list| (label, list)));
    }
    if !incident.called.is_empty() {
        let called: Vec<&str> = incident.called.iter().map(|recipient| names.recipient(recipient.as_str())).collect();
        facts.push(("told", called.join(", ")));
    }
    facts
}

/// A text without the mark that it passes on somebody else's.
fn own_words(text: &str) -> &str {
    let passed_on = text.strip_prefix("RT @").and_then(|rest| rest.split_once(": "));
    passed_on.map_or(text, |(_, words)| words)
}

fn standing(incident: &Found, as_of: &str) -> String {
    match (incident.state, incident.resolved_at) {
        (IncidentState::Resolved, Some(at)) => format!("over since {}", time(at)),
        (IncidentState::Easing, _) => format!("getting better{as_of}"),
        (IncidentState::Worsening, _) => format!("getting worse{as_of}"),
        _ => format!("still going on{as_of}"),
    }
}

fn drivers(incident: &Found, kind: &str, names: &Names) -> Option<String> {
    let of_kind = incident.drivers.iter().filter(|driver| driver.kind == kind).take(5);
    let list: Vec<String> = of_kind
        .map(|driver| {
            let name = if kind == "theme" { names.theme(&driver.value) } else { &driver.value };
            format!("{name} ({})", thousands(unsigned(driver.count)))
        })
        .collect();
    (!list.is_empty()).then(|| list.join(", "))
}

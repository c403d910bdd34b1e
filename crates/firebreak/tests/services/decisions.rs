//! What was decided, from `firebreak run` and from Kafka, in a form that can be compared: ids are left aside, for they may differ
//! where lanes crossed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use events::{Case, CaseState, Codec, Event, Incident, Topic};
use serde::de::DeserializeOwned;

use crate::installation::Installation;

/// A case without its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DecidedCase {
    brand: String,
    person: String,
    matter: String,
    mentions: BTreeSet<String>,
    /// Name, deadline and outcome of each clock.
    clocks: BTreeSet<(String, String, String)>,
}

/// An incident that was opened, without its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DecidedIncident {
    brand: String,
    kind: String,
    theme: Option<String>,
    /// Seconds since 1970.
    onset: i64,
}

/// Everything that escalate decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decisions {
    pub(crate) cases: Vec<DecidedCase>,
    pub(crate) incidents: Vec<DecidedIncident>,
}

impl Decisions {
    fn of(cases: Vec<Case>, incidents: Vec<Incident>) -> Self {
        let cases = newest(cases, |case| (case.case_id.to_string(), case.revision));
        let incidents = newest(incidents, |incident| (incident.incident_id.to_string(), incident.revision));
        let mut cases: Vec<_> = cases.iter().filter(|case| case.state != CaseState::Moved).map(decided_case).collect();
        let opened = incidents.iter().filter(|incident| incident.opened_at.is_some());
        let mut incidents: Vec<_> = opened.map(decided_incident).collect();
        cases.sort();
        incidents.sort();
        Self { cases, incidents }
    }

    /// What a run decided, from its folder.
    pub(crate) fn of_run(out: &Path) -> Self {
        Self::of(values(&out.join("cases.ndjson")), values(&out.join("incidents.ndjson")))
    }

    /// What stands in the topics now.
    pub(crate) fn of_topics(installation: &Installation) -> Self {
        Self::of(decoded(installation, Topic::Cases), decoded(installation, Topic::Incidents))
    }

    /// What others decided otherwise: cases are compared to the letter, incidents with an onset within a minute.
    pub(crate) fn differences(&self, others: &Self) -> Vec<String> {
        let only = |name: &str, mine: &[DecidedCase], theirs: &[DecidedCase]| -> Vec<String> {
            let theirs: BTreeSet<_> = theirs.iter().collect();
            mine.iter().filter(|case| !theirs.contains(case)).map(|case| format!("only {name}: {case:?}")).collect()
        };
        let mut differences = only("here", &self.cases, &others.cases);
        differences.extend(only("there", &others.cases, &self.cases));
        let near = |(one, other): (&DecidedIncident, &DecidedIncident)| {
            (&one.brand, &one.kind, &one.theme) == (&other.brand, &other.kind, &other.theme)
                && one.onset.abs_diff(other.onset) <= 60
        };
        let same =
            self.incidents.len() == others.incidents.len() && self.incidents.iter().zip(&others.incidents).all(near);
        if !same {
            differences.push(format!("incidents: {:?} and {:?}", self.incidents, others.incidents));
        }
        differences
    }
}

fn decided_case(case: &Case) -> DecidedCase {
    let clocks = case.clocks.iter();
    DecidedCase {
        brand: case.brand.to_string(),
        person: case.person.to_string(),
        matter: case.matter.clone(),
        mentions: case.mentions.iter().map(|mention| mention.id.to_string()).collect(),
        clocks: clocks.map(|it| (it.name.clone(), it.due_at.to_string(), format!("{:?}", it.outcome))).collect(),
    }
}

fn decided_incident(incident: &Incident) -> DecidedIncident {
    DecidedIncident {
        brand: incident.brand.to_string(),
        kind: incident.kind.clone(),
        theme: incident.theme.as_ref().map(ToString::to_string),
        onset: incident.onset_at.millis() / 1_000,
    }
}

/// The highest revision of each.
fn newest<T>(records: Vec<T>, key: impl Fn(&T) -> (String, i64)) -> Vec<T> {
    let mut newest: BTreeMap<String, (i64, T)> = BTreeMap::new();
    for record in records {
        let (id, revision) = key(&record);
        if newest.get(&id).is_none_or(|(known, _)| *known < revision) {
            newest.insert(id, (revision, record));
        }
    }
    newest.into_values().map(|(_, record)| record).collect()
}

fn values<T: DeserializeOwned>(file: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(file).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    records.map(|mut record| serde_json::from_value(record["value"].take()).unwrap()).collect()
}

fn decoded<T: Event>(installation: &Installation, topic: Topic) -> Vec<T> {
    let codec = Codec::default();
    let records = installation.read(topic);
    // A tombstone says nothing.
    records.iter().filter_map(|raw| raw.value.as_deref()).map(|value| codec.decode(value).unwrap()).collect()
}

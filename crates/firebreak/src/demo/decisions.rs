//! What was decided over Kafka and in a run over the same lines, in a form that can be compared: ids are left aside, for they
//! may differ where lanes crossed.
//!
//! What a person took back is no part of it: a deletion overtakes what it deletes by the express lane, and what was deleted
//! before it is read opens no case. So whoever deleted a mention is left aside.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Context;
use events::{Case, CaseState, ClockOutcome, Codec, EventTime, Incident, Span, Topic};
use serde::de::DeserializeOwned;
use stream::kafka::{KafkaSettings, TopicReader};

/// Onsets so far apart are the same.
const ONSET: Span = Span::minutes(1);

/// A case without its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct DecidedCase {
    brand: String,
    person: String,
    matter: String,
    mentions: BTreeSet<String>,
    /// Name, deadline and outcome of each clock.
    clocks: BTreeSet<(String, EventTime, String)>,
}

/// An incident without its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct DecidedIncident {
    brand: String,
    kind: String,
    theme: Option<String>,
    onset: EventTime,
}

/// All that was decided.
#[derive(Debug, Default)]
pub struct Decisions {
    cases: Vec<DecidedCase>,
    incidents: Vec<DecidedIncident>,
    /// Who took a mention back that a case has.
    took_back: BTreeSet<String>,
}

/// How decisions over Kafka compare with those of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Cases and incidents that both have.
    pub agreed: (usize, usize),
    /// What only the run has.
    pub only_run: Vec<String>,
    /// What only Kafka has.
    pub only_kafka: Vec<String>,
    /// Persons that are left aside.
    pub left_aside: usize,
}

impl Decisions {
    /// What stands in topics `cases` and `incidents`.
    ///
    /// # Errors
    /// A topic cannot be read.
    pub fn of_topics(settings: &KafkaSettings) -> anyhow::Result<Self> {
        Ok(Self::of(newest(settings, Topic::Cases)?, newest(settings, Topic::Incidents)?))
    }

    /// What a run wrote, as records of its files `cases.ndjson` and `incidents.ndjson`.
    ///
    /// # Errors
    /// A record is none.
    pub fn of_records(cases: Vec<serde_json::Value>, incidents: Vec<serde_json::Value>) -> anyhow::Result<Self> {
        Ok(Self::of(last(cases)?, last(incidents)?))
    }

    fn of(cases: BTreeMap<String, Case>, incidents: BTreeMap<String, Incident>) -> Self {
        let cases: Vec<Case> = cases.into_values().filter(|case| case.state != CaseState::Moved).collect();
        let deleted = cases.iter().filter(|case| case.mentions.iter().any(|mention| mention.deleted));
        let took_back = deleted.map(|case| case.person.to_string()).collect();
        let opened = incidents.values().filter(|incident| incident.opened_at.is_some());
        let mut incidents: Vec<DecidedIncident> = opened.map(decided_incident).collect();
        incidents.sort();
        Self { cases: cases.iter().map(decided_case).collect(), incidents, took_back }
    }

    /// How many cases and incidents there are.
    pub const fn count(&self) -> (usize, usize) {
        (self.cases.len(), self.incidents.len())
    }

    /// How these, of a run, compare with those of Kafka.
    pub fn compared_with(&self, kafka: &Self) -> Differences {
        let took_back: BTreeSet<&String> = self.took_back.union(&kafka.took_back).collect();
        let mut differences = Differences { left_aside: took_back.len(), ..Differences::default() };
        let counted = |decisions: &Self| {
            let mut counts: BTreeMap<DecidedCase, usize> = BTreeMap::new();
            for case in decisions.cases.iter().filter(|case| !took_back.contains(&case.person)) {
                *counts.entry(case.clone()).or_default() += 1;
            }
            counts
        };
        let (run, over_kafka) = (counted(self), counted(kafka));
        for case in run.keys().chain(over_kafka.keys().filter(|case| !run.contains_key(*case))) {
            let (here, there) = (run.get(case).copied().unwrap_or(0), over_kafka.get(case).copied().unwrap_or(0));
            differences.agreed.0 += here.min(there);
            differences.only_run.extend((there..here).map(|_| format!("{case:?}")));
            differences.only_kafka.extend((here..there).map(|_| format!("{case:?}")));
        }
        let mut others: Vec<&DecidedIncident> = kafka.incidents.iter().collect();
        for incident in &self.incidents {
            match others.iter().position(|other| incident.is(other)) {
                Some(at) => {
                    others.remove(at);
                    differences.agreed.1 += 1;
                }
                None => differences.only_run.push(format!("{incident:?}")),
            }
        }
        differences.only_kafka.extend(others.into_iter().map(|incident| format!("{incident:?}")));
        differences
    }
}

impl Differences {
    /// Whether both decided the same.
    pub const fn is_none(&self) -> bool {
        self.only_run.is_empty() && self.only_kafka.is_empty()
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cases, incidents) = self.agreed;
        write!(
            f,
            "{cases} cases and {incidents} incidents agree, {} only in the run, {} only over Kafka; {} who deleted a mention left aside",
            self.only_run.len(),
            self.only_kafka.len(),
            self.left_aside
        )
    }
}

impl DecidedIncident {
    fn is(&self, other: &Self) -> bool {
        let apart = self.onset.since(other.onset).max(other.onset.since(self.onset));
        (&self.brand, &self.kind, &self.theme) == (&other.brand, &other.kind, &other.theme) && apart <= ONSET
    }
}

/// The newest record of each key of a topic.
fn newest<T: DeserializeOwned + events::Event>(
    settings: &KafkaSettings,
    topic: Topic,
) -> anyhow::Result<BTreeMap<String, T>> {
    let (codec, mut newest) = (Codec::default(), BTreeMap::new());
    let mut broken = None;
    TopicReader::new(settings, "decisions").read_all(topic, &mut |raw| {
        let key = String::from_utf8_lossy(raw.key.as_deref().unwrap_or_default()).into_owned();
        match raw.value.as_deref().map(|value| codec.decode::<T>(value)) {
            Some(Ok(value)) => drop(newest.insert(key, value)),
            Some(Err(error)) => broken = Some(error),
            None => drop(newest.remove(&key)),
        }
        Ok(())
    })?;
    broken.map_or(Ok(newest), |error| Err(error).with_context(|| format!("topic `{topic}` holds what cannot be read")))
}

/// The last record of each key.
fn last<T: DeserializeOwned>(records: Vec<serde_json::Value>) -> anyhow::Result<BTreeMap<String, T>> {
    let mut last = BTreeMap::new();
    for mut record in records {
        let key = record["key"].as_str().context("a record without a key")?.to_owned();
        match record["value"].take() {
            serde_json::Value::Null => drop(last.remove(&key)),
            value => drop(last.insert(key, serde_json::from_value(value)?)),
        }
    }
    Ok(last)
}

fn decided_case(case: &Case) -> DecidedCase {
    let outcome = |outcome: ClockOutcome| format!("{outcome:?}");
    DecidedCase {
        brand: case.brand.to_string(),
        person: case.person.to_string(),
        matter: case.matter.clone(),
        mentions: case.mentions.iter().map(|mention| mention.id.to_string()).collect(),
        clocks: case.clocks.iter().map(|it| (it.name.clone(), it.due_at, outcome(it.outcome))).collect(),
    }
}

fn decided_incident(incident: &Incident) -> DecidedIncident {
    DecidedIncident {
        brand: incident.brand.to_string(),
        kind: incident.kind.clone(),
        theme: incident.theme.as_ref().map(ToString::to_string),
        onset: incident.onset_at,
    }
}

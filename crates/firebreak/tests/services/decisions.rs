//! What was decided, from `firebreak run` and from Kafka, in a form that can be compared: ids are left aside, for they may differ
//! where lanes crossed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use events::{Case, CaseId, CaseState, Codec, Topic};

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

/// The cases, in an order of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decisions(Vec<DecidedCase>);

impl Decisions {
    /// A case with a mention that was deleted is left out: a delete overtakes by the express lane, and opens none.
    fn of(cases: Vec<Case>) -> Self {
        let mut newest: BTreeMap<CaseId, Case> = BTreeMap::new();
        for case in cases {
            if newest.get(&case.case_id).is_none_or(|known| known.revision < case.revision) {
                newest.insert(case.case_id.clone(), case);
            }
        }
        let whole =
            |case: &&Case| case.state != CaseState::Moved && case.mentions.iter().all(|mention| !mention.deleted);
        let mut cases: Vec<_> = newest.values().filter(whole).map(decided_case).collect();
        cases.sort();
        Self(cases)
    }

    /// What a run decided, from its folder.
    pub(crate) fn of_run(out: &Path) -> Self {
        let text = std::fs::read_to_string(out.join("cases.ndjson")).unwrap();
        let records = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        Self::of(records.map(|mut record| serde_json::from_value(record["value"].take()).unwrap()).collect())
    }

    /// What stands in the topic now.
    pub(crate) fn of_topic(installation: &Installation) -> Self {
        let (codec, records) = (Codec::default(), installation.read(Topic::Cases));
        // A tombstone says nothing.
        let values = records.iter().filter_map(|raw| raw.value.as_deref());
        Self::of(values.map(|value| codec.decode(value).unwrap()).collect())
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What others decided otherwise.
    pub(crate) fn differences(&self, others: &Self) -> Vec<String> {
        let only = |name: &str, mine: &Self, theirs: &Self| -> Vec<String> {
            let theirs: BTreeSet<_> = theirs.0.iter().collect();
            mine.0.iter().filter(|case| !theirs.contains(case)).map(|case| format!("only {name}: {case:?}")).collect()
        };
        let mut differences = only("here", self, others);
        differences.extend(only("there", others, self));
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

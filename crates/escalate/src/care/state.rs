//! What care keeps for the persons of one partition.
//!
//! Cases and persons lie packed, as the bytes that their topics carry: a person's case is touched a few times in its life, and
//! hundreds of thousands of them must fit in memory.

use std::collections::BTreeMap;

use events::{Case, CaseId, Codec, EventTime, Person, Role, Topic};
use serde::{Deserialize, Serialize};
use stream::{Fault, State, StoredTable, Table, TableValue, Timers};

use super::history::History;
use super::regroup::Arrival;

/// Tables of care.
#[derive(Debug)]
pub struct CareState {
    cases: Table<Packed>,
    /// Person → what is remembered of them, a [`History`].
    persons: Table<Packed>,
    /// Mention id → what waits for that mention, by the id of what waits.
    waiting: Table<WaitingFor>,
    pub(super) timers: Timers,
}

/// Bytes as their topic carries them.
#[derive(Debug, Clone)]
struct Packed {
    bytes: Vec<u8>,
    at: Option<EventTime>,
}

impl TableValue for Packed {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        Ok(self.bytes.clone())
    }
    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        Ok(Self { bytes: bytes.to_vec(), at: None })
    }
    fn timestamp(&self) -> Option<EventTime> {
        self.at
    }
}

/// Something that came before the mention it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Waiting {
    /// The brand's answer to it.
    Answer(Box<Arrival>),
    /// Its deletion, with its revision.
    Delete(i64),
}

/// All that waits for one mention, by the id of what waits.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct WaitingFor(BTreeMap<String, Waiting>);

impl TableValue for WaitingFor {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        serde_json::to_vec(self).map_err(|error| error.to_string())
    }
    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}

impl Default for CareState {
    fn default() -> Self {
        let own = Topic::State(Role::Care);
        Self {
            cases: Table::new("cases", Topic::Cases),
            persons: Table::new("persons", own),
            waiting: Table::new("waiting", own),
            timers: Timers::new(Role::Care),
        }
    }
}

impl CareState {
    /// The case called `id`.
    ///
    /// # Errors
    /// The state holds bytes that are no case.
    pub fn case(&self, id: &CaseId) -> Result<Option<Case>, Fault> {
        let Some(packed) = self.cases.get(id.as_str()) else {
            return Ok(None);
        };
        self.cases
            .codec()
            .decode(&packed.bytes)
            .map(Some)
            .map_err(|error| Fault::Broken(format!("case `{id}`: {error}")))
    }

    /// Every case, in order of its id.
    ///
    /// # Errors
    /// The state holds bytes that are no case.
    pub fn all(&self) -> Result<Vec<Case>, Fault> {
        let ids = self.cases.iter().map(|(id, _)| CaseId::from(id));
        ids.filter_map(|id| self.case(&id).transpose()).collect()
    }

    /// What is remembered of a person.
    pub(super) fn history(&self, person: &Person) -> Result<History, Fault> {
        let Some(packed) = self.persons.get(person.as_str()) else {
            return Ok(History::default());
        };
        postcard::from_bytes(&packed.bytes).map_err(|error| Fault::Broken(format!("person `{person}`: {error}")))
    }

    /// Remembers a person, for as long as a case is kept for them.
    pub(super) fn remember(&mut self, person: &Person, history: &History) -> Result<(), Fault> {
        if history.known.is_empty() {
            self.persons.remove(person.as_str());
            return Ok(());
        }
        let bytes = postcard::to_allocvec(history).map_err(|error| Fault::Broken(error.to_string()))?;
        self.persons.put(person.as_str(), Packed { bytes, at: None });
        Ok(())
    }

    pub(super) fn put(&mut self, case: &Case) -> Result<(), Fault> {
        let bytes = self.cases.codec().encode(case).map_err(|error| Fault::Broken(error.to_string()))?;
        self.cases.put(case.case_id.as_str(), Packed { bytes, at: Some(case.updated_at) });
        Ok(())
    }

    /// Forgets a case for good: a tombstone in its topic.
    pub(super) fn forget(&mut self, id: &CaseId) {
        self.cases.remove(id.as_str());
    }

    /// Keeps something until its mention comes, or `until` passes.
    pub(super) fn wait(&mut self, mention: &str, by: &str, what: Waiting, until: EventTime) {
        self.timers.set(until, &format!("waiting/{mention}/{by}"));
        let mut all = self.waiting.get(mention).cloned().unwrap_or_default();
        all.0.insert(by.to_owned(), what);
        self.waiting.put(mention, all);
    }

    /// Whether a mention was deleted before it came.
    pub(super) fn is_deleted(&self, mention: &str) -> bool {
        let deletes = |what: &Waiting| matches!(what, Waiting::Delete(_));
        self.waiting.get(mention).is_some_and(|all| all.0.values().any(deletes))
    }

    /// The answers that wait for a mention, in order of their ids; they wait no longer.
    pub(super) fn take_answers(&mut self, mention: &str) -> Vec<Arrival> {
        let Some(mut all) = self.waiting.get(mention).cloned() else { return Vec::new() };
        let mut answers = Vec::new();
        all.0.retain(|_, what| match what {
            Waiting::Answer(answer) => {
                answers.push(Arrival::clone(answer));
                false
            }
            Waiting::Delete(_) => true,
        });
        if !answers.is_empty() {
            self.keep_waiting(mention, all);
        }
        answers
    }

    /// It waits no longer; `key` is `<mention id>/<id of what waits>`.
    pub(super) fn stop_waiting(&mut self, key: &str) {
        let Some((mention, by)) = key.split_once('/') else { return };
        let Some(mut all) = self.waiting.get(mention).cloned() else { return };
        all.0.remove(by);
        self.keep_waiting(mention, all);
    }

    fn keep_waiting(&mut self, mention: &str, all: WaitingFor) {
        match all.0.is_empty() {
            true => self.waiting.remove(mention),
            false => self.waiting.put(mention, all),
        }
    }
}

impl State for CareState {
    const FORMAT: i64 = 3;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.cases, &self.persons, &self.waiting, &self.timers]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.cases, &mut self.persons, &mut self.waiting, &mut self.timers]
    }
    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
    }
}

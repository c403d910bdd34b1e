//! What care keeps for the persons of one partition.
//!
//! A case lies packed, as the bytes that its topic carries: a person's case is touched a few times in its life, and
//! hundreds of thousands of them must fit in memory.

use std::collections::BTreeMap;

use events::{Case, CaseId, CaseMention, Codec, EventTime, Person, Role, Topic};
use serde::{Deserialize, Serialize};
use stream::{Fault, State, StoredTable, Table, TableValue, Timers};

/// Tables of care.
#[derive(Debug)]
pub struct CareState {
    cases: Table<PackedCase>,
    /// Person → ids of the cases that are kept for them, oldest first, separated by commas.
    persons: Table<String>,
    /// Mention id → what waits for that mention, by the id of what waits.
    waiting: Table<WaitingFor>,
    pub(super) timers: Timers,
}

/// A case as its topic carries it.
#[derive(Debug, Clone)]
struct PackedCase {
    bytes: Vec<u8>,
    updated_at: Option<EventTime>,
}

impl TableValue for PackedCase {
    fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
        Ok(self.bytes.clone())
    }
    fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
        Ok(Self { bytes: bytes.to_vec(), updated_at: None })
    }
    fn timestamp(&self) -> Option<EventTime> {
        self.updated_at
    }
}

/// Something that came before the mention it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Waiting {
    /// The brand's answer to it.
    Answer(CaseMention),
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

    /// The cases that are kept for a person, oldest first.
    pub(super) fn cases_of(&self, person: &Person) -> Result<Vec<Case>, Fault> {
        let Some(ids) = self.persons.get(person.as_str()) else {
            return Ok(Vec::new());
        };
        ids.split(',').filter_map(|id| self.case(&CaseId::from(id)).transpose()).collect()
    }

    pub(super) fn put(&mut self, case: &Case) -> Result<(), Fault> {
        let bytes = self.cases.codec().encode(case).map_err(|error| Fault::Broken(error.to_string()))?;
        self.cases.put(case.case_id.as_str(), PackedCase { bytes, updated_at: Some(case.updated_at) });
        let ids = self.persons.get(case.person.as_str());
        match ids {
            Some(ids) if ids.split(',').any(|id| id == case.case_id.as_str()) => {}
            Some(ids) => {
                let ids = format!("{ids},{}", case.case_id);
                self.persons.put(case.person.as_str(), ids);
            }
            None => self.persons.put(case.person.as_str(), case.case_id.to_string()),
        }
        Ok(())
    }

    /// Forgets a case for good: a tombstone in its topic.
    pub(super) fn forget(&mut self, case: &Case) {
        self.cases.remove(case.case_id.as_str());
        let Some(ids) = self.persons.get(case.person.as_str()) else {
            return;
        };
        let rest: Vec<&str> = ids.split(',').filter(|id| *id != case.case_id.as_str()).collect();
        match rest.is_empty() {
            true => self.persons.remove(case.person.as_str()),
            false => {
                let rest = rest.join(",");
                self.persons.put(case.person.as_str(), rest);
            }
        }
    }

    /// Keeps something until its mention comes, or `until` passes.
    pub(super) fn wait(&mut self, mention: &str, by: &str, what: Waiting, until: EventTime) {
        self.timers.set(until, &format!("waiting/{mention}/{by}"));
        let mut all = self.waiting.get(mention).cloned().unwrap_or_default();
        all.0.insert(by.to_owned(), what);
        self.waiting.put(mention, all);
    }

    /// What waits for a mention, in order of its id.
    pub(super) fn waiting_for(&self, mention: &str) -> Vec<Waiting> {
        self.waiting.get(mention).into_iter().flat_map(|all| all.0.values().cloned()).collect()
    }

    /// It waits no longer; `key` is `<mention id>/<id of what waits>`.
    pub(super) fn stop_waiting(&mut self, key: &str) {
        let Some((mention, by)) = key.split_once('/') else { return };
        let Some(mut all) = self.waiting.get(mention).cloned() else { return };
        all.0.remove(by);
        match all.0.is_empty() {
            true => self.waiting.remove(mention),
            false => self.waiting.put(mention, all),
        }
    }
}

impl State for CareState {
    const FORMAT: i64 = 2;
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

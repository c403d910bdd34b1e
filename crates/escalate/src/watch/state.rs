//! What watch keeps for the brands of one partition.

use std::collections::BTreeMap;

use events::{BrandId, Codec, Incident, IncidentId, IncidentState, Persons, Role, ThemeId, Topic};
use serde::{Deserialize, Serialize};
use stream::{State, StoredTable, Table, TableValue, Timers};

use super::decide::CALM;
use super::detector::{Baseline, Live, Reading};
use super::evidence::Evidence;
use super::subject::Subject;

/// Tables of watch. Series are keyed by `<brand>/<subject>`, brands by their id, evidence by `<brand>/<minute>`: a turn writes
/// the minute that it counted in, not all that are kept.
#[derive(Debug)]
pub struct WatchState {
    pub(super) incidents: Table<Incident>,
    pub(super) live: Table<Live>,
    pub(super) baselines: Table<Baseline>,
    pub(super) brands: Table<BrandWatch>,
    evidence: Table<Evidence>,
    pub(super) timers: Timers,
}

impl WatchState {
    /// Every incident, in order of its id.
    pub fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().map(|(_, incident)| incident)
    }

    /// What was gathered about a brand in a minute.
    pub(super) fn evidence(&self, brand: &BrandId, minute: i64) -> Option<&Evidence> {
        self.evidence.get(&evidence_key(brand, minute))
    }

    /// Keeps evidence of some minutes of a brand, and forgets the minutes that have become old.
    pub(super) fn keep_evidence(&mut self, id: &BrandId, brand: &mut BrandWatch, gathered: BTreeMap<i64, Evidence>) {
        let oldest = brand.newest - if brand.watched.iter().any(Watched::active) { EVIDENCE.1 } else { EVIDENCE.0 };
        for (minute, evidence) in gathered.into_iter().filter(|(minute, _)| *minute > oldest) {
            if let Err(at) = brand.minutes.binary_search(&minute) {
                brand.minutes.insert(at, minute);
            }
            self.evidence.put(evidence_key(id, minute), evidence);
        }
        let old = brand.minutes.partition_point(|minute| *minute <= oldest);
        for minute in brand.minutes.drain(..old) {
            self.evidence.remove(&evidence_key(id, minute));
        }
    }
}

fn evidence_key(brand: &BrandId, minute: i64) -> String {
    format!("{brand}/{minute}")
}

impl Default for WatchState {
    fn default() -> Self {
        let own = Topic::State(Role::Watch);
        Self {
            incidents: Table::new("incidents", Topic::Incidents),
            live: Table::new("live", own),
            baselines: Table::new("baselines", own),
            brands: Table::new("brands", own),
            evidence: Table::new("evidence", own),
            timers: Timers::new(Role::Watch),
        }
    }
}

impl State for WatchState {
    const FORMAT: i64 = 3;
    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.incidents, &self.live, &self.baselines, &self.brands, &self.evidence, &self.timers]
    }
    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![
            &mut self.incidents,
            &mut self.live,
            &mut self.baselines,
            &mut self.brands,
            &mut self.evidence,
            &mut self.timers,
        ]
    }
    fn timers(&mut self) -> Option<&mut Timers> {
        Some(&mut self.timers)
    }
}

/// What is kept of a brand besides its series.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct BrandWatch {
    /// The first minute in which it was heard of.
    pub(super) since: i64,
    /// The newest minute in which it was heard of.
    pub(super) newest: i64,
    /// Minutes of which evidence is kept, for incidents that open soon; oldest first.
    pub(super) minutes: Vec<i64>,
    /// Incidents that are open, or were until lately. The first one is about the brand as a whole.
    pub(super) watched: Vec<Watched>,
    /// When incidents lay over the brand, in minutes, both ends included.
    pub(super) past: Vec<(i64, i64)>,
}

/// Minutes of an incident that do not teach the baseline: what lasts longer is the new normal.
const DISTURBED: i64 = 24 * 60;
/// Past incidents that are remembered: those of the hours that may still have to be learnt.
const PAST: usize = 32;
/// Minutes of evidence that are kept while nothing is open, and while something is: then it is gathered there.
const EVIDENCE: (i64, i64) = (30, 5);

impl BrandWatch {
    /// Whether an incident lay over `[from, to]`.
    pub(super) fn disturbed(&self, from: i64, to: i64) -> bool {
        let active = self.watched.iter().filter(|watched| watched.active());
        active
            .map(|watched| (watched.onset, watched.onset + DISTURBED))
            .chain(self.past.iter().copied())
            .any(|(first, last)| first <= to && from <= last.min(first + DISTURBED))
    }

    /// The first minute that no earlier incident explains: what it was about must not open it again.
    pub(super) fn explained_until(&self) -> i64 {
        match self.watched.iter().any(Watched::active) {
            true => i64::MIN,
            false => self
                .watched
                .iter()
                .filter_map(|watched| watched.resolved)
                .max()
                .map_or(i64::MIN, |last| last - CALM + 1),
        }
    }

    /// Remembers when an incident was.
    pub(super) fn remember(&mut self, from: i64, to: i64) {
        self.past.push((from, to));
        if self.past.len() > PAST {
            self.past.remove(0);
        }
    }

    /// Minutes of which evidence is kept, from `from` on.
    pub(super) fn minutes_since(&self, from: i64) -> impl Iterator<Item = i64> {
        self.minutes.iter().copied().filter(move |minute| *minute >= from)
    }
}

/// An incident as watch follows it: what adds up between its revisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Watched {
    pub(super) incident_id: IncidentId,
    pub(super) state: IncidentState,
    /// Key of the series whose pace says how it goes on.
    pub(super) lead: String,
    /// The series whose mentions, people, sources and terms are counted: the one it was first opened by.
    pub(super) counted: Subject,
    /// Set for an incident beside another one: the only theme that it follows.
    pub(super) only: Option<ThemeId>,
    /// What it is attributed to.
    pub(super) theme: Option<ThemeId>,
    pub(super) onset: i64,
    /// The minute in which it was opened, or opened again: earlier ones do not say how it goes on.
    pub(super) opened: i64,
    /// The most telling window of the series that belong to it.
    pub(super) peak: Peak,
    /// The largest surplus of any ten minutes.
    pub(super) top: f64,
    pub(super) mentions: i64,
    pub(super) persons: Persons,
    pub(super) evidence: Evidence,
    /// What people were last told: minute, ratio, severity.
    pub(super) told: (i64, f64, i64),
    /// Observed count of the last revision.
    pub(super) published: i64,
    /// Whether anything was counted since the last revision.
    pub(super) dirty: bool,
    /// Minutes in a row without a rise.
    pub(super) calm: i64,
    /// The minute in which it was resolved.
    pub(super) resolved: Option<i64>,
}

impl Watched {
    /// Whether it is not resolved.
    pub(super) fn active(&self) -> bool {
        self.resolved.is_none()
    }

    /// It comes back, as `new` says: its height is measured anew, and what was `gathered` since it was over is added.
    pub(super) fn reopen(&mut self, new: &Self, gathered: Gathered) {
        self.state = IncidentState::Reopened;
        self.opened = new.opened;
        self.resolved = None;
        self.calm = 0;
        self.top = 0.0;
        self.told = new.told;
        self.dirty = true;
        self.lead.clone_from(&new.lead);
        self.evidence.merge(&gathered.evidence);
        self.mentions += gathered.mentions;
        self.persons.merge(&gathered.persons);
    }
}

/// What a series says about some minutes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Gathered {
    pub(super) mentions: i64,
    pub(super) persons: Persons,
    pub(super) evidence: Evidence,
}

/// The most telling window so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Peak {
    pub(super) at: i64,
    pub(super) minutes: i64,
    pub(super) expected: f64,
    pub(super) observed: i64,
    pub(super) score: f64,
}

impl Peak {
    pub(super) fn of(reading: &Reading) -> Self {
        Self {
            at: reading.at,
            minutes: reading.minutes,
            expected: reading.expected,
            observed: i64::try_from(reading.observed).unwrap_or(i64::MAX),
            score: reading.score,
        }
    }

    /// How many times what is expected was observed, with five mentions on both sides: a handful where nothing was
    /// expected is not hundreds of times as much.
    pub(super) fn fold(&self) -> f64 {
        (self.observed as f64 + 5.0) / (self.expected + 5.0)
    }

    /// Whether this says more than `other`: less likely, or as unlikely and more.
    pub(super) fn beats(&self, other: &Self) -> bool {
        let surplus = |peak: &Self| peak.observed as f64 - peak.expected;
        self.score > other.score || (self.score == other.score && surplus(self) > surplus(other))
    }
}

macro_rules! packed_value {
    ($($value:ty),+) => {$(
        impl TableValue for $value {
            fn write(&self, _: &Codec) -> Result<Vec<u8>, String> {
                postcard::to_allocvec(self).map_err(|error| error.to_string())
            }
            fn read(bytes: &[u8], _: &Codec) -> Result<Self, String> {
                postcard::from_bytes(bytes).map_err(|error| error.to_string())
            }
        }
    )+};
}

packed_value!(BrandWatch, Evidence);

//! Counting a tally: into its series, the brand's evidence, and the incidents that are open.

use std::collections::BTreeMap;

use events::{BrandId, MentionKind, SubjectKind, Tally};
use stream::DropReason;

use super::detector::{Baseline, TEACH_LAG, teach};
use super::state::{BrandWatch, WatchState};
use super::subject::Subject;
use super::{Fresh, NOT_WATCHED, TOO_LATE, UNKNOWN_BRAND, Watch, minute_of};

/// However far time is behind, an hour is over with this long after its end at the latest (minutes): its counts are kept little
/// longer. What was not heard whole by then teaches nothing, or what comes next would look like a rise.
const LATEST: i64 = 170;
/// A new series looks back at most this many minutes at its brand's past: the weeks that a baseline remembers.
const LOOK_BACK: i64 = 28 * 24 * 60;

impl Watch {
    /// Counts a tally; the reason when it is not counted. Every source of tallies has passed minute `passed`: what lies behind it
    /// may still be counted by half.
    pub(super) fn count(
        &self,
        tally: &Tally,
        state: &mut WatchState,
        heard: &mut BTreeMap<BrandId, Fresh>,
        passed: i64,
    ) -> Option<DropReason> {
        if !self.detectors.contains_key(&tally.brand) {
            return Some(UNKNOWN_BRAND);
        }
        if !matches!(tally.kind, MentionKind::Create | MentionKind::Edit) {
            return Some(NOT_WATCHED);
        }
        let minute = minute_of(tally.minute);
        let fresh = match heard.get_mut(&tally.brand) {
            Some(fresh) => fresh,
            None => heard.entry(tally.brand.clone()).or_insert(Fresh::of(&tally.brand, minute, state)),
        };
        fresh.brand.newest = fresh.brand.newest.max(minute);
        let subject = Subject::of(&self.book, tally);
        if subject.is_none() && tally.subject_kind != SubjectKind::Volume {
            return Some(NOT_WATCHED);
        }
        if let Some((subject, counted)) = subject.as_ref().filter(|(_, counted)| *counted > 0)
            && !fresh.add(subject, tally, *counted, passed, state)
        {
            return Some(TOO_LATE);
        }
        fresh.gather(tally, minute, subject.as_ref(), state);
        None
    }
}

impl Fresh {
    fn of(id: &BrandId, minute: i64, state: &WatchState) -> Self {
        let unknown = || BrandWatch { since: minute, newest: minute, ..BrandWatch::default() };
        let brand = state.brands.get(id.as_str()).cloned().unwrap_or_else(unknown);
        Self { brand, ..Self::default() }
    }

    /// Adds to a series, after its baseline has learnt the hours that ended before. False when it comes too late.
    fn add(&mut self, subject: &Subject, tally: &Tally, counted: i64, passed: i64, state: &mut WatchState) -> bool {
        let key = subject.key(tally.brand.as_str());
        let brand = &mut self.brand;
        let live = match self.live.get_mut(subject) {
            Some(live) => live,
            None => self.live.entry(subject.clone()).or_insert(state.live.get(&key).cloned().unwrap_or_default()),
        };
        let settled = passed.clamp(brand.newest - LATEST, brand.newest);
        if state.baselines.get(&key).is_none_or(|baseline| baseline.due(settled, TEACH_LAG).is_some()) {
            let new = || Baseline::new(brand.since.max(brand.newest - LOOK_BACK));
            let mut baseline = state.baselines.get(&key).cloned().unwrap_or_else(new);
            teach(live, &mut baseline, settled, |from, to| to >= passed || brand.disturbed(from, to));
            state.baselines.put(key.as_str(), baseline);
        }
        let minute = minute_of(tally.minute);
        if !live.add(minute, counted.unsigned_abs(), &tally.persons) {
            return false;
        }
        self.persons.entry(subject.clone()).or_default().merge(&tally.persons);
        for watched in brand.watched.iter_mut().filter(|watched| watched.active() && minute >= watched.onset) {
            if watched.counted == *subject {
                watched.mentions += counted;
                watched.persons.merge(&tally.persons);
            }
        }
        true
    }

    /// Adds what a tally shows to the brand's last minutes and to its open incidents.
    fn gather(&mut self, tally: &Tally, minute: i64, subject: Option<&(Subject, i64)>, state: &WatchState) {
        let series = subject.map(|(subject, counted)| (subject.name(), *counted));
        let known = || state.evidence(&tally.brand, minute).cloned().unwrap_or_default();
        self.evidence.entry(minute).or_insert_with(known).add(tally, series, |_| true);
        let theme = tally.subject.as_deref();
        for watched in self.brand.watched.iter_mut().filter(|watched| watched.active() && minute >= watched.onset) {
            if watched.only.as_ref().is_none_or(|only| theme == Some(only.as_str())) {
                let counted = watched.counted.name();
                watched.evidence.add(tally, series, |name| name == counted);
                watched.dirty = true;
            }
        }
    }
}

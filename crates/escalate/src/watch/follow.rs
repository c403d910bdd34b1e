//! Following a brand: which readings are alarms, and how the incidents that are open go on.

use events::{BrandId, EventTime, IncidentState, Span};
use stream::{Context, Fault};

use super::decide::{self, CALM, REOPEN, pace};
use super::detector::{Baseline, Detector, Live, Reading};
use super::open::Scene;
use super::state::{BrandWatch, Peak, WatchState, Watched};
use super::subject::Subject;
use super::{NewPersons, Watch, minute_of, time_of};

/// What a look changed, in words of the incident's steps.
pub(super) struct Change<'a> {
    pub(super) at: EventTime,
    pub(super) step: Option<&'a str>,
}

impl Watch {
    /// Looks at a brand after a batch: opens, reopens, joins, worsens.
    pub(super) fn look(
        &self,
        id: &BrandId,
        mut brand: BrandWatch,
        fresh: &NewPersons,
        state: &mut WatchState,
        cx: &Context,
    ) -> Result<(), Fault> {
        let Some(detector) = self.detectors.get(id) else {
            return Ok(());
        };
        let now = brand.newest;
        // Tallies say no more than their minute; when it was noticed is as far as time has come.
        let at = cx.stream_time.max(time_of(now));
        brand.watched.retain(|watched| watched.resolved.is_none_or(|resolved| now - resolved <= REOPEN));
        let since = brand.explained_until();
        let readings = readings(detector, id, fresh, (since, now), state);
        let alarms: Vec<(Subject, Reading)> =
            readings.iter().filter(|(_, reading)| detector.is_alarm(reading)).cloned().collect();
        let mut changed: Vec<(usize, Option<&str>)> = Vec::new();
        for (slot, watched) in brand.watched.iter_mut().enumerate().filter(|(_, watched)| watched.active()) {
            raise_peak(watched, &readings);
            changed.extend((watched.peak.observed as f64 > 1.1 * watched.published as f64).then_some((slot, None)));
        }
        let scene = Scene { brand: id, alarms: &alarms, fresh, state };
        if let Some((slot, step)) = self.admit(scene, &mut brand) {
            changed.retain(|(known, _)| *known != slot);
            changed.push((slot, Some(step)));
        }
        for (slot, watched) in brand.watched.iter_mut().enumerate().filter(|(_, watched)| watched.active()) {
            let Some(ten) = ten_minutes(detector, &watched.lead, now, state) else {
                continue;
            };
            watched.top = watched.top.max(ten.surplus());
            let severity = self.severity(watched);
            if watched.state != IncidentState::Easing || ten.surplus() >= watched.top {
                let announced = changed.iter().any(|(known, step)| *known == slot && step.is_some());
                if !announced && decide::worse(watched, now, pace(&ten), severity) {
                    watched.state = IncidentState::Worsening;
                    watched.told = (now, pace(&ten), severity);
                    changed.retain(|(known, _)| *known != slot);
                    changed.push((slot, Some("worsened")));
                }
            }
        }
        changed.sort_unstable();
        for (slot, step) in changed {
            self.publish(id, &mut brand, slot, &Change { at, step }, state, cx)?;
        }
        if brand.watched.iter().any(Watched::active) {
            state.timers.set(time_of(minute_of(at) + 1), &format!("minute/{id}"));
        }
        state.brands.put(id.as_str(), brand);
        Ok(())
    }

    /// A minute has passed over an open incident: it may ease or be over, and what was counted is published.
    pub(super) fn minute(
        &self,
        id: &BrandId,
        at: EventTime,
        state: &mut WatchState,
        cx: &Context,
    ) -> Result<(), Fault> {
        let Some((detector, mut brand)) = self.detectors.get(id).zip(state.brands.get(id.as_str()).cloned()) else {
            return Ok(());
        };
        let last = minute_of(at) - 1;
        for slot in 0..brand.watched.len() {
            let follows = |watched: &&mut Watched| watched.active() && watched.opened <= last;
            let Some(watched) = brand.watched.get_mut(slot).filter(follows) else {
                continue;
            };
            let Some(ten) = ten_minutes(detector, &watched.lead, last, state) else {
                continue;
            };
            let calm = !self.elevated(id, detector, watched, last, state);
            watched.calm = if calm { watched.calm + 1 } else { 0 };
            let step = match decide::next_state(watched, &ten) {
                Some(IncidentState::Resolved) => {
                    watched.state = IncidentState::Resolved;
                    watched.resolved = Some(last);
                    let from = watched.onset;
                    brand.remember(from, last - CALM);
                    Some("resolved")
                }
                Some(next) => {
                    watched.state = next;
                    Some("easing")
                }
                None => None,
            };
            if step.is_some() || brand.watched.get(slot).is_some_and(|watched| watched.dirty) {
                self.publish(id, &mut brand, slot, &Change { at, step }, state, cx)?;
            }
        }
        if brand.watched.iter().any(Watched::active) {
            state.timers.set(at.plus(Span::minutes(1)), &format!("minute/{id}"));
        }
        state.brands.put(id.as_str(), brand);
        Ok(())
    }
}

impl Watch {
    /// Whether any series that could open the incident again is still above normal: else it would flutter.
    fn elevated(&self, id: &BrandId, detector: &Detector, watched: &Watched, at: i64, state: &WatchState) -> bool {
        let themes = self.book.themes.iter().map(|theme| &theme.id);
        let own = themes.filter(|theme| watched.theme.as_ref().is_none_or(|known| known == *theme));
        let broad = [Subject::Volume, Subject::Complaints].into_iter().filter(|_| watched.only.is_none());
        broad.chain(own.cloned().map(Subject::Theme)).any(|subject| {
            series(&subject.key(id.as_str()), state).is_some_and(|(live, baseline)| {
                // The longer window sees a tail that is too thin for the shorter one.
                let windows = [10, 30].into_iter();
                let mut read = windows.filter_map(|minutes| detector.read(live, baseline, at, minutes));
                read.any(|reading| decide::elevated(&reading, baseline.dispersion(at, reading.minutes)))
            })
        })
    }
}

/// The strongest reading of each series that the batch counted in, the broadest first.
fn readings(
    detector: &Detector,
    id: &BrandId,
    fresh: &NewPersons,
    (since, now): (i64, i64),
    state: &WatchState,
) -> Vec<(Subject, Reading)> {
    let read = fresh.keys().filter_map(|subject| {
        let (live, baseline) = series(&subject.key(id.as_str()), state)?;
        detector.strongest(live, baseline, now, since).map(|reading| (subject.clone(), reading))
    });
    read.collect()
}

/// The peak of an incident is the most telling reading of its theme, or of the brand unless it follows that theme alone.
fn raise_peak(watched: &mut Watched, readings: &[(Subject, Reading)]) {
    for (subject, reading) in readings {
        let peak = Peak::of(reading);
        let broad = subject.theme().is_none() && watched.only.is_none();
        let own = subject.theme().is_some() && subject.theme() == watched.theme.as_ref();
        if (broad || own) && peak.beats(&watched.peak) {
            watched.peak = peak;
            watched.dirty = true;
        }
    }
}

fn ten_minutes(detector: &Detector, key: &str, at: i64, state: &WatchState) -> Option<Reading> {
    let (live, baseline) = series(key, state)?;
    detector.read(live, baseline, at, 10)
}

pub(super) fn series<'a>(key: &str, state: &'a WatchState) -> Option<(&'a Live, &'a Baseline)> {
    state.live.get(key).zip(state.baselines.get(key))
}

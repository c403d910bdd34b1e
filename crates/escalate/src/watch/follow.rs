//! Looking at a brand: which readings are alarms, which incident they belong to, and how that goes on.

use events::{BrandId, EventTime, IncidentState, Span, ThemeId};
use stream::{Context, Fault};

use super::decide::{self, CALM, REOPEN, Surplus};
use super::detector::{Baseline, Detector, Live, Reading, onset};
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
        timestamp: EventTime,
        fresh: &NewPersons,
        state: &mut WatchState,
        cx: &Context,
    ) -> Result<(), Fault> {
        let Some((detector, mut brand)) = self.detectors.get(id).zip(state.brands.get(id.as_str()).cloned()) else {
            return Ok(());
        };
        let now = brand.newest;
        let at = timestamp.max(time_of(now)).min(time_of(now + 1).minus(Span::millis(1)));
        brand
            .watched
            .retain(|watched| watched.resolved.is_none_or(|resolved| now - resolved <= REOPEN));
        let readings = readings(detector, id, fresh, now, state);
        let alarms: Vec<(Subject, Reading)> = readings
            .iter()
            .filter(|(_, reading)| detector.is_alarm(reading))
            .cloned()
            .collect();
        let mut changed: Vec<(usize, Option<&str>)> = Vec::new();
        for (slot, watched) in brand
            .watched
            .iter_mut()
            .enumerate()
            .filter(|(_, watched)| watched.active())
        {
            raise_peak(watched, id, &readings);
            changed.extend((watched.peak.observed as f64 > 1.1 * watched.published as f64).then_some((slot, None)));
        }
        if let Some((slot, step)) = self.admit(id, &mut brand, &alarms, fresh, state) {
            changed.retain(|(known, _)| *known != slot);
            changed.push((slot, Some(step)));
        }
        for (slot, watched) in brand
            .watched
            .iter_mut()
            .enumerate()
            .filter(|(_, watched)| watched.active())
        {
            let Some(ten) = ten_minutes(detector, &watched.peak_series, now, state) else {
                continue;
            };
            watched.top = watched.top.max(ten.surplus());
            let severity = self.severity(watched);
            if watched.state != IncidentState::Easing || ten.surplus() >= watched.top {
                let announced = changed.iter().any(|(known, step)| *known == slot && step.is_some());
                if !announced && decide::worse(watched, now, ten.ratio(), severity) {
                    watched.state = IncidentState::Worsening;
                    watched.told = (now, ten.ratio(), severity);
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
            state
                .timers
                .set(time_of(minute_of(at.max(cx.stream_time)) + 1), &format!("minute/{id}"));
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
            let Some(watched) = brand.watched.get_mut(slot).filter(|watched| watched.active()) else {
                continue;
            };
            let Some(ten) = ten_minutes(detector, &watched.peak_series, last, state) else {
                continue;
            };
            let dispersion = state
                .baselines
                .get(&watched.peak_series)
                .map_or(0.0, |baseline| baseline.dispersion(10));
            watched.calm = if decide::elevated(&ten, dispersion) {
                0
            } else {
                watched.calm + 1
            };
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

    /// Lets alarms open an incident, reopen one, or open one beside another; which one, and its step.
    fn admit(
        &self,
        id: &BrandId,
        brand: &mut BrandWatch,
        alarms: &[(Subject, Reading)],
        fresh: &NewPersons,
        state: &WatchState,
    ) -> Option<(usize, &'static str)> {
        let (subject, reading) = decide::strongest(alarms)?;
        if brand.watched.iter().any(Watched::active) {
            return self.beside(id, brand, alarms, fresh, state);
        }
        let (live, baseline) = series(&subject.key(id.as_str()), state)?;
        let begun = onset(live, baseline, reading);
        let theme = match subject {
            Subject::Theme(theme) => Some(theme.clone()),
            _ => self.explanation(id, begun, reading.at, state),
        };
        let back = brand
            .watched
            .iter_mut()
            .enumerate()
            .rev()
            .find(|(_, known)| known.theme.is_none() || theme.is_none() || known.theme == theme);
        if let Some((slot, known)) = back {
            known.state = IncidentState::Reopened;
            known.resolved = None;
            known.calm = 0;
            let ratio = reading.ratio();
            known.told = (reading.at, ratio, self.severity(known));
            return Some((slot, "reopened"));
        }
        brand
            .watched
            .push(self.start(id, subject, reading, begun, theme, brand, fresh, state)?);
        Some((brand.watched.len() - 1, "opened"))
    }

    /// A theme that is no part of the incident that is open.
    fn beside(
        &self,
        id: &BrandId,
        brand: &mut BrandWatch,
        alarms: &[(Subject, Reading)],
        fresh: &NewPersons,
        state: &WatchState,
    ) -> Option<(usize, &'static str)> {
        for (subject, reading) in alarms {
            let Some(theme) = subject.theme() else { continue };
            let (live, baseline) = series(&subject.key(id.as_str()), state)?;
            let begun = onset(live, baseline, reading);
            let surplus = self.surplus(id, theme, begun, reading.at, state);
            let other = |open: &Watched| decide::independent(open, theme.as_str(), begun, &surplus);
            if brand.watched.iter().filter(|watched| watched.active()).all(other) {
                let mut watched = self.start(id, subject, reading, begun, Some(theme.clone()), brand, fresh, state)?;
                watched.only = Some(theme.clone());
                brand.watched.push(watched);
                return Some((brand.watched.len() - 1, "opened"));
            }
        }
        None
    }

    /// The theme that explains what is unusual about a brand in `[from, to]`, if one does.
    pub(super) fn explanation(&self, id: &BrandId, from: i64, to: i64, state: &WatchState) -> Option<ThemeId> {
        let themes = self.book.themes.iter().map(|theme| &theme.id);
        let surpluses = themes.map(|theme| self.surplus(id, theme, from, to, state));
        let best = surpluses.reduce(|best, next| if next.own > best.own { next } else { best })?;
        best.explains().then(|| best.theme.clone())
    }

    fn surplus<'a>(
        &self,
        id: &BrandId,
        theme: &'a ThemeId,
        from: i64,
        to: i64,
        state: &WatchState,
    ) -> Surplus<&'a ThemeId> {
        let of = |subject: &Subject| {
            series(&subject.key(id.as_str()), state).map_or(0.0, |(live, baseline)| {
                let expected: f64 = (from..=to)
                    .map(|minute| baseline.expected(minute).unwrap_or_default())
                    .sum();
                live.sum(from, to) as f64 - expected
            })
        };
        let own = of(&Subject::Theme(theme.clone()));
        Surplus {
            theme,
            own,
            brand: of(&Subject::Volume).max(of(&Subject::Complaints)),
        }
    }
}

/// The strongest reading of each series that the batch counted in, the broadest first.
fn readings(
    detector: &Detector,
    id: &BrandId,
    fresh: &NewPersons,
    now: i64,
    state: &WatchState,
) -> Vec<(Subject, Reading)> {
    let read = fresh.keys().filter_map(|subject| {
        let (live, baseline) = series(&subject.key(id.as_str()), state)?;
        detector
            .strongest(live, baseline, now)
            .map(|reading| (subject.clone(), reading))
    });
    read.collect()
}

/// The peak of an incident is the most telling reading of any series that belongs to it.
fn raise_peak(watched: &mut Watched, id: &BrandId, readings: &[(Subject, Reading)]) {
    for (subject, reading) in readings {
        let peak = Peak::of(reading);
        if watched.only.as_ref().is_none_or(|only| subject.theme() == Some(only)) && peak.beats(&watched.peak) {
            watched.peak = peak;
            watched.peak_series = subject.key(id.as_str());
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

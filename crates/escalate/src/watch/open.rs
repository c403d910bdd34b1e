//! Opening: which alarm begins an incident, brings one back, or is something else beside the one that is open.

use events::{BrandId, IncidentId, IncidentState, ThemeId, digest};

use super::decide::{self, Surplus};
use super::detector::{Reading, onset};
use super::evidence::Evidence;
use super::follow::series;
use super::publish::KIND;
use super::state::{BrandWatch, Gathered, Peak, WatchState, Watched};
use super::subject::Subject;
use super::{NewPersons, Watch};

/// What watch knows at the end of a batch about one brand.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) brand: &'a BrandId,
    pub(super) alarms: &'a [(Subject, Reading)],
    pub(super) fresh: &'a NewPersons,
    pub(super) state: &'a WatchState,
}

impl Watch {
    /// Lets alarms open an incident, reopen one, or open one beside another; which one, and its step.
    pub(super) fn admit(&self, scene: Scene<'_>, brand: &mut BrandWatch) -> Option<(usize, &'static str)> {
        if brand.watched.iter().any(Watched::active) {
            return self.beside(scene, brand);
        }
        let since = brand.explained_until();
        let (subject, reading) = self.leading(scene, since)?;
        let begun = self.begun(scene, subject, reading, since)?;
        let theme = match subject {
            Subject::Theme(theme) => Some(theme.clone()),
            _ => self.explanation(scene.brand, begun, reading.at, scene.state),
        };
        let mut new = self.start(scene, subject, reading, begun, theme, brand)?;
        let same = |known: &Watched| known.theme.is_none() || new.theme.is_none() || known.theme == new.theme;
        if let Some(slot) = brand.watched.iter().rposition(same) {
            let resolved = brand.watched.get(slot)?;
            // What was counted until it was over is not counted again.
            let from = resolved.resolved.map_or(begun, |last| begun.max(last + 1));
            let gathered = gathered(scene, &resolved.counted, from, reading.at, brand)?;
            let known = brand.watched.get_mut(slot)?;
            known.reopen(&new, gathered);
            known.told.2 = self.severity(known);
            return Some((slot, "reopened"));
        }
        new.told.2 = self.severity(&new);
        brand.watched.push(new);
        Some((brand.watched.len() - 1, "opened"))
    }

    /// A theme that is no part of the incident that is open.
    fn beside(&self, scene: Scene<'_>, brand: &mut BrandWatch) -> Option<(usize, &'static str)> {
        for (subject, reading) in scene.alarms {
            let Some(theme) = subject.theme() else { continue };
            let begun = self.begun(scene, subject, reading, i64::MIN)?;
            let surplus = self.surplus(scene.brand, theme, begun, reading.at, scene.state);
            let other = |open: &Watched| decide::independent(open, theme.as_str(), begun, &surplus);
            if brand.watched.iter().filter(|watched| watched.active()).all(other) {
                let mut new = self.start(scene, subject, reading, begun, Some(theme.clone()), brand)?;
                new.only = Some(theme.clone());
                new.told.2 = self.severity(&new);
                brand.watched.push(new);
                return Some((brand.watched.len() - 1, "opened"));
            }
        }
        None
    }

    /// The alarm that an incident is named and counted after: the least likely one, of equals the broadest; of a theme only if
    /// it explains what is unusual about the brand, or nothing else is.
    fn leading<'a>(&self, scene: Scene<'a>, since: i64) -> Option<&'a (Subject, Reading)> {
        let explains = |alarm: &&(Subject, Reading)| {
            let (subject, reading) = alarm;
            subject.theme().is_none_or(|theme| {
                let begun = self.begun(scene, subject, reading, since).unwrap_or(reading.at);
                self.surplus(scene.brand, theme, begun, reading.at, scene.state).explains()
            })
        };
        decide::strongest(scene.alarms.iter().filter(explains)).or_else(|| decide::strongest(scene.alarms.iter()))
    }

    fn begun(&self, scene: Scene<'_>, subject: &Subject, reading: &Reading, since: i64) -> Option<i64> {
        let (live, baseline) = series(&subject.key(scene.brand.as_str()), scene.state)?;
        Some(onset(live, baseline, reading, since))
    }

    /// Begins to watch an incident: what was counted since its onset is gathered.
    fn start(
        &self,
        scene: Scene<'_>,
        subject: &Subject,
        reading: &Reading,
        onset: i64,
        theme: Option<ThemeId>,
        brand: &BrandWatch,
    ) -> Option<Watched> {
        let lead = subject.key(scene.brand.as_str());
        let (live, baseline) = series(&lead, scene.state)?;
        let Gathered { mentions, persons, evidence } = gathered(scene, subject, onset, reading.at, brand)?;
        // The last minute is not over yet: alone it says too little about the pace.
        let last = onset.max(reading.at - 1);
        let expected = (onset..=last).map(|minute| baseline.expected(minute).unwrap_or_default());
        let since = Reading {
            minutes: last - onset + 1,
            expected: expected.sum(),
            observed: live.sum(onset, last),
            ..*reading
        };
        let parts = ["incident", scene.brand.as_str(), KIND, subject.name(), &onset.to_string()];
        Some(Watched {
            incident_id: IncidentId::from(digest(&parts)),
            state: IncidentState::Open,
            lead,
            counted: subject.clone(),
            only: None,
            theme,
            onset,
            opened: reading.at,
            peak: Peak::of(reading),
            top: 0.0,
            mentions,
            persons,
            evidence,
            told: (reading.at, decide::pace(reading).max(decide::pace(&since)), 0),
            published: 0,
            dirty: true,
            calm: 0,
            resolved: None,
        })
    }

    /// The theme that explains what is unusual about a brand in `[from, to]`, if one does.
    pub(super) fn explanation(&self, id: &BrandId, from: i64, to: i64, state: &WatchState) -> Option<ThemeId> {
        let themes = self.book.themes.iter().map(|theme| &theme.id);
        decide::explanation(themes.map(|theme| self.surplus(id, theme, from, to, state)).collect()).cloned()
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
                let expected = (from..=to).map(|minute| baseline.expected(minute).unwrap_or_default());
                live.sum(from, to) as f64 - expected.sum::<f64>()
            })
        };
        let own = of(&Subject::Theme(theme.clone()));
        Surplus { theme, own, brand: of(&Subject::Volume).max(of(&Subject::Complaints)) }
    }
}

/// What a series says about `[from, to]`.
fn gathered(scene: Scene<'_>, subject: &Subject, from: i64, to: i64, brand: &BrandWatch) -> Option<Gathered> {
    let (live, _) = series(&subject.key(scene.brand.as_str()), scene.state)?;
    let mut persons = live.persons_since(from);
    if let Some(fresh) = scene.fresh.get(subject) {
        persons.merge(fresh);
    }
    let mut evidence = Evidence::default();
    let minutes = brand.minutes_since(from).filter_map(|minute| scene.state.evidence(scene.brand, minute));
    minutes.for_each(|minute| evidence.merge(minute));
    evidence.keep(subject.name());
    Some(Gathered { mentions: i64::try_from(live.sum(from, to)).unwrap_or(i64::MAX), persons, evidence })
}

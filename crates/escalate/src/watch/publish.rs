//! From what is watched to the record of an incident: one revision for each change.

use book::Theme;
use events::{BrandId, Incident, IncidentMode, IncidentState, Persons, Recipient, ThemeId};
use stream::{Context, Fault};

use super::follow::Change;
use super::severity::severity;
use super::state::{BrandWatch, WatchState, Watched};
use super::{Watch, time_of};
use crate::steps;

/// The one kind of signal so far.
pub(super) const KIND: &str = "spike";

impl Watch {
    /// How grave an incident is.
    pub(super) fn severity(&self, watched: &Watched) -> i64 {
        let theme = watched.theme.as_ref().and_then(|theme| self.book.theme(theme));
        severity(watched.peak.fold(), watched.persons.count(), theme, watched.evidence.negative_share())
    }

    /// Writes a new revision of an incident.
    pub(super) fn publish(
        &self,
        id: &BrandId,
        brand: &mut BrandWatch,
        slot: usize,
        change: &Change<'_>,
        state: &mut WatchState,
        cx: &Context,
    ) -> Result<(), Fault> {
        let newest = brand.newest;
        let Some(watched) = brand.watched.get_mut(slot) else {
            return Err(Fault::Broken(format!("brand `{id}` watches no incident {slot}")));
        };
        // What is left while it fades says little about what it is about.
        let fading = matches!(watched.state, IncidentState::Easing | IncidentState::Resolved);
        if watched.theme.is_none() && !fading {
            watched.theme = self.explanation(id, watched.onset, newest, state);
        }
        let known = state.incidents.get(watched.incident_id.as_str()).cloned();
        let mut incident = known.unwrap_or_else(|| empty(id, watched, cx));
        fill(&mut incident, watched, self.severity(watched), change, cx);
        if let Some(step) = change.step {
            if step == "opened" {
                incident.opened_at = Some(change.at);
            }
            incident.resolved_at = (step == "resolved").then_some(change.at);
            let detail =
                format!("{} in {} min, {:.0} expected", incident.observed, incident.window_minutes, incident.expected);
            steps::push(&mut incident.steps, &mut incident.step_count, change.at, step, detail);
        }
        self.call(id, watched.theme.as_ref(), &mut incident, change);
        watched.published = incident.observed;
        watched.dirty = false;
        state.incidents.put(watched.incident_id.as_str(), incident);
        Ok(())
    }

    /// Names who is called: the owner of the theme, else of the brand. An owner who is found later is assigned by a step.
    fn call(&self, id: &BrandId, theme: Option<&ThemeId>, incident: &mut Incident, change: &Change<'_>) {
        let theme: Option<&Theme> = theme.and_then(|theme| self.book.theme(theme));
        let owner =
            theme.and_then(|theme| theme.owner.as_deref()).or(self.book.brand(id).map(|brand| brand.owner.as_str()));
        let team = owner.and_then(|owner| self.book.team(owner)).or_else(|| self.book.team(&self.book.default_team));
        let Some(recipient) = team.map(|team| &team.recipient) else {
            return;
        };
        if incident.called.contains(recipient) {
            return;
        }
        let later = !incident.called.is_empty();
        incident.called.push(Recipient::clone(recipient));
        if later {
            let detail = recipient.to_string();
            steps::push(&mut incident.steps, &mut incident.step_count, change.at, "assigned", detail);
        }
    }
}

/// An incident without figures.
fn empty(id: &BrandId, watched: &Watched, cx: &Context) -> Incident {
    Incident {
        incident_id: watched.incident_id.clone(),
        revision: 0,
        brand: id.clone(),
        kind: KIND.to_owned(),
        theme: None,
        state: watched.state,
        mode: IncidentMode::Normal,
        severity: 0,
        onset_at: time_of(watched.onset),
        opened_at: None,
        updated_at: time_of(watched.onset),
        resolved_at: None,
        expected: 0.0,
        observed: 0,
        window_minutes: 0,
        score: 0.0,
        peak_at: time_of(watched.onset),
        mentions: 0,
        people: 0,
        persons: Persons::default(),
        drivers: Vec::new(),
        samples: Vec::new(),
        called: Vec::new(),
        unconfirmed: false,
        steps: Vec::new(),
        step_count: 0,
        book_version: cx.book_version.clone(),
    }
}

fn fill(incident: &mut Incident, watched: &Watched, severity: i64, change: &Change<'_>, cx: &Context) {
    let peak = &watched.peak;
    incident.revision += 1;
    incident.theme = watched.theme.clone();
    incident.state = watched.state;
    incident.severity = severity;
    incident.updated_at = incident.updated_at.max(change.at);
    incident.expected = (peak.expected * 10.0).round() / 10.0;
    incident.observed = peak.observed;
    incident.window_minutes = peak.minutes;
    incident.score = (peak.score * 10.0).round() / 10.0;
    incident.peak_at = time_of(peak.at + 1);
    incident.mentions = watched.mentions;
    incident.people = watched.persons.count();
    incident.persons = watched.persons.clone();
    incident.drivers = watched.evidence.drivers(watched.counted.name());
    incident.samples = watched.evidence.samples();
    incident.unconfirmed = cx.unconfirmed;
    incident.book_version = cx.book_version.clone();
}

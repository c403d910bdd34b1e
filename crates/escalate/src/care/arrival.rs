//! What comes finds its case, and the cases of its person change as the fold says.
//!
//! Nearly always that is one mention more at the end of one case. A mention that others overtook may be the first of a case, make
//! two cases one or take mentions out of another: those are told anew. A case keeps its id as long as it has mentions; one that
//! has none left is `moved`.

use events::{BrandId, Case, CaseId, ClockOutcome, Person};
use stream::{Context, Fault};

use super::history::History;
use super::regroup::{Arrival, Fate, Outcome, regroup, remember};
use super::retold::Retelling;
use super::{Care, CareState, KEEP, change, opening};

impl Care {
    /// Lets mentions of a person about one brand find their case.
    pub(super) fn take_in(
        &self,
        (person, brand): (&Person, &BrandId),
        arrivals: Vec<Arrival>,
        history: &mut History,
        state: &mut CareState,
        cx: &Context,
    ) -> Result<(), Fault> {
        let mut outcomes = regroup(brand, arrivals, history);
        if outcomes.iter().any(|outcome| outcome.fate == Fate::Retold) {
            let retelling = Retelling::of((person, brand), &mut outcomes, history, state)?;
            retelling.tell(&self.book, &cx.book_version, state)?;
        }
        for outcome in &mut outcomes {
            let case = match outcome.fate {
                Fate::Same | Fate::Retold => continue,
                Fate::Opened => {
                    let mut case = opening::blank(&cx.book_version, outcome.id.clone(), brand, person);
                    if let Some((first, asks)) = outcome.first() {
                        opening::open(&self.book, &mut case, first, asks);
                    }
                    add(&mut case, outcome);
                    keep(&case, state);
                    case
                }
                Fate::Grown => {
                    let mut case = known(&outcome.id, state)?;
                    add(&mut case, outcome);
                    case
                }
            };
            set_timers(&case, state);
            state.put(&case)?;
        }
        remember(brand, outcomes, history);
        Ok(())
    }
}

/// Adds what came to its case.
pub(super) fn add(case: &mut Case, outcome: &mut Outcome) {
    for (said, entry, why) in outcome.came() {
        match (&said.asks, why) {
            (None, _) => change::answer(case, entry),
            (Some(_), Some(why)) => change::add(case, said, entry, "joined", ["by ", why].concat()),
            (Some(_), None) if case.step_count > 0 => {
                change::add(case, said, entry, "joined", "as the first".to_owned())
            }
            (Some(_), None) => {
                let detail = ["queue ", &case.queue].concat();
                change::add(case, said, entry, "opened", detail);
            }
        }
    }
}

/// A case of the history.
pub(super) fn known(id: &CaseId, state: &CareState) -> Result<Case, Fault> {
    state.case(id)?.ok_or_else(|| Fault::Broken(format!("case `{id}` is remembered and not there")))
}

/// Sets the timer that looks whether a case may be forgotten.
pub(super) fn keep(case: &Case, state: &mut CareState) {
    state.timers.set(case.updated_at.plus(KEEP), &["keep/", case.case_id.as_str()].concat());
}

/// Timers of a case's clocks: set while a clock runs, taken off when it has ended.
pub(super) fn set_timers(case: &Case, state: &mut CareState) {
    for clock in &case.clocks {
        let running = clock.outcome == ClockOutcome::Running;
        let warning = running && clock.warned_at.is_none();
        for (wanted, at, key) in [(warning, clock.warn_at, "warn"), (running, clock.due_at, "due")] {
            let key = [key, "/", case.case_id.as_str()].concat();
            if wanted {
                state.timers.set(at, &key);
            } else {
                state.timers.cancel(at, &key);
            }
        }
    }
}

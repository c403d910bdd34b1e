//! Care's way through one record or one timer: load the person's cases, decide, put back what changed.

use events::{Action, Case, CaseId, CaseState, ClassifiedMention, ClockOutcome, EventTime, MentionKind, Span};
use stream::{Context, DropReason, DueTimer, Fault};

use super::decide::{self, FIRST_REPLY};
use super::state::Waiting;
use super::{Care, CareState, DELETED, KEEP, NO_CASE, OWN_POST, STALE, fold};

/// An answer or a deletion waits this long for its mention.
const WAIT: Span = Span::hours(24);

impl Care {
    /// Decides a mention; the reason when it changes nothing.
    pub(super) fn mention(
        &self,
        mention: &ClassifiedMention,
        state: &mut CareState,
        cx: &Context,
    ) -> Result<Option<DropReason>, Fault> {
        let said = &mention.mention;
        let mut cases = state.cases_of(&mention.enrichment.person)?;
        if cases.iter().any(|case| decide::knows(case, said.id.as_str())) {
            return self.revise(mention, &mut cases, state);
        }
        if said.kind == MentionKind::Delete {
            let until = cx.stream_time.max(said.event_time).plus(WAIT);
            state.wait(said.id.as_str(), "delete", Waiting::Delete(said.revision), until);
            return Ok(None);
        }
        if said.from_brand || mention.enrichment.author_role == events::AuthorRole::Brand {
            return self.answer(mention, &mut cases, state, cx);
        }
        let waiting = state.waiting_for(said.id.as_str());
        if waiting.iter().any(|waiting| matches!(waiting, Waiting::Delete(_))) {
            return Ok(Some(DELETED));
        }
        let intent = match decide::wanted(&self.book, mention) {
            Ok(intent) => intent,
            Err(reason) => return Ok(Some(reason)),
        };
        for brand in mention.enrichment.brands.iter().map(|brand| &brand.id) {
            let matter = decide::matter_of(decide::theme_for(mention, brand));
            let mut opened;
            let case = match decide::find(&mut cases, mention, brand, matter) {
                Some((case, why)) => {
                    decide::add(case, mention, "joined", format!("by {why}"));
                    case
                }
                None => {
                    opened = decide::open(&self.book, &cx.book_version, mention, brand, intent);
                    state.timers.set(opened.updated_at.plus(KEEP), &format!("keep/{}", opened.case_id));
                    &mut opened
                }
            };
            for waiting in &waiting {
                if let Waiting::Answer(answer) = waiting {
                    fold::answer(case, answer.clone());
                    state.stop_waiting(&format!("{}/{}", said.id, answer.id));
                }
            }
            set_timers(case, state);
            state.put(case)?;
        }
        Ok(None)
    }

    /// A later revision of a mention that cases have: the highest wins, a delete is final.
    fn revise(
        &self,
        mention: &ClassifiedMention,
        cases: &mut [Case],
        state: &mut CareState,
    ) -> Result<Option<DropReason>, Fault> {
        let said = &mention.mention;
        let delete = said.kind == MentionKind::Delete;
        let mut changed = false;
        for case in cases {
            let known = case.mentions.iter_mut().find(|known| known.id == said.id);
            let Some(known) = known.filter(|known| !known.deleted && (delete || said.revision > known.revision)) else {
                continue;
            };
            known.revision = known.revision.max(said.revision);
            known.deleted = delete;
            let kind = if delete { "deleted" } else { "edited" };
            fold::step(case, said.event_time, kind, format!("mention {}", said.id));
            if !delete {
                case.severity = case.severity.max(mention.classification.severity.score);
                decide::report_harm(case, mention);
            }
            state.put(case)?;
            changed = true;
        }
        Ok((!changed).then_some(STALE))
    }

    /// The brand's own answer: to the cases that have the mention it answers, else it waits for that mention.
    fn answer(
        &self,
        mention: &ClassifiedMention,
        cases: &mut [Case],
        state: &mut CareState,
        cx: &Context,
    ) -> Result<Option<DropReason>, Fault> {
        let said = &mention.mention;
        let Some(parent) = &said.parent_id else {
            return Ok(Some(OWN_POST));
        };
        let answer = decide::entry(mention, "brand");
        let mut found = false;
        for case in cases.iter_mut().filter(|case| decide::knows(case, parent.as_str())) {
            fold::answer(case, answer.clone());
            set_timers(case, state);
            state.put(case)?;
            found = true;
        }
        if !found {
            let until = cx.stream_time.max(said.event_time).plus(WAIT);
            state.wait(parent.as_str(), said.id.as_str(), Waiting::Answer(answer), until);
        }
        Ok(None)
    }

    /// Decides an action; the reason when it changes nothing.
    pub(super) fn action(&self, action: &Action, state: &mut CareState) -> Result<Option<DropReason>, Fault> {
        let case = match action.subject_kind.as_str() {
            "case" => state.case(&CaseId::from(action.subject_id.as_str()))?,
            "mention" => match &action.person {
                Some(person) => {
                    state.cases_of(person)?.into_iter().rev().find(|case| decide::knows(case, &action.subject_id))
                }
                None => None,
            },
            _ => None,
        };
        let Some(mut case) = case else { return Ok(Some(NO_CASE)) };
        let by = format!("{}, action {}", action.actor, action.action_id);
        if case.steps.iter().any(|step| step.detail.ends_with(&by)) {
            return Ok(Some(STALE));
        }
        match action.kind.as_str() {
            "reply" => fold::replied(&mut case, action.at, &by),
            "close" => fold::close(&mut case, action.at, &by),
            "acknowledge" => fold::step(&mut case, action.at, "acknowledged", format!("by {by}")),
            "assign" => {
                if self.book.team(&action.detail).is_some() {
                    case.queue = action.detail.clone();
                }
                fold::step(&mut case, action.at, "assigned", format!("to {} by {by}", action.detail));
            }
            other => fold::step(&mut case, action.at, other, format!("by {by}")),
        }
        set_timers(&case, state);
        state.put(&case)?;
        Ok(None)
    }

    /// A clock's timer is due.
    pub(super) fn clock(
        &self,
        id: &CaseId,
        timer: &DueTimer,
        state: &mut CareState,
        cx: &Context,
        change: fn(&mut Case, &str, EventTime, bool) -> bool,
    ) -> Result<(), Fault> {
        let Some(mut case) = state.case(id)? else { return Ok(()) };
        if change(&mut case, FIRST_REPLY, timer.deadline, cx.unconfirmed) {
            state.put(&case)?;
        }
        Ok(())
    }

    /// Forgets a case that has not changed for long; else looks again later.
    pub(super) fn forget(&self, id: &CaseId, deadline: EventTime, state: &mut CareState) -> Result<(), Fault> {
        let Some(case) = state.case(id)? else { return Ok(()) };
        let until = case.updated_at.plus(KEEP);
        if until > deadline {
            state.timers.set(until, &format!("keep/{id}"));
        } else {
            state.forget(&case);
        }
        Ok(())
    }
}

/// Timers of a case's clocks: set while a clock runs, taken off when it has ended.
fn set_timers(case: &Case, state: &mut CareState) {
    for clock in &case.clocks {
        let running = clock.outcome == ClockOutcome::Running && case.state != CaseState::Moved;
        let warning = running && clock.warned_at.is_none();
        for (wanted, at, key) in [(warning, clock.warn_at, "warn"), (running, clock.due_at, "due")] {
            let key = format!("{key}/{}", case.case_id);
            if wanted {
                state.timers.set(at, &key);
            } else {
                state.timers.cancel(at, &key);
            }
        }
    }
}

//! Care's way through one record or one timer.

use events::{Action, Case, CaseId, CaseState, EventTime, MentionKind, Span};
use stream::{Context, DropReason, DueTimer, Fault};

use super::arrival::{known, set_timers};
use super::heard::Heard;
use super::history::{History, Known};
use super::opening::FIRST_REPLY;
use super::regroup::Arrival;
use super::said::Said;
use super::state::Waiting;
use super::{Care, CareState, DELETED, KEEP, NO_CASE, OWN_POST, STALE, change, decide, route};

/// An answer or a deletion waits this long for its mention.
const WAIT: Span = Span::hours(24);

impl Care {
    /// Decides a mention; the reason when it changes nothing.
    pub(super) fn mention(
        &self,
        mention: &Heard,
        state: &mut CareState,
        cx: &Context,
    ) -> Result<Option<DropReason>, Fault> {
        let said = &mention.mention;
        let person = &mention.enrichment.person;
        let mut history = state.history(person)?;
        let overtaken = said.kind != MentionKind::Delete && history.has_later(said.id.as_str(), said.revision);
        if !overtaken && history.has(said.id.as_str()) {
            return self.revise(mention, history, state);
        }
        if said.kind == MentionKind::Delete {
            let until = cx.stream_time.max(said.event_time).plus(WAIT);
            state.wait(said.id.as_str(), "delete", Waiting::Delete(said.revision), until);
            return Ok(None);
        }
        if said.from_brand || mention.enrichment.author_role == events::AuthorRole::Brand {
            return self.answer(mention, history, state, cx);
        }
        if state.is_deleted(said.id.as_str()) {
            return Ok(Some(DELETED));
        }
        let intent = match decide::wanted(&self.book, mention) {
            Ok(intent) => intent,
            Err(_) if overtaken => return Ok(Some(STALE)),
            Err(reason) => return Ok(Some(reason)),
        };
        let answers = answers_to(said.id.as_str(), state);
        for brand in mention.enrichment.brands.iter().map(|brand| &brand.id) {
            let first =
                Arrival { said: Said::by_customer(mention, brand, intent), entry: decide::entry(mention, "customer") };
            let arrivals = std::iter::once(first).chain(answers.clone()).collect();
            self.take_in((person, brand), arrivals, &mut history, state, cx)?;
        }
        state.remember(person, &history)?;
        Ok(None)
    }

    /// A later revision of a mention that cases have: the highest wins, a delete is final.
    fn revise(
        &self,
        mention: &Heard,
        mut history: History,
        state: &mut CareState,
    ) -> Result<Option<DropReason>, Fault> {
        let said = &mention.mention;
        let delete = said.kind == MentionKind::Delete;
        let mut changed = false;
        for one in history.known.iter_mut().filter(|one| one.has(said.id.as_str())) {
            let mut case = known(&one.id, state)?;
            let listed = case.mentions.iter_mut().find(|listed| listed.id == said.id);
            let Some(listed) = listed.filter(|it| !it.deleted && (delete || said.revision > it.revision)) else {
                continue;
            };
            listed.revision = listed.revision.max(said.revision);
            listed.deleted = delete;
            let kind = if delete { "deleted" } else { "edited" };
            change::step(&mut case, said.event_time, kind, format!("mention {}", said.id));
            if !delete {
                let severity = mention.classification.severity.score;
                case.severity = case.severity.max(severity);
                one.said.iter_mut().filter(|one| one.id == said.id).for_each(|one| one.revised(severity));
                change::harm_reported(&mut case, said.event_time, route::counted(&mention.classification.harm));
            }
            state.put(&case)?;
            changed = true;
        }
        if !changed {
            return Ok(Some(STALE));
        }
        if !delete {
            state.remember(&mention.enrichment.person, &history)?;
        }
        Ok(None)
    }

    /// The brand's own answer: to the cases that have the mention it answers, else it waits for that mention.
    fn answer(
        &self,
        mention: &Heard,
        mut history: History,
        state: &mut CareState,
        cx: &Context,
    ) -> Result<Option<DropReason>, Fault> {
        let said = &mention.mention;
        let Some(parent) = &said.parent_id else {
            return Ok(Some(OWN_POST));
        };
        let answer = Arrival { said: Said::by_brand(mention), entry: decide::entry(mention, "brand") };
        let brands = history.brands_of(parent.as_str());
        if brands.is_empty() {
            let until = cx.stream_time.max(said.event_time).plus(WAIT);
            state.wait(parent.as_str(), said.id.as_str(), Waiting::Answer(Box::new(answer)), until);
            return Ok(None);
        }
        let person = &mention.enrichment.person;
        let mut arrivals = vec![answer];
        arrivals.extend(answers_to(said.id.as_str(), state));
        for brand in &brands {
            self.take_in((person, brand), arrivals.clone(), &mut history, state, cx)?;
        }
        state.remember(person, &history)?;
        Ok(None)
    }

    /// Decides an action; the reason when it changes nothing.
    pub(super) fn action(&self, action: &Action, state: &mut CareState) -> Result<Option<DropReason>, Fault> {
        let Some((mut case, mut history)) = subject(action, state)? else { return Ok(Some(NO_CASE)) };
        let by = format!("{}, action {}", action.actor, action.action_id);
        if case.steps.iter().any(|step| step.detail.ends_with(&by)) {
            return Ok(Some(STALE));
        }
        let Some(one) = history.case_mut(&case.case_id) else { return Ok(Some(NO_CASE)) };
        match action.kind.as_str() {
            "reply" => {
                change::replied(&mut case, action.at, &by);
                one.replied(&action.subject_id, action.at);
            }
            "close" => {
                change::close(&mut case, action.at, &by);
                one.close();
            }
            "acknowledge" => change::step(&mut case, action.at, "acknowledged", format!("by {by}")),
            "assign" => {
                if self.book.team(&action.detail).is_some() {
                    case.queue = action.detail.clone();
                }
                change::step(&mut case, action.at, "assigned", format!("to {} by {by}", action.detail));
            }
            other => change::step(&mut case, action.at, other, format!("by {by}")),
        }
        set_timers(&case, state);
        state.put(&case)?;
        state.remember(&case.person, &history)?;
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
            return Ok(());
        }
        let mut history = state.history(&case.person)?;
        history.known.retain(|known| known.id != *id);
        state.forget(id);
        state.remember(&case.person, &history)
    }
}

/// The answers that wait for a mention, and those that wait for them; none waits any more.
fn answers_to(mention: &str, state: &mut CareState) -> Vec<Arrival> {
    let mut answers: Vec<Arrival> = Vec::new();
    let mut next = Some(mention.to_owned());
    let mut followed = 0;
    while let Some(id) = next {
        answers.extend(state.take_answers(&id));
        next = answers.get(followed).map(|answer| answer.said.id.to_string());
        followed += 1;
    }
    answers
}

/// The case that an action is about, and what is known of its person. One that is continued in another case is that one.
fn subject(action: &Action, state: &CareState) -> Result<Option<(Case, History)>, Fault> {
    let case = match action.subject_kind.as_str() {
        "case" => state.case(&CaseId::from(action.subject_id.as_str()))?,
        _ => None,
    };
    let person = match (&case, action.subject_kind.as_str()) {
        (Some(case), _) => &case.person,
        (None, "mention") => match &action.person {
            Some(person) => person,
            None => return Ok(None),
        },
        (None, _) => return Ok(None),
    };
    let history = state.history(person)?;
    let mention = match &case {
        Some(case) if case.state != CaseState::Moved => return Ok(Some((case.clone(), history))),
        Some(case) => case.mentions.first().map(|first| first.id.to_string()).unwrap_or_default(),
        None => action.subject_id.clone(),
    };
    let brand = case.map(|case| case.brand);
    let fits = |one: &&Known| one.has(&mention) && brand.as_ref().is_none_or(|brand| one.brand == *brand);
    let found = history.known.iter().rev().find(fits).map(|one| known(&one.id, state)).transpose()?;
    Ok(found.map(|case| (case, history)))
}

//! Changes of a case: each is one revision. Nothing here looks at other cases or at the book.
//!
//! How a clock ends depends on what was done and when, not on the order in which it became known: the first reply or closing
//! before its due time ends it, else its due time does.

use events::{Case, CaseMention, CaseState, Clock, ClockOutcome, EventTime, HarmClass, Step};

use super::route;
use super::said::Said;
use crate::steps;

/// Mentions that a case carries.
pub(super) const KEPT: usize = 100;

/// One change: the revision rises, a step says what happened.
pub(super) fn step(case: &mut Case, at: EventTime, kind: &str, detail: String) {
    case.revision += 1;
    case.updated_at = case.updated_at.max(at);
    steps::push(&mut case.steps, &mut case.step_count, at, kind, detail);
}

/// Puts a mention at its place: the list stays sorted by (event time, id).
pub(super) fn insert(case: &mut Case, mention: CaseMention) {
    case.mention_count += 1;
    let at = case.mentions.partition_point(|known| (known.at, &known.id) <= (mention.at, &mention.id));
    case.mentions.insert(at, mention);
    if case.mentions.len() > KEPT {
        case.mentions.remove(0);
    }
}

/// A customer's mention joins, or is the first.
pub(super) fn add(case: &mut Case, said: &Said, entry: CaseMention, kind: &str, detail: String) {
    insert(case, entry);
    case.severity = case.severity.max(said.severity);
    if let Some(thread) = said.thread.as_ref().filter(|thread| !case.threads.contains(thread)) {
        case.threads.push(thread.clone());
    }
    step(case, said.at, kind, detail);
    let harm = said.asks.iter().flat_map(|asks| asks.harm.iter().copied());
    harm_reported(case, said.at, harm);
}

/// A step for each harm class that the case did not have.
pub(super) fn harm_reported(case: &mut Case, at: EventTime, classes: impl Iterator<Item = HarmClass>) {
    for class in classes.filter(|class| route::opens(*class)) {
        let known = |step: &Step| step.kind == super::HARM_STEP && step.detail == class.name();
        if !case.steps.iter().any(known) {
            step(case, at, super::HARM_STEP, class.name().to_owned());
        }
    }
}

/// The brand's answer: it joins, and stops a first-reply clock that it reached in time.
pub(super) fn answer(case: &mut Case, answer: CaseMention) {
    let (at, id) = (answer.at, answer.id.clone());
    insert(case, answer);
    replied(case, at, &format!("mention {id}"));
}

/// Somebody replied at `at`.
pub(super) fn replied(case: &mut Case, at: EventTime, by: &str) {
    if case.state == CaseState::New {
        case.state = CaseState::Answered;
    }
    step(case, at, "answered", format!("by {by}"));
    met(case, at);
}

/// Clocks that a reply at `at` reached in time are met, with a step for each that was not. A reply may become known after the
/// breach, or after one that came later.
pub(super) fn met(case: &mut Case, at: EventTime) {
    let mut met = Vec::new();
    for clock in &mut case.clocks {
        let earlier = clock.ended_at.is_none_or(|ended| at <= ended);
        if at > clock.due_at || !earlier {
            continue;
        }
        if clock.outcome != ClockOutcome::Met {
            met.push(clock.name.clone());
        }
        clock.outcome = ClockOutcome::Met;
        clock.ended_at = Some(at);
    }
    for name in met {
        step(case, at, "met", name);
    }
}

/// The case is done: clocks that were not over by then are no longer needed.
pub(super) fn close(case: &mut Case, at: EventTime, by: &str) {
    cancel(case, at);
    if case.state != CaseState::Closed {
        case.state = CaseState::Closed;
        step(case, at, "closed", format!("by {by}"));
    }
}

/// Cancels clocks that were not over at `at`.
pub(super) fn cancel(case: &mut Case, at: EventTime) {
    let earlier = |clock: &&mut Clock| at < clock.due_at && clock.ended_at.is_none_or(|ended| at < ended);
    for clock in case.clocks.iter_mut().filter(earlier) {
        clock.outcome = ClockOutcome::Cancelled;
        clock.ended_at = Some(at);
    }
}

/// A clock's warning is due. False when there is nothing to warn of any more.
pub(super) fn warn(case: &mut Case, name: &str, deadline: EventTime, unconfirmed: bool) -> bool {
    let Some(clock) = running(case, name).filter(|clock| clock.warned_at.is_none()) else {
        return false;
    };
    clock.warned_at = Some(deadline);
    clock.unconfirmed |= unconfirmed;
    step(case, deadline, "warned", name.to_owned());
    true
}

/// A clock is over. False when it ended before.
pub(super) fn breach(case: &mut Case, name: &str, deadline: EventTime, unconfirmed: bool) -> bool {
    let Some(clock) = running(case, name) else { return false };
    clock.outcome = ClockOutcome::Breached;
    clock.ended_at = Some(deadline);
    clock.unconfirmed |= unconfirmed;
    step(case, deadline, "breached", name.to_owned());
    true
}

fn running<'a>(case: &'a mut Case, name: &str) -> Option<&'a mut Clock> {
    case.clocks.iter_mut().find(|clock| clock.name == name && clock.outcome == ClockOutcome::Running)
}

//! Changes of a case: each is one revision. Nothing here looks at other cases or at the book.

use events::{Case, CaseMention, CaseState, Clock, ClockOutcome, EventTime};

use crate::steps;

/// Mentions that a case carries.
const KEPT: usize = 100;

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

/// The brand's answer: it joins, and stops a first-reply clock that it reached in time.
pub(super) fn answer(case: &mut Case, answer: CaseMention) {
    let (at, id) = (answer.at, answer.id.clone());
    insert(case, answer);
    replied(case, at, &format!("mention {id}"));
}

/// Somebody replied at `at`. A clock whose due time had passed by then keeps running into its breach.
pub(super) fn replied(case: &mut Case, at: EventTime, by: &str) {
    if case.state == CaseState::New {
        case.state = CaseState::Answered;
    }
    step(case, at, "answered", format!("by {by}"));
    let mut met = Vec::new();
    for clock in case.clocks.iter_mut().filter(|clock| clock.outcome == ClockOutcome::Running && at <= clock.due_at) {
        clock.outcome = ClockOutcome::Met;
        clock.ended_at = Some(at);
        met.push(clock.name.clone());
    }
    for name in met {
        step(case, at, "met", name);
    }
}

/// The case is done: its clocks are no longer needed.
pub(super) fn close(case: &mut Case, at: EventTime, by: &str) {
    if case.state == CaseState::Closed {
        return;
    }
    case.state = CaseState::Closed;
    for clock in case.clocks.iter_mut().filter(|clock| clock.outcome == ClockOutcome::Running) {
        clock.outcome = ClockOutcome::Cancelled;
        clock.ended_at = Some(at);
    }
    step(case, at, "closed", format!("by {by}"));
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

//! Cases that are told anew, since what came should have been heard before: who is first, what belongs together, which clock runs.
//!
//! Steps that were told stay; new ones say what changed. A warning or a breach that was told is not told again.

use std::collections::BTreeMap;

use book::Book;
use events::{BookVersion, BrandId, Case, CaseId, CaseMention, CaseState, Clock, ClockOutcome, MentionId, Person};
use stream::Fault;

use super::arrival::{add, keep, known, set_timers};
use super::history::History;
use super::regroup::{Fate, Outcome, Piece};
use super::{CareState, change, opening};

/// The cases of a brand before and after.
pub(super) struct Retelling<'a> {
    person: &'a Person,
    brand: &'a BrandId,
    outcomes: &'a mut [Outcome],
    /// By their place in the history.
    before: BTreeMap<usize, Case>,
    /// How cases listed their mentions.
    listed: BTreeMap<MentionId, CaseMention>,
}

impl<'a> Retelling<'a> {
    pub(super) fn of(
        (person, brand): (&'a Person, &'a BrandId),
        outcomes: &'a mut [Outcome],
        history: &History,
        state: &CareState,
    ) -> Result<Self, Fault> {
        let (mut before, mut listed) = (BTreeMap::new(), BTreeMap::new());
        for (at, one) in history.known.iter().enumerate().filter(|(_, known)| known.brand == *brand) {
            let case = known(&one.id, state)?;
            if case.state != CaseState::Moved {
                listed.extend(case.mentions.iter().map(|mention| (mention.id.clone(), mention.clone())));
            }
            before.insert(at, case);
        }
        Ok(Self { person, brand, outcomes, before, listed })
    }

    /// Changes the cases that are retold, and leaves those without mentions.
    pub(super) fn tell(mut self, book: &Book, version: &BookVersion, state: &mut CareState) -> Result<(), Fault> {
        let goes: Vec<(usize, CaseId)> = self
            .outcomes
            .iter()
            .flat_map(|outcome| outcome.pieces.iter().filter_map(|piece| Some((piece.before?, outcome.id.clone()))))
            .collect();
        let stays = |id: &CaseId| self.outcomes.iter().any(|outcome| outcome.id == *id);
        let left: Vec<usize> =
            self.before.iter().filter(|(_, case)| !stays(&case.case_id)).map(|(at, _)| *at).collect();
        for at in left {
            let Some((_, to)) = goes.iter().find(|(before, _)| *before == at) else { continue };
            let Some(case) = self.before.get_mut(&at) else { continue };
            leave(case, to);
            set_timers(case, state);
            state.put(case)?;
        }
        for outcome in self.outcomes.iter_mut().filter(|outcome| outcome.fate == Fate::Retold) {
            let old = self.before.iter().find(|(_, case)| case.case_id == outcome.id);
            let lost = goes.iter().filter(|(from, to)| Some(from) == old.map(|(at, _)| at) && *to != outcome.id);
            let lost: Vec<&CaseId> = lost.map(|(_, to)| to).collect();
            let mut case = match old {
                Some((_, case)) => case.clone(),
                None => opening::blank(version, outcome.id.clone(), self.brand, self.person),
            };
            let clocks = std::mem::take(&mut case.clocks);
            for clock in &clocks {
                state.timers.cancel(clock.warn_at, &format!("warn/{}", outcome.id));
                state.timers.cancel(clock.due_at, &format!("due/{}", outcome.id));
            }
            let place = old.map(|(at, _)| *at);
            case.book_version.clone_from(version);
            retell(book, &mut case, outcome, (place, clocks), &self.listed);
            tell_moves(&mut case, outcome, place, &lost, &self.before);
            if place.is_none() {
                keep(&case, state);
            }
            set_timers(&case, state);
            state.put(&case)?;
        }
        Ok(())
    }
}

/// A case whose mentions are all in others now.
fn leave(case: &mut Case, to: &CaseId) {
    let at = case.updated_at;
    change::cancel(case, at);
    for clock in case.clocks.iter_mut().filter(|clock| clock.outcome == ClockOutcome::Running) {
        // It was due before: whether it was met, the other case knows.
        clock.outcome = ClockOutcome::Cancelled;
        clock.ended_at = Some(at);
    }
    case.state = CaseState::Moved;
    change::step(case, at, "moved", format!("to case {to}"));
}

/// Tells a case by its mentions now.
fn retell(
    book: &Book,
    case: &mut Case,
    outcome: &mut Outcome,
    (place, clocks): (Option<usize>, Vec<Clock>),
    listed: &BTreeMap<MentionId, CaseMention>,
) {
    let earlier = |piece: &&Piece| piece.before.is_some();
    let gone = if outcome.settled { case.mention_count - case.mentions.len() as i64 } else { 0 };
    let entry = |piece: &Piece| {
        let known = listed.get(&piece.said.id)?.clone();
        // An earlier revision tells when it was said; the highest that is known and whether it was deleted stay.
        Some(CaseMention { at: piece.said.at, ..known })
    };
    case.mentions = outcome.pieces.iter().filter(earlier).filter_map(entry).collect();
    case.mention_count = gone + case.mentions.len() as i64;
    let began = case.opened_at;
    if outcome.settled {
        case.clocks = clocks;
    } else {
        case.threads.clear();
        case.severity = 0;
        case.state = CaseState::New;
        if let Some((first, asks)) = outcome.first() {
            opening::open(book, case, first, asks);
        }
        for clock in &mut case.clocks {
            if let Some(old) = clocks.iter().find(|old| old.name == clock.name) {
                carry(old, clock);
            }
        }
    }
    for said in outcome.pieces.iter().filter(earlier).map(|piece| &piece.said) {
        case.severity = case.severity.max(said.severity);
        case.threads.extend(said.thread.clone().filter(|thread| !case.threads.contains(thread)));
    }
    let (at, queue) = (case.opened_at, format!("queue {}", case.queue));
    let told_by_what_came = outcome.first().is_some_and(|(first, _)| outcome.is_new(first));
    if place.is_none() && !told_by_what_came {
        change::step(case, at, "opened", queue);
    } else if place.is_some() && at != began {
        change::step(case, at, "retold", format!("matter {}, {queue}", case.matter));
    }
    let revised = outcome.pieces.iter().filter(|piece| piece.before.is_some());
    for (said, entry) in revised.filter_map(|piece| Some((&piece.said, piece.entry.as_ref()?))) {
        // Nothing else may be changed by it than when a mention was said: that is a revision of the case all the same.
        change::step(case, said.at, "retold", format!("mention {} by its revision {}", said.id, entry.revision));
    }
    add(case, outcome);
    if let Some(at) = outcome.replied_at() {
        if case.state == CaseState::New {
            case.state = CaseState::Answered;
        }
        change::met(case, at);
    }
}

/// What was told of a clock is not told again. A breach stands unless the new deadline lies behind it.
fn carry(old: &Clock, new: &mut Clock) {
    new.unconfirmed = old.unconfirmed;
    if old.warned_at.is_some() {
        new.warned_at = Some(new.warn_at);
    }
    if old.outcome == ClockOutcome::Breached && new.due_at <= old.due_at {
        new.outcome = ClockOutcome::Breached;
        new.ended_at = Some(new.due_at);
    }
}

/// Steps for the mentions that a case has of others, and for those that others have of it.
fn tell_moves(
    case: &mut Case,
    outcome: &Outcome,
    place: Option<usize>,
    lost: &[&CaseId],
    before: &BTreeMap<usize, Case>,
) {
    let at = case.updated_at;
    for (from, other) in before.iter().filter(|(from, _)| Some(**from) != place) {
        let count = outcome.pieces.iter().filter(|piece| piece.before == Some(*from)).count();
        if count > 0 {
            change::step(case, at, "merged", format!("{count} of case {}", other.case_id));
        }
    }
    let mut to: Vec<&CaseId> = lost.to_vec();
    to.sort_unstable();
    to.dedup();
    for other in to {
        let count = lost.iter().filter(|lost| **lost == other).count();
        change::step(case, at, "split", format!("{count} to case {other}"));
    }
}

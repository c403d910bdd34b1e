//! From the mentions that a person's cases have, and what comes, to what becomes of each case.

use events::{BrandId, CaseId, CaseMention, EventTime};
use serde::{Deserialize, Serialize};

use super::fold::{Folded, Group, fold};
use super::history::{History, Known, Settled};
use super::opening;
use super::said::{Asks, Said};

/// A mention that comes: what is remembered of it, and how a case lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Arrival {
    pub(super) said: Said,
    pub(super) entry: CaseMention,
}

/// A mention of a case.
pub(super) struct Piece {
    pub(super) said: Said,
    /// The case that it was in, by its place in the history; `None` of one that comes now.
    pub(super) before: Option<usize>,
    /// How a case lists it, of one that comes now, or of which an earlier revision does.
    pub(super) entry: Option<CaseMention>,
    /// By what it joined those before it.
    pub(super) why: Option<&'static str>,
}

/// What becomes of one case.
pub(super) struct Outcome {
    pub(super) id: CaseId,
    /// Its mentions now, in order.
    pub(super) pieces: Vec<Piece>,
    /// Whether it began before what it lists, or is closed.
    pub(super) settled: bool,
    pub(super) fate: Fate,
}

/// How a case changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not at all.
    Same,
    /// It begins with what came.
    Opened,
    /// It goes on with what came.
    Grown,
    /// It begins otherwise, has mentions of another case, or lost some to another.
    Retold,
}

/// Folds what came into what is known of a brand. What is known has no mentions after this: they are in the outcomes.
pub(super) fn regroup(brand: &BrandId, arrivals: Vec<Arrival>, history: &mut History) -> Vec<Outcome> {
    let fresh =
        arrivals.into_iter().map(|Arrival { said, entry }| Piece { said, before: None, entry: Some(entry), why: None });
    let mut pieces: Vec<Piece> = fresh.collect();
    let mut sizes = vec![0; history.known.len()];
    for (at, known) in history.known.iter_mut().enumerate().filter(|(_, known)| known.brand == *brand) {
        sizes[at] = known.said.len();
        let said = std::mem::take(&mut known.said).into_iter();
        pieces.extend(said.map(|said| Piece { said, before: Some(at), entry: None, why: None }));
    }
    earlier_revisions(&mut pieces);
    pieces.sort_by(|left, right| left.said.order().cmp(&right.said.order()));
    let settled: Vec<(usize, &Settled)> = history
        .known
        .iter()
        .enumerate()
        .filter(|(_, known)| known.brand == *brand)
        .filter_map(|(at, known)| Some((at, known.settled.as_ref()?)))
        .collect();
    let fixed = |piece: &Piece| settled.iter().position(|(at, _)| piece.before == Some(*at));
    let folded: Vec<Folded<'_>> =
        pieces.iter().map(|piece| Folded { said: &piece.said, fixed: fixed(piece) }).collect();
    let bases: Vec<&Settled> = settled.iter().map(|(_, settled)| *settled).collect();
    let groups = fold(&bases, &folded);
    let settled: Vec<usize> = settled.into_iter().map(|(at, _)| at).collect();
    let ids = name(brand, &groups, &pieces, &settled, history);
    let mut pieces: Vec<Option<Piece>> = pieces.into_iter().map(Some).collect();
    let outcomes = groups.into_iter().zip(ids).map(|(group, (id, known))| {
        let take = |member: &super::fold::Member| {
            let piece = pieces.get_mut(member.place).and_then(Option::take)?;
            Some(Piece { why: member.why, ..piece })
        };
        let pieces: Vec<Piece> = group.members.iter().filter_map(take).collect();
        let size = known.map_or(0, |known| sizes[known]);
        let settled = known.is_some_and(|known| settled.contains(&known));
        let fate = fate(&pieces, known, size, settled);
        Outcome { id, pieces, settled, fate }
    });
    outcomes.collect()
}

/// Puts an earlier revision in the place of the later one that overtook it.
fn earlier_revisions(pieces: &mut Vec<Piece>) {
    let known = |new: &Piece, old: &Piece| new.before.is_none() && old.before.is_some() && new.said.id == old.said.id;
    let mut at = 0;
    while at < pieces.len() {
        let Some(old) = pieces.iter().position(|old| known(&pieces[at], old)) else {
            at += 1;
            continue;
        };
        let new = pieces.remove(at);
        let old = &mut pieces[if old > at { old - 1 } else { old }];
        let (severity, replied_at) = (old.said.severity.max(new.said.severity), old.said.replied_at);
        old.said = Said { severity, replied_at, ..new.said };
        old.entry = new.entry;
    }
}

/// The case that each group is: the settled one that it goes on from; else the one that its first mention opened; else the first
/// that it has a mention of; else a new one.
fn name(
    brand: &BrandId,
    groups: &[Group],
    pieces: &[Piece],
    settled: &[usize],
    history: &History,
) -> Vec<(CaseId, Option<usize>)> {
    let place = |id: &CaseId| history.known.iter().position(|known| known.id == *id);
    let own: Vec<Option<CaseId>> = groups
        .iter()
        .skip(settled.len())
        .map(|group| {
            let customers = group.members.iter().map(|member| &pieces[member.place].said);
            customers.filter(|said| said.asks.is_some()).map(|said| opening::case_id(brand, said)).next()
        })
        .collect();
    let mut named: Vec<Option<(CaseId, Option<usize>)>> =
        settled.iter().map(|at| Some((history.known[*at].id.clone(), Some(*at)))).collect();
    let mut taken: Vec<usize> = settled.to_vec();
    for id in &own {
        let known = id.as_ref().and_then(place).filter(|at| !taken.contains(at));
        taken.extend(known);
        named.push(known.map(|at| (history.known[at].id.clone(), Some(at))));
    }
    let mut all = Vec::with_capacity(named.len());
    for (at, (group, name)) in groups.iter().zip(named).enumerate() {
        all.push(name.unwrap_or_else(|| {
            let mut before = group.members.iter().filter_map(|member| pieces[member.place].before);
            if let Some(known) = before.find(|known| !taken.contains(known)) {
                taken.push(known);
                return (history.known[known].id.clone(), Some(known));
            }
            let own = at.checked_sub(settled.len()).and_then(|at| own.get(at).cloned().flatten()).unwrap_or_default();
            // What its first mention opened goes on as another case.
            let id = if place(&own).is_some() { opening::another(&own) } else { own };
            (id, None)
        }));
    }
    all
}

fn fate(pieces: &[Piece], known: Option<usize>, size: usize, settled: bool) -> Fate {
    let kept = pieces.iter().filter(|piece| piece.before.is_some() && piece.before == known).count();
    let came = pieces.iter().filter(|piece| piece.before.is_none()).count();
    let others = pieces.len() - kept - came;
    let first = pieces.iter().find(|piece| piece.said.asks.is_some());
    let revised = pieces.iter().any(|piece| piece.before.is_some() && piece.entry.is_some());
    let begins_as_before = settled || first.is_some_and(|first| first.before == known);
    match known {
        None if others == 0 => Fate::Opened,
        Some(_) if others == 0 && kept == size && begins_as_before && !revised => match came {
            0 => Fate::Same,
            _ => Fate::Grown,
        },
        _ => Fate::Retold,
    }
}

impl Outcome {
    /// Its first customer's mention, and what that asks for.
    pub(super) fn first(&self) -> Option<(&Said, &Asks)> {
        self.pieces.iter().find_map(|piece| Some((&piece.said, piece.said.asks.as_ref()?)))
    }

    /// Whether a mention of it comes now.
    pub(super) fn is_new(&self, said: &Said) -> bool {
        self.pieces.iter().any(|piece| piece.before.is_none() && piece.said.id == said.id)
    }

    /// What came now, as it is told.
    pub(super) fn came(&mut self) -> impl Iterator<Item = (&Said, CaseMention, Option<&'static str>)> {
        let came = self.pieces.iter_mut().filter(|piece| piece.before.is_none());
        came.filter_map(|piece| Some((&piece.said, piece.entry.take()?, piece.why)))
    }

    /// When it was first replied to.
    pub(super) fn replied_at(&self) -> Option<EventTime> {
        self.pieces.iter().filter_map(|piece| piece.said.reply()).min()
    }
}

/// Remembers what became of the cases of a brand.
pub(super) fn remember(brand: &BrandId, outcomes: Vec<Outcome>, history: &mut History) {
    for Outcome { id, pieces, .. } in outcomes {
        let said = pieces.into_iter().map(|piece| piece.said).collect();
        match history.case_mut(&id) {
            Some(known) => {
                known.said = said;
                known.shorten();
            }
            None => history.known.push(Known { id, brand: brand.clone(), settled: None, said }),
        }
    }
}

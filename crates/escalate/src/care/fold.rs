//! The fold: which of a person's mentions about one brand are one case.
//!
//! Mentions are taken in order of (event time, id), in whatever order they came, so the cases depend on the set of mentions
//! alone: neither on lanes that overtake each other nor on partitions of which one is behind. What a settled case lists
//! stays in it.

use events::{EventTime, Span};

use super::history::Settled;
use super::said::Said;

/// A mention joins an open case this long after the case's last mention.
const JOIN: Span = Span::days(7);

/// A mention that is folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded<'a> {
    pub(super) said: &'a Said,
    /// The settled case that it stays in, by its place among those.
    pub(super) fixed: Option<usize>,
}

/// Mentions that are one case.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Group {
    /// Its mentions, in order, by their place among those that were folded.
    pub(super) members: Vec<Member>,
}

/// A mention of a group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) place: usize,
    /// By what a customer's mention joined those before it; `None` of the first, and of an answer.
    pub(super) why: Option<&'static str>,
}

/// A group as the fold goes on.
struct Open<'a> {
    group: Group,
    matter: &'a str,
    threads: Vec<&'a str>,
    last: EventTime,
    closed: bool,
}

/// Folds mentions, sorted by (event time, id): first a group for each settled case, then one for each case that opens.
pub(super) fn fold(settled: &[&Settled], mentions: &[Folded<'_>]) -> Vec<Group> {
    let mut open: Vec<Open<'_>> = settled.iter().copied().map(Open::settled).collect();
    // Answers that bear an earlier time than what they answer.
    let mut early: Vec<usize> = Vec::new();
    for (place, Folded { said, fixed }) in mentions.iter().enumerate() {
        if let Some(group) = fixed {
            open[*group].add(place, said, None);
        } else if said.asks.is_none() {
            if !answer(&mut open, mentions, place) {
                early.push(place);
                continue;
            }
        } else {
            match joins(&open, said, mentions) {
                Some((at, why)) => open[at].add(place, said, Some(why)),
                None => open.push(Open::begins(place, said)),
            }
        }
        while let Some(at) = early.iter().position(|early| answer(&mut open, mentions, *early)) {
            early.remove(at);
        }
    }
    open.into_iter().map(|open| open.group).collect()
}

/// The group that a customer's mention joins, by the first that holds of: it answers a mention of the group, it is in a thread
/// of the group, it is the same matter; and which one held.
fn joins(groups: &[Open<'_>], one: &Said, mentions: &[Folded<'_>]) -> Option<(usize, &'static str)> {
    let is_open = |group: &Open<'_>| {
        let apart = one.at.since(group.last).max(group.last.since(one.at));
        apart <= JOIN && !group.closed
    };
    let by = |test: &dyn Fn(&Open<'_>) -> bool| groups.iter().position(|group| is_open(group) && test(group));
    let reference = |group: &Open<'_>| one.parent.as_ref().is_some_and(|parent| group.has(parent.as_str(), mentions));
    let thread = |group: &Open<'_>| one.thread.as_ref().is_some_and(|thread| group.threads.contains(&thread.as_str()));
    let matter = |group: &Open<'_>| one.asks.as_ref().is_some_and(|asks| asks.matter() == group.matter);
    by(&reference)
        .map(|at| (at, "reference"))
        .or_else(|| by(&thread).map(|at| (at, "thread")))
        .or_else(|| by(&matter).map(|at| (at, "matter")))
}

/// Puts an answer to what it answers; false while that is in no group.
fn answer(groups: &mut [Open<'_>], mentions: &[Folded<'_>], place: usize) -> bool {
    let said = mentions[place].said;
    let Some(parent) = &said.parent else { return false };
    let Some(group) = groups.iter_mut().find(|group| group.has(parent.as_str(), mentions)) else { return false };
    group.put(Member { place, why: None }, said);
    true
}

impl<'a> Open<'a> {
    fn settled(settled: &'a Settled) -> Self {
        Self {
            group: Group::default(),
            matter: &settled.matter,
            threads: settled.threads.iter().map(String::as_str).collect(),
            last: settled.last,
            closed: settled.closed,
        }
    }

    fn begins(place: usize, said: &'a Said) -> Self {
        let matter = said.asks.as_ref().map_or("", |asks| asks.matter());
        let (group, threads) = (Group::default(), Vec::new());
        let mut open = Self { group, matter, threads, last: said.at, closed: false };
        open.add(place, said, None);
        open
    }

    fn add(&mut self, place: usize, said: &'a Said, why: Option<&'static str>) {
        if let Some(thread) = said.thread.as_deref().filter(|thread| !self.threads.contains(thread)) {
            self.threads.push(thread);
        }
        self.put(Member { place, why }, said);
    }

    fn put(&mut self, member: Member, said: &Said) {
        self.last = self.last.max(said.at);
        let members = &mut self.group.members;
        let at = members.partition_point(|known| known.place < member.place);
        members.insert(at, member);
    }

    fn has(&self, id: &str, mentions: &[Folded<'_>]) -> bool {
        self.group.members.iter().any(|member| mentions[member.place].said.id.as_str() == id)
    }
}

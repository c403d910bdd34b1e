//! What holds the time of one partition back. Pure: clock, log and reference table come in as values.

use std::collections::BTreeMap;

use events::{EventTime, Offset, Span, Topic};

use super::{PATIENCE, Upstream};
use crate::{Position, Tick};

/// What holds the time of one partition back.
#[derive(Debug, Clone)]
pub struct HoldBack {
    /// The highest progress read of each upstream; the epoch before the first.
    read: BTreeMap<Upstream, EventTime>,
    /// The least progress read when `marks` was asked for, and the marks.
    pending: Option<(EventTime, Vec<(Topic, Offset)>)>,
    /// What time may pass to.
    taken_over: EventTime,
    /// Wall clock from which on it is held back.
    since: EventTime,
}

impl HoldBack {
    /// Held back by these upstreams from wall clock `since` on; by nothing when there are none.
    pub fn new(upstreams: impl IntoIterator<Item = Upstream>, since: EventTime) -> Self {
        let read = upstreams.into_iter().map(|upstream| (upstream, EventTime::EPOCH)).collect();
        Self { read, pending: None, taken_over: EventTime::EPOCH, since }
    }

    /// Upstream says that its input is handled up to `to`. The highest value counts; others than our upstreams do not.
    pub fn heard(&mut self, upstream: Upstream, to: EventTime) {
        if let Some(known) = self.read.get_mut(&upstream) {
            *known = (*known).max(to);
        }
    }

    /// Whether a new high watermark is worth asking for: there is news, and none is waited for.
    pub fn wants_marks(&self) -> bool {
        self.pending.is_none() && self.least_read() > self.taken_over
    }

    /// Whether marks are waited for.
    pub const fn is_waiting(&self) -> bool {
        self.pending.is_some()
    }

    /// High watermarks of this partition's input, asked for after the last [`HoldBack::heard`].
    pub fn marks(&mut self, marks: Vec<(Topic, Offset)>) {
        self.pending = Some((self.least_read(), marks));
    }

    /// The partition stands at `position`, all below it handled: takes over what waited for it.
    pub fn handled(&mut self, position: &Position) {
        let Some((to, marks)) = &self.pending else { return };
        let reached =
            |(topic, mark): &(Topic, Offset)| position.next.iter().any(|(input, next)| input == topic && next >= mark);
        if marks.iter().all(reached) {
            self.taken_over = self.taken_over.max(*to);
            self.pending = None;
        }
    }

    /// Up to which acceptance time this partition's input is handled: what the role writes as its own progress.
    pub fn handled_to(&self) -> EventTime {
        self.taken_over
    }

    /// The tick at wall clock `wall`: the least of it and what upstream allows, but not more than [`PATIENCE`] behind. One who
    /// has just begun to listen is patient for as long.
    pub fn tick(&self, wall: EventTime) -> Tick {
        if self.read.is_empty() || self.taken_over >= wall {
            return Tick::confirmed(wall);
        }
        let latest = wall.minus(PATIENCE);
        if self.taken_over >= latest || wall.since(self.since) < PATIENCE {
            Tick::confirmed(self.taken_over)
        } else {
            Tick { at: latest, unconfirmed: true }
        }
    }

    /// How long time is held back at wall clock `wall`.
    pub fn held_back(&self, wall: EventTime) -> Span {
        wall.since(self.tick(wall).at)
    }

    fn least_read(&self) -> EventTime {
        self.read.values().min().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use events::{Partition, Role};

    use super::*;
    use crate::progress::Lane;

    const A: Upstream = (Role::Classify, Lane::Main, Partition(0));
    const B: Upstream = (Role::Classify, Lane::Main, Partition(1));

    fn at(seconds: i64) -> EventTime {
        EventTime::from_millis(seconds * 1_000)
    }

    fn position(next: i64) -> Position {
        Position { next: vec![(Topic::MentionsClassified, Offset(next))], turn: 1 }
    }

    #[test]
    fn time_waits_for_the_slowest_upstream_and_for_input_below_the_mark() {
        let mut held = HoldBack::new([A, B], at(0));
        held.heard(A, at(5_000));
        assert!(!held.wants_marks(), "the other upstream has said nothing");
        held.heard(B, at(4_000));
        held.marks(vec![(Topic::MentionsClassified, Offset(7))]);
        held.handled(&position(6));
        assert_eq!(held.handled_to(), EventTime::EPOCH);
        held.handled(&position(7));
        assert_eq!(held.tick(at(4_100)), Tick::confirmed(at(4_000)));
        assert_eq!(held.held_back(at(4_100)), Span::seconds(100));
    }

    #[test]
    fn progress_heard_after_the_marks_were_asked_for_waits_for_the_next_marks() {
        let mut held = HoldBack::new([A], at(0));
        held.heard(A, at(10));
        held.marks(vec![(Topic::MentionsClassified, Offset(3))]);
        held.heard(A, at(20));
        held.handled(&position(3));
        assert_eq!(held.handled_to(), at(10));
        assert!(held.wants_marks());
    }

    #[test]
    fn a_lower_value_that_arrives_late_does_not_turn_time_back() {
        let mut held = HoldBack::new([A], at(0));
        held.heard(A, at(20));
        held.heard(A, at(10));
        held.marks(Vec::new());
        held.handled(&position(0));
        assert_eq!(held.handled_to(), at(20));
    }

    #[test]
    fn after_a_quarter_of_an_hour_timers_fire_unconfirmed() {
        let mut held = HoldBack::new([A], at(0));
        held.heard(A, at(1_000));
        held.marks(Vec::new());
        held.handled(&position(0));
        assert!(!held.tick(at(1_900)).unconfirmed);
        assert_eq!(held.tick(at(1_901)), Tick { at: at(1_001), unconfirmed: true });
    }

    #[test]
    fn one_who_has_just_begun_to_listen_does_not_call_it_a_silence() {
        let held = HoldBack::new([A], at(5_000));
        assert_eq!(held.tick(at(5_899)), Tick::confirmed(EventTime::EPOCH));
        assert_eq!(held.tick(at(5_900)), Tick { at: at(5_000), unconfirmed: true });
    }

    #[test]
    fn without_upstreams_the_wall_clock_is_the_tick() {
        assert_eq!(HoldBack::new([], at(0)).tick(at(7)), Tick::confirmed(at(7)));
    }
}

//! Rules that are broken on purpose: a suite, a model or a soak that cannot fail would prove nothing.
//!
//! Only with feature `planted-defects`, which a release build refuses. Without it [`Planted`] is empty, every question whether
//! a defect is there is answered no when the program is compiled, and nothing can plant one.

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// Readers see the records of aborted transactions.
    ShowAborted,
    /// Neither the transactional id's epoch nor the group's generation is checked.
    ForgetFencing,
    /// Offsets are committed before the transaction, and stay when it fails.
    OffsetsApart,
    /// Input is read before it is committed, and commits carry group metadata from before the member had joined.
    ReadUncommitted,
    /// The overlay of the state is merged before the commit, and stays when that fails.
    StateMergedEarly,
    /// What was polled is committed by the clock, whether its transaction is done or not.
    AutoCommit,
    /// What was seen before is not restored, so a start forgets it.
    HorizonLost,
    /// The database's offsets are overwritten, whoever has moved them meanwhile.
    StoreWithoutCompare,
    /// Timers give their events the time at which they fire, not their deadline.
    TimerStampedLate,
    /// A transaction that only fires timers carries no offsets.
    TickWithoutOffsets,
    /// State is restored to the last stable offset, without waiting for what is open behind it.
    RestoreToStable,
    /// Time passes whatever lies unread upstream.
    TickAlone,
}

impl Defect {
    /// Those that a service can be told to have: the soak must catch each.
    pub const ALL: [Self; 10] = [
        Self::OffsetsApart,
        Self::ReadUncommitted,
        Self::StateMergedEarly,
        Self::AutoCommit,
        Self::HorizonLost,
        Self::StoreWithoutCompare,
        Self::TimerStampedLate,
        Self::TickWithoutOffsets,
        Self::RestoreToStable,
        Self::TickAlone,
    ];

    /// Its name, as the environment says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ShowAborted => "show-aborted",
            Self::ForgetFencing => "forget-fencing",
            Self::OffsetsApart => "offsets-apart",
            Self::ReadUncommitted => "read-uncommitted",
            Self::StateMergedEarly => "state-merged-early",
            Self::AutoCommit => "auto-commit",
            Self::HorizonLost => "horizon-lost",
            Self::StoreWithoutCompare => "store-without-compare",
            Self::TimerStampedLate => "timer-stamped-late",
            Self::TickWithoutOffsets => "tick-without-offsets",
            Self::RestoreToStable => "restore-to-stable",
            Self::TickAlone => "tick-alone",
        }
    }

    /// The one of [`Defect::ALL`] that is called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|defect| defect.name() == name)
    }
}

/// What is wrong here on purpose: nothing, or one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Planted(#[cfg(feature = "planted-defects")] Option<Defect>);

#[cfg(feature = "planted-defects")]
impl From<Defect> for Planted {
    fn from(defect: Defect) -> Self {
        Self(Some(defect))
    }
}

impl Planted {
    /// Whether this defect is here.
    #[cfg(feature = "planted-defects")]
    pub fn is(self, defect: Defect) -> bool {
        self.0 == Some(defect)
    }

    /// Whether this defect is here: never.
    #[cfg(not(feature = "planted-defects"))]
    pub const fn is(self, _: Defect) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_is_found_by_its_name_and_those_of_a_log_alone_are_not() {
        for defect in Defect::ALL {
            assert_eq!(Defect::parse(defect.name()), Some(defect));
        }
        assert_eq!(Defect::parse(Defect::ShowAborted.name()), None);
    }

    #[test]
    fn nothing_is_planted_by_default() {
        assert!(Defect::ALL.into_iter().all(|defect| !Planted::default().is(defect)));
    }
}

//! Who waits for whom: a list without cycles.

use events::{Role, Topic};

use super::Lane;

/// What one thing of a role waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Whether its timers wait for this.
    pub timers: bool,
    /// The lane for which this is its own progress.
    pub lane: Option<Lane>,
    /// The lanes of other roles that must have passed, all their partitions.
    pub upstreams: &'static [(Role, Lane)],
    /// Whether the sources must have passed too: a topic that no role writes is read.
    pub sources: bool,
    /// The inputs that must have been read to their ends.
    pub inputs: &'static [Topic],
}

const NOTHING: Wait = Wait { timers: false, lane: None, upstreams: &[], sources: false, inputs: &[] };

/// An answer that is here before its mention waits until the main lane has passed.
const ENRICH: &[Wait] = &[
    Wait { lane: Some(Lane::Express), sources: true, inputs: &[Topic::MentionsRawExpress], ..NOTHING },
    Wait { timers: true, lane: Some(Lane::Main), sources: true, inputs: &[Topic::MentionsRaw], ..NOTHING },
];

const CLASSIFY: &[Wait] = &[
    Wait {
        lane: Some(Lane::Express),
        upstreams: &[(Role::Enrich, Lane::Express)],
        inputs: &[Topic::MentionsEnrichedExpress],
        ..NOTHING
    },
    Wait {
        lane: Some(Lane::Main),
        upstreams: &[(Role::Enrich, Lane::Main)],
        inputs: &[Topic::MentionsEnriched],
        ..NOTHING
    },
];

/// An incident resolves only when both sources of its tallies have passed. It opens with a tally, which waits for nobody.
const WATCH: &[Wait] = &[Wait {
    timers: true,
    lane: Some(Lane::Main),
    upstreams: &[
        (Role::Enrich, Lane::Express),
        (Role::Enrich, Lane::Main),
        (Role::Classify, Lane::Express),
        (Role::Classify, Lane::Main),
    ],
    inputs: &[Topic::Tallies],
    ..NOTHING
}];

/// Response clocks wait for the express lane, on which a brand's own answers travel, and for what people did.
const CARE: &[Wait] = &[
    Wait {
        timers: true,
        lane: Some(Lane::Express),
        upstreams: &[(Role::Classify, Lane::Express)],
        sources: true,
        inputs: &[Topic::MentionsClassifiedExpress, Topic::Actions],
    },
    Wait {
        lane: Some(Lane::Main),
        upstreams: &[(Role::Classify, Lane::Main)],
        sources: true,
        inputs: &[Topic::MentionsClassified, Topic::Actions],
        ..NOTHING
    },
];

/// Steps wait for what people did alone: no call waits for a backlog.
const CALL: &[Wait] = &[
    Wait { timers: true, sources: true, ..NOTHING },
    Wait {
        lane: Some(Lane::Main),
        upstreams: &[(Role::Watch, Lane::Main), (Role::Care, Lane::Express), (Role::Care, Lane::Main)],
        inputs: &[Topic::Incidents, Topic::Cases],
        ..NOTHING
    },
];

const TELL: &[Wait] =
    &[Wait { lane: Some(Lane::Main), upstreams: &[(Role::Call, Lane::Main)], inputs: &[Topic::Calls], ..NOTHING }];

/// Tries of a delivery are spaced by the wall's clock: no upstream changes what is already said.
const NOTIFY: &[Wait] = &[Wait { timers: true, ..NOTHING }];

impl Wait {
    /// Whether nobody is waited for: time is the wall's, whatever drives the others.
    pub const fn is_for_nobody(&self) -> bool {
        self.upstreams.is_empty() && !self.sources
    }
}

/// What a role waits for. Ingest waits for nobody, and nobody waits for a sink.
pub const fn waits(role: Role) -> &'static [Wait] {
    match role {
        Role::Enrich => ENRICH,
        Role::Classify => CLASSIFY,
        Role::Watch => WATCH,
        Role::Care => CARE,
        Role::Call => CALL,
        Role::Tell => TELL,
        Role::SinkNotify => NOTIFY,
        Role::Ingest | Role::SinkFiles | Role::SinkPostgres => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_lane_that_is_waited_for_is_written_and_nobody_waits_for_himself() {
        let written: BTreeSet<(Role, Lane)> = Role::ALL
            .into_iter()
            .flat_map(|role| waits(role).iter().filter_map(move |wait| Some((role, wait.lane?))))
            .collect();
        let mut done: BTreeSet<Role> = BTreeSet::from([Role::Ingest]);
        for role in Role::ALL {
            for upstream in waits(role).iter().flat_map(|wait| wait.upstreams) {
                assert!(written.contains(upstream), "`{role}` waits for {upstream:?}, which nobody writes");
                assert!(done.contains(&upstream.0), "`{role}` waits for `{}`, which is not upstream", upstream.0);
            }
            done.insert(role);
        }
    }

    #[test]
    fn a_role_with_timers_has_one_wait_for_them() {
        for role in [Role::Enrich, Role::Watch, Role::Care, Role::Call, Role::SinkNotify] {
            assert_eq!(waits(role).iter().filter(|wait| wait.timers).count(), 1, "{role}");
        }
    }
}

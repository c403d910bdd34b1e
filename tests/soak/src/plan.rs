//! What the nemesis does when, from a seed: the same seed, the same faults at the same moments.

use std::collections::VecDeque;
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::proxy::{NODES, Trouble};

/// Between two faults, in milliseconds.
const PAUSE: std::ops::Range<u64> = 1_500..5_000;
/// How long a broker stands still, in seconds. After 3 s (`broker.session.timeout.ms` of these brokers) others lead its partitions,
/// while markers of transactions that were decided before still wait for it (up to 30 s, the coordinator's `request.timeout.ms`): who
/// takes a partition over in between, once a killed process is expelled after 6 s, finds records there that are committed, and not
/// marked so.
const PAUSED: std::ops::Range<f64> = 2.0..20.0;
/// One broker at a time is hurt, and the next no sooner than this after it: two of three must hold every record.
const BROKERS_APART: Duration = Duration::from_secs(20);
/// A stage in focus changes hands so soon after a broker is hurt.
const TOGETHER: Duration = Duration::from_millis(200);
/// Every so often a stage stands still while answers come that are due.
const HOLDS_APART: Duration = Duration::from_secs(15);
/// How long: well below a session, so that nobody takes over.
pub(crate) const HOLD: Duration = Duration::from_secs(3);

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// SIGKILL of a process, which starts again in its place, or under another name as on another host.
    KillStage { stage: &'static str, which: usize, in_place: bool },
    /// SIGTERM, and a new start.
    TermStage { stage: &'static str, which: usize },
    /// SIGSTOP, and SIGCONT after a while: a zombie where the session is shorter.
    PauseStage { stage: &'static str, which: usize, lasts: Duration },
    /// One process more of a stage, or one less.
    ScaleStage { stage: &'static str },
    /// SIGKILL of a broker, and a start after a while.
    KillBroker { node: usize, lasts: Duration },
    /// SIGSTOP of a broker, and SIGCONT.
    PauseBroker { node: usize, lasts: Duration },
    /// The connections between a stage and a broker are cut, delayed or reset for a while.
    Network { stage: &'static str, node: usize, trouble: Trouble, lasts: Duration },
    /// PostgreSQL stops as in a crash, and starts.
    RestartPostgres,
    /// All processes of a stage stand still while answers that are due come in. Part of the load, not counted as a fault.
    Hold { stage: &'static str },
}

impl Fault {
    /// Its kind, as the report counts it; `None` for what is part of the load.
    pub(crate) const fn kind(&self) -> Option<&'static str> {
        Some(match self {
            Self::KillStage { .. } => "kill_stage",
            Self::TermStage { .. } => "term_stage",
            Self::PauseStage { .. } => "pause_stage",
            Self::ScaleStage { .. } => "scale_stage",
            Self::KillBroker { .. } => "kill_broker",
            Self::PauseBroker { .. } => "pause_broker",
            Self::Network { .. } => "network",
            Self::RestartPostgres => "restart_postgres",
            Self::Hold { .. } => return None,
        })
    }

    /// Whether a process of `stage` may have to wait for it: it befalls the stage, what it depends on, or who feeds it.
    pub(crate) fn reaches(&self, stage: &str) -> bool {
        match *self {
            Self::KillStage { stage: hurt, .. }
            | Self::TermStage { stage: hurt, .. }
            | Self::PauseStage { stage: hurt, .. }
            | Self::ScaleStage { stage: hurt }
            | Self::Network { stage: hurt, .. } => hurt == stage,
            Self::KillBroker { .. } | Self::PauseBroker { .. } => true,
            Self::RestartPostgres => stage == "sink",
            Self::Hold { stage: held } => {
                let order = |name: &str| crate::fleet::STAGES.iter().position(|stage| *stage == name);
                order(held) <= order(stage)
            }
        }
    }

    /// How long it lasts; zero for what is over at once.
    pub(crate) const fn lasts(&self) -> Duration {
        match *self {
            Self::PauseStage { lasts, .. }
            | Self::KillBroker { lasts, .. }
            | Self::PauseBroker { lasts, .. }
            | Self::Network { lasts, .. } => lasts,
            Self::Hold { .. } => HOLD,
            Self::KillStage { .. } | Self::TermStage { .. } | Self::ScaleStage { .. } | Self::RestartPostgres => {
                Duration::ZERO
            }
        }
    }
}

/// All faults of a run, each with its moment since the start, in order. Half of those of stages befall the one in `focus`, if
/// any, and it changes hands whenever a broker is hurt.
pub(crate) fn plan(seed: u64, lasts: Duration, focus: Option<&'static str>) -> VecDeque<(Duration, Fault)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x006e_656d_6573_6973);
    let mut plan: Vec<(Duration, Fault)> = holds(lasts).collect();
    let (mut at, mut brokers_well_at) = (Duration::ZERO, Duration::ZERO);
    loop {
        at += Duration::from_millis(random.random_range(PAUSE));
        if at >= lasts {
            break;
        }
        let fault = fault(&mut random, focus, at >= brokers_well_at);
        if let Fault::KillBroker { lasts, .. } | Fault::PauseBroker { lasts, .. } = fault {
            brokers_well_at = at + lasts + BROKERS_APART;
            // What a broker has not decided yet meets who takes over.
            if let Some(stage) = focus {
                plan.push((at + TOGETHER, Fault::KillStage { stage, which: 0, in_place: false }));
            }
        }
        plan.push((at, fault));
    }
    plan.sort_by_key(|(at, _)| *at);
    plan.into()
}

/// When which stage stands still: enrich and classify in turn.
pub(crate) fn holds(lasts: Duration) -> impl Iterator<Item = (Duration, Fault)> {
    let moments = (2_u32..).map(|number| (number, HOLDS_APART * number));
    moments.take_while(move |(_, at)| *at + HOLD < lasts).map(|(number, at)| {
        let stage = if number % 2 == 0 { "enrich" } else { "classify" };
        (at, Fault::Hold { stage })
    })
}

fn fault(random: &mut ChaCha8Rng, focus: Option<&'static str>, brokers_are_well: bool) -> Fault {
    let stages = crate::fleet::STAGES;
    let seconds =
        |random: &mut ChaCha8Rng, range: std::ops::Range<f64>| Duration::from_secs_f64(random.random_range(range));
    let any = *stages.get(random.random_range(0..stages.len())).unwrap_or(&"enrich");
    let stage = focus.filter(|_| random.random_bool(0.5)).unwrap_or(any);
    let (which, node) = (random.random_range(0..2), random.random_range(0..NODES));
    let draw = random.random_range(0..100);
    match draw {
        0..35 => Fault::KillStage { stage, which, in_place: random.random_bool(0.5) },
        35..45 => Fault::TermStage { stage, which },
        45..60 => Fault::PauseStage { stage, which, lasts: seconds(random, 5.0..20.0) },
        60..70 => Fault::ScaleStage { stage },
        70..80 if brokers_are_well => Fault::KillBroker { node, lasts: seconds(random, 1.0..8.0) },
        80..85 if brokers_are_well => Fault::PauseBroker { node, lasts: seconds(random, PAUSED) },
        70..95 => {
            let trouble = [Trouble::Cut, Trouble::Delay, Trouble::Reset];
            let trouble = *trouble.get(random.random_range(0..trouble.len())).unwrap_or(&Trouble::Cut);
            Fault::Network { stage, node, trouble, lasts: seconds(random, 2.0..8.0) }
        }
        _ => Fault::RestartPostgres,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_plans_the_same_faults_again() {
        let minutes = Duration::from_secs(180);
        assert_eq!(plan(5, minutes, None), plan(5, minutes, None));
        assert_ne!(plan(5, minutes, None), plan(6, minutes, None));
    }

    #[test]
    fn a_fault_reaches_its_stage_and_a_stage_that_stands_still_those_behind_it() {
        let reached =
            |fault: Fault| crate::fleet::STAGES.into_iter().filter(|stage| fault.reaches(stage)).collect::<Vec<_>>();
        assert_eq!(reached(Fault::ScaleStage { stage: "enrich" }), ["enrich"]);
        assert_eq!(reached(Fault::Hold { stage: "classify" }), ["classify", "escalate", "sink"]);
        assert_eq!(reached(Fault::RestartPostgres), ["sink"]);
        assert_eq!(reached(Fault::KillBroker { node: 0, lasts: Duration::ZERO }), crate::fleet::STAGES);
    }

    #[test]
    fn three_minutes_have_kills_enough_and_an_hour_every_kind() {
        let kills = |fault: &Fault| matches!(fault, Fault::KillStage { .. } | Fault::KillBroker { .. });
        for seed in 1..20 {
            let plan = plan(seed, Duration::from_secs(180), None);
            let faults = plan.iter().filter(|(_, fault)| fault.kind().is_some()).count();
            assert!((40..90).contains(&faults), "seed {seed}: {faults}");
            assert!(plan.iter().any(|(_, fault)| kills(fault)));
        }
        let hour = plan(1, Duration::from_secs(3_600), None);
        let kinds: std::collections::BTreeSet<_> = hour.iter().filter_map(|(_, fault)| fault.kind()).collect();
        assert_eq!(kinds.len(), 8, "{kinds:?}");
        assert!(hour.iter().filter(|(_, fault)| fault.kind().is_some()).count() >= 500);
    }

    #[test]
    fn no_two_brokers_are_hurt_at_once() {
        let mut well_at = Duration::ZERO;
        for (at, fault) in plan(3, Duration::from_secs(3_600), Some("sink")) {
            if let Fault::KillBroker { lasts, .. } | Fault::PauseBroker { lasts, .. } = fault {
                assert!(at >= well_at);
                well_at = at + lasts + BROKERS_APART;
            }
        }
    }
}

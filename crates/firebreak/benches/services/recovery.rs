//! How long mentions wait when a process of enrich is killed: one that is started again at once, and one that stays away, so that
//! the other takes over.
//!
//! Mentions are posted all the while, and each counts from when it was due until a reader of committed records sees it behind
//! enrich. The one that waits longest in a run is the recovery: it was due when the process died, and came with the first commit
//! of whoever has its partition then.

use std::time::Duration;

use events::Topic;
use serde_json::json;
use testkit::figures::quantile;
use testkit::schedule::Schedule;

use crate::installation::{Crew, Installation, Running, World};
use crate::open_loop::{self, Load};
use crate::report::Report;
use crate::sight::Hop;
use crate::{Plan, input, pause, restore, say};

/// Ids that enrich must know again.
const IDS: usize = 100_000;
/// Mentions a second, and messages.
const RATE: u32 = 100;
/// Before the kill, and before the next run: all work on what is theirs.
const PAUSE: Duration = Duration::from_secs(3);
/// After the kill mentions are posted for so long; those that wait longer are waited for.
const AFTER: Duration = Duration::from_secs(10);
const TOPICS: [(Hop, Topic); 2] =
    [(Hop::Enriched, Topic::MentionsEnriched), (Hop::Enriched, Topic::MentionsEnrichedExpress)];
/// The process that stays, and the one that is killed.
const STAYS: Crew<'static> = Crew::one("enrich");
const KILLED: Crew<'static> = Crew { instance: "killed", ..STAYS };

/// What becomes of a process that was killed.
struct Way {
    name: &'static str,
    what: &'static str,
    /// Whether it is started again at once.
    in_place: bool,
    /// The most seconds that are allowed, of 95 of 100 kills.
    allowed: f64,
}

const WAYS: [Way; 2] = [
    Way { name: "in_place", what: "started again at once", in_place: true, allowed: 10.0 },
    Way { name: "elsewhere", what: "away; the other takes over", in_place: false, allowed: 20.0 },
];

/// Kills as often as is planned, each way.
///
/// # Errors
/// Something does not start, or a mention is lost or doubled.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let installation = Installation::new(world, "recovery")?;
    restore::fill(&installation, IDS)?;
    let running = installation.start_crews(&[Crew::one("ingest"), STAYS])?;
    let mut victim = installation.start_crews(&[KILLED])?;
    let mut text =
        format!("\nRECOVERY of enrich after SIGKILL, {IDS} ids of state: the longest that a mention waited, s\n");
    text.push_str(&format!("  {:<28}{:>8}{:>10}{:>10}{:>10}{:>10}\n", "", "kills", "p50", "p95", "longest", "allowed"));
    for way in WAYS {
        say(&format!("\nenrich is killed {} times; the process is {}", plan.kills, way.what));
        let mut waits = Vec::new();
        // The first one warms the broker up.
        for kill in 0..=plan.kills {
            let name = format!("{}-{kill}", way.name.replace('_', "-"));
            let (waited, next) = kill_one(&installation, &name, victim, way.in_place)?;
            victim = match next {
                Some(next) => next,
                None => installation.start_crews(&[KILLED])?,
            };
            running.check()?;
            if kill > 0 {
                say(&format!("  kill {kill}: a mention waited {waited:.2} s at most"));
                waits.push(waited);
            }
        }
        waits.sort_by(f64::total_cmp);
        let [p50, p95, longest] = [0.5, 0.95, 1.0].map(|share| quantile(&waits, share));
        let (what, allowed, kills) = (way.what, way.allowed, plan.kills);
        text.push_str(&format!("  {what:<28}{kills:>8}{p50:>10.2}{p95:>10.2}{longest:>10.2}{allowed:>10.0}\n"));
        let hundredths = |value: f64| (value * 100.0).round() / 100.0;
        let [p50, p95, longest] = [p50, p95, longest].map(hundredths);
        report.put(&["recovery_s", way.name], json!({"kills": kills, "p50": p50, "p95": p95, "max": longest}));
    }
    report.table(text);
    victim.end()?;
    running.end()?;
    installation.delete()
}

/// Kills a process under load; the longest that a mention waited, and the process that was started in its place.
fn kill_one<'a>(
    installation: &'a Installation<'a>,
    name: &str,
    victim: Running<'a>,
    in_place: bool,
) -> anyhow::Result<(f64, Option<Running<'a>>)> {
    let stop = installation.world.stop;
    let load = Load { name, schedule: Schedule::new(RATE, RATE), line: input::line, topics: &TOPICS, comes: |_| true };
    pause(stop, PAUSE)?;
    let (heard, next) = open_loop::run(installation, &load, || {
        pause(stop, PAUSE)?;
        victim.kill()?;
        let next = in_place.then(|| installation.start_crews(&[KILLED])).transpose()?;
        pause(stop, AFTER)?;
        Ok(next)
    })?;
    let longest = heard.since_due(Hop::Enriched).last().copied().unwrap_or_default();
    Ok((longest / 1_000.0, next))
}

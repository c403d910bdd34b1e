//! How long an express mention takes while the main lane of classify lags by minutes.

use std::time::Duration;

use anyhow::ensure;
use events::Topic;
use serde_json::json;
use testkit::figures::Figure;
use testkit::schedule::Schedule;

use crate::drain::LAG;
use crate::installation::{Installation, World};
use crate::open_loop::{self, Load, MESSAGES};
use crate::quantiles::Latency;
use crate::report::Report;
use crate::sight::Hop;
use crate::{Plan, backlog, input, pause, say};

/// The lag: five minutes of so many mentions a second. It outlasts what is measured, although classify works at it.
const MINUTES: usize = 5;
/// Express mentions a second.
const EXPRESS: u32 = 50;
/// How long they are posted for, each time.
const TIME: Duration = Duration::from_secs(10);
/// Where they come out.
const TOPICS: [(Hop, Topic); 1] = [(Hop::Classified, Topic::MentionsClassifiedExpress)];
/// The most milliseconds that are allowed.
const ALLOWED: [(&str, f64); 1] = [("longest", 2_000.0)];

/// Measures it as often as is planned.
///
/// # Errors
/// Something does not go on, or the lag is over too soon.
pub(crate) fn measure(
    plan: &Plan,
    world: &World<'_>,
    source: &Installation<'_>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let installation = Installation::new(world, "lag")?;
    let near = installation.start(&["ingest", "enrich"])?;
    let records = plan.lag_rate * MINUTES * 60;
    say(&format!(
        "\n{EXPRESS} express mentions a second while {records} records wait for classify: {MINUTES} minutes of {}",
        plan.lag_rate
    ));
    let (mut latency, mut rate) = (Latency::default(), Figure::default());
    for repeat in 1..=plan.repeats {
        let name = format!("lag-{repeat}");
        let ways = (&source.settings, &installation.settings);
        backlog::copy(world, ways, &name, Topic::MentionsEnriched, records)?;
        let far = installation.start(&["classify"])?;
        let schedule = Schedule::new(EXPRESS, MESSAGES);
        let load = Load { name: &name, schedule, line: input::express_line, topics: &TOPICS, comes: |_| true };
        // Lag is asked for once a second.
        pause(world.stop, Duration::from_secs(2))?;
        let before = far.scrape("classify")?.sum(LAG, "");
        let (heard, after) = open_loop::run(&installation, &load, || {
            pause(world.stop, TIME)?;
            Ok(far.scrape("classify")?.sum(LAG, ""))
        })?;
        ensure!(after > 0.0, "the lag was over before the measuring was: raise `--lag-rate`");
        rate.add((before - after) / TIME.as_secs_f64());
        let told = latency.add(&heard.since_due(Hop::Classified));
        say(&format!("  run {repeat}: {told}; the lag fell from {before:.0} to {after:.0} records"));
        far.end()?;
        near.check()?;
    }
    near.end()?;
    report.put(&["express_ms", "under_lag"], latency.json());
    report.put(&["express_ms", "under_lag", "records_waiting"], json!(records));
    report.table(
        latency.table(&format!("EXPRESS: DUE → CLASSIFIED while {records} records wait for classify, ms"), &ALLOWED),
    );
    installation.delete()
}

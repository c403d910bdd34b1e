//! From acceptance to `mentions.classified`: on a quiet system, and at steady rates from the moment when each mention was due.

use std::time::Duration;

use events::Topic;
use testkit::figures::quantile;
use testkit::schedule::Schedule;

use crate::installation::{Installation, World};
use crate::open_loop::{self, Heard, Load, MESSAGES};
use crate::quantiles::Latency;
use crate::report::Report;
use crate::sight::Hop;
use crate::{Plan, input, pause, say};

/// Time with mentions before it counts: the broker compiles what it runs often, which takes processors for seconds.
const WARM: Duration = Duration::from_secs(30);
/// The same before each further rate.
const WARM_RATE: Duration = Duration::from_secs(5);
/// Mentions a second, beside the quiet system.
const RATES: [u32; 2] = [500, 5_000];
/// The most milliseconds that are allowed.
const ALLOWED: [(&str, f64); 2] = [("p50", 100.0), ("p99", 250.0)];
/// The stages on the way.
const ON_THE_WAY: [&str; 3] = ["ingest", "enrich", "classify"];

/// Measures a system that has little to do, once more with a reader at each step, and at each rate.
///
/// # Errors
/// Something does not start, or a mention is lost.
pub(crate) fn measure(plan: &Plan, world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let installation = Installation::new(world, "quiet")?;
    let running = installation.start(&ON_THE_WAY)?;
    let quiet = Schedule::new(plan.rate, MESSAGES);
    say(&format!(
        "\nA quiet system: {} mentions a second to the webhook of ingest, then enrich and classify",
        plan.rate
    ));
    run(&installation, "warm", quiet, WARM, &[Hop::Classified])?;
    let time = Duration::from_secs(plan.seconds.into());
    let mut latency = Latency::default();
    for repeat in 1..=plan.repeats {
        let heard = run(&installation, &format!("quiet-{repeat}"), quiet, time, &[Hop::Classified])?;
        say(&format!("  run {repeat}: {}", latency.add(&heard.since_acceptance(Hop::Classified))));
        report.stall(heard.stall);
        running.check()?;
    }
    report.put(&["latency_ms", "quiet"], latency.json());
    report.table(latency.table("ACCEPTED → VISIBLE IN mentions.classified, quiet system, ms", &ALLOWED));
    let heard = run(&installation, "hops", quiet, time, &Hop::ALL)?;
    report.hops(Hop::ALL.map(|hop| (hop, [0.5, 0.99].map(|share| quantile(&heard.since_acceptance(hop), share)))));
    for rate in RATES {
        at_rate(plan, &installation, rate, report)?;
        running.check()?;
    }
    running.end()?;
    installation.delete()
}

/// The latency at a rate, from when each mention was due.
fn at_rate(plan: &Plan, installation: &Installation<'_>, rate: u32, report: &mut Report) -> anyhow::Result<()> {
    let schedule = Schedule::new(rate, MESSAGES);
    say(&format!("\n{rate} mentions a second, in {MESSAGES} messages a second, from when each was due"));
    run(installation, &format!("warm-{rate}"), schedule, WARM_RATE, &[Hop::Classified])?;
    let time = Duration::from_secs(plan.seconds.into()) / 2;
    let mut latency = Latency::default();
    for repeat in 1..=plan.repeats {
        let heard = run(installation, &format!("at-{rate}-{repeat}"), schedule, time, &[Hop::Classified])?;
        let told = latency.add(&heard.since_due(Hop::Classified));
        let late = heard.late;
        say(&format!("  run {repeat}: {told}; a message was posted {late:.0} ms after it was due at most"));
        report.stall(heard.stall);
    }
    report.put(&["latency_ms", &format!("at_{rate}")], latency.json());
    let title = format!("DUE → VISIBLE IN mentions.classified, {rate} mentions a second, ms");
    report.table(latency.table(&title, &ALLOWED));
    Ok(())
}

/// Posts for so long and returns when each was seen at these steps.
fn run(
    installation: &Installation<'_>,
    name: &str,
    schedule: Schedule,
    time: Duration,
    hops: &[Hop],
) -> anyhow::Result<Heard> {
    let topics: Vec<(Hop, Topic)> = hops.iter().flat_map(|hop| hop.topics().map(|topic| (*hop, topic))).collect();
    let load = Load { name, schedule, line: input::line, topics: &topics, comes: |_| true };
    Ok(open_loop::run(installation, &load, || pause(installation.world.stop, time))?.0)
}

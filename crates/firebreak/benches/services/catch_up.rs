//! How long enrich and classify take from 1,000,000 records behind to level, with one worker each and with two.

use std::time::{Duration, Instant};

use anyhow::bail;
use events::Topic;
use serde_json::json;
use testkit::figures::Figure;

use crate::drain::READ;
use crate::installation::{Crew, Installation, Running, World};
use crate::report::Report;
use crate::{Plan, backlog, pause, say};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// After so long without a further record they do not go on.
const STUCK: Duration = Duration::from_secs(60);
const WRITTEN: &str = "firebreak_records_produced_total";
/// Threads of each stage.
const WORKERS: [&str; 2] = ["1", "2"];

/// Measures it as often as is planned, for each number of workers.
///
/// # Errors
/// Something does not go on.
pub(crate) fn measure(
    plan: &Plan,
    world: &World<'_>,
    source: &Installation<'_>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let all = Installation::new(world, "behind")?;
    backlog::distinct(&source.settings, &all.settings, plan.behind)?;
    let mut text = format!(
        "\nCATCH-UP, {} raw mentions behind until enrich and classify are level, on all cores with the broker\n  {:<22}{:>10}{:>10}{:>10}\n",
        plan.behind, "workers of each", "s, median", "least", "most"
    );
    let (mut enrich, mut classify) = (Figure::default(), Figure::default());
    for workers in WORKERS {
        say(&format!("\n{} raw mentions wait for enrich and classify, {workers} worker(s) each", plan.behind));
        let mut seconds = Figure::default();
        for repeat in 1..=plan.repeats {
            let name = format!("behind-{workers}-{repeat}");
            let installation = Installation::new(world, &name)?;
            let ways = (&all.settings, &installation.settings);
            let waiting = backlog::copy(world, ways, &name, Topic::MentionsRaw, plan.behind)?;
            let environment = [("FIREBREAK_WORKERS", workers)];
            let begun = Instant::now();
            let crews = ["enrich", "classify"].map(|stage| Crew { environment: &environment, ..Crew::one(stage) });
            let running = installation.start_crews(&crews)?;
            level(&installation, &running, waiting)?;
            let took = begun.elapsed().as_secs_f64();
            seconds.add(took);
            let (first, second) = (running.memory("enrich")?.peak, running.memory("classify")?.peak);
            say(&format!(
                "  run {repeat}: {took:.1} s, {:.0} a second; enrich had {first:.0} MiB at most, classify {second:.0}",
                waiting as f64 / took
            ));
            if workers == "1" {
                enrich.add(first);
                classify.add(second);
            }
            running.end()?;
            installation.delete()?;
        }
        text.push_str(&format!("  {workers:<22}{}\n", seconds.told(1)));
        let name = if workers == "1" { "one_worker" } else { "two_workers" };
        report.put(&["catch_up_s", name], seconds.json(1));
    }
    report.put(&["catch_up_s", "records"], json!(plan.behind));
    for (stage, memory) in [("enrich", enrich), ("classify", classify)] {
        report.put(&["catch_up_s", "memory_mib", stage], memory.json(1));
        text.push_str(&format!("  {:<22}{}\n", format!("{stage}, MiB at most"), memory.told(0)));
    }
    report.table(text);
    all.delete()
}

/// Waits until enrich has read all that waited, and classify all that enrich wrote.
fn level(installation: &Installation<'_>, running: &Running<'_>, waiting: usize) -> anyhow::Result<()> {
    let (mut most, mut last) = (0.0, Instant::now());
    loop {
        let (enrich, classify) = (running.scrape("enrich")?, running.scrape("classify")?);
        let (read, judged) = (enrich.sum(READ, ""), classify.sum(READ, ""));
        if read >= waiting as f64 && judged >= enrich.sum(WRITTEN, "mentions.enriched") {
            return Ok(());
        }
        if read + judged > most {
            (most, last) = (read + judged, Instant::now());
        } else if last.elapsed() > STUCK {
            bail!("nothing was read for {} s: {}", STUCK.as_secs(), installation.where_to_look());
        }
        pause(installation.world.stop, LOOK)?;
    }
}

//! The live table: what changed between two looks at the stages, as text.

use std::fmt::Write as _;
use std::time::Duration;

use super::scrape::Scrape;

/// One look at everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Look {
    /// When, from the start on.
    pub(super) at: Duration,
    /// Lines answered, and of how many.
    pub(super) sent: (usize, usize),
    /// The stages: name, how often it was started again, and its metrics, if it answers.
    pub(super) stages: Vec<(&'static str, usize, Option<Scrape>)>,
    /// Incidents and cases that are stored.
    pub(super) stored: Option<(i64, i64)>,
}

/// A stage between two looks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    name: &'static str,
    /// Records a second.
    rate: f64,
    /// Records that wait.
    lag: f64,
    /// Mean seconds from the commit before to the commit here; `None` where nothing was followed.
    latency: Option<f64>,
    restarts: usize,
}

/// The table of `now`, with rates since `before`.
pub(super) fn table(before: &Look, now: &Look) -> String {
    let mut text = String::new();
    let seconds = now.at.saturating_sub(before.at).as_secs_f64();
    let (sent, all) = now.sent;
    let sent_rate = (sent.saturating_sub(before.sent.0)) as f64 / seconds.max(0.001);
    // Writing to a String never fails.
    let _written =
        writeln!(text, "  {:>5.0} s   posted {sent} of {all} lines, {sent_rate:.0} a second", now.at.as_secs_f64());
    let _written =
        writeln!(text, "  {:<10}{:>12}{:>10}{:>14}{:>10}", "stage", "records/s", "lag", "latency ms", "restarts");
    for (name, restarts, scrape) in &now.stages {
        let Some(scrape) = scrape else {
            let _written = writeln!(text, "  {name:<10}{:>12}{:>10}{:>14}{restarts:>10}", "-", "-", "starting");
            continue;
        };
        let known = before.stages.iter().find(|(of, ..)| of == name).and_then(|(.., scrape)| scrape.as_ref());
        let row = row(name, *restarts, known, scrape, seconds);
        let latency = row.latency.map_or_else(|| "-".to_owned(), |seconds| format!("{:.0}", seconds * 1_000.0));
        let _written = writeln!(text, "  {name:<10}{:>12.0}{:>10.0}{latency:>14}{restarts:>10}", row.rate, row.lag);
    }
    let (express, behind) = (express_share(now), held_back(now));
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let _written = writeln!(
        text,
        "  express {}   time held back {}   horizon of duplicates {}   incidents {}   cases {}",
        or_none(express.map(|share| format!("{:.1} %", share * 100.0))),
        or_none(behind.map(|seconds| format!("{:.0} s of the scenario", seconds))),
        or_none(horizon(now).map(|seconds| format!("{:.1} h", seconds / 3_600.0))),
        or_none(now.stored.map(|(incidents, _)| incidents.to_string())),
        or_none(now.stored.map(|(_, cases)| cases.to_string())),
    );
    text
}

fn row(name: &'static str, restarts: usize, before: Option<&Scrape>, now: &Scrape, seconds: f64) -> Row {
    let rose = |series: &str| {
        let (was, is) = (before.map_or(0.0, |before| before.sum(series, "")), now.sum(series, ""));
        // A process that was started again counts from nothing.
        if is < was { is } else { is - was }
    };
    let rate = rose("firebreak_records_read_total") / seconds.max(0.001);
    let lag = now.sum("firebreak_partition_lag_records", "");
    let followed = rose("firebreak_stage_queue_duration_seconds_count");
    let latency = (followed > 0.0).then(|| rose("firebreak_stage_queue_duration_seconds_sum") / followed);
    Row { name, rate, lag, latency, restarts }
}

fn stage<'a>(look: &'a Look, name: &str) -> Option<&'a Scrape> {
    look.stages.iter().find(|(of, ..)| *of == name)?.2.as_ref()
}

/// The share of mentions that took the express lane.
fn express_share(look: &Look) -> Option<f64> {
    let ingest = stage(look, "ingest")?;
    let produced = |topic| ingest.sum("firebreak_records_produced_total", topic);
    let (express, main) = (produced("\"mentions.raw.express\""), produced("\"mentions.raw\""));
    (express + main > 0.0).then(|| express / (express + main))
}

/// Seconds of the scenario by which escalate is behind what ingest has committed.
fn held_back(look: &Look) -> Option<f64> {
    let progress = |name| stage(look, name)?.least("firebreak_progress_timestamp_seconds");
    Some((progress("ingest")? - progress("escalate")?).max(0.0))
}

/// Seconds over which enrich knows a duplicate.
fn horizon(look: &Look) -> Option<f64> {
    stage(look, "enrich")?.least("firebreak_seen_horizon_seconds")
}

/// Whether every stage answers and nothing waits.
pub(super) fn nothing_waits(look: &Look) -> bool {
    look.stages.iter().all(|(.., scrape)| {
        scrape.as_ref().is_some_and(|scrape| scrape.sum("firebreak_partition_lag_records", "") == 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(at: u64, sent: usize, enrich: &str) -> Look {
        let ingest = "firebreak_records_produced_total{topic=\"mentions.raw\"} 95\n\
                      firebreak_records_produced_total{topic=\"mentions.raw.express\"} 5\n\
                      firebreak_progress_timestamp_seconds{role=\"ingest\"} 1000";
        let escalate = "firebreak_progress_timestamp_seconds{role=\"escalate.care\"} 990\n\
                        firebreak_progress_timestamp_seconds{role=\"escalate.watch\"} 988";
        let stages = [("ingest", Some(ingest)), ("enrich", Some(enrich)), ("escalate", Some(escalate)), ("sink", None)];
        Look {
            at: Duration::from_secs(at),
            sent: (sent, 400),
            stages: stages.map(|(name, text)| (name, 0, text.map(Scrape::parse))).into(),
            stored: Some((2, 31)),
        }
    }

    const BEFORE: &str = "firebreak_records_read_total 100";
    const NOW: &str = "firebreak_records_read_total{topic=\"mentions.raw\"} 300\n\
                       firebreak_partition_lag_records{partition=\"0\"} 20\n\
                       firebreak_stage_queue_duration_seconds_sum{lane=\"main\"} 0.4\n\
                       firebreak_stage_queue_duration_seconds_sum{lane=\"express\"} 0.1\n\
                       firebreak_stage_queue_duration_seconds_count{lane=\"main\"} 1\n\
                       firebreak_stage_queue_duration_seconds_count{lane=\"express\"} 1";

    #[test]
    fn the_table_shows_what_happened_between_two_looks() {
        let text = table(&look(10, 100, BEFORE), &look(12, 300, NOW));
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0].join(" "), "12 s posted 300 of 400 lines, 100 a second");
        // 200 records in 2 s; one that was followed took 400 ms, one of the express lane 100.
        assert_eq!(lines[3], ["enrich", "100", "20", "250", "0"]);
        assert_eq!(lines[5], ["sink", "-", "-", "starting", "0"]);
        let last = lines[6].join(" ");
        for words in ["express 5.0 %", "time held back 12 s", "horizon of duplicates -", "incidents 2", "cases 31"] {
            assert!(last.contains(words), "{last}");
        }
    }

    #[test]
    fn a_stage_that_was_started_again_counts_from_nothing() {
        let text = table(&look(10, 100, NOW), &look(12, 100, BEFORE));
        assert!(text.contains("enrich              50"), "{text}");
    }

    #[test]
    fn a_stage_that_does_not_answer_may_hold_something() {
        let mut look = look(1, 1, BEFORE);
        assert!(!nothing_waits(&look));
        look.stages.pop();
        assert!(nothing_waits(&look));
    }
}

//! Waiting until a stage has read all that waits for it, and what it had done at a moment.

use std::time::{Duration, Instant};

use anyhow::bail;
use firebreak::demo::scrape::Scrape;

use crate::installation::{Installation, Running};
use crate::pause;

/// Between two looks at a stage.
const LOOK: Duration = Duration::from_millis(100);
/// A stage that read nothing for so long, and for which nothing waits, has read all. Lag is asked for once a second.
const QUIET: Duration = Duration::from_millis(2_500);
/// A stage that reads nothing for so long although something waits does not go on.
const STUCK: Duration = Duration::from_secs(60);

pub(crate) const READ: &str = "firebreak_records_read_total";
pub(crate) const LAG: &str = "firebreak_partition_lag_records";

/// What a stage had done at a moment.
#[derive(Clone)]
pub(crate) struct Look {
    pub(crate) when: Instant,
    pub(crate) records: f64,
    pub(crate) processor: Duration,
    pub(crate) switches: f64,
    pub(crate) scrape: Scrape,
}

impl Look {
    /// Looks at a stage.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) fn at(running: &Running<'_>, stage: &str) -> anyhow::Result<Self> {
        let scrape = running.scrape(stage)?;
        let processor = running.processor_time(stage)?;
        let switches = running.context_switches(stage)?;
        Ok(Self { when: Instant::now(), records: scrape.sum(READ, ""), processor, switches, scrape })
    }
}

/// Waits until a stage has read all; the first look at which it had read something, and the last at which it had read more.
///
/// # Errors
/// It does not go on.
pub(crate) fn drained(
    installation: &Installation<'_>,
    running: &Running<'_>,
    stage: &str,
) -> anyhow::Result<(Look, Look)> {
    let mut first = Look::at(running, stage)?;
    let mut last = first.clone();
    loop {
        pause(installation.world.stop, LOOK)?;
        let look = Look::at(running, stage)?;
        if first.records == 0.0 {
            first = look.clone();
        }
        let idle = look.when.saturating_duration_since(last.when);
        if look.records > last.records {
            last = look;
        } else if look.scrape.sum(LAG, "") == 0.0 && last.records > 0.0 && idle > QUIET {
            return Ok((first, last));
        } else if idle > STUCK {
            bail!("{stage} read nothing for {} s: {}", STUCK.as_secs(), installation.where_to_look());
        }
    }
}

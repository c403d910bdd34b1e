//! What a soak found: a table for people, JSON for programs.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::fleet::Ended;
use crate::oracle::{Once, Violation};
use crate::recovery::Times;

/// All of it.
#[derive(Debug)]
pub(crate) struct Report {
    /// What the run can be repeated from.
    pub(crate) seed: u64,
    /// How long faults happened.
    pub(crate) lasted: Duration,
    /// Mentions.
    pub(crate) once: Once,
    /// Faults by kind.
    pub(crate) faults: BTreeMap<&'static str, usize>,
    /// Times of recovery.
    pub(crate) times: Times,
    /// The longest time that a reader of `mentions.classified` saw nothing new in a partition.
    pub(crate) longest_stall: Duration,
    /// The longest time that an open transaction held a partition back.
    pub(crate) longest_open: Duration,
    /// Records of all topics that were judged.
    pub(crate) judged: u64,
    /// What must not be, a part of it.
    pub(crate) violations: Vec<Violation>,
    /// How much of it in all.
    pub(crate) found: usize,
    /// Processes that ended by themselves, or not with success.
    pub(crate) fallen: Vec<Ended>,
}

impl Report {
    /// Whether nothing was lost, doubled or otherwise wrong.
    pub(crate) const fn is_clean(&self) -> bool {
        self.found == 0
    }

    /// As programs read it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "seed": self.seed,
            "minutes": self.lasted.as_secs_f64() / 60.0,
            "records": self.once.accepted,
            "classified": self.once.classified,
            "records_judged": self.judged,
            "lost": self.once.lost,
            "doubled": self.once.doubled,
            "violations": self.found,
            "violations_told": self.violations.iter().map(|it| json!({"check": it.check, "what": it.what})).collect::<Vec<_>>(),
            "faults": self.faults,
            "recovery_s": {
                "stage": quantiles(&self.times.stage),
                "stage_in_place": quantiles(&self.times.stage_in_place),
                "stage_undisturbed": quantiles(&self.times.undisturbed),
                "broker": quantiles(&self.times.broker),
            },
            "replacements_hurt_before_they_committed": self.times.given_up,
            "ended_by_themselves": self.fallen.iter().filter(|ended| !ended.asked).count(),
            "longest_stall_s": seconds(self.longest_stall),
            "longest_open_transaction_s": seconds(self.longest_open),
            "records_per_second": self.once.accepted as f64 / self.lasted.as_secs_f64().max(1.0),
        })
    }

    /// As people read it.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn tell(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Once { accepted, classified, lost, doubled } = self.once;
        writeln!(out, "\nSOAK  seed {}, {:.1} minutes", self.seed, self.lasted.as_secs_f64() / 60.0)?;
        let rate = accepted as f64 / self.lasted.as_secs_f64().max(1.0);
        writeln!(
            out,
            "  mentions        {accepted} accepted ({rate:.0} a second), {classified} classified, {lost} lost, {doubled} doubled"
        )?;
        writeln!(out, "  judged          {} records of all topics", self.judged)?;
        let total: usize = self.faults.values().sum();
        writeln!(out, "  faults          {total}")?;
        for (kind, count) in &self.faults {
            writeln!(out, "    {kind:<18}{count}")?;
        }
        writeln!(out, "  recovery        p50 / p95 / max, seconds from the kill to the first commit after it")?;
        for (name, times) in [
            ("stage, elsewhere", &self.times.stage),
            ("stage, in place", &self.times.stage_in_place),
            ("– undisturbed", &self.times.undisturbed),
            ("broker", &self.times.broker),
        ] {
            let of = |share| quantile(times, share).map_or("-".to_owned(), |time| format!("{:.1}", time.as_secs_f64()));
            writeln!(out, "    {name:<18}{} / {} / {}   ({} times)", of(0.5), of(0.95), of(1.0), times.len())?;
        }
        writeln!(out, "    hurt before they committed: {}", self.times.given_up)?;
        writeln!(out, "  longest stall   {:.1} s of a reader of committed records", self.longest_stall.as_secs_f64())?;
        writeln!(out, "  longest open    {:.1} s, a transaction", self.longest_open.as_secs_f64())?;
        for ended in &self.fallen {
            writeln!(out, "  ended           {}: {} {}", ended.name, ended.status, ended.words)?;
        }
        for Violation { check, what } in &self.violations {
            writeln!(out, "  WRONG           [{check}] {what}")?;
        }
        match self.found {
            0 => writeln!(out, "  nothing was lost, nothing was doubled, everything decided can be decided again"),
            found => writeln!(out, "  {found} things are wrong"),
        }
    }
}

fn quantiles(times: &[Duration]) -> Value {
    let of = |share| quantile(times, share).map(seconds);
    json!({"p50": of(0.5), "p95": of(0.95), "max": of(1.0), "count": times.len()})
}

/// A quantile of sorted times: the smallest that so much is not above.
fn quantile(times: &[Duration], share: f64) -> Option<Duration> {
    let at = (share * times.len() as f64).ceil() as usize;
    times.get(at.saturating_sub(1)).copied()
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_times() {
        let times: Vec<Duration> = (1..=20).map(Duration::from_secs).collect();
        let of = |share| quantile(&times, share).map(|time| time.as_secs());
        assert_eq!((of(0.5), of(0.95), of(1.0)), (Some(10), Some(19), Some(20)));
        assert_eq!(quantile(&[], 0.5), None);
    }
}

//! From what the roles counted to a summary that balances.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use book::Book;
use bytes::Bytes;
use events::{Codec, IncidentState, Payload, Role, Topic};
use stream::{DropReason, Raw, Recorded};

use super::pipeline::Pipeline;
use super::summary::{StageRate, Summary};

/// Things that are counted by looking at the records themselves.
#[derive(Debug, Default)]
pub(super) struct Seen {
    incidents: BTreeSet<String>,
    /// Incidents that are not resolved.
    open: BTreeSet<String>,
    cases: HashSet<Bytes>,
}

/// The topics that [`Seen`] needs.
pub(super) const COUNTED: [Topic; 2] = [Topic::Incidents, Topic::Cases];

impl Seen {
    /// Looks at committed records.
    pub(super) fn look(&mut self, records: &[Raw], codec: &Codec) -> anyhow::Result<()> {
        for raw in records {
            match raw.topic {
                Topic::Cases => {
                    if let Some(key) = raw.key.as_ref().filter(|key| !self.cases.contains(*key)) {
                        self.cases.insert(key.clone());
                    }
                }
                Topic::Incidents => {
                    let Some(value) = &raw.value else { continue };
                    let Some(Payload::Incident(incident)) = Payload::decode(raw.topic, value, codec)? else {
                        continue;
                    };
                    let id = incident.incident_id.to_string();
                    if incident.state == IncidentState::Resolved {
                        self.open.remove(&id);
                    } else if incident.opened_at.is_some() {
                        self.open.insert(id.clone());
                    }
                    if incident.opened_at.is_some() {
                        self.incidents.insert(id);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Incidents that reached `open`, and those not resolved yet.
    pub(super) fn incidents(&self) -> (usize, usize) {
        (self.incidents.len(), self.open.len())
    }

    /// Cases opened.
    pub(super) fn cases(&self) -> usize {
        self.cases.len()
    }
}

/// The drop reason of what once-only has seen before.
const DUPLICATE: DropReason = DropReason("duplicate");

/// Adds it all up.
pub(super) fn summary(pipeline: &Pipeline, seen: &Seen, book: &Book, took: Duration) -> Summary {
    let of = |role: Role| pipeline.recorded().of(role);
    let (ingest, enrich, classify) = (of(Role::Ingest), of(Role::Enrich), of(Role::Classify));
    let other: u64 = [Topic::Actions, Topic::Links, Topic::Business]
        .iter()
        .filter_map(|topic| ingest.counts.produced.get(topic))
        .sum();
    let duplicates = enrich.counts.dropped.get(&DUPLICATE).copied().unwrap_or_default();
    let mut summary = Summary {
        read: ingest.counts.total_read() - other,
        accepted: enrich.counts.total_read() - duplicates - enrich.counts.total_rejected(),
        duplicates,
        classified: classify.counts.forwarded,
        other,
        incidents: seen.incidents().0 as u64,
        cases: seen.cases() as u64,
        notifications: of(Role::Tell).counts.produced.get(&Topic::Notifications).copied().unwrap_or_default(),
        seconds: took.as_secs_f64(),
        max_rss_mib: max_rss_mib(),
        book_version: book.version.to_string(),
        undated: pipeline.undated(),
        ..Summary::default()
    };
    summary.mentions_per_second = summary.read as f64 / summary.seconds.max(1e-9);
    for (role, busy) in pipeline.roles() {
        let recorded = of(role);
        let early = matches!(role, Role::Ingest | Role::Enrich | Role::Classify);
        let (dropped, rejected) = match early {
            true => (&mut summary.dropped, &mut summary.rejected),
            false => (&mut summary.dropped_later, &mut summary.rejected_later),
        };
        add_reasons(&recorded, role, dropped, rejected);
        let read = recorded.counts.total_read();
        let busy_seconds = busy.as_secs_f64();
        let rate = StageRate { read, busy_seconds, records_per_second: read as f64 / busy_seconds.max(1e-9) };
        summary.stages.insert(role.name().to_owned(), rate);
    }
    summary
}

type Reasons = std::collections::BTreeMap<String, u64>;

fn add_reasons(recorded: &Recorded, role: Role, dropped: &mut Reasons, rejected: &mut Reasons) {
    for (reason, count) in recorded.counts.dropped.iter().filter(|(reason, _)| **reason != DUPLICATE) {
        *dropped.entry(format!("{}.{}", role.stage(), reason.0)).or_default() += count;
    }
    for (reason, count) in &recorded.counts.rejected {
        *rejected.entry(format!("{}.{}", role.stage(), reason.name())).or_default() += count;
    }
}

/// Most memory that the process held at once, from `VmHWM` of Linux; 0 where that cannot be read.
fn max_rss_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kibibytes.unwrap_or_default() / 1_024.0
}

//! What the loop tells, as Prometheus series. Counters rise at commit, in one step, so that an aborted batch never counts.

mod names;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use events::{BookVersion, EventTime, Partition, Role, Span, Topic};
use prometheus::{
    CounterVec, Encoder, GaugeVec, HistogramOpts, HistogramVec, Opts, Registry, TextEncoder, core::Collector,
};

pub use names::{ALL, Kind, Series};

use crate::store::Written;
use crate::{Counts, Exit, Observer, StateOrigin};

/// All series of a process. One of a kind: it has a registry of its own.
pub struct Metrics {
    registry: Registry,
    build: GaugeVec,
    read: CounterVec,
    verdicts: CounterVec,
    dropped: CounterVec,
    labels: CounterVec,
    rejected: CounterVec,
    produced: CounterVec,
    bytes_read: CounterVec,
    bytes_produced: CounterVec,
    process: HistogramVec,
    batch: HistogramVec,
    transactions: CounterVec,
    transaction_duration: HistogramVec,
    turns: CounterVec,
    fired: CounterVec,
    assigned: GaugeVec,
    rebalances: CounterVec,
    reused: CounterVec,
    fatal: CounterVec,
    writes: CounterVec,
    retries: CounterVec,
    held_up: GaugeVec,
    lag: GaugeVec,
    queue: HistogramVec,
    held_back: GaugeVec,
    progress: GaugeVec,
    seen_horizon: GaugeVec,
    restore: HistogramVec,
    last_pass: GaugeVec,
    /// Partitions whose lag is shown: what is given up is no longer ours to tell of.
    lagging: Mutex<BTreeSet<(Role, Topic, Partition)>>,
    source_requests: CounterVec,
    connections_let_go: CounterVec,
}

/// Series cannot be made: two of one name, or a name that Prometheus does not take.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be declared: {0}")]
pub struct MetricsError(#[from] prometheus::Error);

impl Metrics {
    /// Declares every series.
    ///
    /// # Errors
    /// A declaration of `names` is wrong.
    pub fn new(book_version: &BookVersion) -> Result<Self, MetricsError> {
        let registry = Registry::new();
        let build = GaugeVec::new(Opts::new(names::BUILD_INFO.name, names::BUILD_INFO.help), names::BUILD_INFO.labels)?;
        registry.register(Box::new(build.clone()))?;
        let counter = |series: Series| -> Result<CounterVec, MetricsError> {
            register(&registry, CounterVec::new(Opts::new(series.name, series.help), &labels(series))?)
        };
        let histogram = |series: Series| -> Result<HistogramVec, MetricsError> {
            let bounds = match series.kind {
                Kind::Histogram(bounds) => bounds.to_vec(),
                Kind::Counter | Kind::Gauge => Vec::new(),
            };
            register(
                &registry,
                HistogramVec::new(HistogramOpts::new(series.name, series.help).buckets(bounds), &labels(series))?,
            )
        };
        let gauge = |series: Series| -> Result<GaugeVec, MetricsError> {
            register(&registry, GaugeVec::new(Opts::new(series.name, series.help), &labels(series))?)
        };
        let metrics = Self {
            build,
            read: counter(names::RECORDS_READ)?,
            verdicts: counter(names::RECORDS)?,
            dropped: counter(names::RECORDS_DROPPED)?,
            labels: counter(names::LABELS)?,
            rejected: counter(names::RECORDS_REJECTED)?,
            produced: counter(names::RECORDS_PRODUCED)?,
            bytes_read: counter(names::BYTES_READ)?,
            bytes_produced: counter(names::BYTES_PRODUCED)?,
            process: histogram(names::PROCESS_DURATION)?,
            batch: histogram(names::BATCH_RECORDS)?,
            transactions: counter(names::TRANSACTIONS)?,
            transaction_duration: histogram(names::TRANSACTION_DURATION)?,
            turns: counter(names::TURNS)?,
            fired: counter(names::TIMERS_FIRED)?,
            assigned: gauge(names::PARTITIONS_ASSIGNED)?,
            rebalances: counter(names::REBALANCES)?,
            reused: counter(names::STATE_REUSED)?,
            fatal: counter(names::FATAL_ERRORS)?,
            writes: counter(names::WRITES)?,
            retries: counter(names::RETRIES)?,
            held_up: gauge(names::CIRCUIT_BREAKER_OPEN)?,
            lag: gauge(names::PARTITION_LAG)?,
            queue: histogram(names::STAGE_QUEUE_DURATION)?,
            held_back: gauge(names::TIME_HELD_BACK)?,
            progress: gauge(names::PROGRESS)?,
            seen_horizon: gauge(names::SEEN_HORIZON)?,
            restore: histogram(names::RESTORE_DURATION)?,
            last_pass: gauge(names::LAST_PASS)?,
            lagging: Mutex::default(),
            source_requests: counter(names::SOURCE_REQUESTS)?,
            connections_let_go: counter(names::CONNECTIONS_LET_GO)?,
            registry,
        };
        metrics.set_book(book_version);
        Ok(metrics)
    }

    /// From now on another book decides.
    pub fn set_book(&self, book_version: &BookVersion) {
        self.build.reset();
        self.build.with_label_values(&[env!("CARGO_PKG_VERSION"), book_version.as_str()]).set(1.0);
    }

    /// When the last pass of a worker ended.
    pub fn set_last_pass(&self, role: Role, worker: usize, at: EventTime) {
        let worker = worker.to_string();
        let labels = [role.stage(), role.name(), worker.as_str()];
        self.last_pass.with_label_values(&labels).set(seconds(at));
    }

    /// The series in Prometheus' text format.
    ///
    /// # Errors
    /// A series has two shapes, which declarations rule out.
    pub fn text(&self) -> Result<String, MetricsError> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// `stage`, `role`, and the series' own labels.
fn labels(series: Series) -> Vec<&'static str> {
    ["stage", "role"].into_iter().chain(series.labels.iter().copied()).collect()
}

fn seconds(at: EventTime) -> f64 {
    at.since(EventTime::EPOCH).as_seconds()
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, MetricsError> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

impl Observer for Metrics {
    fn decided(&self, role: Role, records: usize, took: Duration, ok: bool) {
        let outcome = if ok { "ok" } else { "error" };
        self.process.with_label_values(&[role.stage(), role.name(), outcome]).observe(took.as_secs_f64());
        self.batch.with_label_values(&[role.stage(), role.name()]).observe(records as f64);
    }

    fn transacted(&self, role: Role, took: Duration) {
        self.transactions.with_label_values(&[role.stage(), role.name(), "committed"]).inc();
        self.transaction_duration.with_label_values(&[role.stage(), role.name()]).observe(took.as_secs_f64());
    }

    fn committed(&self, role: Role, _: Partition, counts: &Counts) {
        let add = |series: &CounterVec, label: &str, count: u64| {
            if count > 0 {
                series.with_label_values(&[role.stage(), role.name(), label]).inc_by(count as f64);
            }
        };
        for (topic, count) in &counts.read {
            add(&self.read, &topic.name(), *count);
        }
        add(&self.verdicts, "forwarded", counts.forwarded);
        add(&self.verdicts, "dropped", counts.total_dropped());
        add(&self.verdicts, "rejected", counts.total_rejected());
        for (reason, count) in &counts.dropped {
            add(&self.dropped, reason.0, *count);
        }
        for ((head, label), count) in &counts.labels {
            self.labels.with_label_values(&[role.stage(), role.name(), head, label]).inc_by(*count as f64);
        }
        for (reason, count) in &counts.rejected {
            add(&self.rejected, reason.name(), *count);
        }
        for (topic, count) in &counts.produced {
            add(&self.produced, &topic.name(), *count);
        }
        let own = [role.stage(), role.name()];
        self.bytes_read.with_label_values(&own).inc_by(counts.bytes_read as f64);
        self.bytes_produced.with_label_values(&own).inc_by(counts.bytes_produced as f64);
        self.fired.with_label_values(&own).inc_by(counts.fired as f64);
        add(&self.turns, if counts.total_read() > 0 { "records" } else { "timers" }, 1);
    }

    fn aborted(&self, role: Role, why: &Exit) {
        let outcome = if matches!(why, Exit::Fenced(_) | Exit::Replaced(_)) { "fenced" } else { "aborted" };
        self.transactions.with_label_values(&[role.stage(), role.name(), outcome]).inc();
        let fatal = match why {
            Exit::Retry(_) | Exit::Fenced(_) => return,
            Exit::Replaced(_) => "replaced",
            Exit::Refused(_) => "refused",
            Exit::Fatal(_) => "fatal",
        };
        self.fatal.with_label_values(&[role.stage(), role.name(), fatal]).inc();
    }

    fn ready(&self, role: Role, _: Partition, origin: StateOrigin, _: i64) {
        let outcome = match origin {
            StateOrigin::Reused => "reused",
            StateOrigin::Restored => "restored",
        };
        self.reused.with_label_values(&[role.stage(), role.name(), outcome]).inc();
        self.rebalances.with_label_values(&[role.stage(), role.name(), "assign"]).inc();
        self.assigned.with_label_values(&[role.stage(), role.name()]).inc();
    }

    fn revoked(&self, role: Role, partitions: &[Partition]) {
        let count = partitions.len() as f64;
        self.rebalances.with_label_values(&[role.stage(), role.name(), "revoke"]).inc_by(count);
        self.assigned.with_label_values(&[role.stage(), role.name()]).sub(count);
        let mut lagging = self.lagging.lock().unwrap_or_else(PoisonError::into_inner);
        lagging.retain(|(of, topic, partition)| {
            let gone = *of == role && partitions.contains(partition);
            if gone {
                let (topic, partition) = (topic.name(), partition.0.to_string());
                let labels = [role.stage(), role.name(), topic.as_str(), partition.as_str()];
                // It is there: it was set when it was noted.
                drop(self.lag.remove_label_values(&labels));
            }
            !gone
        });
    }

    fn restored(&self, role: Role, took: Duration) {
        self.restore.with_label_values(&[role.stage(), role.name()]).observe(took.as_secs_f64());
    }

    fn lags(&self, role: Role, topic: Topic, partition: Partition, records: i64) {
        self.lagging.lock().unwrap_or_else(PoisonError::into_inner).insert((role, topic, partition));
        let (topic, partition) = (topic.name(), partition.0.to_string());
        let labels = [role.stage(), role.name(), topic.as_str(), partition.as_str()];
        self.lag.with_label_values(&labels).set(records as f64);
    }

    fn waited(&self, role: Role, express: bool, took: Duration) {
        let lane = if express { "express" } else { "main" };
        self.queue.with_label_values(&[role.stage(), role.name(), lane]).observe(took.as_secs_f64());
    }

    fn held_back(&self, role: Role, by: Span) {
        self.held_back.with_label_values(&[role.stage(), role.name()]).set(by.as_seconds());
    }

    fn progressed(&self, role: Role, to: EventTime) {
        self.progress.with_label_values(&[role.stage(), role.name()]).set(seconds(to));
    }

    fn remembers(&self, role: Role, horizon: Span) {
        self.seen_horizon.with_label_values(&[role.stage(), role.name()]).set(horizon.as_seconds());
    }

    fn wrote(&self, role: Role, store: &'static str, written: &Written) {
        let outcomes = [("inserted", written.inserted), ("updated", written.updated), ("unchanged", written.unchanged)];
        for (outcome, rows) in outcomes.into_iter().filter(|(_, rows)| *rows > 0) {
            self.writes.with_label_values(&[role.stage(), role.name(), store, outcome]).inc_by(rows as f64);
        }
    }

    fn retried(&self, role: Role, dependency: &'static str, error: &'static str) {
        self.retries.with_label_values(&[role.stage(), role.name(), dependency, error]).inc();
    }

    fn answered(&self, role: Role, source: &'static str, outcome: &'static str) {
        self.source_requests.with_label_values(&[role.stage(), role.name(), source, outcome]).inc();
    }

    fn let_go(&self, role: Role, port: &'static str, reason: &'static str) {
        self.connections_let_go.with_label_values(&[role.stage(), role.name(), port, reason]).inc();
    }

    fn held_up(&self, role: Role, dependency: &'static str, held: bool) {
        let open = if held { 1.0 } else { 0.0 };
        self.held_up.with_label_values(&[role.stage(), role.name(), dependency]).set(open);
    }
}

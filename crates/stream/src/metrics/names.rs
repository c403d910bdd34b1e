//! Every series of Firebreak, declared once: name, type, labels, meaning. `docs/metrics.md` is the contract with those who
//! write rules and dashboards; a test holds the two against each other.

/// Type of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only rises.
    Counter,
    /// Rises and falls.
    Gauge,
    /// A distribution with these upper bounds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// The word that the contract and the text format use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// A series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Series {
    /// Its name, with unit and, on counters, `_total`.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its labels, beside `stage` and `role`, which all but the build's carry.
    pub labels: &'static [&'static str],
    /// What it means.
    pub help: &'static str,
}

impl Series {
    const fn new(name: &'static str, kind: Kind, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind, labels, help }
    }
}

/// Seconds of deciding a batch.
const PROCESS: Kind =
    Kind::Histogram(&[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
/// Seconds of an operation of the log.
const LOG: Kind = Kind::Histogram(&[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
/// Seconds of what may take from moments to hours.
const END_TO_END: Kind = Kind::Histogram(&[
    0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0,
]);
/// Records of a batch.
const BATCH: Kind = Kind::Histogram(&[1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0, 5000.0]);

/// The program and its book, always 1.
pub(super) const BUILD_INFO: Series =
    Series::new("firebreak_build_info", Kind::Gauge, &["version", "book"], "The program and its book, always 1.");
/// Records read.
pub(super) const RECORDS_READ: Series =
    Series::new("firebreak_records_read_total", Kind::Counter, &["topic"], "Records read in committed turns.");
/// Verdicts.
pub(super) const RECORDS: Series = Series::new(
    "firebreak_records_total",
    Kind::Counter,
    &["verdict"],
    "Records by verdict: forwarded, dropped, rejected. Their sum is what was read.",
);
/// Dropped records by reason.
pub(super) const RECORDS_DROPPED: Series = Series::new(
    "firebreak_records_dropped_total",
    Kind::Counter,
    &["reason"],
    "Records dropped, by the stage's closed list of reasons.",
);
/// Rejected records by reason.
pub(super) const RECORDS_REJECTED: Series = Series::new(
    "firebreak_records_rejected_total",
    Kind::Counter,
    &["reason"],
    "Records that went to dead-letters, by reason.",
);
/// Records written.
pub(super) const RECORDS_PRODUCED: Series =
    Series::new("firebreak_records_produced_total", Kind::Counter, &["topic"], "Records written in committed turns.");
/// Bytes read.
pub(super) const BYTES_READ: Series =
    Series::new("firebreak_bytes_read_total", Kind::Counter, &[], "Bytes of the values read in committed turns.");
/// Bytes written.
pub(super) const BYTES_PRODUCED: Series = Series::new(
    "firebreak_bytes_produced_total",
    Kind::Counter,
    &[],
    "Bytes of the values written in committed turns.",
);
/// Time of a batch.
pub(super) const PROCESS_DURATION: Series = Series::new(
    "firebreak_process_duration_seconds",
    PROCESS,
    &["outcome"],
    "Time to decide a batch; outcome is ok or error.",
);
/// Size of a batch.
pub(super) const BATCH_RECORDS: Series = Series::new("firebreak_batch_records", BATCH, &[], "Records of a batch.");
/// Transactions by outcome.
pub(super) const TRANSACTIONS: Series = Series::new(
    "firebreak_transactions_total",
    Kind::Counter,
    &["outcome"],
    "Transactions: committed, aborted, fenced.",
);
/// Time of a transaction.
pub(super) const TRANSACTION_DURATION: Series =
    Series::new("firebreak_transaction_duration_seconds", LOG, &[], "Time from begin to the end of the commit.");
/// Turns by kind.
pub(super) const TURNS: Series = Series::new(
    "firebreak_turns_total",
    Kind::Counter,
    &["kind"],
    "Committed turns: records, or timers where nothing was read.",
);
/// Timers that fired.
pub(super) const TIMERS_FIRED: Series =
    Series::new("firebreak_timers_fired_total", Kind::Counter, &[], "Timers that fired in committed turns.");
/// Partitions that are ready.
pub(super) const PARTITIONS_ASSIGNED: Series =
    Series::new("firebreak_partitions_assigned", Kind::Gauge, &[], "Partitions that are ours and restored.");
/// Changes of assignment.
pub(super) const REBALANCES: Series = Series::new(
    "firebreak_rebalances_total",
    Kind::Counter,
    &["event"],
    "Partitions taken over or given up: assign, revoke.",
);
/// Where taken-over state came from.
pub(super) const STATE_REUSED: Series = Series::new(
    "firebreak_state_reused_total",
    Kind::Counter,
    &["outcome"],
    "State of partitions taken over: reused when offsets and turn equal the committed ones, else restored.",
);
/// Ends for good.
pub(super) const FATAL_ERRORS: Series = Series::new(
    "firebreak_fatal_errors_total",
    Kind::Counter,
    &["error_type"],
    "Errors that end the process: replaced, refused, fatal.",
);

/// Rows of stores.
pub(super) const WRITES: Series = Series::new(
    "firebreak_writes_total",
    Kind::Counter,
    &["store", "outcome"],
    "Rows that a store took: inserted, updated, or unchanged because a newer one is there.",
);
/// Tries again.
pub(super) const RETRIES: Series = Series::new(
    "firebreak_retries_total",
    Kind::Counter,
    &["dependency", "error_type"],
    "Times that something outside did not work and is tried again.",
);
/// Work that waits for something outside.
pub(super) const CIRCUIT_BREAKER_OPEN: Series = Series::new(
    "firebreak_circuit_breaker_open",
    Kind::Gauge,
    &["dependency"],
    "1 while something outside is away and work waits for it.",
);

/// Records that wait.
pub(super) const PARTITION_LAG: Series = Series::new(
    "firebreak_partition_lag_records",
    Kind::Gauge,
    &["topic", "partition"],
    "Records of a partition of ours that were not read yet; asked for once a second.",
);
/// Time in a stage.
pub(super) const STAGE_QUEUE_DURATION: Series = Series::new(
    "firebreak_stage_queue_duration_seconds",
    END_TO_END,
    &["lane"],
    "Time from the commit before to the commit here: what lay at the end of the fullest partition, followed once a second; in ingest, each message from its receipt on.",
);
/// Time behind the wall's clock.
pub(super) const TIME_HELD_BACK: Series = Series::new(
    "firebreak_time_held_back_seconds",
    Kind::Gauge,
    &[],
    "How far the time of the worst partition is behind the wall's clock, because upstream's progress is.",
);
/// Progress as written.
pub(super) const PROGRESS: Series = Series::new(
    "firebreak_progress_timestamp_seconds",
    Kind::Gauge,
    &[],
    "The least acceptance time up to which a partition of ours is handled, as written to `progress`.",
);
/// How far back duplicates are known.
pub(super) const SEEN_HORIZON: Series = Series::new(
    "firebreak_seen_horizon_seconds",
    Kind::Gauge,
    &[],
    "Event time over which what was seen is known, in the partition that forgets first: less than is set when the bound by count forgets.",
);
/// Time of a restore.
pub(super) const RESTORE_DURATION: Series = Series::new(
    "firebreak_restore_duration_seconds",
    END_TO_END,
    &[],
    "Time to read the state of one partition from its topics.",
);
/// When workers turned.
pub(super) const LAST_PASS: Series = Series::new(
    "firebreak_worker_last_pass_timestamp_seconds",
    Kind::Gauge,
    &["worker"],
    "When the last pass of a worker's loop ended: what `/livez` looks at.",
);

/// Requests of sources.
pub(super) const SOURCE_REQUESTS: Series = Series::new(
    "firebreak_source_requests_total",
    Kind::Counter,
    &["source", "outcome"],
    "Requests of a source by answer: committed, malformed, unauthorised, not_found, too_slow, too_large, overloaded, not_committed.",
);

/// Labels given.
pub(super) const LABELS: Series = Series::new(
    "firebreak_labels_total",
    Kind::Counter,
    &["head", "label"],
    "Labels that a stage gave, by head; `unsure` where it abstains. Their shares over time show drift.",
);

/// Connections that were closed for want of room.
pub(super) const CONNECTIONS_LET_GO: Series = Series::new(
    "firebreak_connections_let_go_total",
    Kind::Counter,
    &["port", "reason"],
    "Connections closed for want of room, by port (webhook, admin): waited had no whole request for longest, full came while all others had one.",
);

/// Every series.
pub const ALL: [Series; 31] = [
    BUILD_INFO,
    RECORDS_READ,
    RECORDS,
    RECORDS_DROPPED,
    LABELS,
    RECORDS_REJECTED,
    RECORDS_PRODUCED,
    BYTES_READ,
    BYTES_PRODUCED,
    PROCESS_DURATION,
    BATCH_RECORDS,
    TRANSACTIONS,
    TRANSACTION_DURATION,
    TURNS,
    TIMERS_FIRED,
    PARTITIONS_ASSIGNED,
    REBALANCES,
    STATE_REUSED,
    FATAL_ERRORS,
    WRITES,
    RETRIES,
    CIRCUIT_BREAKER_OPEN,
    PARTITION_LAG,
    STAGE_QUEUE_DURATION,
    TIME_HELD_BACK,
    PROGRESS,
    SEEN_HORIZON,
    RESTORE_DURATION,
    LAST_PASS,
    SOURCE_REQUESTS,
    CONNECTIONS_LET_GO,
];

//! Places at which a process can be made to die, so that a test can visit each.
//!
//! Only with feature `kill-points`: `FIREBREAK_KILL_AT=before-flush` ends the process, as SIGKILL would, when it comes there
//! first; `before-flush:3` when it comes there for the third time. Without the feature nothing is asked and nothing happens.

/// A place between two steps of which one may be done and the other not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KillPoint {
    /// No transaction is open.
    BeforeBegin,
    /// A transaction is open, and the broker knows nothing of it.
    AfterBegin,
    /// Nothing of the transaction was handed to the producer.
    BeforeProduce,
    /// A record was.
    AfterProduce,
    /// Records are on their way.
    BeforeFlush,
    /// The broker has all records.
    AfterFlush,
    /// The transaction holds no offsets.
    BeforeOffsets,
    /// It does.
    AfterOffsets,
    /// The commit is on its way: it may be done or not.
    CommitSent,
    /// The commit is done, and the state does not know.
    CommitAcknowledged,
    /// The state has taken the changes in.
    StateMerged,
    /// Rows and offsets are written to the store, and not committed.
    BeforeStoreCommit,
    /// They are, and the group does not know.
    AfterStoreCommit,
    /// A notification is to be sent.
    BeforeWebhook,
    /// Its receiver has it, and nobody here knows.
    WebhookSent,
}

impl KillPoint {
    /// All of them, in the order in which they are met.
    pub const ALL: [Self; 15] = [
        Self::BeforeBegin,
        Self::AfterBegin,
        Self::BeforeProduce,
        Self::AfterProduce,
        Self::BeforeFlush,
        Self::AfterFlush,
        Self::BeforeOffsets,
        Self::AfterOffsets,
        Self::CommitSent,
        Self::CommitAcknowledged,
        Self::StateMerged,
        Self::BeforeStoreCommit,
        Self::AfterStoreCommit,
        Self::BeforeWebhook,
        Self::WebhookSent,
    ];

    /// Its name, as the environment says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeBegin => "before-begin",
            Self::AfterBegin => "after-begin",
            Self::BeforeProduce => "before-produce",
            Self::AfterProduce => "after-produce",
            Self::BeforeFlush => "before-flush",
            Self::AfterFlush => "after-flush",
            Self::BeforeOffsets => "before-offsets",
            Self::AfterOffsets => "after-offsets",
            Self::CommitSent => "commit-sent",
            Self::CommitAcknowledged => "commit-acknowledged",
            Self::StateMerged => "state-merged",
            Self::BeforeStoreCommit => "before-store-commit",
            Self::AfterStoreCommit => "after-store-commit",
            Self::BeforeWebhook => "before-webhook",
            Self::WebhookSent => "webhook-sent",
        }
    }

    /// The process is here.
    #[cfg(not(feature = "kill-points"))]
    pub const fn reach(self) {}

    /// The process is here: it dies if it is told to.
    #[cfg(feature = "kill-points")]
    pub fn reach(self) {
        if armed::is_due(self) {
            std::process::abort();
        }
    }

    /// What comes next happens while the process is here.
    #[cfg(not(feature = "kill-points"))]
    pub const fn reach_during(self) {}

    /// What comes next happens while the process is here: if it is told to, it dies in the middle of that.
    #[cfg(feature = "kill-points")]
    pub fn reach_during(self) {
        if armed::is_due(self) {
            std::thread::spawn(|| {
                std::thread::sleep(armed::MIDDLE);
                std::process::abort();
            });
        }
    }
}

#[cfg(feature = "kill-points")]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::KillPoint;

    /// A request to a broker on the same machine is on its way, and seldom answered, after this.
    pub(super) const MIDDLE: Duration = Duration::from_micros(700);

    /// The point and the visit at which the process dies.
    static AT: LazyLock<Option<(String, u32)>> = LazyLock::new(|| {
        let told = std::env::var("FIREBREAK_KILL_AT").ok()?;
        let (point, visit) = told.split_once(':').unwrap_or((&told, "1"));
        Some((point.to_owned(), visit.parse().unwrap_or(1)))
    });
    static VISITS: AtomicU32 = AtomicU32::new(0);

    pub(super) fn is_due(point: KillPoint) -> bool {
        AT.as_ref()
            .is_some_and(|(name, visit)| *name == point.name() && VISITS.fetch_add(1, Ordering::Relaxed) + 1 == *visit)
    }
}

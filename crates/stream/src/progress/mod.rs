//! How far time may pass: never past unread input that could change a decision.
//!
//! Upstream roles write up to which acceptance time their input is handled. Their records become visible partition by
//! partition, so a time T that was read may be taken over only when this partition's own input is handled up to the high
//! watermark asked for *after* T was read: what upstream wrote before T then lies below that mark ([`HoldBack`]). Who waits
//! for whom stands in [`waits`]; what was read of all others lies on a [`Board`].

mod board;
mod hold;
mod waits;

use events::{Codec, EventTime, Partition, Progress, Role, Span, Topic};

pub use board::Board;
pub use hold::HoldBack;
pub use waits::{Wait, waits};

use crate::{Exit, Outgoing};

/// After holding time back this long, timers fire and are marked unconfirmed.
pub const PATIENCE: Span = Span::minutes(15);

/// What no role writes, such as `actions`, is handled up to the wall clock at which its end was asked for, less this: ingest
/// refuses to commit an older receipt.
pub const SOURCE_DELAY: Span = Span::seconds(10);

/// A lane of the mention topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The lane of most mentions.
    Main,
    /// The lane that is read first.
    Express,
}

impl Lane {
    /// The name, as `progress` carries it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Express => "express",
        }
    }

    /// The lane called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Main, Self::Express].into_iter().find(|lane| lane.name() == name)
    }
}

/// One partition of an upstream role's lane.
pub type Upstream = (Role, Lane, Partition);

/// Where the sources stand: ingest is one upstream, whatever partitions it writes to.
pub const SOURCES: Upstream = (Role::Ingest, Lane::Main, Partition(0));

/// The record by which a role says how far a lane of its partition is.
///
/// # Errors
/// [`Exit::Fatal`]: it cannot be written.
pub(crate) fn record(
    role: Role,
    lane: Lane,
    partition: Partition,
    handled_to: EventTime,
    codec: &Codec,
) -> Result<Outgoing, Exit> {
    let key = format!("{role}/{}/{}", lane.name(), partition.0);
    let progress = Progress { role: role.name().to_owned(), lane: lane.name().to_owned(), partition, handled_to };
    let value = codec.encode(&progress).map_err(|error| Exit::Fatal(error.to_string()))?;
    Ok(Outgoing {
        topic: Topic::Progress,
        partition,
        timestamp: handled_to,
        key: Some(key.into()),
        value: Some(value.into()),
        headers: Vec::new(),
    })
}

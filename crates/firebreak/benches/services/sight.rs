//! A reader of committed records at the steps of a mention's way: which mention was seen where, and when.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use events::{Codec, EventTime, Payload, Topic};
use stream::TableReader;
use stream::kafka::{KafkaSettings, KafkaTap};

/// Between two looks at a topic.
const LOOK: Duration = Duration::from_micros(500);

/// A step on a mention's way, where a reader may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Hop {
    Raw,
    Enriched,
    Classified,
}

impl Hop {
    pub(crate) const ALL: [Self; 3] = [Self::Raw, Self::Enriched, Self::Classified];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Raw => "mentions.raw",
            Self::Enriched => "mentions.enriched",
            Self::Classified => "mentions.classified",
        }
    }

    /// Both lanes.
    pub(crate) const fn topics(self) -> [Topic; 2] {
        match self {
            Self::Raw => [Topic::MentionsRaw, Topic::MentionsRawExpress],
            Self::Enriched => [Topic::MentionsEnriched, Topic::MentionsEnrichedExpress],
            Self::Classified => [Topic::MentionsClassified, Topic::MentionsClassifiedExpress],
        }
    }
}

/// A mention that was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) hop: Hop,
    /// Its number in its run.
    pub(crate) number: usize,
    /// When, in milliseconds of the wall's clock.
    pub(crate) at: f64,
    /// When it was accepted, on the same clock.
    pub(crate) received_at: f64,
}

/// Milliseconds of the wall's clock.
///
/// # Errors
/// The clock is before 1970.
pub(crate) fn wall() -> anyhow::Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0)
}

/// Readers of these topics, behind all that is there.
///
/// # Errors
/// The broker is away.
pub(crate) fn taps(settings: &KafkaSettings, topics: &[(Hop, Topic)]) -> anyhow::Result<Vec<(Hop, KafkaTap)>> {
    let mut taps = Vec::new();
    for (hop, topic) in topics {
        let mut tap = KafkaTap::new(settings, "bench", *topic)?;
        tap.read()?;
        taps.push((*hop, tap));
    }
    Ok(taps)
}

/// Looks until `most` mentions of the run `name` were seen, or it is to end; and how long it was kept from looking at most: a
/// machine that stands still measures itself.
///
/// # Errors
/// A record cannot be read.
pub(crate) fn watch(
    taps: &mut [(Hop, KafkaTap)],
    name: &str,
    ended: &Receiver<()>,
    most: &AtomicUsize,
) -> anyhow::Result<(Vec<Seen>, Duration)> {
    let (codec, mut seen) = (Codec::default(), Vec::new());
    let prefix = format!("{name}-");
    let (mut looked, mut stall) = (Instant::now(), Duration::ZERO);
    while seen.len() < most.load(Ordering::Relaxed) && ended.try_recv() != Err(TryRecvError::Disconnected) {
        for (hop, tap) in &mut *taps {
            let records = tap.read()?;
            let at = wall()?;
            for raw in records {
                let value = raw.value.as_deref().context("a mention without a value")?;
                let Some((native_id, received_at)) = mention(raw.topic, value, &codec)? else { continue };
                // Others may write there too.
                let number = native_id.strip_prefix(&prefix).and_then(|number| number.parse().ok());
                seen.extend(number.map(|number| Seen {
                    hop: *hop,
                    number,
                    at,
                    received_at: received_at.millis() as f64,
                }));
            }
        }
        thread::sleep(LOOK);
        stall = stall.max(looked.elapsed());
        looked = Instant::now();
    }
    Ok((seen, stall))
}

/// The native id of a mention, and when it was accepted.
fn mention(topic: Topic, value: &[u8], codec: &Codec) -> anyhow::Result<Option<(String, EventTime)>> {
    let mention = match Payload::decode(topic, value, codec)? {
        Some(Payload::Mention(mention)) => *mention,
        Some(Payload::Enriched(enriched)) => enriched.mention,
        Some(Payload::Classified(classified)) => classified.mention,
        _ => return Ok(None),
    };
    Ok(Some((mention.native_id.to_string(), mention.received_at)))
}

//! How far lines may be posted ahead of what is decided, where their own times drive everything.
//!
//! Live, a mention is seconds behind the wall's clock; a replay of a day in a minute would put hours between the stages. So whoever
//! replays waits until *watch*, which waits for all before it, is near.

use std::time::{Duration, Instant};

use anyhow::bail;
use events::{Codec, EventTime, PartitionCount, Role, Span, Topic};
use ingest::source::received;
use stream::kafka::{KafkaSettings, KafkaTap};
use stream::progress::{Board, Lane};
use stream::service::Stop;

/// So far may lines be ahead of what is decided …
const LEAD: Span = Span::minutes(30);
/// … and those of one message apart.
const MESSAGE: Span = Span::minutes(10);
/// An ingest that was killed before it told how far it is tells it with the next lines: they follow after this long.
const STALL: Duration = Duration::from_secs(5);
/// How long nothing may move, a stage that is started again included.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// One who posts lines in the order of their times.
pub struct Lead {
    tap: KafkaTap,
    board: Board,
    codec: Codec,
    partitions: PartitionCount,
    posted: EventTime,
    /// Up to when was decided when it last moved, and how long was waited since.
    stands: (EventTime, Duration),
}

impl Lead {
    /// Nothing is posted yet.
    ///
    /// # Errors
    /// Topic `progress` cannot be read.
    pub fn new(settings: &KafkaSettings, partitions: PartitionCount) -> anyhow::Result<Self> {
        let tap = KafkaTap::new(settings, "lead", Topic::Progress)?;
        let (board, codec) = (Board::default(), Codec::default());
        Ok(Self { tap, board, codec, partitions, posted: EventTime::EPOCH, stands: (EventTime::EPOCH, Duration::ZERO) })
    }

    /// How many of these lines may travel in one message.
    pub fn message_length(lines: &[&[u8]]) -> usize {
        let mut times = lines.iter().map(|line| received(line));
        let Some(first) = times.by_ref().flatten().next() else { return lines.len() };
        let near = |line: &&&[u8]| received(line).is_none_or(|at| at <= first.plus(MESSAGE));
        lines.iter().take_while(near).count().max(1)
    }

    /// These lines were posted and committed: waits until the next ones may follow, or until the process is to end.
    ///
    /// # Errors
    /// Progress cannot be read, or stands still.
    pub fn posted<'a>(&mut self, lines: impl IntoIterator<Item = &'a [u8]>, stop: &Stop) -> anyhow::Result<()> {
        self.posted = lines.into_iter().filter_map(received).fold(self.posted, EventTime::max);
        let mut begun = Instant::now();
        loop {
            let decided = self.decided();
            if decided > self.stands.0 {
                (self.stands, begun) = ((decided, Duration::ZERO), Instant::now());
            }
            if decided.plus(LEAD) >= self.posted {
                return Ok(());
            }
            if begun.elapsed() > STALL {
                self.stands.1 += begun.elapsed();
                if self.stands.1 > PATIENCE {
                    bail!("time stands still at {decided}, but lines up to {} were posted", self.posted);
                }
                return Ok(());
            }
            self.board.refresh(&mut self.tap, &self.codec)?;
            if stop.pause(LOOK) {
                return Ok(());
            }
        }
    }

    /// Up to when watch has heard all.
    fn decided(&self) -> EventTime {
        let partitions = self.partitions.all();
        partitions.map(|partition| self.board.of((Role::Watch, Lane::Main, partition))).min().unwrap_or_default()
    }
}

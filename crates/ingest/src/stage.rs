//! The stage: a batch of lines in, mentions on one of two lanes out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use book::Book;
use events::{EventTime, Mention, Payload, Role, Topic};
use stream::{
    Batch, Context, Decided, DropReason, Fault, Output, Record, RejectReason, Route, Stage, State, StoredTable, Table,
    Verdict,
};

use crate::input::{FileCursor, InputLine, MESSAGE_TYPES};
use crate::mention::{Arrival, Reading};
use crate::parse::{Read, read};
use crate::source::MAX_LINE;
use crate::triage::{Claim, Recent, Triage, choose};

/// The one key of the table that triage keeps.
const LAST_MINUTE: &str = "last_minute";

/// Places of watched files that a partition keeps before those of files that are gone are forgotten. A file that is only out of
/// sight for a while, as with a folder that is not mounted, keeps its place.
#[cfg(feature = "service")]
const MOST_FILES: i64 = 10_000;
/// Places that are forgotten with one line.
#[cfg(feature = "service")]
const FORGET_AT_ONCE: usize = 100;

/// What tells when a mention was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReceiptClock {
    /// The line itself, as in a run, a demo or a backtest.
    #[default]
    Input,
    /// The clock of whoever accepted it: the timestamp of the input record.
    Wall,
}

/// Input lines to mentions.
#[derive(Debug)]
pub struct Ingest {
    reading: Reading,
    clock: ReceiptClock,
    triage: Triage,
    undated: AtomicU64,
}

impl Ingest {
    /// Reads lines by `book`.
    #[expect(clippy::needless_pass_by_value, reason = "every stage is built from a shared book")]
    pub fn new(book: Arc<Book>) -> Self {
        let (clock, undated) = (ReceiptClock::default(), AtomicU64::new(0));
        Self { reading: Reading::of(&book), clock, triage: Triage::new(), undated }
    }

    /// The same with another clock for receipts.
    #[must_use]
    pub fn by(self, clock: ReceiptClock) -> Self {
        Self { clock, ..self }
    }

    /// What tells when a mention was received.
    pub const fn clock(&self) -> ReceiptClock {
        self.clock
    }

    /// How many dates were read that nobody believes, and that became the stream time. A batch that is decided again
    /// after an abort counts again.
    pub fn undated(&self) -> u64 {
        self.undated.load(Ordering::Relaxed)
    }

    fn read(&self, record: &Record<InputLine>, undated: &mut u64) -> Read {
        if record.value.cut {
            let detail =
                format!("the line is longer than {MAX_LINE} bytes: its length and SHA-256 are with the dead letter");
            return Read::Rejected(RejectReason::Oversize, detail);
        }
        let message = record.value.message.as_ref();
        if message.is_some_and(|message| message.kind.is_none()) {
            let detail =
                format!("the event type in header `webhook-type` is not known: send {}", MESSAGE_TYPES.join(", "));
            return Read::Rejected(RejectReason::Refused, detail);
        }
        let received = (self.clock == ReceiptClock::Wall).then_some(record.timestamp);
        let arrival = Arrival { now: record.timestamp, received, message };
        read(&record.value.bytes, &self.reading, arrival, undated)
    }
}

/// What ingest keeps of a partition: the counts of triage, and how far watched files are read.
#[derive(Debug)]
pub struct IngestState {
    recent: Table<Recent>,
    files: Table<FileCursor>,
}

#[cfg(feature = "service")]
impl IngestState {
    /// How far a watched file is read.
    pub(crate) fn file(&self, name: &str) -> Option<FileCursor> {
        self.files.get(name).copied()
    }

    /// Files that are not `there` any more, once so many places are kept that those must go.
    pub(crate) fn forgettable(&self, there: impl Fn(&str) -> bool) -> Vec<String> {
        let (kept, _) = self.files.check();
        if kept <= MOST_FILES {
            return Vec::new();
        }
        let gone = self.files.iter().map(|(name, _)| name).filter(|name| !there(name));
        gone.take(FORGET_AT_ONCE).map(str::to_owned).collect()
    }
}

impl Default for IngestState {
    fn default() -> Self {
        let topic = Topic::State(Role::Ingest);
        Self { recent: Table::new("triage", topic), files: Table::new("files", topic) }
    }
}

impl State for IngestState {
    const FORMAT: i64 = 1;

    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.recent, &self.files]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.recent, &mut self.files]
    }
}

impl Stage for Ingest {
    type In = InputLine;
    type State = IngestState;
    const ROLE: Role = Role::Ingest;
    const INPUTS: &'static [Topic] = &[Topic::Input];
    const DROPS: &'static [DropReason] = &[];

    fn process(&self, batch: Batch<InputLine>, state: &mut IngestState, _: &Context) -> Result<Decided, Fault> {
        batch.together(|records| {
            let Some(now) = records.iter().map(|record| record.timestamp).max() else {
                return Ok(Vec::new());
            };
            let mut undated = 0;
            for record in &records {
                record.value.gone.iter().for_each(|file| state.files.remove(file));
                // `<file>:<line>` is the key of a line of a file.
                if let (Some(cursor), Some((file, _))) = (record.value.file, record.key.rsplit_once(':')) {
                    state.files.put(file, cursor);
                }
            }
            let lines: Vec<Read> = records.iter().map(|record| self.read(record, &mut undated)).collect();
            self.undated.fetch_add(undated, Ordering::Relaxed);
            Ok(self.assign_lanes(lines, state, now))
        })
    }
}

impl Ingest {
    /// Decides the lanes of a batch together: the caps of triage look at all of it.
    fn assign_lanes(&self, lines: Vec<Read>, state: &mut IngestState, now: EventTime) -> Vec<Verdict> {
        let claims: Vec<Option<Claim>> = lines
            .iter()
            .map(|line| match line {
                Read::Mention(mention) => Some(self.triage.claim(mention)),
                _ => None,
            })
            .collect();
        let mut recent = state.recent.get(LAST_MINUTE).cloned().unwrap_or_default();
        let chosen = choose(&claims, &mut recent, now);
        state.recent.put(LAST_MINUTE, recent);
        let verdicts = lines.into_iter().zip(chosen).map(|(line, express)| match line {
            Read::Mention(mut mention) => {
                mention.express = express;
                Verdict::Forward(vec![accepted(mention)])
            }
            Read::Other(output) => Verdict::Forward(vec![*output]),
            Read::Rejected(reason, detail) => Verdict::Reject { reason, detail },
        });
        verdicts.collect()
    }
}

/// The record of an accepted mention. A brand's own answer lies where the mention lies that it answers.
fn accepted(mention: Box<Mention>) -> Output {
    let topic = if mention.express.is_some() { Topic::MentionsRawExpress } else { Topic::MentionsRaw };
    let answered =
        mention.parent_id.as_ref().filter(|_| mention.from_brand && mention.kind != events::MentionKind::Delete);
    let key = answered.unwrap_or(&mention.id).as_str().to_owned();
    Output { topic, key, route: Route::Key, timestamp: mention.event_time, payload: Payload::Mention(mention) }
}

#[cfg(test)]
mod tests;

//! The stage: a batch of lines in, mentions on one of two lanes out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use book::Book;
use bytes::Bytes;
use events::{Codec, DecodeError, EventTime, Mention, Role, Topic};
use stream::{
    Batch, Context, Decided, DropReason, Fault, Input, OVERSIZE_LENGTH, Output, Raw, Record, RejectReason, Route,
    Stage, State, StoredTable, Table, Verdict,
};

use crate::mention::Reading;
use crate::parse::{Read, read};
use crate::source::MAX_LINE;
use crate::triage::{Claim, Recent, Triage, choose};

/// The one key of the table that triage keeps.
const LAST_MINUTE: &str = "last_minute";

/// Input lines to mentions.
#[derive(Debug)]
pub struct Ingest {
    reading: Reading,
    triage: Triage,
    undated: AtomicU64,
}

impl Ingest {
    /// Reads lines by `book`.
    #[expect(clippy::needless_pass_by_value, reason = "every stage is built from a shared book")]
    pub fn new(book: Arc<Book>) -> Self {
        Self { reading: Reading::of(&book), triage: Triage::new(), undated: AtomicU64::new(0) }
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
        read(&record.value.bytes, &self.reading, record.timestamp, undated)
    }
}

/// A line as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputLine {
    /// Its bytes, without the line end; the first 64 KiB of them when it was cut.
    pub bytes: Bytes,
    /// Whether it was cut.
    pub cut: bool,
}

impl Input for InputLine {
    fn decode(raw: &Raw, _: &Codec) -> Result<Self, DecodeError> {
        let bytes = raw.value.clone().ok_or_else(|| DecodeError::Corrupt("an input record without a value".into()))?;
        let cut = bytes.len() > MAX_LINE || raw.headers.iter().any(|(name, _)| name == OVERSIZE_LENGTH);
        Ok(Self { bytes, cut })
    }
}

/// What ingest keeps of a partition: the counts of triage.
#[derive(Debug)]
pub struct IngestState {
    recent: Table<Recent>,
}

impl Default for IngestState {
    fn default() -> Self {
        Self { recent: Table::new("triage", Topic::State(Role::Ingest)) }
    }
}

impl State for IngestState {
    const FORMAT: i64 = 1;

    fn tables(&self) -> Vec<&dyn StoredTable> {
        vec![&self.recent]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn StoredTable> {
        vec![&mut self.recent]
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
            Read::Mention(mention) => Verdict::Forward(vec![accepted(Mention { express, ..*mention })]),
            Read::Other(output) => Verdict::Forward(vec![*output]),
            Read::Rejected(reason, detail) => Verdict::Reject { reason, detail },
        });
        verdicts.collect()
    }
}

/// The record of an accepted mention. A brand's own answer lies where the mention lies that it answers.
fn accepted(mention: Mention) -> Output {
    let topic = if mention.express.is_some() { Topic::MentionsRawExpress } else { Topic::MentionsRaw };
    let answered =
        mention.parent_id.as_ref().filter(|_| mention.from_brand && mention.kind != events::MentionKind::Delete);
    let key = answered.unwrap_or(&mention.id).as_str().to_owned();
    Output { topic, key, route: Route::Key, timestamp: mention.event_time, payload: mention.into() }
}

#[cfg(test)]
mod tests;
